// Functions and operators with their arguments: fractions, roots, logarithms, sums, matrices.

extension Parser {
  mutating func call(_ name: String) throws(MathError) -> Node {
    switch name {
    case "frac":
      let top = try argument(splitsNumber: true)
      let bottom = try argument(splitsNumber: true)
      return .quotient(top, bottom)
    case "binom", "stackrel", "overset", "underset":
      let top = try argument(splitsNumber: true)
      let bottom = try argument(splitsNumber: true)
      return name == "binom" ? .call(name, [top, bottom]) : bottom
    case "sqrt": return try root()
    case "cbrt": return .call("root", [try argument(), .integer(3)])
    case "overline", "hat", "vec", "tilde", "dot":
      let inner = try argument()
      if case .symbol(let symbol) = inner, name != "overline" { return .symbol(symbol) }
      // A line over two points is the segment between them, not a conjugate.
      if case .product(let points) = inner, points.allSatisfy(Self.isPoint) { return inner }
      return .call(name == "overline" ? name : "vec", [inner])
    case "color":
      _ = try? braced()
      return try primary()
    case "begin": return try environment()
    case "sum", "prod", "int", "lim", "iint", "oint", "limsup", "liminf": return try operation(name)
    case "log", "ln", "lg": return try logarithm(name)
    case "dots": return .symbol("…")
    case "end", "not", "pmod", "bmod", "mod":
      throw .unreadable("there is '\(name)' where a value belongs")
    default: return try function(name)
    }
  }

  private static func isPoint(_ node: Node) -> Bool {
    if case .symbol(let name) = node { return name.first?.isUppercase ?? false }
    return false
  }

