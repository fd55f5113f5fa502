// The error bound of a ball: a Double with an exponent of its own, always rounded up.

/// A number that is not negative, as an upper bound.
struct Radius: Sendable {
  /// 0, or 1 up to 2.
  private(set) var fraction: Double
  /// The power of two that the fraction is multiplied by.
  private(set) var exponent: Int

  static let zero = Radius(fraction: 0, exponent: 0)

  private init(fraction: Double, exponent: Int) {
    self.fraction = fraction
    self.exponent = exponent
  }

  /// Two to a power.
  init(power exponent: Int) { self.init(fraction: 1, exponent: exponent) }

  /// A finite value that is not negative, times two to a power.
  init(_ value: Double, power: Int = 0) {
    if value == 0 {
      self = .zero
    } else {
      self.init(fraction: value.significand.nextUp, exponent: Int(value.exponent) + power)
      settle()
    }
  }

  private mutating func settle() {
    if fraction >= 2 {
      fraction /= 2
      exponent += 1
    }
  }

  var isZero: Bool { fraction == 0 }

  static func + (left: Radius, right: Radius) -> Radius {
    if left.isZero { return right }
    if right.isZero { return left }
    let (high, low) = left.exponent >= right.exponent ? (left, right) : (right, left)
    let distance = high.exponent - low.exponent
    let part = distance > 60 ? 0x1p-60 : low.fraction / Double(UInt64(1) << UInt64(distance))
    var sum = Radius(fraction: (high.fraction + part).nextUp, exponent: high.exponent)
    sum.settle()
    return sum
  }

  static func * (left: Radius, right: Radius) -> Radius {
    if left.isZero || right.isZero { return .zero }
    var product = Radius(
      fraction: (left.fraction * right.fraction).nextUp, exponent: left.exponent + right.exponent)
    product.settle()
    return product
  }

  /// The quotient by a lower bound, which is not zero.
  static func / (left: Radius, right: Radius) -> Radius {
    if left.isZero { return .zero }
    return Radius(
      (left.fraction / right.fraction).nextUp, power: left.exponent - right.exponent)
  }

  static func < (left: Radius, right: Radius) -> Bool {
    if left.isZero || right.isZero { return !right.isZero }
    return left.exponent != right.exponent
      ? left.exponent < right.exponent : left.fraction < right.fraction
  }

  /// Square root, rounded up.
  var squareRoot: Radius {
    if isZero { return .zero }
    let odd = exponent & 1
    return Radius((fraction * (odd == 1 ? 2 : 1)).squareRoot().nextUp, power: (exponent - odd) / 2)
  }

  /// As a Double, infinite or zero beyond its range.
  var approximate: Double { fraction * Double.power(of: exponent) }
}

extension Double {
  /// Two to a power, 0 or infinite beyond the range.
  static func power(of exponent: Int) -> Double {
    if exponent > 1023 { return .infinity }
    if exponent < -1022 { return 0 }
    return Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
