// Roots and elementary functions of balls: the argument is brought near zero, the series is added up in ball
// arithmetic, and the first term left out bounds what is missing.

extension Ball {
  /// The square root of a number that is proven not to be negative; nothing otherwise.
  var squareRoot: Ball? {
    if isExactZero { return .zero }
    guard isPositive else { return nil }
    let odd = exponent & 1
    let scaled = Double(UInt64(mantissa >> 64)) * (odd == 0 ? 1 : 2)
    let guess = scaled.squareRoot()
    // Three steps of Newton's method from 53 bits reach the last bit of the centre.
    var root = Ball(
      negative: false, mantissa: UInt128(guess * 0x1p30), exponent: (exponent - odd + 64) / 2 - 30)
    var centre = self
    centre.radius = .zero
    for _ in 0..<3 {
      root.radius = .zero
      guard let quotient = centre.divided(by: root) else { return nil }
      root = (root + quotient).scaled(by: -1)
    }
    root.radius = .zero
    // |sqrt(x) - y| <= |x - y^2| / y, for the whole ball.
    let residual = self - root * root
    return root.widened(by: residual.bound / root.distanceFromZero)
  }

  /// The number to a whole power; nothing for zero to a negative one.
  func power(_ exponent: Int) -> Ball? {
    if exponent < 0 { return power(-exponent).flatMap { Ball.one.divided(by: $0) } }
    return powerBySquaring(self, exponent, one: Ball.one, times: *)
  }

  /// Euler's number to this power; nothing beyond 2^40.
  var exponential: Ball? {
    guard let quotient = divided(by: .ln2), let power = quotient.nearestInteger,
      abs(power) < 1 << 40
    else { return nil }
    let rest = (self - Ball.ln2 * Ball(power)).scaled(by: -8)
    guard rest.bound < Radius(power: -8) else { return nil }
    var term = Ball.one
    var sum = Ball.one
    for n in 1...18 {
      term = term * rest * Ball.reciprocals[n]
      sum = sum + term
    }
    // The series from here on is less than twice the last term.
    sum = sum.widened(by: term.bound)
    for _ in 0..<8 { sum = sum * sum }
    return sum.scaled(by: power)
  }

  /// The natural logarithm of a number that is proven to be above zero; nothing otherwise.
  var logarithm: Ball? {
    guard isPositive else { return nil }
    // The number is m times two to the k, m from about 0.7 to 1.4.
    let isHigh = mantissa >> 64 > 0xB504_F333_F9DE_6484
    let power = exponent + (isHigh ? 128 : 127)
    let m = scaled(by: -power)
    guard let z = (m - .one).divided(by: m + .one) else { return nil }
    let series = Ball.inverseTangentSeries(z, alternating: false)
    return series?.scaled(by: 1).adding(Ball.ln2 * Ball(power))
  }

  /// Sine and cosine; nothing for an argument beyond 2^50 or known too badly.
  var sineAndCosine: (sine: Ball, cosine: Ball)? {
    guard let turns = divided(by: Ball.pi.scaled(by: -1)), let quarter = turns.nearestInteger,
      abs(quarter) < 1 << 50
    else { return nil }
    let rest = self - Ball.pi.scaled(by: -1) * Ball(quarter)
    guard rest.bound < Radius(power: 0) else { return nil }
    let square = rest * rest
    var sine = rest
    var cosine = Ball.one
    var odd = rest
    var even = Ball.one
    for n in 1...17 {
      even = -(even * square * Ball.reciprocals[2 * n - 1] * Ball.reciprocals[2 * n])
      odd = -(odd * square * Ball.reciprocals[2 * n] * Ball.reciprocals[2 * n + 1])
      cosine = cosine + even
      sine = sine + odd
    }
    sine = sine.widened(by: odd.bound)
    cosine = cosine.widened(by: even.bound)
    switch quarter & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  /// The angle from -pi/2 to pi/2 whose tangent this is.
  var inverseTangent: Ball? {
    if isExactZero { return .zero }
    let magnitude = absolute
    if topBit >= 1 && mantissa != 0 {
      guard let inverse = Ball.one.divided(by: magnitude), let angle = inverse.inverseTangent
      else { return nil }
      let result = Ball.pi.scaled(by: -1) - angle
      return isNegative ? -result : result
    }
    // Halving the angle three times leaves an argument below 0.15.
    var x = self
    for _ in 0..<3 {
      guard let root = (Ball.one + x * x).squareRoot, let half = x.divided(by: Ball.one + root)
      else { return nil }
      x = half
    }
    return Ball.inverseTangentSeries(x, alternating: true)?.scaled(by: 3)
  }

  /// x ± x³/3 + x⁵/5 ± …, for a magnitude below a quarter.
  private static func inverseTangentSeries(_ x: Ball, alternating: Bool) -> Ball? {
    guard x.bound < Radius(power: -2) else { return nil }
    let square = x * x
    var power = x
    var sum = x
    for n in 1...27 {
      power = alternating ? -(power * square) : power * square
      sum = sum + power * reciprocals[2 * n + 1]
    }
    return sum.widened(by: power.bound)
  }

  private func adding(_ other: Ball) -> Ball { self + other }

  /// One over each small number.
  private static let reciprocals: [Ball] =
    [.zero] + (1...64).map { Ball(Rational(1, over: $0)) }
}
