// Elementary functions of one argument.

extension Evaluator {
  /// The value of a function known here; nothing for any other name.
  mutating func elementary(_ name: String, _ argument: Node) throws(MathError) -> ComplexBall? {
    guard Self.known.contains(name) else { return nil }
    let x = try value(argument)
    try budget.spend(8000)
    switch name {
    case "sqrt": return try defined(x.squareRoot, "a square root")
    case "exp": return try defined(x.exponential, "an exponential")
    case "ln", "log": return try defined(x.logarithm, "a logarithm of zero")
    case "abs", "norm": return try defined(x.magnitude, "an absolute value")
    case "floor", "ceil": return try rounded(x, up: name == "ceil")
    case "sgn": return try sign(x)
    case "Re": return ComplexBall(x.real)
    case "Im": return ComplexBall(x.imaginary ?? .zero)
    case "sinh", "cosh", "tanh", "coth", "sech", "csch": return try hyperbolic(name, x)
    case "arsinh", "arcosh", "artanh": return try inverseHyperbolic(name, x)
    case "sin", "cos", "tan", "cot", "sec", "csc": return try trigonometric(name, x)
    default: return try inverseTrigonometric(name, x)
    }
  }

  private static let known: Set<String> = [
    "sqrt", "exp", "ln", "log", "abs", "norm", "floor", "ceil", "sgn", "Re", "Im", "sin", "cos",
    "tan",
    "cot", "sec", "csc", "arcsin", "arccos", "arctan", "arccot", "arcsec", "arccsc", "sinh", "cosh",
    "tanh", "coth", "sech", "csch", "arsinh", "arcosh", "artanh",
  ]

  private func trigonometric(_ name: String, _ x: ComplexBall) throws(MathError) -> ComplexBall {
    let (sine, cosine) = try defined(x.sineAndCosine, "an angle")
    let value: ComplexBall? =
      switch name {
      case "sin": sine
      case "cos": cosine
      case "tan": sine.divided(by: cosine)
      case "cot": cosine.divided(by: sine)
      case "sec": ComplexBall.one.divided(by: cosine)
      default: ComplexBall.one.divided(by: sine)
      }
    return try defined(value, "a division by zero")
  }

  private func hyperbolic(_ name: String, _ x: ComplexBall) throws(MathError) -> ComplexBall {
    let up = try defined(x.exponential, "an exponential")
    let down = try defined((-x).exponential, "an exponential")
    let half = ComplexBall(Ball.one.scaled(by: -1))
    let sine = (up - down) * half
    let cosine = (up + down) * half
    let value: ComplexBall? =
      switch name {
      case "sinh": sine
      case "cosh": cosine
      case "tanh": sine.divided(by: cosine)
      case "coth": cosine.divided(by: sine)
      case "sech": ComplexBall.one.divided(by: cosine)
      default: ComplexBall.one.divided(by: sine)
      }
    return try defined(value, "a division by zero")
  }

  private func inverseHyperbolic(_ name: String, _ x: ComplexBall) throws(MathError) -> ComplexBall
  {
    let one = ComplexBall.one
    switch name {
    case "arsinh":
      let root = try defined((x * x + one).squareRoot, "a root")
      return try defined((x + root).logarithm, "a logarithm of zero")
    case "arcosh":
      let first = try defined((x + one).squareRoot, "a root")
      let second = try defined((x - one).squareRoot, "a root")
      return try defined((x + first * second).logarithm, "a logarithm of zero")
    default:
      let quotient = try defined((one + x).divided(by: one - x), "a division by zero")
      let half = ComplexBall(Ball.one.scaled(by: -1))
      return try defined(quotient.logarithm, "a logarithm of zero") * half
    }
  }

  /// Inverse functions of real numbers, where their values are real.
  private func inverseTrigonometric(_ name: String, _ x: ComplexBall) throws(MathError)
    -> ComplexBall
  {
    guard x.imaginary == nil else { throw .undefined("an inverse of a complex number") }
    let quarter = Ball.pi.scaled(by: -1)
    var real = x.real
    if name == "arcsec" || name == "arccsc" {
      real = try defined(Ball.one.divided(by: real), "a division by zero")
    }
    switch name {
    case "arctan": return ComplexBall(try defined(real.inverseTangent, "an angle"))
    case "arccot":
      let angle = try defined(real.inverseTangent, "an angle")
      return ComplexBall(quarter - angle)
    case "arcsin", "arccsc": return ComplexBall(try arcsine(real))
    default: return ComplexBall(quarter - (try arcsine(real)))
    }
  }

  private func arcsine(_ x: Ball) throws(MathError) -> Ball {
    let cosine = Ball.one - x * x
    if cosine.isExactZero { return x.isNegative ? -Ball.pi.scaled(by: -1) : Ball.pi.scaled(by: -1) }
    let root = try defined(cosine.squareRoot, "an inverse sine beyond one")
    let tangent = try defined(x.divided(by: root), "an angle")
    return try defined(tangent.inverseTangent, "an angle")
  }

  private func rounded(_ x: ComplexBall, up: Bool) throws(MathError) -> ComplexBall {
    guard x.imaginary == nil, let near = x.real.nearestInteger else {
      throw .undefined("a rounding")
    }
    let difference = x.real - Ball(near)
    if difference.isExactZero { return ComplexBall(Ball(near)) }
    guard difference.excludesZero else { throw .undefined("a rounding") }
    if up { return ComplexBall(Ball(difference.isNegative ? near : near + 1)) }
    return ComplexBall(Ball(difference.isNegative ? near - 1 : near))
  }

  private func sign(_ x: ComplexBall) throws(MathError) -> ComplexBall {
    if x.real.isExactZero { return .zero }
    guard x.real.excludesZero, x.imaginary == nil else { throw .undefined("a sign") }
    return ComplexBall(Ball(x.real.isNegative ? -1 : 1))
  }
}