  /// The argument of a command: a group, or one token; `\frac12` takes one digit at a time.
  mutating func argument(splitsNumber: Bool = false) throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      if parser.isMark("{") {
        let node = try parser.braced()
        return node == .empty ? .text([]) : node
      }
      if splitsNumber, case .number(let digits)? = parser.current, digits.utf8.count > 1,
        let first = digits.first
      {
        let rest = String(digits.dropFirst())
        parser.tokens[parser.position].token = .number(rest)
        parser.tokens[parser.position].isApart = false
        return .number(try Self.literal(String(first)))
      }
      return try parser.primary()
    }
  }

  private mutating func root() throws(MathError) -> Node {
    var degree: Node?
    if isMark("["), let close = closing(from: position), close + 1 < tokens.count {
      position += 1
      degree = try statement()
      try expect("]")
    }
    let radicand: Node
    if isMark("(") {
      position += 1
      radicand = try inside(")")
    } else {
      radicand = try argument()
    }
    return degree.map { .call("root", [radicand, $0]) } ?? .call("sqrt", [radicand])
  }

  private func closing(from start: Int) -> Int? {
    tokens[start...].firstIndex { $0.token == .mark("]") }
  }

  private mutating func logarithm(_ name: String) throws(MathError) -> Node {
    var base: Node?
    var power: Node?
    for _ in 0..<2 {
      if accept("_") { base = try script() } else if accept("^") { power = try script() }
    }
    let inner = try operand()
    var node: Node
    if name == "lg" {
      node = .call("log", [inner, .integer(10)])
    } else if let base {
      node = .call("log", [inner, base])
    } else {
      // Without a base `log` is ambiguous; both sides use it alike.
      node = .call(name, [inner])
    }
    if let power { node = .power(node, power) }
    return node
  }

  /// A function, its power before the argument, and the argument.
  private mutating func function(_ name: String) throws(MathError) -> Node {
    var power: Node?
    var index: Node?
    while isMark("^") || isMark("_") {
      let isPower = isMark("^")
      position += 1
      let script = try script()
      if isPower { power = script } else { index = script }
    }
    let argument = try operand()
    var arguments = Self.arguments(argument)
    if let index { arguments.append(index) }
    if let power {
      if power.literal?.value == Rational(-1), let inverse = Self.inverses[name] {
        return .call(inverse, arguments)
      }
      return .power(.call(name, arguments), power)
    }
    return .call(name, arguments)
  }

  private static let inverses = [
    "sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec",
    "csc": "arccsc",
    "sinh": "arsinh", "cosh": "arcosh", "tanh": "artanh",
  ]

  /// The operand of a function without brackets: `\sin 2x` takes the product, up to a sign or another function.
  private mutating func operand() throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      if parser.isMark("(") {
        parser.position += 1
        return try parser.inside(")")
      }
      if parser.isMark("{") {
        let node = try parser.braced()
        return node == .empty ? try parser.operand() : node
      }
      let isNegative = parser.accept("-")
      var factors = [try parser.factor()]
      while parser.continuesOperand {
        if parser.accept("/") {
          let bottom = try parser.factor()
          factors = [.quotient(.product(factors), bottom)]
        } else {
          let next = try parser.factor()
          if let last = factors.last, let mixed = Self.mixed(last, next) {
            factors[factors.count - 1] = mixed
          } else {
            factors.append(next)
          }
        }
      }
      let product = factors.count == 1 ? factors[0] : .product(factors)
      return isNegative ? .negative(product) : product
    }
  }

  private var continuesOperand: Bool {
    switch current {
    case .symbol: return true
    case .name(let name): return name == "frac" || name == "sqrt" || name == "cbrt"
    case .mark("/"):
      if case .number? = token(at: 1) { return true }
      return false
    case .number: return false
    default: return false
    }
  }

  // MARK: Sums, products, integrals, limits

  private mutating func operation(_ name: String) throws(MathError) -> Node {
    var lower = Node.empty
    var upper = Node.empty
    for _ in 0..<2 {
      if accept("_") { lower = try script() } else if accept("^") { upper = try script() }
    }
    let body = try operandOfOperation()
    return .call(name, [lower, upper, body])
  }

  /// The term that a sum or an integral runs over: up to the next + or - at its level.
  private mutating func operandOfOperation() throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      let isNegative = parser.accept("-")
      let node = try parser.term()
      return isNegative ? .negative(node) : node
    }
  }

  // MARK: Matrices

  private mutating func environment() throws(MathError) -> Node {
    guard case .word(let name)? = current else { throw .unreadable("an environment has no name") }
    position += 1
    let sets = openSets
    let bars = openBars
    (openSets, openBars) = (0, 0)
    defer { (openSets, openBars) = (sets, bars) }
    var rows: [[Node]] = [[]]
    while true {
      guard let current else { throw .unreadable("an environment does not end") }
      if current == .name("end") {
        position += 1
        if case .word? = self.current { position += 1 }
        break
      }
      if accept("\\\\") {
        rows.append([])
      } else if let last = rows.dropLast().last?.last, rows.last?.isEmpty == true,
        let relation = relation()
      {
        // A row that begins with a relation continues the row before.
        rows.removeLast()
        let next = try deeper { p throws(MathError) in try p.statement() }
        rows[rows.count - 1][rows[rows.count - 1].count - 1] = Self.continued(last, relation, next)
      } else if accept("&") {
        if rows[rows.count - 1].isEmpty { rows[rows.count - 1].append(.empty) }
      } else if accept(",") || accept(".") || accept(";") {
        continue
      } else {
        rows[rows.count - 1].append(try deeper { p throws(MathError) in try p.statement() })
      }
    }
    rows.removeAll(where: \.isEmpty)
    switch name {
    case "cases", "aligned", "align", "gathered", "gather", "rcases", "split", "equation", "dcases":
      return .cases(rows.map { Self.joined($0) })
    case "vmatrix": return .call("det", [.matrix(rows)])
    default: return .matrix(rows)
    }
  }

  /// Two sides of one chain, each of which may be a chain itself.
  private static func continued(_ first: Node, _ relation: Relation, _ second: Node) -> Node {
    var sides = [first]
    var relations: [Relation] = []
    if case .relation(let parts, let kinds) = first { (sides, relations) = (parts, kinds) }
    relations.append(relation)
    if case .relation(let parts, let kinds) = second {
      return .relation(sides + parts, relations + kinds)
    }
    return .relation(sides + [second], relations)
  }

  /// The cells of a row belong together: a value and its condition; empty cells only place the others.
  private static func joined(_ cells: [Node]) -> Node {
    let cells = cells.filter { $0 != .empty }
    return cells.count == 1 ? cells[0] : .group("(", cells, ")")
  }
}
