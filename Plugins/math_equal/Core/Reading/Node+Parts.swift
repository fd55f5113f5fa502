// Walking through trees: parts, variables, substitution.

extension Node {
  /// True for a chain of equations, inequalities or other relations.
  var isRelation: Bool {
    if case .relation = self { return true }
    return false
  }

  /// True for a chain with an inequality in it.
  var isInequality: Bool {
    if case .relation(_, let kinds) = self { return kinds.contains(where: \.isOrder) }
    return false
  }

  /// The nodes right below.
  var parts: [Node] {
    switch self {
    case .number, .based, .symbol, .time, .text, .empty: []
    case .negative(let inner), .plusMinus(let inner, _), .quantity(let inner, _): [inner]
    case .quotient(let a, let b), .power(let a, let b): [a, b]
    case .sum(let parts), .product(let parts), .call(_, let parts), .group(_, let parts, _),
      .list(let parts), .set(let parts), .cases(let parts), .relation(let parts, _),
      .setOperation(_, let parts), .ratio(let parts):
      parts
    case .builder(let element, let conditions): [element] + conditions
    case .matrix(let rows): rows.flatMap { $0 }
    }
  }

  /// The tree with each of the nodes right below changed.
  func mapParts(_ change: (Node) -> Node) -> Node {
    switch self {
    case .number, .based, .symbol, .time, .text, .empty: self
    case .negative(let inner): .negative(change(inner))
    case .plusMinus(let inner, let isFlipped): .plusMinus(change(inner), isFlipped: isFlipped)
    case .quantity(let inner, let unit): .quantity(change(inner), unit)
    case .quotient(let a, let b): .quotient(change(a), change(b))
    case .power(let a, let b): .power(change(a), change(b))
    case .sum(let parts): .sum(parts.map(change))
    case .product(let parts): .product(parts.map(change))
    case .call(let name, let parts): .call(name, parts.map(change))
    case .group(let open, let parts, let close): .group(open, parts.map(change), close)
    case .list(let parts): .list(parts.map(change))
    case .set(let parts): .set(parts.map(change))
    case .cases(let parts): .cases(parts.map(change))
    case .relation(let parts, let relations): .relation(parts.map(change), relations)
    case .setOperation(let operation, let parts): .setOperation(operation, parts.map(change))
    case .ratio(let parts): .ratio(parts.map(change))
    case .builder(let element, let conditions): .builder(change(element), conditions.map(change))
    case .matrix(let rows): .matrix(rows.map { $0.map(change) })
    }
  }

  /// The tree with a node in place of a variable.
  func replacing(_ variable: String, by value: Node) -> Node {
    if case .symbol(let name) = self { return name == variable ? value : self }
    return mapParts { $0.replacing(variable, by: value) }
  }

  /// True when a node or a part of it has a property.
  func contains(where property: (Node) -> Bool) -> Bool {
    property(self) || parts.contains { $0.contains(where: property) }
  }

  /// The variables, without the constants pi, e and i.
  var variables: Set<String> {
    if case .symbol(let name) = self { return Self.constants.contains(name) ? [] : [name] }
    return parts.reduce(into: []) { $0.formUnion($1.variables) }
  }

  static let constants: Set<String> = ["pi", "e", "i", "∞", "∅", "ℝ", "ℤ", "ℕ", "ℚ", "ℂ", "…", "°"]
}
