// The clock that deadlines of the ABI are in.
internal import Glibc

/// Nanoseconds of CLOCK_MONOTONIC.
func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Sleeps until `moment` of that clock.
func sleep(until moment: UInt64) {
  var time = timespec(
    tv_sec: Int(min(moment / 1_000_000_000, UInt64(Int32.max))),
    tv_nsec: Int(moment % 1_000_000_000))
  while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &time, nil) == EINTR {}
}
