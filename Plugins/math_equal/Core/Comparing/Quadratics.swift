// Inequalities whose difference of sides is a quadratic with fractions as coefficients.

/// Solves quadratic inequalities.
enum Quadratics {
  /// The name of the unknown, which no text can have.
  static let variable = "\u{1}"

  /// The solutions of `f relation 0`; nothing when f is no quadratic in the variable alone.
  static func solution(
    _ f: Node, _ relation: Relation, _ arithmetic: inout RealSetArithmetic
  ) throws(MathError) -> RealSet? {
    guard f.variables == [variable] else { return nil }
    var normalizer = Normalizer(arithmetic.budget)
    guard let c = try normalizer.rational(f.replacing(variable, by: .integer(0))),
      let plus = try normalizer.rational(f.replacing(variable, by: .integer(1))),
      let minus = try normalizer.rational(f.replacing(variable, by: .integer(-1)))
    else { return nil }
    let half = Rational(1, over: 2)
    // f(1) + f(-1) = 2a + 2c and f(1) - f(-1) = 2b.
    let a = try plus.plus(minus, &normalizer.budget).times(half, &normalizer.budget).plus(
      -c, &normalizer.budget)
    let b = try plus.plus(-minus, &normalizer.budget).times(half, &normalizer.budget)
    if a.isZero { return nil }
    let x = Node.symbol(variable)
    let form = Node.sum([
      .product([number(a), .power(x, .integer(2))]), .product([number(b), x]), number(c),
    ])
    let difference = try normalizer.subtract(
      try normalizer.fraction(f), try normalizer.fraction(form))
    guard difference.top.isZero else { return nil }
    let square = try b.times(b, &normalizer.budget)
    let product = try a.times(c, &normalizer.budget).times(Rational(-4), &normalizer.budget)
    let discriminant = try square.plus(product, &normalizer.budget)
    arithmetic.budget = normalizer.budget
    return try solution(a, b, discriminant, relation, &arithmetic)
  }

  private static func solution(
    _ a: Rational, _ b: Rational, _ discriminant: Rational, _ relation: Relation,
    _ arithmetic: inout RealSetArithmetic
  ) throws(MathError) -> RealSet? {
    // Upside down: the same with the other sign.
    if a.isNegative { return try solution(-a, -b, discriminant, relation.reversed, &arithmetic) }
    if discriminant.isNegative {
      // The roots of an equation are not real then: no set of real numbers says it.
      if relation == .equal { return nil }
      return relation == .less || relation == .lessOrEqual ? RealSet(pieces: []) : .everything
    }
    let root = Node.call("sqrt", [number(discriminant)])
    let bottom = Node.product([.integer(2), number(a)])
    let low = Node.quotient(.sum([number(-b), .negative(root)]), bottom)
    let high = Node.quotient(.sum([number(-b), root]), bottom)
    let isClosed = relation == .lessOrEqual || relation == .greaterOrEqual
    switch relation {
    case .less, .lessOrEqual:
      return try arithmetic.intersection(
        .ray(from: low, isClosed: isClosed), .ray(to: high, isClosed: isClosed))
    case .greater, .greaterOrEqual:
      return try arithmetic.union(
        .ray(to: low, isClosed: isClosed), .ray(from: high, isClosed: isClosed))
    case .equal: return RealSet(pieces: RealSet.point(low).pieces + RealSet.point(high).pieces)
    case .unequal:
      let points = RealSet(pieces: RealSet.point(low).pieces + RealSet.point(high).pieces)
      return try arithmetic.complement(points)
    default: return nil
    }
  }

  private static func number(_ value: Rational) -> Node { .number(Literal(value)) }
}
