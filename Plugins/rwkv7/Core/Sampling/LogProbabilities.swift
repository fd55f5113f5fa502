// How likely a model finds a token: for scoring choices.

/// The logarithms of the probabilities of all tokens after a text.
package struct LogProbabilities: Sendable {
  /// The natural logarithm of the sum of the exponentials of all logits.
  package let normalizer: Double

  /// Sums up the logits; as one may be NaN or infinite, it may fail.
  ///
  /// The greatest is taken out first, so that nothing overflows, and all is summed in `Double` with an
  /// exp that gives the same bits everywhere.
  package init(_ logits: UnsafeBufferPointer<Float>) throws(SamplingFailure) {
    var scan = LogitScan()
    if scan.read(logits) { throw .notANumber }
    if scan.maximum == -.infinity { throw .nothingLeft }
    if scan.maximum == .infinity { throw .infinite(token: scan.firstMaximum(logits)) }
    let maximum = SIMD4(repeating: Double(scan.maximum))
    var low = SIMD4<Double>(repeating: 0)
    var high = SIMD4<Double>(repeating: 0)
    for block in scan.blockMaxima.indices {
      logits.visitBlock(block) { _, values in
        low += DeterministicMath.expOfNegative(SIMD4<Double>(values.lowHalf) - maximum)
        high += DeterministicMath.expOfNegative(SIMD4<Double>(values.highHalf) - maximum)
      }
    }
    let four = low + high
    let sum = (four[0] + four[1]) + (four[2] + four[3])
    normalizer = Double(scan.maximum) + DeterministicMath.log(sum)
  }

  /// The natural logarithm of the probability of a token with this logit, 0 or less.
  ///
  /// -infinity for a logit of -infinity.
  package func of(logit: Float) -> Double { min(Double(logit) - normalizer, 0) }

  /// The natural logarithm of the probability of one token.
  ///
  /// Nil when there is no such token. To score several tokens after the same text, make the sum once.
  package static func logProbability(
    of token: UInt32, in logits: UnsafeBufferPointer<Float>
  ) throws(SamplingFailure) -> Double? {
    guard Int(token) < logits.count else { return nil }
    return try LogProbabilities(logits).of(logit: logits[Int(token)])
  }
}
