// One form for answers that are written in several: ± as two values, lists within lists, sets of one.

/// Brings trees into the form that is compared.
enum Canonical {
  /// The tree with every ± written out and nested lists joined.
  static func form(_ node: Node) -> Node {
    switch node {
    case .list(let parts): return list(parts.map(form))
    case .set(let parts): return .set(spread(parts.map(form)))
    case .group(let open, let parts, let close): return .group(open, parts.map(form), close)
    case .cases(let parts):
      let parts = spread(parts.map(form))
      return parts.count == 1 ? parts[0] : .cases(parts)
    case .matrix(let rows):
      if rows.count == 1, rows[0].count == 1 { return form(rows[0][0]) }
      return .matrix(rows.map { $0.map(form) })
    case .quantity(let inner, let unit):
      let inner = form(inner)
      if case .list(let parts) = inner { return .list(parts.map { .quantity($0, unit) }) }
      return .quantity(inner, unit)
    case .relation(let sides, let relations):
      if relations == [.member] || !sides.contains(where: hasPlusMinus) {
        return .relation(sides.map(form), relations)
      }
      return .list(
        signs.map { sign in .relation(sides.map { resolved($0, plus: sign) }, relations) })
    case .setOperation(let operation, let parts): return .setOperation(operation, parts.map(form))
    default:
      guard hasPlusMinus(node) else { return node }
      return .list(signs.map { resolved(node, plus: $0) })
    }
  }

  private static let signs = [true, false]

  /// A list of lists with single answers among them is one list.
  private static func list(_ parts: [Node]) -> Node {
    let hasSingles = parts.contains { if case .list = $0 { false } else { true } }
    let parts = hasSingles ? spread(parts) : parts
    return parts.count == 1 ? parts[0] : .list(parts)
  }

  private static func spread(_ parts: [Node]) -> [Node] {
    parts.flatMap { part in
      if case .list(let inner) = part { return inner }
      return [part]
    }
  }

  private static func hasPlusMinus(_ node: Node) -> Bool {
    node.contains { if case .plusMinus = $0 { true } else { false } }
  }

  /// The tree for one of the two signs.
  private static func resolved(_ node: Node, plus: Bool) -> Node {
    if case .plusMinus(let inner, let isFlipped) = node {
      let inner = resolved(inner, plus: plus)
      return plus != isFlipped ? inner : .negative(inner)
    }
    return node.mapParts { resolved($0, plus: plus) }
  }
}
