// Expressions as quotients of polynomials in their generators. Where all generators are independent this is a
// normal form: the difference of equal expressions has no terms.

/// A quotient of polynomials; the denominator is not zero.
struct Fraction: Sendable {
  var top: Polynomial
  var bottom: Polynomial

  /// The value when it is a fraction of whole numbers.
  var constant: Rational? {
    guard let top = top.constant, let bottom = bottom.constant, let inverse = try? bottom.inverse()
    else { return nil }
    var budget = Budget()
    return try? top.times(inverse, &budget)
  }
}

/// Works out normal forms; the generators of all of them are shared.
struct Normalizer: Sendable {
  var kernels = Kernels()
  var budget: Budget
  private var depth = 0

  init(_ budget: Budget) { self.budget = budget }

  /// The normal form of an expression; throws for anything that is none, and beyond the limits.
  mutating func fraction(_ node: Node) throws(MathError) -> Fraction {
    try budget.spend(100)
    switch node {
    case .number(let literal): return constant(literal.value)
    case .based(_, _, let value): return constant(value)
    case .symbol(let name): return try symbol(name)
    case .sum(let terms):
      var sum = constant(.zero)
      for term in terms { sum = try add(sum, try fraction(term)) }
      return sum
    case .product(let factors):
      var product = constant(.one)
      for factor in factors { product = try multiply(product, try fraction(factor)) }
      return product
    case .quotient(let top, let bottom):
      return try divide(try fraction(top), try fraction(bottom))
    case .negative(let inner): return try multiply(constant(Rational(-1)), try fraction(inner))
    case .power(let base, let exponent): return try power(base, exponent)
    case .call(let name, let arguments): return try call(name, arguments)
    case .quantity(let inner, .percent):
      return try multiply(constant(Rational(1, over: 100)), try fraction(inner))
    case .quantity(let inner, .degree):
      let half = try symbol("pi")
      return try multiply(
        try multiply(constant(Rational(1, over: 180)), half), try fraction(inner))
    case .quantity(let inner, .named): return try fraction(inner)
    case .plusMinus, .group, .list, .set, .builder, .matrix, .cases, .relation, .setOperation,
      .ratio, .time, .text, .empty:
      throw .notScalar
    }
  }

  /// The value of an expression, when it is a fraction of whole numbers.
  mutating func rational(_ node: Node) throws(MathError) -> Rational? {
    if let literal = node.literal { return literal.value }
    return try fraction(node).constant
  }

  // MARK: Arithmetic

  private func constant(_ value: Rational) -> Fraction {
    Fraction(top: Polynomial(value), bottom: .one)
  }

  private mutating func symbol(_ name: String) throws(MathError) -> Fraction {
    switch name {
    case "∞", "∅", "ℝ", "ℤ", "ℕ", "ℚ", "ℂ", "…", "°": throw .notScalar
    case "i":
      let rule = Kernels.Rule(degree: 2, value: Polynomial(Rational(-1)))
      return generator(.imaginary, rule)
    default: return generator(.symbol(name), nil)
    }
  }

  private mutating func generator(_ kernel: Kernel, _ rule: Kernels.Rule?) -> Fraction {
    Fraction(top: Polynomial(kernel: kernels.number(of: kernel, rule: rule)), bottom: .one)
  }

  mutating func add(_ left: Fraction, _ right: Fraction) throws(MathError) -> Fraction {
    if let a = left.bottom.constant, let b = right.bottom.constant {
      var top = Polynomial(.zero)
      try top.add(left.top, times: try a.inverse(), &budget)
      try top.add(right.top, times: try b.inverse(), &budget)
      return Fraction(top: top, bottom: .one)
    }
    var top = try left.top.times(right.bottom, kernels, &budget)
    try top.add(try right.top.times(left.bottom, kernels, &budget), &budget)
    return Fraction(top: top, bottom: try left.bottom.times(right.bottom, kernels, &budget))
  }

  mutating func subtract(_ left: Fraction, _ right: Fraction) throws(MathError) -> Fraction {
    try add(left, try multiply(constant(Rational(-1)), right))
  }

  private mutating func multiply(_ left: Fraction, _ right: Fraction) throws(MathError) -> Fraction
  {
    Fraction(
      top: try left.top.times(right.top, kernels, &budget),
      bottom: try left.bottom.times(right.bottom, kernels, &budget))
  }

  private mutating func divide(_ left: Fraction, _ right: Fraction) throws(MathError) -> Fraction {
    if right.top.isZero { throw .undefined("a division by zero") }
    return try multiply(left, Fraction(top: right.bottom, bottom: right.top))
  }

  // MARK: Powers and roots

