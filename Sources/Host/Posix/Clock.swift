// The two clocks: monotonic for deadlines, wall time for records.
internal import Glibc

/// Reads the kernel's clocks.
package enum Clock {
  /// Nanoseconds on CLOCK_MONOTONIC: for deadlines and rates.
  package static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// Nanoseconds since 1970, UTC.
  package static func wall() -> UInt64 { read(CLOCK_REALTIME) }

  /// CPU nanoseconds that this process has used.
  package static func processCPU() -> UInt64 { read(CLOCK_PROCESS_CPUTIME_ID) }

  /// Wall time as `2026-11-22T16:07:11Z`, whole seconds.
  package static func timestamp() -> String { timestamp(ofSeconds: Int(wall() / 1_000_000_000)) }

  /// Seconds since 1970 as `2026-11-22T16:07:11Z`.
  package static func timestamp(ofSeconds seconds: Int) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var now = timespec()
    clock_gettime(clock, &now)
    return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
  }
}

/// Processors that are online.
package func processorCount() -> Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
