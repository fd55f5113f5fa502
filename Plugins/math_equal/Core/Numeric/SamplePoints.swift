// The fixed points at which expressions with variables are compared: fractions that depend on nothing but the
// variable's name and the number of the point, so that every comparison can be repeated.

/// Values for variables.
struct SamplePoint: Sendable {
  let index: Int
  /// True where factorials and the like want whole numbers.
  let isWhole: Bool

  /// Points that are tried for expressions with variables.
  static let count = 10

  /// The value of a variable here.
  func value(of variable: String) -> Rational {
    let seed = Self.hash(variable.utf8, start: 0x9E37_79B9 &+ UInt64(index) &* 0x85EB_CA6B)
    if isWhole {
      // Spread so that n - 1, n - k and the like stay whole and mostly not negative.
      return Rational(3 + index + Int(seed % 9))
    }
    // In steps of 1/101, so that no point lies on a special place of an expression.
    let step = Int(seed % 89) + 1
    let value: (Int, Int) =
      switch index {
      case 0, 1: (step, 101)
      case 2, 3: (101 + 2 * step, 101)
      case 4: (303 + 9 * step, 101)
      case 5: (-step, 101)
      case 6: (-101 - 4 * step, 101)
      case 7: (1010 + 80 * step, 101)
      default: (seed >> 40 & 1 == 0 ? 50 + 3 * step : -50 - 3 * step, 101)
      }
    return Rational(value.0, over: value.1)
  }

  /// The FNV-1a hash of bytes.
  static func hash(_ bytes: some Sequence<UInt8>, start: UInt64 = 0xCBF2_9CE4_8422_2325) -> UInt64 {
    var hash = start
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    // The low bits of FNV are weak for short names.
    hash ^= hash >> 29
    hash = hash &* 0xBF58_476D_1CE4_E5B9
    return hash ^ hash >> 32
  }
}
