// Real numbers as balls: a centre of 128 bits and a radius that covers every rounding, so that what is said
// about a ball is true of the number in it. Exponents are whole words: 3^2007 is as good as 3.

/// A real number known up to a proven error.
struct Ball: Sendable {
  /// True for a centre below zero.
  private(set) var isNegative: Bool
  /// The top bit is set, or the centre is zero.
  private(set) var mantissa: UInt128
  /// The centre is the mantissa times two to this.
  private(set) var exponent: Int
  /// How far the number may be from the centre.
  var radius: Radius

  /// Brings a mantissa into its form.
  init(negative: Bool, mantissa: UInt128, exponent: Int, radius: Radius = .zero) {
    let shift = mantissa == 0 ? 0 : mantissa.leadingZeroBitCount
    self.isNegative = negative && mantissa != 0
    self.mantissa = mantissa << UInt128(shift)
    self.exponent = mantissa == 0 ? 0 : exponent - shift
    self.radius = radius
  }

  /// A small whole number, exactly.
  init(_ value: Int) {
    self.init(negative: value < 0, mantissa: UInt128(value.magnitude), exponent: 0)
  }

  /// A whole number of any size.
  init(_ value: BigInt) {
    if let small = value.int {
      self.init(small)
      return
    }
    let limbs = value.magnitude
    var mantissa: UInt128 = 0
    for limb in limbs.suffix(4).reversed() { mantissa = mantissa << 32 | UInt128(limb) }
    let dropped = max(limbs.count - 4, 0) * 32
    self.init(negative: value.isNegative, mantissa: mantissa, exponent: dropped)
    if limbs.dropLast(4).contains(where: { $0 != 0 }) { radius = Radius(power: dropped) }
  }

  /// A fraction, rounded where it must be.
  init(_ value: Rational) {
    if value.isInteger {
      self.init(value.numerator)
    } else {
      self = Ball(value.numerator).dividedByNonzero(Ball(value.denominator))
    }
  }

  static let zero = Ball(0)
  static let one = Ball(1)
  /// Half the circle's circumference by its diameter, from its known hexadecimal digits.
  static let pi = Ball(
    negative: false, mantissa: 0xC90F_DAA2_2168_C234_C4C6_628B_80DC_1CD1, exponent: -126,
    radius: Radius(power: -126))
  /// The natural logarithm of two.
  static let ln2 = Ball(
    negative: false, mantissa: 0xB172_17F7_D1CF_79AB_C9E3_B398_03F2_F6AF, exponent: -128,
    radius: Radius(power: -128))

  /// True for the number zero itself, without any error.
  var isExactZero: Bool { mantissa == 0 && radius.isZero }
  /// The exponent of the centre's top bit; meaningless for zero.
  var topBit: Int { exponent + 127 }
  /// An upper bound of the centre's magnitude.
  var centreBound: Radius {
    mantissa == 0
      ? .zero : Radius(Double(UInt64(mantissa >> 64)).nextUp.nextUp, power: exponent + 64)
  }
  /// A lower bound of the centre's magnitude.
  private var centreFloor: Radius {
    mantissa == 0
      ? .zero : Radius(Double(UInt64(mantissa >> 64)).nextDown.nextDown, power: exponent + 64)
  }
  /// An upper bound of the number's magnitude.
  var bound: Radius { centreBound + radius }
  /// True when the number is proven to be other than zero.
  var excludesZero: Bool { radius < centreFloor }
  /// True when the number is proven to be above zero.
  var isPositive: Bool { !isNegative && excludesZero }
  /// True when the number is proven to be below zero.
  var isBelowZero: Bool { isNegative && excludesZero }
  /// A lower bound of the magnitude of a number that is not zero.
  var distanceFromZero: Radius {
    // Half the centre where the radius is less than that, else a crude but safe bound.
    let half = Radius(power: topBit - 1)
    return radius < half ? half : Radius(power: topBit - 60)
  }

  /// The centre as a Double.
  var approximate: Double {
    let value =
      Double(UInt64(mantissa >> 64)) * Double.power(of: min(max(exponent + 64, -1022), 960))
    return isNegative ? -value : value
  }

  static prefix func - (ball: Ball) -> Ball {
    var negated = ball
    negated.isNegative = !ball.isNegative && ball.mantissa != 0
    return negated
  }

