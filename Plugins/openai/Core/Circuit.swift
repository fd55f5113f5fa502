// Whether the server is there at all. While it is not, one request at growing intervals is enough to
// find out when it is back; the others wait instead of spending their retries.

/// Opens after some connection failures in a row, then lets one probe through at a time.
package struct Circuit {
  /// What may be sent at the moment.
  package enum Permission: Equatable {
    /// All that is due.
    case all
    /// One request, which decides whether the circuit closes: tell `sentProbe` of it.
    case probe
    /// Nothing before this time.
    case none(until: UInt64)
  }

  /// A change that is worth a line in the log.
  package enum Change: Equatable {
    /// The server is gone; the first failure was at this time.
    case opened(since: UInt64)
    /// The server is back after this many nanoseconds.
    case closed(after: UInt64)
  }

  private enum State {
    case closed
    case open(nextProbe: UInt64)
    case probing
  }

  private let threshold: Int
  private let firstInterval: UInt64
  private let longestInterval: UInt64
  private var state = State.closed
  private var failures = 0
  /// When the first failure of the present row was.
  private var firstFailure: UInt64 = 0
  private var interval: UInt64 = 0

  /// A closed circuit that opens after `threshold` failures in a row; the intervals between probes grow
  /// from `firstInterval` to `longestInterval` nanoseconds, doubling.
  package init(threshold: Int, firstInterval: UInt64, longestInterval: UInt64) {
    self.threshold = max(threshold, 1)
    self.firstInterval = firstInterval
    self.longestInterval = longestInterval
  }

  /// When the first failure was, while the circuit is not closed.
  package var openSince: UInt64? {
    if case .closed = state { nil } else { firstFailure }
  }

  /// What may be sent at `now`.
  package func permission(at now: UInt64) -> Permission {
    switch state {
    case .closed: .all
    case .open(let nextProbe): now >= nextProbe ? .probe : .none(until: nextProbe)
    case .probing: .none(until: .max)
    }
  }

  /// A probe is on its way.
  package mutating func sentProbe() { state = .probing }

  /// The probe ended without saying anything of the server, because it was cancelled.
  package mutating func abandonedProbe(at now: UInt64) {
    if case .probing = state { state = .open(nextProbe: now) }
  }

  /// The server answered, whatever it said.
  package mutating func succeeded(at now: UInt64) -> Change? {
    defer { failures = 0 }
    if case .closed = state { return nil }
    state = .closed
    return .closed(after: now - min(firstFailure, now))
  }

  /// A connection failed.
  package mutating func failed(isProbe: Bool, at now: UInt64) -> Change? {
    switch state {
    case .closed:
      if failures == 0 { firstFailure = now }
      failures += 1
      guard failures >= threshold else { return nil }
      interval = firstInterval
      state = .open(nextProbe: later(now, by: interval))
      return .opened(since: firstFailure)
    case .probing where isProbe:
      interval = min(interval * 2, longestInterval)
      state = .open(nextProbe: later(now, by: interval))
      return nil
    // A request that was under way when the circuit opened.
    case .open, .probing: return nil
    }
  }
}
