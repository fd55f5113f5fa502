// Probabilities before they are divided by their sum: the best token weighs 1.

/// Turns logits into weights: two to the power of `(logit - maximum) * log2(e) / temperature`.
///
/// Weights are `Float`, sums of them `Double`. The lightest weight, 2^-40, is taken from each weight, so that
/// what lies below weighs exactly nothing: even of the World vocabulary all of that together is less than
/// the rounding of the weights.
struct SamplingWeights: Sendable {
  /// This exponent and those below weigh nothing.
  static let lowestExponent: Float = -40
  private static let lightest: Float = 0x1p-40

  private let maximum: Float
  private let scale: Float

  /// - Parameters:
  ///   - maximum: The greatest logit, which must be finite.
  ///   - temperature: Above 0.
  init(maximum: Float, temperature: Double) {
    self.maximum = maximum
    // Kept within what leaves 0 times it 0 and infinity times it infinite.
    let scale = Float(1.442695040888963407 / temperature)
    self.scale = min(max(scale, .leastNormalMagnitude), 1e30)
  }

  /// The power of two that a logit is: 0 for the best, below for all others.
  @inline(__always)
  func exponent(_ logit: Float) -> Float { (logit - maximum) * scale }

  @inline(__always)
  func exponents(_ logits: SIMD8<Float>) -> SIMD8<Float> {
    (logits - SIMD8(repeating: maximum)) * SIMD8(repeating: scale)
  }

  /// The weight of one logit.
  @inline(__always)
  func weight(_ logit: Float) -> Double {
    let exponent = exponent(logit)
    let safe = exponent > Self.lowestExponent ? exponent : Self.lowestExponent
    return Double(DeterministicMath.exp2(safe) - Self.lightest)
  }

  /// The weights of eight logits by their exponents.
  @inline(__always)
  static func weights(exponents: SIMD8<Float>) -> SIMD8<Float> {
    let lowest = SIMD8(repeating: lowestExponent)
    let safe = lowest.replacing(with: exponents, where: exponents .> lowest)
    return DeterministicMath.exp2(safe) - SIMD8(repeating: lightest)
  }

  /// Whether any logit of a block with this greatest one weighs anything.
  @inline(__always)
  func isHeavy(blockMaximum: Float) -> Bool { exponent(blockMaximum) > Self.lowestExponent }

  /// The sum of the weights of all logits.
  func total(_ logits: UnsafeBufferPointer<Float>, blocks: LogitScan) -> Double {
    var low = SIMD4<Double>(repeating: 0)
    var high = SIMD4<Double>(repeating: 0)
    for (block, blockMaximum) in blocks.blockMaxima.enumerated()
    where isHeavy(blockMaximum: blockMaximum) {
      // A block's sum of at most eight weights of at most 1 a lane loses nothing that matters as Float.
      var sum = SIMD8<Float>(repeating: 0)
      logits.visitBlock(block) { _, values in
        sum += Self.weights(exponents: exponents(values))
      }
      low += SIMD4<Double>(sum.lowHalf)
      high += SIMD4<Double>(sum.highHalf)
    }
    let four = low + high
    return (four[0] + four[1]) + (four[2] + four[3])
  }
}