  var absolute: Ball {
    var positive = self
    positive.isNegative = false
    return positive
  }

  static func + (left: Ball, right: Ball) -> Ball {
    let radius = left.radius + right.radius
    if left.mantissa == 0 || right.mantissa == 0 {
      var sum = left.mantissa == 0 ? right : left
      sum.radius = radius
      return sum
    }
    let (high, low) = left.exponent >= right.exponent ? (left, right) : (right, left)
    let distance = high.exponent - low.exponent
    if distance > 126 {
      var sum = high
      sum.radius = radius + low.centreBound
      return sum
    }
    // One bit of room for the carry; what falls off at the low end goes into the radius.
    let big = high.mantissa >> 1
    let small = low.mantissa >> UInt128(1 + distance)
    let isExact = big << 1 == high.mantissa && small << UInt128(1 + distance) == low.mantissa
    let rounding = isExact ? radius : radius + Radius(power: high.exponent + 2)
    if high.isNegative == low.isNegative {
      return Ball(
        negative: high.isNegative, mantissa: big + small, exponent: high.exponent + 1,
        radius: rounding)
    }
    let isFlipped = small > big
    return Ball(
      negative: high.isNegative != isFlipped, mantissa: isFlipped ? small - big : big - small,
      exponent: high.exponent + 1, radius: rounding)
  }

  static func - (left: Ball, right: Ball) -> Ball { left + -right }

  static func * (left: Ball, right: Ball) -> Ball {
    var radius = Radius.zero
    if !left.radius.isZero || !right.radius.isZero {
      radius =
        left.radius * right.bound + right.radius * left.centreBound
    }
    if left.mantissa == 0 || right.mantissa == 0 {
      return Ball(negative: false, mantissa: 0, exponent: 0, radius: radius)
    }
    let (high, low) = left.mantissa.multipliedFullWidth(by: right.mantissa)
    let exponent = left.exponent + right.exponent + 128
    if low != 0 { radius = radius + Radius(power: exponent) }
    // The product of two normal mantissas has its top bit in one of the two highest places.
    let isShort = high >> 127 == 0
    return Ball(
      negative: left.isNegative != right.isNegative,
      mantissa: isShort ? high << 1 | low >> 127 : high,
      exponent: isShort ? exponent - 1 : exponent,
      radius: radius)
  }

  /// The quotient by a number that is proven to be other than zero; nothing otherwise.
  func divided(by divisor: Ball) -> Ball? {
    divisor.excludesZero ? dividedByNonzero(divisor) : nil
  }

  private func dividedByNonzero(_ divisor: Ball) -> Ball {
    var error = Radius.zero
    if !radius.isZero || !divisor.radius.isZero {
      // |a/b - c/d| <= (ra + |c/d| rb) / |b|
      let quotient = centreBound / divisor.distanceFromZero
      error = (radius + quotient * divisor.radius) / divisor.distanceFromZero
    }
    if mantissa == 0 { return Ball(negative: false, mantissa: 0, exponent: 0, radius: error) }
    // Half the dividend's mantissa is below the divisor's, as the division needs it.
    let (high, low) = (mantissa >> 1, mantissa << 127)
    let (quotient, remainder) = divisor.mantissa.dividingFullWidth((high, low))
    let power = exponent - divisor.exponent - 127
    if remainder != 0 { error = error + Radius(power: power) }
    return Ball(
      negative: isNegative != divisor.isNegative, mantissa: quotient, exponent: power,
      radius: error)
  }

  /// The number times two to a power.
  func scaled(by power: Int) -> Ball {
    var scaled = self
    if mantissa != 0 { scaled.exponent += power }
    scaled.radius = radius * Radius(power: power)
    return scaled
  }

  /// The number with a further error.
  func widened(by error: Radius) -> Ball {
    var wide = self
    wide.radius = radius + error
    return wide
  }

  /// The whole number nearest to the centre, when it is small.
  var nearestInteger: Int? {
    if mantissa == 0 || topBit < -1 { return 0 }
    if topBit > 60 { return nil }
    let shift = UInt128(-exponent)
    let half = shift == 0 ? 0 : UInt128(1) << (shift - 1)
    let (sum, overflow) = mantissa.addingReportingOverflow(half)
    let value = overflow ? (sum >> shift) | (UInt128(1) << (128 - shift)) : sum >> shift
    return isNegative ? -Int(value) : Int(value)
  }
}
