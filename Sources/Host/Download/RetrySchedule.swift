// When to try again, decided without a clock.

/// Counts failed tries and decides how long to wait for the next one.
struct RetrySchedule {
  /// Longer than that nobody waits: the user is told instead.
  static let longestPause: UInt64 = 900_000_000_000
  private static let steadyPause: UInt64 = 60_000_000_000

  private let attempts: Int
  private let firstPause: UInt64
  private var failures = 0

  init(attempts: Int, firstPause: UInt64) {
    self.attempts = attempts
    self.firstPause = firstPause
  }

  /// Takes note that the last try brought something although it failed.
  mutating func progressed() { failures = 0 }

  /// Nanoseconds until the next try; nil when there is to be none.
  ///
  /// `dice` in 0..<1 spreads those who failed together: a pause is half fixed and half chance.
  mutating func pause(after trouble: Trouble, dice: Double) -> UInt64? {
    failures += 1
    guard failures < attempts else { return nil }
    let doublings = UInt64(min(failures - 1, 16))
    let growing = min(min(firstPause, Self.steadyPause) << doublings, Self.steadyPause)
    let jitter = UInt64(Double(growing / 2) * dice)
    switch trouble.retry {
    case .never: return nil
    case .soon: return growing / 2 + jitter
    case .after(let wanted): return wanted <= Self.longestPause ? wanted + jitter : nil
    }
  }
}
