// The 16-bit float formats of weight files, by their bits: exact on every processor, without
// instructions that only some have. Kernels convert whole rows in their own way; this is the
// definition that they are tested against.

/// Conversions between 16-bit floats, given as their bits, and Float.
package enum FloatBits {
  /// The value of a bfloat16, which is the upper half of a Float.
  package static func float32(fromBFloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// The value of an IEEE 754 half; a NaN stays a NaN of the same sign and payload.
  package static func float32(fromFloat16 bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits & 0x7c00) >> 10
    let fraction = UInt32(bits & 0x03ff)
    switch exponent {
    case 0:
      // Zero, or a multiple of 2^-24: the product is exact, since both factors are normal Floats.
      let magnitude = Float(fraction) * Float(bitPattern: (127 - 24) << 23)
      return Float(bitPattern: sign | magnitude.bitPattern)
    case 0x1f:
      return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
    default:
      return Float(bitPattern: sign | (exponent + 127 - 15) << 23 | fraction << 13)
    }
  }

  /// The bits of the bfloat16 nearest to `value`, of two equally near ones the even one.
  ///
  /// What is beyond the largest bfloat16 by half a step or more becomes infinite. A NaN becomes a
  /// quiet NaN of the same sign.
  package static func bfloat16(from value: Float) -> UInt16 {
    let bits = value.bitPattern
    // Rounding could carry a NaN's fraction over into infinity or the sign.
    if value.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x0040 }
    let isOdd = bits >> 16 & 1
    // No overflow: without NaNs the largest pattern is that of minus infinity, 0xff80_0000.
    return UInt16(truncatingIfNeeded: (bits + 0x7fff + isOdd) >> 16)
  }
}
