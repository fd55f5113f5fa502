// The value of an expression at a point, as a ball that is proven to hold it.

/// Evaluates expressions at one point.
struct Evaluator: Sendable {
  let point: SamplePoint
  var budget: Budget

  /// The value; throws `undefined` where there is none or where it is not certain that there is one.
  mutating func value(_ node: Node) throws(MathError) -> ComplexBall {
    try budget.spend(150)
    switch node {
    case .number(let literal): return ComplexBall(Ball(literal.value))
    case .based(_, _, let value): return ComplexBall(Ball(value))
    case .symbol(let name): return try symbol(name)
    case .sum(let terms):
      var sum = ComplexBall.zero
      for term in terms { sum = sum + (try value(term)) }
      return sum
    case .product(let factors):
      var product = ComplexBall.one
      for factor in factors { product = product * (try value(factor)) }
      return product
    case .quotient(let top, let bottom):
      return try defined(try value(top).divided(by: try value(bottom)), "a division by zero")
    case .negative(let inner): return -(try value(inner))
    case .power(let base, let exponent): return try power(base, exponent)
    case .call(let name, let arguments): return try call(name, arguments)
    case .quantity(let inner, .percent):
      return try value(inner) * ComplexBall(Ball(Rational(1, over: 100)))
    case .quantity(let inner, .degree):
      return try value(inner) * ComplexBall(Ball.pi * Ball(Rational(1, over: 180)))
    case .quantity(let inner, .named): return try value(inner)
    case .plusMinus, .group, .list, .set, .builder, .matrix, .cases, .relation, .setOperation,
      .ratio, .time, .text, .empty:
      throw .notScalar
    }
  }

  func defined<Value>(_ value: Value?, _ reason: String) throws(MathError) -> Value {
    guard let value else { throw .undefined(reason) }
    return value
  }

  private func symbol(_ name: String) throws(MathError) -> ComplexBall {
    switch name {
    case "pi": return ComplexBall(.pi)
    case "e": return ComplexBall(try defined(Ball.one.exponential, "e"))
    case "i": return .i
    case "∞", "∅", "ℝ", "ℤ", "ℕ", "ℚ", "ℂ", "…", "°": throw .notScalar
    default: return ComplexBall(Ball(point.value(of: name)))
    }
  }

  // MARK: Powers

  private mutating func power(_ base: Node, _ exponent: Node) throws(MathError) -> ComplexBall {
    let raised = try value(exponent)
    if case .symbol("e") = base { return try defined(raised.exponential, "a power of e") }
    let value = try value(base)
    if let whole = Self.whole(raised), abs(whole) <= 10_000_000 {
      if whole == 0, !value.excludesZero { throw .undefined("zero to the power of zero") }
      return try defined(value.power(whole), "zero to a negative power")
    }
    if value.imaginary == nil, value.real.isExactZero {
      if raised.imaginary == nil, raised.real.isPositive { return .zero }
      throw .undefined("zero to a power")
    }
    // The real root of a negative number for odd degrees, as in school: (-8)^(1/3) = -2.
    if value.imaginary == nil, value.real.isBelowZero, exponent.variables.isEmpty {
      var normalizer = Normalizer(budget)
      if let fraction = try? normalizer.rational(exponent), !fraction.denominator.isEven {
        let size = try power(-value.real, raised.real)
        return ComplexBall(fraction.numerator.isEven ? size : -size)
      }
    }
    let logarithm = try defined(value.logarithm, "a power")
    return try defined((raised * logarithm).exponential, "a power")
  }

  private func power(_ base: Ball, _ exponent: Ball) throws(MathError) -> Ball {
    let logarithm = try defined(base.logarithm, "a power")
    return try defined((exponent * logarithm).exponential, "a power")
  }

  /// The value as a machine integer when it is one for certain.
  static func whole(_ value: ComplexBall) -> Int? {
    guard value.imaginary == nil, value.real.radius.isZero, let whole = value.real.nearestInteger
    else { return nil }
    return (value.real - Ball(whole)).isExactZero ? whole : nil
  }

