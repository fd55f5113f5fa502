// Sums, products, powers and what follows a factor without a sign.

extension Parser {
  /// Terms with + - ± ∓ between them.
  mutating func sum() throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      var terms = [try parser.signedTerm()]
      while let mark = parser.mark, ["+", "-", "±", "∓"].contains(mark) {
        // `A - \{1\}` is a difference of sets.
        if mark == "-", parser.token(at: 1) == .mark("\\{") { break }
        terms.append(try parser.signedTerm())
      }
      return terms.count == 1 ? terms[0] : .sum(terms)
    }
  }

  /// A term with any signs before it.
  private mutating func signedTerm() throws(MathError) -> Node {
    var isNegative = false
    var plusMinus: Bool?
    while let mark {
      switch mark {
      case "+": break
      case "-": isNegative.toggle()
      case "±": plusMinus = false
      case "∓": plusMinus = true
      default:
        let node = try term()
        return signed(node, isNegative, plusMinus)
      }
      position += 1
    }
    return signed(try term(), isNegative, plusMinus)
  }

  private func signed(_ node: Node, _ isNegative: Bool, _ plusMinus: Bool?) -> Node {
    let node = plusMinus.map { .plusMinus(node, isFlipped: $0) } ?? node
    return isNegative ? .negative(node) : node
  }

  /// Factors with * and / between them, or nothing.
  mutating func term() throws(MathError) -> Node {
    var tops = [try factor()]
    var bottoms: [Node] = []
    while true {
      if isMark("*") || isMark("/") {
        let isDivision = isMark("/")
        position += 1
        let node = try signedFactor()
        if isDivision, let mixed = mixedNumber(tops, node) {
          tops = Array(tops.dropLast(2)) + [mixed]
        } else if isDivision {
          bottoms.append(node)
        } else {
          tops.append(node)
        }
      } else if startsFactor(after: tops.last) {
        let isJoined = !isApart
        let node = try factor()
        if bottoms.isEmpty, let last = tops.last, let mixed = Self.mixed(last, node) {
          tops[tops.count - 1] = mixed
        } else if !bottoms.isEmpty, isJoined {
          // `1/2x` is read as a half of x, `1/(2x)` needs its brackets; in `1/\sqrt2\pi` likewise.
          tops.append(node)
        } else {
          tops.append(node)
        }
      } else {
        break
      }
    }
    let top = tops.count == 1 ? tops[0] : Node.product(tops)
    if bottoms.isEmpty { return top }
    return .quotient(top, bottoms.count == 1 ? bottoms[0] : .product(bottoms))
  }

  private mutating func signedFactor() throws(MathError) -> Node {
    var isNegative = false
    while isMark("-") || isMark("+") {
      if isMark("-") { isNegative.toggle() }
      position += 1
    }
    let node = try factor()
    return isNegative ? .negative(node) : node
  }

  /// `7 1/3`: two whole numbers next to each other, and a division of the second by a larger one.
  private func mixedNumber(_ tops: [Node], _ divisor: Node) -> Node? {
    guard tops.count >= 2, let top = tops.last else { return nil }
    return Self.mixed(tops[tops.count - 2], .quotient(top, divisor))
  }

  /// A whole number and a fraction of whole numbers: their sum.
  static func mixed(_ whole: Node, _ fraction: Node) -> Node? {
    if case .quantity(let inner, let unit) = fraction {
      return mixed(whole, inner).map { .quantity($0, unit) }
    }
    guard case .number(let whole) = whole, whole.value.isInteger, !whole.isDecimal,
      case .quotient(.number(let top), .number(let bottom)) = fraction, top.value.isInteger,
      bottom.value.isInteger, !top.value.isZero
    else { return nil }
    return .sum([.number(whole), fraction])
  }

  /// True when a factor begins here without a sign before it.
  private func startsFactor(after previous: Node?) -> Bool {
    switch current {
    case .number:
      // `2 3` is no product, but `2 1/3` is a mixed number and `2^6 3^5` is one.
      if case .number(let last)? = previous {
        guard isApart, case .mark("/")? = token(at: 1), case .number? = token(at: 2) else {
          return false
        }
        return !last.isDecimal && last.value.isInteger
      }
      return true
    case .symbol(let name):
      if isApart, case .number? = previous, isLastUnit(name) { return false }
      // `9.8 m/s^2`
      if name == "m" || name == "s" || name == "g", isApart, token(at: 1) == .mark("/"),
        case .number? = previous, isUnitLetter(token(at: 2))
      {
        return false
      }
      // `a = 1 \quad b = 2`
      if name == "a" || name == "p", token(at: 1) == .mark("."), token(at: 2) == .symbol("m") {
        return false
      }
      return !(isApart && token(at: 1) == .mark("=") && name.utf8.count < 8)
    case .name("frac") where isUnitFraction: return false
    case .name(let name):
      return ![
        "end", "pmod", "bmod", "mod", "dots", "not", "min", "sec", "deg",
      ].contains(name) || (["min", "sec", "deg"].contains(name) && startsArgument(at: 1))
    case .mark(let mark):
      switch mark {
      case "(": return !isModulus(token(at: 1))
      case "{", "⌊", "⌈", "∠", "△": return true
      case "[": return !isInterval(at: position)
      case "|", "‖": return openBars == 0 && openSets == 0
      default: return false
      }
    case .word, nil: return false
    }
  }

  /// True for a letter of a unit at the end of the answer, with or without a power.
  private func isLastUnit(_ name: String) -> Bool {
    guard ["m", "g", "s", "h", "l"].contains(name) else { return false }
    if token(at: 1) == nil { return true }
    guard token(at: 1) == .mark("^") else { return false }
    let isBraced = token(at: 2) == .mark("{")
    guard case .number(let power)? = token(at: isBraced ? 3 : 2), power == "2" || power == "3"
    else { return false }
    return token(at: isBraced ? 5 : 3) == nil
  }

  private func isUnitLetter(_ token: Token?) -> Bool {
    token == .symbol("s") || token == .symbol("h")
  }

  private func startsArgument(at offset: Int) -> Bool {
    switch token(at: offset) {
    case .number, .symbol, .name: true
    case .mark(let mark): mark == "(" || mark == "{" || mark == "^" || mark == "\\{"
    case .word, nil: false
    }
  }

  /// True when the bracket here has a comma at its own level: then it is no factor.
  func isInterval(at start: Int) -> Bool {
    var level = 0
    for place in tokens[start...] {
      guard case .mark(let mark) = place.token else { continue }
      if ["(", "[", "{", "\\{"].contains(mark) { level += 1 }
      if [")", "]", "}", "\\}"].contains(mark) {
        level -= 1
        if level == 0 { return false }
      }
      if level == 1 && (mark == "," || mark == ";") { return true }
    }
    // A bracket that nothing closes is the end of ]a, b[.
    return true
  }

  // MARK: Factors

  /// A primary with powers, factorials, degrees and percent signs after it.
  mutating func factor() throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      var node = try parser.primary()
      var count = 0
      while let next = try parser.postfix(node) {
        node = next
        count += 1
        if count > 12 { throw .tooLarge("it is nested too deeply") }
      }
      return node
    }
  }
}
