// What follows a factor: powers, factorials, degrees, percent signs, subscripts; and what stands above or below
// the line.

extension Parser {
  /// A power, a factorial, a degree, a percent sign or a subscript after a node; nothing when there is none.
  mutating func postfix(_ node: Node) throws(MathError) -> Node? {
    guard let mark else { return nil }
    switch mark {
    case "^": return try raised(node)
    case "!":
      if isApart, position + 1 == tokens.count, case .text = node { return nil }
      position += 1
      if accept("!") { return .call("doublefactorial", [node]) }
      return .call("factorial", [node])
    case "°":
      position += 1
      skipScale()
      return .quantity(node, .degree)
    case "%":
      position += 1
      return .quantity(node, .percent)
    case "\\$" where position + 1 == tokens.count:
      position += 1
      return .quantity(node, .named(["$"]))
    case "€", "£", "¥", "¢", "₹":
      position += 1
      return .quantity(node, .named([mark]))
    case "'" where isPrimeable(node):
      position += 1
      return primed(node, 1)
    case "_":
      return try subscripted(node)
    default:
      return nil
    }
  }

  /// A power, or what is only written like one: degrees, primes, the ending of an ordinal.
  private mutating func raised(_ node: Node) throws(MathError) -> Node {
    position += 1
    if accept("°") {
      skipScale()
      return .quantity(node, .degree)
    }
    if isMark("'") {
      while accept("'") {}
      return primed(node, 1)
    }
    let exponent = try script()
    if case .symbol("°") = exponent {
      skipScale()
      return .quantity(node, .degree)
    }
    if case .text(let words) = exponent, words.count == 1,
      ["th", "st", "nd", "rd"].contains(words[0])
    {
      return node
    }
    return .power(node, exponent)
  }

  /// The scale of a temperature after its degree sign.
  private mutating func skipScale() {
    switch current {
    case .symbol("F"), .symbol("C"), .word("F"), .word("C"): position += 1
    default: break
    }
  }

  private func isPrimeable(_ node: Node) -> Bool {
    if case .symbol = node { return true }
    return false
  }

  private func primed(_ node: Node, _ count: Int) -> Node {
    if case .symbol(let name) = node { return .symbol(name + String(repeating: "'", count: count)) }
    return .call("prime", [node])
  }

  /// A subscript: part of a symbol's name, or the base of a number.
  private mutating func subscripted(_ node: Node) throws(MathError) -> Node? {
    position += 1
    let index = try script()
    if case .number(let literal) = node, case .number(let base) = index, let base = base.value.int {
      if let digits = lastDigits, let based = Self.based(digits, base) { return based }
      throw .unreadable("\(literal.value) has a digit that base \(base) does not have")
    }
    if case .symbol(let name) = node {
      if let text = Self.name(of: index) { return .symbol("\(name)_\(text)") }
      return .call("index", [node, index])
    }
    // `100100_b`: the digits in a base that has no value yet.
    if case .number = node, case .symbol(let base) = index, base.utf8.count == 1 { return node }
    if case .number = node, Self.name(of: index) != nil {
      throw .unreadable("a base that is no number")
    }
    return .call("index", [node, index])
  }

  /// The digits of the number token that ends right before the subscript.
  private var lastDigits: String? {
    var place = position - 1
    while place >= 0 {
      if case .mark("_") = tokens[place].token {
        if place > 0, case .number(let digits) = tokens[place - 1].token { return digits }
        // `(4210)_7`
        if place > 2, tokens[place - 1].token == .mark(")"), tokens[place - 3].token == .mark("("),
          case .number(let digits) = tokens[place - 2].token
        {
          return digits
        }
        return nil
      }
      place -= 1
    }
    return nil
  }

  /// A number in another base.
  static func based(_ digits: String, _ base: Int) -> Node? {
    guard (2...36).contains(base) else { return nil }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, let all = BigInt(digits: parts.joined().utf8, radix: UInt32(base))
    else { return nil }
    let shift = parts.count == 2 ? parts[1].utf8.count : 0
    guard shift < 512, let value = try? Rational(all, over: BigInt(base).power(shift)) else {
      return nil
    }
    let trimmed = digits.drop { $0 == "0" }
    return .based(trimmed.isEmpty ? "0" : String(trimmed), base: base, value)
  }

  /// The text of an index that is part of a name.
  static func name(of index: Node) -> String? {
    switch index {
    case .number(let literal): literal.value.description
    case .symbol(let name): name
    case .text(let words): words.joined(separator: "")
    case .list(let parts), .product(let parts):
      parts.reduce("") { text, part in
        guard let text, let name = name(of: part) else { return nil }
        return text + (text.isEmpty ? "" : ",") + name
      }
    default: nil
    }
  }

  /// What stands above or below the line: a group in braces, or one token.
  mutating func script() throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      if parser.isMark("{") { return try parser.braced() }
      if parser.accept("°") { return .symbol("°") }
      if parser.isMark("-") || parser.isMark("+") {
        let isNegative = parser.isMark("-")
        parser.position += 1
        let node = try parser.script()
        return isNegative ? .negative(node) : node
      }
      if case .word(let word)? = parser.current {
        parser.position += 1
        return .text([word])
      }
      return try parser.primary()
    }
  }

  /// A group in TeX braces; empty braces are nothing at all.
  mutating func braced() throws(MathError) -> Node {
    try expect("{")
    if accept("}") { return .empty }
    if isMark("°"), token(at: 1) == .mark("}") {
      position += 2
      return .symbol("°")
    }
    let bars = openBars
    openBars = 0
    defer { openBars = bars }
    let node = try statements()
    // TeX's own fractions and binomials stand between what they connect.
    for (mark, name) in [("over", "frac"), ("choose", "binom")] where accept(mark) {
      let bottom = try statements()
      try expect("}")
      return name == "frac" ? .quotient(node, bottom) : .call(name, [node, bottom])
    }
    try expect("}")
    return node
  }
}
