// exp and log that give the same bits on every machine.
//
// Which token is drawn must not depend on the C library or the processor, and the exp of C libraries
// differs between them in the last bit. Here are only operations that IEEE 754 defines exactly, in a fixed
// order, never a fused multiply-add (Swift does not contract `a * b + c`).

/// Elementary functions out of additions, multiplications and one division.
package enum DeterministicMath {
  /// ln 2 cut to 32 bits, so that its product with a small integer is exact, and the rest.
  private static let ln2High = 0x1.62e42feep-1
  private static let ln2Low = 0x1.a39ef35793c76p-33

  /// Adding and subtracting it rounds a number of less than 2^51 to an integer, which then stands in the
  /// lowest bits of the sum.
  private static let integerShift = 0x1.8p52

  /// e to the power of `x`, with a relative error below 1e-15 where the result is a normal number.
  ///
  /// Infinite above 709.78, 0 below -745.2, NaN for NaN.
  package static func exp(_ x: Double) -> Double {
    guard x < 710 else { return x.isNaN ? x : .infinity }
    guard x > -746 else { return x.isNaN ? x : 0 }
    // x = count * ln 2 + rest, |rest| <= ln 2 / 2
    let count = (x * 1.442695040888963407 + integerShift) - integerShift
    let rest = (x - count * ln2High) - count * ln2Low
    let terms = expTerms
    // The Taylor series: its first left-out term is below 1e-17.
    var sum = terms[0]
    for index in 1..<12 { sum = sum * rest + terms[index] }
    let value = 1 + (rest + rest * rest * sum)
    // In two steps: a power of two alone may be out of range while the result is not.
    let power = Int(count)
    return value * twoToThe(power / 2) * twoToThe(power - power / 2)
  }

  /// e to the power of four numbers from -infinity to 0, the same bits as `exp` of each; below -700 it is 0.
  @inline(__always)
  package static func expOfNegative(_ x: SIMD4<Double>) -> SIMD4<Double> {
    let isIn = x .> SIMD4(repeating: -700)
    let x = SIMD4(repeating: 0).replacing(with: x, where: isIn)
    let shifted = x * 1.442695040888963407 + SIMD4(repeating: integerShift)
    let count = shifted - SIMD4(repeating: integerShift)
    let rest = (x - count * ln2High) - count * ln2Low
    let terms = expTerms
    var sum = SIMD4(repeating: terms[0])
    for index in 1..<12 { sum = sum * rest + SIMD4(repeating: terms[index]) }
    let value = SIMD4(repeating: 1) + (rest + rest * rest * sum)
    // Sound: both are 32 bytes of four 64-bit lanes, and every bit pattern is a value of each.
    let power = unsafeBitCast(shifted, to: SIMD4<UInt64>.self) &<< SIMD4(repeating: 52)
    // Sound: as above.
    let bits = unsafeBitCast(value, to: SIMD4<UInt64>.self) &+ power
    // Sound: as above.
    let scaled = unsafeBitCast(bits, to: SIMD4<Double>.self)
    return SIMD4(repeating: 0).replacing(with: scaled, where: isIn)
  }

  /// 1 / 13!, 1 / 12! and so on to 1 / 2!.
  private static var expTerms: InlineArray<12, Double> {
    [
      1 / 6_227_020_800, 1 / 479_001_600, 1 / 39_916_800, 1 / 3_628_800, 1 / 362_880, 1 / 40_320,
      1 / 5_040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5,
    ]
  }

  /// Two to the power of `power`, from -1022 to 1023.
  private static func twoToThe(_ power: Int) -> Double {
    Double(bitPattern: UInt64(truncatingIfNeeded: power + 1023) << 52)
  }

  /// The natural logarithm, with an error below 1e-15 of the result or, near 1, of `x - 1`.
  ///
  /// -infinity for 0, NaN for negative numbers.
  package static func log(_ x: Double) -> Double {
    guard x > 0, x.isFinite else { return x == 0 ? -.infinity : x > 0 ? x : .nan }
    var power = Double(x.exponent)
    var fraction = x.significand
    if fraction > 1.4142135623730951 {
      fraction *= 0.5
      power += 1
    }
    // ln f = 2 artanh s with s = (f - 1) / (f + 1), |s| < 0.1716: an odd series in s.
    let ratio = (fraction - 1) / (fraction + 1)
    let square = ratio * ratio
    var sum = 1.0 / 21
    for odd in stride(from: 19.0, through: 3, by: -2) { sum = sum * square + 1 / odd }
    let logarithm = 2 * ratio + 2 * ratio * square * sum
    return power * ln2High + (power * ln2Low + logarithm)
  }

  /// Two to the power of eight numbers from -126 to 0, with a relative error below 2e-7; exact for 0.
  ///
  /// The polynomial is the best one of degree 5 for two to the power of a number within ±0.5.
  @inline(__always)
  package static func exp2(_ x: SIMD8<Float>) -> SIMD8<Float> {
    // Adding 1.5 * 2^23 rounds to an integer, which then stands in the lowest bits.
    let shifted = x + SIMD8(repeating: roundingShift)
    let rest = x - (shifted - SIMD8(repeating: roundingShift))
    var sum = SIMD8(repeating: exp2Terms.4) * rest + SIMD8(repeating: exp2Terms.3)
    sum = sum * rest + SIMD8(repeating: exp2Terms.2)
    sum = sum * rest + SIMD8(repeating: exp2Terms.1)
    sum = sum * rest + SIMD8(repeating: exp2Terms.0)
    sum = sum * rest + SIMD8(repeating: 1)
    let power = SIMD8<UInt32>(bits: shifted) &<< SIMD8(repeating: 23)
    return SIMD8<Float>(bits: SIMD8<UInt32>(bits: sum) &+ power)
  }

  /// Two to the power of a number from -126 to 0, the same bits as that of eight.
  @inline(__always)
  package static func exp2(_ x: Float) -> Float {
    let shifted = x + roundingShift
    let rest = x - (shifted - roundingShift)
    var sum = exp2Terms.4 * rest + exp2Terms.3
    sum = sum * rest + exp2Terms.2
    sum = sum * rest + exp2Terms.1
    sum = sum * rest + exp2Terms.0
    sum = sum * rest + 1
    return Float(bitPattern: sum.bitPattern &+ shifted.bitPattern << 23)
  }

  private static let roundingShift: Float = 12_582_912
  private static let exp2Terms: (Float, Float, Float, Float, Float) = (
    0.693_147_0, 0.240_222_42, 0.055_507_336, 0.009_671_513, 0.001_326_472_7
  )
}

extension SIMD8<UInt32> {
  /// The bit patterns of eight numbers.
  @inline(__always)
  init(bits: SIMD8<Float>) {
    // Sound: both are 32 bytes of eight 32-bit lanes, and every bit pattern is a value of each.
    self = unsafeBitCast(bits, to: SIMD8<UInt32>.self)
  }
}

extension SIMD8<Float> {
  /// The numbers with these bit patterns.
  @inline(__always)
  init(bits: SIMD8<UInt32>) {
    // Sound: both are 32 bytes of eight 32-bit lanes, and every bit pattern is a value of each.
    self = unsafeBitCast(bits, to: SIMD8<Float>.self)
  }
}
