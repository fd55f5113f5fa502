// The two clocks: the monotonic one for due times, the wall clock for what people and servers read.
internal import Glibc

/// Nanoseconds of CLOCK_MONOTONIC, the clock that deadlines of the ABI are in.
func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

/// Seconds since 1970 of the wall clock.
func wallSeconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return Int(time.tv_sec)
}

/// `moment` and `span` nanoseconds later; the largest number instead of an overflow.
func later(_ moment: UInt64, by span: UInt64) -> UInt64 {
  let (sum, overflows) = moment.addingReportingOverflow(span)
  return overflows ? UInt64.max : sum
}

/// A span in nanoseconds from one in seconds, which must not be negative; at most about a century.
func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(min(seconds, 3e9) * 1e9) }

/// The time of day (UTC) as `14:03:22 UTC`, from seconds since 1970.
func timeOfDay(_ seconds: Int) -> String {
  let day = (seconds % 86_400 + 86_400) % 86_400
  let parts = [day / 3600, day / 60 % 60, day % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
  return parts.joined(separator: ":") + " UTC"
}