  // MARK: Calls

  private mutating func call(_ name: String, _ arguments: [Node]) throws(MathError) -> ComplexBall {
    if arguments.count == 1 {
      if let result = try elementary(name, arguments[0]) { return result }
    }
    switch (name, arguments.count) {
    case ("root", 2):
      guard let degree = Self.whole(try value(arguments[1])), degree != 0 else {
        return try power(arguments[0], .quotient(.integer(1), arguments[1]))
      }
      return try power(arguments[0], .quotient(.integer(1), .integer(degree)))
    case ("log", 2):
      let top = try defined(try value(arguments[0]).logarithm, "a logarithm")
      let bottom = try defined(try value(arguments[1]).logarithm, "a logarithm")
      return try defined(top.divided(by: bottom), "a logarithm to base one")
    case ("sum", 3), ("prod", 3):
      if let total = try total(name, arguments) { return total }
    case ("binom", 2), ("C", 2), ("factorial", 1), ("doublefactorial", 1), ("gcd", 2...),
      ("lcm", 2...):
      var values: [Rational] = []
      for argument in arguments {
        guard let whole = Self.whole(try value(argument)) else {
          return try opaque(name, arguments)
        }
        values.append(Rational(whole))
      }
      if let exact = try WholeFunctions.value(name, values, &budget) {
        return ComplexBall(Ball(exact))
      }
    case ("max", 2...), ("min", 2...):
      return try extreme(name, arguments)
    default: break
    }
    return try opaque(name, arguments)
  }

  private mutating func extreme(_ name: String, _ arguments: [Node]) throws(MathError)
    -> ComplexBall
  {
    var best = try value(arguments[0])
    for argument in arguments.dropFirst() {
      let next = try value(argument)
      guard best.imaginary == nil, next.imaginary == nil else {
        throw .undefined("an order of numbers")
      }
      let difference = next.real - best.real
      if name == "max" ? difference.isPositive : difference.isBelowZero { best = next }
    }
    return best
  }

  /// A sum or product over whole numbers between bounds that are known here.
  private mutating func total(_ name: String, _ arguments: [Node]) throws(MathError) -> ComplexBall?
  {
    guard case .relation(let sides, [.equal]) = arguments[0], case .symbol(let variable) = sides[0],
      let low = try? value(sides[1]), let high = try? value(arguments[1]),
      let from = Self.whole(low),
      let to = Self.whole(high), to - from < 300
    else { return nil }
    var total = name == "sum" ? ComplexBall.zero : .one
    if to < from { return total }
    for index in from...to {
      let term = try value(arguments[2].replacing(variable, by: .integer(index)))
      total = name == "sum" ? total + term : total * term
    }
    return total
  }

  /// A value for what has no rule: it depends on the name and the values of the arguments alone, so that
  /// F(n - k) and F(-k + n) agree and nothing else does.
  private mutating func opaque(_ name: String, _ arguments: [Node]) throws(MathError) -> ComplexBall
  {
    var hash = SamplePoint.hash(name.utf8)
    for argument in arguments {
      do throws(MathError) {
        let value = try value(argument)
        for part in [value.real, value.imaginary ?? .zero] {
          guard part.radius < Radius(power: max(part.topBit, 0) - 60) else {
            throw .undefined("an argument")
          }
          hash = SamplePoint.hash(Self.rounded(part), start: hash)
        }
      } catch .notScalar {
        try budget.spend(3000)
        hash = SamplePoint.hash(Spelling.text(of: argument).utf8, start: hash)
      }
    }
    return ComplexBall(Ball(Rational(Int(hash >> 12) | 1 << 52, over: 1 << 52)))
  }

  /// The 48 leading bits of a number, with an offset that keeps whole numbers off the edges of rounding.
  private static func rounded(_ ball: Ball) -> [UInt8] {
    let scaled = ball.scaled(by: 30) + Ball(Rational(1, over: 3))
    if let whole = scaled.nearestInteger { return Array(String(whole).utf8) }
    return Array("\(ball.topBit):\(ball.mantissa >> 80)".utf8)
  }
}
