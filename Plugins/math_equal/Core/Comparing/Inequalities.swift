// Inequalities in one unknown that is linear in them: the unknown is a variable, a function's value, or an
// absolute value.

/// Solves simple inequalities.
enum Inequalities {
  /// The solutions of `left relation right`; nothing when it is of another kind.
  ///
  /// - Parameters:
  ///   - left: The left side.
  ///   - relation: An order, or "unequal".
  ///   - right: The right side.
  ///   - unknown: What earlier relations are about; set by the first one.
  ///   - arithmetic: Draws on its budget.
  /// - Returns: The solutions, or nothing.
  /// - Throws: Beyond the limits, and where ends cannot be ordered.
  static func solution(
    _ left: Node, _ relation: Relation, _ right: Node, _ unknown: inout Node?,
    _ arithmetic: inout RealSetArithmetic
  ) throws(MathError) -> RealSet? {
    let subjects = subjects(left).union(subjects(right))
    guard subjects.count == 1, let subject = subjects.first else { return nil }
    var isAbsolute = false
    var name = subject
    if case .call("abs", let inner) = subject {
      isAbsolute = true
      name = inner[0]
    }
    if let known = unknown, known != name { return nil }
    guard let set = try solved(left, relation, right, subject, &arithmetic) else { return nil }
    unknown = name
    return isAbsolute ? try arithmetic.preimageOfAbsolute(set) : set
  }

  /// What an expression is about: its variables, with functions of them and absolute values as they are.
  private static func subjects(_ node: Node) -> Set<Node> {
    switch node {
    case .symbol(let name): return Node.constants.contains(name) ? [] : [node]
    case .call("abs", let arguments):
      if case .symbol? = arguments.first { return [node] }
    case .call(let name, let arguments):
      if Parser.functionNames.contains(name), !arguments.allSatisfy({ $0.variables.isEmpty }) {
        return [node]
      }
    case .product(let factors) where factors.count > 1:
      // Letters side by side may name one thing: AB > 3.
      if factors.allSatisfy({
        if case .symbol(let name) = $0 { name.first?.isUppercase ?? false } else { false }
      }) {
        return [node]
      }
    default: break
    }
    return node.parts.reduce(into: []) { $0.formUnion(subjects($1)) }
  }

  private static func solved(
    _ left: Node, _ relation: Relation, _ right: Node, _ subject: Node,
    _ arithmetic: inout RealSetArithmetic
  ) throws(MathError) -> RealSet? {
    if case .call("abs", let inner) = left, left != subject, !mentions(right, subject) {
      return try absolute(inner[0], relation, right, subject, &arithmetic)
    }
    if case .call("abs", let inner) = right, right != subject, !mentions(left, subject) {
      return try absolute(inner[0], relation.reversed, left, subject, &arithmetic)
    }
    if let set = try linear(left, relation, right, subject, &arithmetic) { return set }
    return try Quadratics.solution(
      replaced(.sum([left, .negative(right)]), subject, .symbol(Quadratics.variable)), relation,
      &arithmetic)
  }

  /// |g| < c is -c < g < c, |g| > c is g < -c or g > c.
  private static func absolute(
    _ inner: Node, _ relation: Relation, _ bound: Node, _ subject: Node,
    _ arithmetic: inout RealSetArithmetic
  ) throws(MathError) -> RealSet? {
    guard let upper = try solved(inner, relation, bound, subject, &arithmetic),
      let lower = try solved(inner, relation.reversed, .negative(bound), subject, &arithmetic)
    else { return nil }
    // |g| = c with a negative c has no solutions, whatever the two equations have.
    if relation == .equal || relation == .unequal {
      guard
        let value = try NumericComparison.value(
          bound, SamplePoint(index: 0, isWhole: false), &arithmetic.budget),
        value.imaginary == nil, !value.real.isBelowZero
      else { return nil }
    }
    let isBetween = relation == .less || relation == .lessOrEqual || relation == .unequal
    return try isBetween ? arithmetic.intersection(upper, lower) : arithmetic.union(upper, lower)
  }

  private static func linear(
    _ left: Node, _ relation: Relation, _ right: Node, _ subject: Node,
    _ arithmetic: inout RealSetArithmetic
  ) throws(MathError) -> RealSet? {
    if left == subject, right.infinity != 0 { return infinite(relation, right.infinity) }
    if right == subject, left.infinity != 0 { return infinite(relation.reversed, left.infinity) }
    // A name that is a set or a point is no number.
    for side in [left, right] {
      switch side {
      case .group, .set, .list, .setOperation, .matrix, .cases, .text, .builder: return nil
      default: break
      }
    }
    if left == subject, !mentions(right, subject) { return ray(relation, right) }
    if right == subject, !mentions(left, subject) { return ray(relation.reversed, left) }
    // f(u) = cu + d: d from u = 0, c from u = 1, and a third point to see that it is so.
    let f = Node.sum([left, .negative(right)])
    let variable = "\u{1}"
    let open = replaced(f, subject, .symbol(variable))
    let d = open.replacing(variable, by: .integer(0))
    let one = open.replacing(variable, by: .integer(1))
    let c = Node.sum([one, .negative(d)])
    let line = Node.sum([.product([c, .symbol(variable)]), d])
    var scalars = ScalarComparison(options: MathOptions(), budget: arithmetic.budget)
    guard c.variables.isEmpty, try scalars.compare(open, line).isEqual,
      let slope = try NumericComparison.value(
        c, SamplePoint(index: 0, isWhole: false), &arithmetic.budget),
      slope.imaginary == nil, slope.real.excludesZero
    else { return nil }
    let end = Node.quotient(.negative(d), c)
    return ray(slope.real.isPositive ? relation : relation.reversed, simplified(end, &arithmetic))
  }

  /// The value as a number where it is a fraction.
  private static func simplified(_ node: Node, _ arithmetic: inout RealSetArithmetic) -> Node {
    var normalizer = Normalizer(arithmetic.budget)
    if let value = try? normalizer.rational(node) { return .number(Literal(value)) }
    return node
  }

  private static func mentions(_ node: Node, _ subject: Node) -> Bool {
    node.contains { $0 == subject }
  }

  private static func replaced(_ node: Node, _ subject: Node, _ value: Node) -> Node {
    node == subject ? value : node.mapParts { replaced($0, subject, value) }
  }

  private static func infinite(_ relation: Relation, _ infinity: Int) -> RealSet? {
    switch relation {
    case .less, .lessOrEqual: infinity > 0 ? .everything : nil
    case .greater, .greaterOrEqual: infinity < 0 ? .everything : nil
    default: nil
    }
  }

  static func ray(_ relation: Relation, _ end: Node) -> RealSet? {
    switch relation {
    case .less: return .ray(to: end, isClosed: false)
    case .lessOrEqual: return .ray(to: end, isClosed: true)
    case .greater: return .ray(from: end, isClosed: false)
    case .greaterOrEqual: return .ray(from: end, isClosed: true)
    case .equal: return .point(end)
    case .unequal:
      return RealSet(
        pieces: RealSet.ray(to: end, isClosed: false).pieces
          + RealSet.ray(from: end, isClosed: false).pieces)
    default: return nil
    }
  }
}
