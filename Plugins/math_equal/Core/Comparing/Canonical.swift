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
    case .product(let factors) where factors.contains(where: isMatrix):
      return scaled(factors.map(form)) ?? node
    case .quotient(.matrix(let rows), let bottom):
      return form(.matrix(rows.map { $0.map { .quotient($0, bottom) } }))
    case .call("det", let parts):
      if parts.count == 1, case .matrix(let rows) = parts[0], let value = determinant(rows) {
        return value
      }
      return node
    case .matrix(let rows):
      if rows.count == 1, rows[0].count == 1 { return form(rows[0][0]) }
      return .matrix(rows.map { $0.map(form) })
    case .quantity(let inner, let unit):
      let inner = form(inner)
      if case .list(let parts) = inner { return .list(parts.map { .quantity($0, unit) }) }
      return .quantity(inner, unit)
    // A sign before a percent sign or a degree belongs to the number.
    case .negative(.quantity(let inner, let unit)):
      return form(.quantity(.negative(inner), unit))
    case .plusMinus(.quantity(let inner, let unit), let isFlipped):
      return form(.quantity(.plusMinus(inner, isFlipped: isFlipped), unit))
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

  private static func isMatrix(_ node: Node) -> Bool {
    if case .matrix = node { return true }
    return false
  }

  /// Numbers and one matrix: its entries, each times the numbers.
  private static func scaled(_ factors: [Node]) -> Node? {
    guard factors.count(where: isMatrix) == 1,
      case .matrix(let rows)? = factors.first(where: isMatrix)
    else { return nil }
    let numbers = factors.filter { !isMatrix($0) }
    guard numbers.allSatisfy({ $0.variables.isEmpty }) else { return nil }
    return .matrix(rows.map { $0.map { .product(numbers + [$0]) } })
  }

  /// The determinant of two or three rows, written out.
  private static func determinant(_ rows: [[Node]]) -> Node? {
    guard rows.allSatisfy({ $0.count == rows.count }) else { return nil }
    func minor(_ a: Int, _ b: Int, _ row: Int) -> Node {
      .sum([
        .product([rows[row][a], rows[row + 1][b]]),
        .negative(.product([rows[row][b], rows[row + 1][a]])),
      ])
    }
    switch rows.count {
    case 2: return minor(0, 1, 0)
    case 3:
      return .sum([
        .product([rows[0][0], minor(1, 2, 1)]), .negative(.product([rows[0][1], minor(0, 2, 1)])),
        .product([rows[0][2], minor(0, 1, 1)]),
      ])
    default: return nil
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
