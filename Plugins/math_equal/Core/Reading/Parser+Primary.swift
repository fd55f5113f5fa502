// What stands by itself: numbers, symbols, brackets, words, and functions with their arguments.

extension Parser {
  mutating func primary() throws(MathError) -> Node {
    switch current {
    case .number(let text):
      position += 1
      return try number(text)
    case .symbol(let name):
      position += 1
      return try symbol(name)
    case .name(let name):
      position += 1
      return try call(name)
    case .word:
      return try words()
    case .mark(let mark):
      return try bracketed(mark)
    case nil:
      throw .unreadable("it ends too early")
    }
  }

  // MARK: Numbers

  private mutating func number(_ text: String) throws(MathError) -> Node {
    if text.utf8.contains(where: { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) {
      return .text([text])
    }
    var node = Node.number(try Self.literal(text))
    if let repeated = try repeatingDecimal(text) { node = repeated }
    return node
  }

  /// The value of digits with a point and a power of ten.
  static func literal(_ text: String) throws(MathError) -> Literal {
    let parts = text.split(separator: "e")
    let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    let mantissa = parts.first.map(String.init) ?? "0"
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let fraction = halves.count > 1 ? halves[1].utf8.count : 0
    if abs(exponent) > 5000 || mantissa.utf8.count > 7000 {
      throw .tooLarge("a number is too long")
    }
    guard let digits = BigInt(digits: halves.joined().utf8) else {
      throw .unreadable("it is no number")
    }
    let power = exponent - fraction
    let scale = BigInt(10).power(abs(power))
    let value = power >= 0 ? Rational(digits * scale) : try Rational(digits, over: scale)
    let significant = halves.joined().drop { $0 == "0" }.utf8.count
    return Literal(value, decimals: max(-power, 0), significant: significant)
  }

  /// `0.1\overline{6}`: the digits under the line repeat for ever.
  private mutating func repeatingDecimal(_ text: String) throws(MathError) -> Node? {
    guard case .name(let name)? = current, name == "overline" || name == "dot", !text.contains("e")
    else { return nil }
    let start = position
    position += 1
    let isBraced = accept("{")
    guard case .number(let digits)? = current, !digits.contains("."),
      text.contains(".") || token(at: 0) != nil
    else {
      position = start
      return nil
    }
    position += 1
    if isBraced, !accept("}") {
      position = start
      return nil
    }
    guard let dot = text.firstIndex(of: ".") else {
      position = start
      return nil
    }
    let places = text.utf8.distance(from: dot, to: text.endIndex) - 1
    let period = digits.utf8.count
    guard period < 64, places < 64, let repeated = BigInt(digits: digits.utf8) else {
      throw .tooLarge("a number is too long")
    }
    let nines = (BigInt(10).power(period) - .one) * BigInt(10).power(places)
    var budget = Budget()
    let head = try Self.literal(text).value
    return .number(Literal(try head.plus(try Rational(repeated, over: nines), &budget)))
  }

  // MARK: Symbols

  private mutating func symbol(_ name: String) throws(MathError) -> Node {
    // `f(x)`, `f'(x)`, `f^{-1}(x)`: these letters name functions.
    guard Self.functionNames.contains(name) || hasSeveralArguments else { return .symbol(name) }
    var function = name
    let start = position
    while accept("'") { function += "'" }
    if isMark("^"), token(at: 1) == .mark("{"), token(at: 2) == .mark("-"),
      token(at: 3) == .number("1"),
      token(at: 4) == .mark("}"), token(at: 5) == .mark("(")
    {
      position += 5
      function += "^-1"
    } else if isMark("_"), let name = indexBeforeArgument() {
      function += "_" + name
    }
    guard isMark("(") else {
      position = start
      return .symbol(name)
    }
    position += 1
    let argument = try inside(")")
    return .call(function, Self.arguments(argument))
  }

  /// `C(10, 3)`: brackets that touch a letter and have a comma in them hold arguments.
  private var hasSeveralArguments: Bool {
    isMark("(") && !isApart && isInterval(at: position)
  }

  static let functionNames: Set<String> = ["f", "g", "h", "F", "G", "H", "phi", "psi"]

  private mutating func indexBeforeArgument() -> String? {
    let start = position
    position += 1
    if let index = try? script(), let name = Self.name(of: index), isMark("(") { return name }
    position = start
    return nil
  }

  static func arguments(_ node: Node) -> [Node] {
    if case .list(let parts) = node { return parts }
    return [node]
  }

  /// What stands before a closing mark, which is taken.
  mutating func inside(_ close: String) throws(MathError) -> Node {
    let bars = openBars
    openBars = 0
    defer { openBars = bars }
    let node = try statements()
    try expect(close)
    return node
  }

  // MARK: Brackets

  private mutating func bracketed(_ mark: String) throws(MathError) -> Node {
    switch mark {
    case "(", "[", "]", "⟨": return try group(mark)
    case "{":
      let node = try braced()
      if depth <= 6, case .list(let parts) = node, openSets == 0 { return .set(parts) }
      return node == .empty ? try emptyBraces() : node
    case "\\{": return try set()
    case "|", "‖":
      position += 1
      openBars += 1
      let inner = try sum()
      openBars -= 1
      try expect(mark)
      return .call(mark == "|" ? "abs" : "norm", [inner])
    case "⌊", "⌈":
      position += 1
      let inner = try inside(mark == "⌊" ? "⌋" : "⌉")
      return .call(mark == "⌊" ? "floor" : "ceil", [inner])
    case "∠", "△":
      position += 1
      var points = [try factor()]
      while case .symbol? = current { points.append(try factor()) }
      return .call(
        mark == "∠" ? "angle" : "triangle", [points.count == 1 ? points[0] : .product(points)])
    case "\\$", "€", "£", "¥", "₹":
      position += 1
      return .quantity(try term(), .named([mark == "\\$" ? "$" : mark]))
    case "-", "+":
      position += 1
      let inner = try factor()
      return mark == "-" ? .negative(inner) : inner
    case "°":
      position += 1
      return .symbol("°")
    default:
      throw .unreadable("there is \(shown) where a value belongs")
    }
  }

  /// `x{}^2`: empty braces change nothing.
  private mutating func emptyBraces() throws(MathError) -> Node {
    if current == nil || isClosing { return .set([]) }
    return try primary()
  }

  private mutating func group(_ open: String) throws(MathError) -> Node {
    position += 1
    let closings = open == "⟨" ? ["⟩"] : open == "]" ? ["[", "]"] : [")", "]"]
    if let mark, closings.contains(mark) {
      position += 1
      return .group(open, [], mark)
    }
    let bars = openBars
    let sets = openSets
    (openBars, openSets) = (0, 0)
    defer { (openBars, openSets) = (bars, sets) }
    let inner = try statements()
    guard let mark, closings.contains(mark) else {
      throw .unreadable("there is \(shown) where a bracket closes")
    }
    position += 1
    // ]a, b[ is the French way to write an open interval.
    let opening = open == "]" ? "(" : open
    let closing = mark == "[" ? ")" : open == "]" ? "]" : mark
    if case .list(let parts) = inner {
      // `(a, b; c)` is no list of lists.
      return .group(opening, parts, closing)
    }
    if opening == "(" && closing == ")" {
      // A lone letter in brackets is the label of a choice; either way it is what is inside.
      return inner
    }
    if opening == "[" && closing == "]" { return inner }
    if opening == "⟨" { return .group(opening, [inner], closing) }
    throw .unreadable("a bracket that opens as '\(open)' closes as '\(mark)'")
  }

  private mutating func set() throws(MathError) -> Node {
    position += 1
    if accept("\\}") { return .set([]) }
    if case .name("begin")? = current {
      // A brace before aligned equations; its right side is often invisible.
      let inner = try primary()
      _ = accept("\\}") || accept(".")
      if case .matrix(let rows) = inner {
        return .cases(rows.map { $0.count == 1 ? $0[0] : .list($0) })
      }
      return inner
    }
    openSets += 1
    defer { openSets -= 1 }
    let element = try statements()
    if accept("|") || accept("mid") || accept(":") {
      let condition = try statements()
      try expect("\\}")
      return .builder(element, Self.arguments(condition))
    }
    try expect("\\}")
    return .set(Self.arguments(element))
  }
}
