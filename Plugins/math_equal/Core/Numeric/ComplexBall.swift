// Complex numbers over balls. A number without an imaginary part is known to be real, which keeps branch cuts
// sharp: the square root of a negative real number is exactly imaginary.

/// A complex number known up to a proven error.
struct ComplexBall: Sendable {
  var real: Ball
  /// Nothing for a number that is real for certain.
  var imaginary: Ball?

  init(_ real: Ball, _ imaginary: Ball? = nil) {
    self.real = real
    self.imaginary = imaginary.flatMap { $0.isExactZero ? nil : $0 }
  }

  static let zero = ComplexBall(.zero)
  static let one = ComplexBall(.one)
  static let i = ComplexBall(.zero, .one)

  private var height: Ball { imaginary ?? .zero }

  /// True when the number is proven to be other than zero.
  var excludesZero: Bool { real.excludesZero || (imaginary?.excludesZero ?? false) }
  /// An upper bound of the error in either direction.
  var radius: Radius { real.radius + (imaginary?.radius ?? .zero) }
  /// An upper bound of the magnitude.
  var bound: Radius { real.bound + (imaginary?.bound ?? .zero) }

  static prefix func - (value: ComplexBall) -> ComplexBall {
    ComplexBall(-value.real, value.imaginary.map { -$0 })
  }

  static func + (left: ComplexBall, right: ComplexBall) -> ComplexBall {
    if left.imaginary == nil && right.imaginary == nil {
      return ComplexBall(left.real + right.real)
    }
    return ComplexBall(left.real + right.real, left.height + right.height)
  }

  static func - (left: ComplexBall, right: ComplexBall) -> ComplexBall { left + -right }

  static func * (left: ComplexBall, right: ComplexBall) -> ComplexBall {
    guard let b = left.imaginary else {
      return ComplexBall(left.real * right.real, right.imaginary.map { left.real * $0 })
    }
    guard let d = right.imaginary else {
      return ComplexBall(left.real * right.real, b * right.real)
    }
    return ComplexBall(left.real * right.real - b * d, left.real * d + b * right.real)
  }

  func divided(by divisor: ComplexBall) -> ComplexBall? {
    guard let d = divisor.imaginary else {
      guard let real = real.divided(by: divisor.real) else { return nil }
      guard let imaginary else { return ComplexBall(real) }
      return imaginary.divided(by: divisor.real).map { ComplexBall(real, $0) }
    }
    let norm = divisor.real * divisor.real + d * d
    guard let inverse = Ball.one.divided(by: norm) else { return nil }
    return self * ComplexBall(divisor.real * inverse, -d * inverse)
  }

  func power(_ exponent: Int) -> ComplexBall? {
    if exponent < 0 { return power(-exponent).flatMap { ComplexBall.one.divided(by: $0) } }
    return powerBySquaring(self, exponent, one: ComplexBall.one, times: *)
  }

  /// The distance from zero, a real number.
  var magnitude: ComplexBall? {
    guard let imaginary else { return ComplexBall(real.absolute) }
    return (real * real + imaginary * imaginary).squareRoot.map { ComplexBall($0) }
  }

  /// The angle from -pi to pi; nothing where the sign of the imaginary part is not certain near the cut.
  var angle: Ball? {
    guard let imaginary else {
      if real.isPositive { return .zero }
      return real.isBelowZero ? .pi : nil
    }
    if real.isPositive { return imaginary.divided(by: real)?.inverseTangent }
    guard imaginary.excludesZero, let slope = real.divided(by: imaginary)?.inverseTangent
    else { return nil }
    let quarter = Ball.pi.scaled(by: -1)
    return imaginary.isNegative ? -quarter - slope : quarter - slope
  }

  /// The principal square root.
  var squareRoot: ComplexBall? {
    guard imaginary != nil else {
      if real.isBelowZero { return (-real).squareRoot.map { ComplexBall(.zero, $0) } }
      return real.squareRoot.map { ComplexBall($0) }
    }
    guard let half = logarithm.map({ $0 * ComplexBall(Ball.one.scaled(by: -1)) }) else {
      return nil
    }
    return half.exponential
  }

  var exponential: ComplexBall? {
    guard let scale = real.exponential else { return nil }
    guard let imaginary else { return ComplexBall(scale) }
    return imaginary.sineAndCosine.map { ComplexBall(scale * $0.cosine, scale * $0.sine) }
  }

  /// The principal logarithm.
  var logarithm: ComplexBall? {
    guard let angle, let size = magnitude?.real.logarithm else { return nil }
    return ComplexBall(size, angle)
  }

  /// Sine and cosine.
  var sineAndCosine: (sine: ComplexBall, cosine: ComplexBall)? {
    guard imaginary != nil else {
      return real.sineAndCosine.map { (ComplexBall($0.sine), ComplexBall($0.cosine)) }
    }
    let turned = ComplexBall.i * self
    guard let up = turned.exponential, let down = (-turned).exponential else { return nil }
    let half = ComplexBall(Ball.one.scaled(by: -1))
    return ((up - down) * half * -ComplexBall.i, (up + down) * half)
  }
}
