// Words: units after a number, and answers that are words.

extension Parser {
  /// A node with the unit, the power of ten or the half of a day that follows it.
  mutating func measured(_ node: Node) throws(MathError) -> Node {
    if case .quantity(let inner, .named) = node, case .word(let word)? = current,
      let factor = Words.multipliers[word.lowercased()], case .quantity(_, let unit) = node
    {
      // "$5 million"
      position += 1
      return try measured(.quantity(.product([inner, .integer(factor)]), unit))
    }
    if case .number(let literal) = node {
      if let hour = literal.value.int, (0...12).contains(hour), let isMorning = halfOfDay() {
        return .time(hour % 12 * 60, isMorning: isMorning)
      }
      if case .word(let word)? = current, let factor = Words.multipliers[word.lowercased()] {
        position += 1
        return try measured(.product([node, .integer(factor)]))
      }
    }
    if case .number(let literal) = node, case .word(let word)? = current,
      Words.months[word.lowercased()] != nil,
      case .text(let words) = try words()
    {
      return .text([literal.value.description] + words)
    }
    let node = try residue(node)
    guard let unit = try unit(after: node) else { return node }
    if case .quantity(let inner, let other) = node, other != unit {
      // "$5 dollars" is one unit said twice; "30° north" keeps what was said with the number.
      return .quantity(inner, other)
    }
    return .quantity(node, unit)
  }

  /// A residue with its modulus: `9 \pmod{11}`, `1 (mod 4)`.
  private mutating func residue(_ node: Node) throws(MathError) -> Node {
    let isBracketed = isMark("(") && isModulus(token(at: 1))
    guard isBracketed || isModulus(current) else { return node }
    let isOperation = !isBracketed && current == .name("bmod")
    position += isBracketed ? 2 : 1
    let modulus = isMark("{") ? try braced() : try sum()
    if isBracketed { try expect(")") }
    // `7 \bmod 3` is an operation; the other two name the class of a residue.
    if isOperation, let left = node.literal?.value.int, let right = modulus.literal?.value.int,
      right > 0
    {
      let rest = left % right
      return .integer(rest < 0 ? rest + right : rest)
    }
    return .call("mod", [node, modulus])
  }

  func isModulus(_ token: Token?) -> Bool {
    token == .name("pmod") || token == .name("mod") || token == .name("bmod")
  }

  /// The words after a value; nothing when there are none.
  ///
  /// Throws for letters that touch the value and are no unit: such a text is damaged.
  private mutating func unit(after node: Node) throws(MathError) -> Unit? {
    if case .word(let word)? = current {
      if word == "U", case .group = node { return nil }
      if !isApart, Words.units[word.lowercased()] == nil, word.utf8.first.map({ $0 < 0x80 }) == true
      {
        throw .unreadable("'\(word)' touches a value")
      }
      if word.lowercased() == "in", case .mark(let mark)? = token(at: 1), mark != "^", mark != "." {
        return nil
      }
    }
    var words: [String] = []
    while let token = current, try takeUnitWord(token, &words) {}
    return words.isEmpty ? nil : UnitWords.unit(words)
  }

  /// Takes a token that belongs to a unit; false at the unit's end.
  private mutating func takeUnitWord(_ token: Token, _ words: inout [String]) throws(MathError)
    -> Bool
  {
    switch token {
    case .word(let word): words.append(word.lowercased())
    case .name("frac") where isUnitFraction:
      try unitFraction(&words)
      return true
    case .name(let name) where ["min", "sec", "deg"].contains(name): words.append(name)
    case .symbol(let symbol)
    where (isApart || !words.isEmpty) && Words.ambiguous.contains(symbol) && !isFirstOfStatement:
      // A letter apart after a number: metres or a variable; the term before has taken variables.
      words.append(symbol)
    case .mark("/") where !words.isEmpty: words.append("per")
    case .mark("^") where !words.isEmpty:
      position += 1
      guard let power = Parser.name(of: try script()) else { throw .unreadable("a unit's power") }
      words.append("^" + power)
      return true
    case .mark("(") where !words.isEmpty: words.append("(")
    case .mark(")") where words.contains("("): words.append(")")
    case .mark("-") where !words.isEmpty:
      guard case .word? = self.token(at: 1) else { return false }
    case .mark(let mark) where !words.isEmpty && [".", "'", "*"].contains(mark): break
    case .number(let text) where !words.isEmpty: words.append(text)
    case .symbol(let text) where !words.isEmpty: words.append(text)
    default: return false
    }
    position += 1
    return true
  }

  /// `\frac{\text{km}}{\text{h}}` after a value.
  private mutating func unitFraction(_ words: inout [String]) throws(MathError) {
    position += 1
    for isTop in [true, false] {
      try expect("{")
      while let part = current, part != .mark("}") {
        if case .word(let word) = part { words.append(word.lowercased()) }
        if case .symbol(let letter) = part { words.append(letter) }
        position += 1
      }
      try expect("}")
      if isTop { words.append("per") }
    }
  }

  /// `\frac{\text{km}}{\text{h}}` here.
  var isUnitFraction: Bool {
    guard current == .name("frac"), token(at: 1) == .mark("{"), case .word? = token(at: 2) else {
      return false
    }
    return true
  }

  private var isFirstOfStatement: Bool {
    if case .mark("=")? = token(at: 1) { return true }
    return false
  }

  /// An answer in words, up to the next separator or relation.
  mutating func words() throws(MathError) -> Node {
    var words: [String] = []
    if let quantity = try wordNumber() { return quantity }
    if let money = currencyBefore() { return .quantity(try term(), money) }
    scan: while let token = current {
      switch token {
      case .word(let word): words.append(word)
      case .symbol(let symbol): words.append(symbol)
      case .number(let digits): words.append(digits)
      case .name(let name): words.append(name)
      case .mark("-"), .mark("'"), .mark("."), .mark("\""), .mark("`"), .mark("!"), .mark("?"),
        .mark("("), .mark("°"), .mark("/"), .mark("*"):
        break
      case .mark(")") where depth < 6: break
      default: break scan
      }
      position += 1
    }
    return .text(words)
  }

  /// "seven", alone or before a unit.
  private mutating func wordNumber() throws(MathError) -> Node? {
    guard case .word(let word)? = current, var value = Words.numbers[word.lowercased()] else {
      return nil
    }
    if isMark("-", at: 1) || value >= 20,
      case .word(let next)? = token(at: isMark("-", at: 1) ? 2 : 1),
      let ones = Words.numbers[next.lowercased()], (20..<100).contains(value),
      (1..<10).contains(ones)
    {
      // "twenty-one"
      position += isMark("-", at: 1) ? 2 : 1
      value += ones
    } else if case .word(let part)? = token(at: isMark("-", at: 1) ? 2 : 1),
      let parts = Words.parts[part.lowercased()]
    {
      // "two-thirds"
      position += isMark("-", at: 1) ? 3 : 2
      return .quotient(.integer(value), .integer(parts))
    }
    if let next = token(at: 1) {
      guard case .word(let unit) = next,
        Words.units[unit.lowercased()] != nil || position + 2 == tokens.count
      else {
        if case .mark = next {
          position += 1
          return .integer(value)
        }
        return nil
      }
    }
    position += 1
    return .integer(value)
  }

  /// "USD 5", "Rs 5".
  private mutating func currencyBefore() -> Unit? {
    guard case .word(let word)? = current, let unit = Words.units[word.lowercased()],
      ["$", "€", "£", "¥", "₹"].contains(unit), case .number? = token(at: 1)
    else { return nil }
    position += 1
    return .named([unit])
  }
}