  private mutating func power(_ base: Node, _ exponent: Node) throws(MathError) -> Fraction {
    let value = try fraction(base)
    guard let exponent = try rational(exponent) else {
      return try opaque("power", [base, exponent])
    }
    if let whole = exponent.int {
      if whole == 0, value.top.isZero { throw .undefined("zero to the power of zero") }
      let size = abs(whole)
      let result = Fraction(
        top: try value.top.power(size, kernels, &budget),
        bottom: try value.bottom.power(size, kernels, &budget))
      return whole < 0 ? try divide(constant(.one), result) : result
    }
    guard let degree = exponent.denominator.int, degree <= 64, let top = exponent.numerator.int,
      abs(top) <= 4096
    else { return try opaque("power", [base, .number(Literal(exponent))]) }
    let root = try self.root(value, degree: degree, of: base)
    let result = Fraction(
      top: try root.top.power(abs(top), kernels, &budget),
      bottom: try root.bottom.power(abs(top), kernels, &budget))
    return top < 0 ? try divide(constant(.one), result) : result
  }

  /// The root of an expression: a constant's is taken apart, another square root becomes a generator.
  private mutating func root(
    _ value: Fraction, degree: Int, of node: Node
  ) throws(MathError) -> Fraction {
    if degree == 1 { return value }
    if let constant = value.constant { return try root(of: constant, degree: degree) }
    guard degree == 2 else { return try opaque("root", [node, .integer(degree)]) }
    // sqrt(a/b) is sqrt(ab)/b for positive b only.
    if value.bottom.constant == nil { return try opaque("sqrt", [node]) }
    var radicand = Polynomial(.zero)
    try radicand.add(value.top, times: try (value.bottom.constant ?? .one).inverse(), &budget)
    let rule = Kernels.Rule(degree: 2, value: radicand)
    return generator(.opaque("sqrt(\(radicand.text(kernels)))"), rule)
  }

  /// The real root of a fraction; i times it for a square root of a negative one.
  private mutating func root(of value: Rational, degree: Int) throws(MathError) -> Fraction {
    if value.isNegative {
      if degree % 2 == 1 {
        return try multiply(constant(Rational(-1)), try root(of: -value, degree: degree))
      }
      if degree > 2 { return try opaque("root", [.number(Literal(value)), .integer(degree)]) }
      return try multiply(try symbol("i"), try root(of: -value, degree: degree))
    }
    if let exact = value.exactRoot(degree) { return constant(exact) }
    // a/b has the root of a b^(degree-1), divided by b.
    let lifted = try Rational(value.denominator).power(degree - 1, &budget)
      .times(Rational(value.numerator), &budget)
    try budget.spend(lifted.size * 1000)
    var outside = Rational.one
    var product = constant(.one)
    for (prime, count) in Primes.factors(of: lifted.numerator) {
      if count >= degree {
        outside = try outside.times(
          Rational(prime).power(count / degree, &budget), &budget)
      }
      let rest = count % degree
      if rest == 0 { continue }
      if let whole = prime.exactRoot(degree) {
        outside = try outside.times(Rational(whole), &budget)
        continue
      }
      let rule = Kernels.Rule(degree: degree, value: Polynomial(Rational(prime)))
      let kernel = generator(.root(prime, degree: degree), rule)
      let power = try kernel.top.power(rest, kernels, &budget)
      product = try multiply(product, Fraction(top: power, bottom: .one))
    }
    let scale = try outside.times(try Rational(.one, over: value.denominator), &budget)
    return try multiply(constant(scale), product)
  }

  // MARK: Functions

  private mutating func call(_ name: String, _ arguments: [Node]) throws(MathError) -> Fraction {
    switch (name, arguments.count) {
    case ("sqrt", 1): return try root(try fraction(arguments[0]), degree: 2, of: arguments[0])
    case ("root", 2):
      if let degree = try rational(arguments[1])?.int, (1...64).contains(degree) {
        return try root(try fraction(arguments[0]), degree: degree, of: arguments[0])
      }
    default:
      if let value = try WholeFunctions.value(name, arguments, &self) { return constant(value) }
    }
    return try opaque(name, arguments)
  }

  /// A generator for an expression that no rule takes apart, named by its normalised arguments.
  private mutating func opaque(_ name: String, _ arguments: [Node]) throws(MathError) -> Fraction {
    var spelled: [String] = []
    for argument in arguments {
      do throws(MathError) {
        let value = try fraction(argument)
        let bottom = value.bottom.constant?.isOne == true ? "" : "/(\(value.bottom.text(kernels)))"
        spelled.append(value.top.text(kernels) + bottom)
      } catch .notScalar {
        try budget.spend(2000)
        spelled.append(Spelling.text(of: argument))
      }
    }
    return generator(.opaque("\(name)(\(spelled.joined(separator: ";")))"), nil)
  }
}
