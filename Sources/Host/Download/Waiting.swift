// The clock and the pause between two tries.
internal import Glibc
internal import Posix

/// Lets time pass.
func wait(nanoseconds: UInt64) {
  let end = Clock.monotonic() + nanoseconds
  while true {
    let now = Clock.monotonic()
    if now >= end { return }
    // A signal ends the call early; the loop looks at the clock.
    poll(nil, 0, Int32(clamping: (end - now) / 1_000_000 + 1))
  }
}

/// Seconds since 1970.
func wallSeconds() -> Int { Int(Clock.wall() / 1_000_000_000) }
