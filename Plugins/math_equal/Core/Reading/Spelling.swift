// Trees as text: what a verdict shows of how a side was understood.

/// Spells trees in one plain notation.
enum Spelling {
  /// The text of a tree, cut where it is long.
  static func short(_ node: Node, limit: Int = 200) -> String {
    let text = text(of: node)
    return text.utf8.count <= limit ? text : String(text.prefix(limit)) + "…"
  }

  /// The text of a tree.
  static func text(of node: Node) -> String {
    switch node {
    case .number(let literal): number(literal)
    case .based(let digits, let base, _): "\(digits)_\(base)"
    case .symbol(let name): name
    case .sum(let terms): sum(terms)
    case .product(let factors): factors.map { bracketed($0, below: 2) }.joined(separator: "*")
    case .quotient(let top, let bottom):
      "\(bracketed(top, below: 2))/\(bracketed(bottom, below: 3))"
    case .power(let base, let exponent):
      "\(bracketed(base, below: 4))^\(bracketed(exponent, below: 4))"
    case .negative(let inner): "-\(bracketed(inner, below: 2))"
    case .plusMinus(let inner, let isFlipped): (isFlipped ? "∓" : "±") + bracketed(inner, below: 2)
    case .call(let name, let arguments): "\(name)(\(list(arguments)))"
    case .quantity(let inner, let unit): "\(bracketed(inner, below: 2)) \(text(of: unit))"
    case .group(let open, let parts, let close): "\(open)\(list(parts))\(close)"
    case .list(let parts): list(parts)
    case .set(let parts): "{\(list(parts))}"
    case .builder(let element, let conditions): "{\(text(of: element)) | \(list(conditions))}"
    case .matrix(let rows): "[" + rows.map { "[\(list($0))]" }.joined(separator: ", ") + "]"
    case .cases(let parts): "system of " + list(parts)
    case .relation(let sides, let relations): relation(sides, relations)
    case .setOperation(let operation, let parts):
      parts.map(text).joined(separator: " \(operation.rawValue) ")
    case .ratio(let parts): parts.map(text).joined(separator: ":")
    case .time(let minutes, let isMorning): time(minutes, isMorning)
    case .text(let words): "\"\(words.joined(separator: " "))\""
    case .empty: ""
    }
  }

  static func text(of unit: Unit) -> String {
    switch unit {
    case .percent: "%"
    case .degree: "°"
    case .named(let words): words.joined(separator: " ")
    }
  }

  private static func list(_ parts: [Node]) -> String { parts.map(text).joined(separator: ", ") }

  /// A decimal as it was written, any other number as a fraction.
  private static func number(_ literal: Literal) -> String {
    guard literal.isDecimal, literal.decimals < 60 else { return literal.value.description }
    var budget = Budget()
    let scale = Rational(BigInt(10).power(literal.decimals))
    guard let scaled = try? literal.value.times(scale, &budget), scaled.isInteger else {
      return literal.value.description
    }
    var digits = scaled.numerator.absolute.description
    while digits.utf8.count <= literal.decimals { digits = "0" + digits }
    digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -literal.decimals))
    return literal.value.isNegative ? "-" + digits : digits
  }

  private static func sum(_ terms: [Node]) -> String {
    var text = ""
    for (index, term) in terms.enumerated() {
      if case .negative(let inner) = term {
        text += index == 0 ? "-" : " - "
        text += bracketed(inner, below: 2)
      } else if case .plusMinus(let inner, let isFlipped) = term {
        text += (index == 0 ? "" : " ") + (isFlipped ? "∓" : "±") + (index == 0 ? "" : " ")
        text += bracketed(inner, below: 2)
      } else {
        text += (index == 0 ? "" : " + ") + bracketed(term, below: 1)
      }
    }
    return text
  }

  private static func relation(_ sides: [Node], _ relations: [Relation]) -> String {
    var text = sides.first.map { Self.text(of: $0) } ?? ""
    for (relation, side) in zip(relations, sides.dropFirst()) {
      text += " \(relation.rawValue) \(Self.text(of: side))"
    }
    return text
  }

  private static func time(_ minutes: Int, _ isMorning: Bool?) -> String {
    let minute = minutes % 60 < 10 ? "0\(minutes % 60)" : "\(minutes % 60)"
    return "\(minutes / 60):\(minute)" + (isMorning.map { $0 ? " a.m." : " p.m." } ?? "")
  }

  private static func bracketed(_ node: Node, below level: Int) -> String {
    let own: Int
    switch node {
    case .sum, .negative, .plusMinus, .relation, .list, .setOperation, .ratio: own = 0
    case .product, .quotient: own = 2
    case .quantity: own = 1
    case .power: own = 3
    default: own = 5
    }
    return own <= level && own < 4 && !(own == 2 && level == 1) && !(own == 3 && level < 4)
      ? "(\(text(of: node)))" : text(of: node)
  }
}
