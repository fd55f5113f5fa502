// When a request that failed is sent again: exponential back-off with full jitter, or when the server
// says. Pure: the jitter comes from the request, so that a run does the same again.

/// How often and when a request is sent again.
package struct RetryPolicy {
  /// Times a request is sent again; 0 = never.
  package var retries: Int
  /// Upper end of the first delay, in nanoseconds; doubles each time.
  package var base: UInt64
  /// No delay of ours is longer, in nanoseconds.
  package var longest: UInt64
  /// The server's own wish counts up to this many nanoseconds.
  package var longestRetryAfter: UInt64

  /// A policy; all delays in nanoseconds.
  package init(retries: Int, base: UInt64, longest: UInt64, longestRetryAfter: UInt64) {
    self.retries = retries
    self.base = base
    self.longest = longest
    self.longestRetryAfter = longestRetryAfter
  }

  /// Nanoseconds until the request is sent again after its failure number `failures` (from 1); nil when
  /// it has had its retries.
  ///
  /// What the server asked for (`retryAfter`) is never cut short by the jitter, which is added to it so
  /// that the waiting requests do not all come back at one moment.
  package func delay(failures: Int, seed: UInt64, retryAfter: UInt64? = nil) -> UInt64? {
    guard failures <= retries else { return nil }
    let ceiling = Self.ceiling(base, doubled: failures - 1, longest: longest)
    let jitter = Self.fraction(of: ceiling, seed: mix(seed &+ UInt64(failures)))
    guard let retryAfter else { return jitter }
    return later(min(retryAfter, longestRetryAfter), by: min(jitter, base))
  }

  private static func ceiling(_ base: UInt64, doubled times: Int, longest: UInt64) -> UInt64 {
    guard times < 63, base <= longest >> UInt64(times) else { return longest }
    return base << UInt64(times)
  }

  /// A number from 0 to `span`, decided by the random bits of `seed`.
  private static func fraction(of span: UInt64, seed: UInt64) -> UInt64 {
    span.multipliedFullWidth(by: seed).high
  }
}

/// The finalizer of SplitMix64: spreads neighbouring numbers over all 64 bits.
package func mix(_ number: UInt64) -> UInt64 {
  var bits = number &+ 0x9e37_79b9_7f4a_7c15
  bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
  bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
  return bits ^ (bits >> 31)
}
