// The grammar of answers, from the outside in: several answers, relations, sums, products, powers, and what
// stands by itself. Depth and size are limited, so that no text can exhaust the stack or the time.

/// Reads a tree from tokens.
struct Parser {
  var tokens: [PlacedToken]
  var position = 0
  var depth = 0
  /// Bars of absolute values that are open.
  var openBars = 0
  /// Braces of sets that are open.
  var openSets = 0

  /// Levels of brackets, fractions, roots and powers.
  static let deepest = 40

  /// The tree of an answer; throws when the tokens are no answer.
  static func answer(_ tokens: [PlacedToken]) throws(MathError) -> Node {
    var parser = Parser(tokens: tokens)
    parser.dropEnd()
    parser.dropRemarks()
    parser.lowerBases()
    if parser.tokens.isEmpty { throw .unreadable("it is empty") }
    var node = try parser.statements()
    // TeX's fraction without braces around it.
    if parser.accept("over") { node = .quotient(node, try parser.statements()) }
    guard parser.position == parser.tokens.count else {
      throw .unreadable("there is \(parser.shown) that fits nowhere")
    }
    return node
  }

  /// Full stops and other ends of a sentence are no part of the answer.
  private mutating func dropEnd() {
    if tokens.count > 1, tokens.last?.token == .name("dots"),
      case .number = tokens[tokens.count - 2].token
    {
      tokens.removeLast()
    }
    let ends: Set<String> = [".", ",", ";", ":", "!", "?", "'", "\"", "`", "✓", "□", "\\\\", "&"]
    while let last = tokens.last?.token, case .mark(let mark) = last, ends.contains(mark) {
      if mark == "!" || mark == "'" {
        // A factorial, or a derivative's mark.
        if tokens.count < 2 || tokens.last?.isApart == true { tokens.removeLast() }
        break
      }
      tokens.removeLast()
    }
    if tokens.count > 2, tokens.first?.token == .mark("'"), tokens.last?.token == .mark("'") {
      tokens = Array(tokens.dropFirst().dropLast())
    }
    while let first = tokens.first?.token, case .mark(let mark) = first,
      [".", ",", ";", ":", "?", "\"", "`", "∴", "⇒", "=", "&", "≈", "#"].contains(mark)
    { tokens.removeFirst() }
  }

  /// `5 (five)` says the number twice.
  private mutating func dropRemarks() {
    for start in tokens.indices.dropLast(3).reversed() {
      if case .number = tokens[start].token, tokens[start + 1].token == .mark("("),
        case .word(let word) = tokens[start + 2].token, Words.numbers[word.lowercased()] != nil,
        tokens[start + 3].token == .mark(")")
      {
        tokens.removeSubrange((start + 1)...(start + 3))
      }
    }
  }

  /// `4210 (base 7)`, `4210 in base 7`: the base as the subscript that it means.
  private mutating func lowerBases() {
    for start in tokens.indices.dropLast(2).reversed() {
      guard case .number = tokens[start].token else { continue }
      var next = start + 1
      let isBracketed = tokens[next].token == .mark("(")
      if isBracketed { next += 1 }
      if tokens[next].token == .word("in") { next += 1 }
      guard next + 1 < tokens.count, tokens[next].token == .word("base"),
        case .number = tokens[next + 1].token
      else { continue }
      var end = next + 2
      if isBracketed {
        guard end < tokens.count, tokens[end].token == .mark(")") else { continue }
        end += 1
      }
      let base = tokens[next + 1]
      tokens.replaceSubrange(
        (start + 1)..<end, with: [PlacedToken(token: .mark("_"), isApart: false), base])
    }
  }

  // MARK: Looking

  var current: Token? { position < tokens.count ? tokens[position].token : nil }
  var isApart: Bool { position < tokens.count && tokens[position].isApart }
  func token(at offset: Int) -> Token? {
    position + offset < tokens.count ? tokens[position + offset].token : nil
  }
  var mark: String? {
    if case .mark(let mark)? = current { return mark }
    return nil
  }
  func isMark(_ mark: String) -> Bool { self.mark == mark }
  func isMark(_ mark: String, at offset: Int) -> Bool { token(at: offset) == .mark(mark) }

  var shown: String {
    switch current {
    case .number(let text), .symbol(let text), .name(let text), .word(let text), .mark(let text):
      "'\(text)'"
    case nil: "an end"
    }
  }

  mutating func accept(_ mark: String) -> Bool {
    guard isMark(mark) else { return false }
    position += 1
    return true
  }

  mutating func expect(_ mark: String) throws(MathError) {
    guard accept(mark) else { throw .unreadable("there is \(shown) where '\(mark)' belongs") }
  }

  mutating func deeper<Value>(
    _ body: (inout Parser) throws(MathError) -> Value
  ) throws(MathError) -> Value {
    depth += 1
    defer { depth -= 1 }
    if depth > Self.deepest { throw .tooLarge("it is nested too deeply") }
    return try body(&self)
  }

  // MARK: Several answers

  /// Everything, split at semicolons, then at commas and "and".
  mutating func statements() throws(MathError) -> Node {
    var parts = [try listed()]
    while isMark(";") || isMark("\\\\") {
      while accept(";") || accept("\\\\") {}
      if current == nil || isClosing { break }
      parts.append(try listed())
    }
    return parts.count == 1 ? parts[0] : .list(parts)
  }

  /// True at a token that ends whatever is being read.
  var isClosing: Bool {
    guard let mark else { return false }
    return [")", "]", "}", "\\}", "⟩", "⌋", "⌉"].contains(mark)
  }

  private mutating func listed() throws(MathError) -> Node {
    var parts = [try statement()]
    var connectives: Set<String> = []
    while isMark(",") || isConnective || startsStatementApart {
      while isMark(",") || isConnective {
        if let mark, mark != "," {
          connectives.insert(mark == "∧" ? "and" : mark == "∨" ? "or" : mark)
        }
        position += 1
      }
      if current == nil || isClosing || isMark(";") { break }
      if case .name("dots")? = current { parts.append(.symbol("…")); position += 1; continue }
      parts.append(try statement())
    }
    if parts.count > 1, connectives.count == 1, parts.allSatisfy(\.isRelation),
      parts.contains(where: \.isInequality)
    {
      return .setOperation(connectives == ["or"] ? .union : .intersection, parts)
    }
    return parts.count == 1 ? parts[0] : .list(parts)
  }

  private var isConnective: Bool {
    guard let mark else { return false }
    return ["and", "or", "∧", "∨"].contains(mark)
  }

  /// `a = 1 \quad b = 2`: a name and an equals sign begin another statement.
  private var startsStatementApart: Bool {
    guard isApart, case .symbol? = current, case .mark("=")? = token(at: 1) else { return false }
    return true
  }

  // MARK: Relations

  static let relations: [String: Relation] = [
    "=": .equal, "≠": .unequal, "<": .less, "≤": .lessOrEqual, ">": .greater, "≥": .greaterOrEqual,
    "≈": .approximately, "≡": .congruent, "∈": .member, "∉": .notMember, "⊂": .subset,
    "⊃": .superset, "→": .maps, "⇒": .implies, "⇔": .equivalent, "~": .similar, ":": .equal,
    "∥": .parallel, "⊥": .perpendicular,
  ]

  /// A chain of relations between set expressions.
  mutating func statement() throws(MathError) -> Node {
    try deeper { parser throws(MathError) in
      parser.skipFillers()
      var sides = [try parser.setExpression()]
      var relations: [Relation] = []
      while let relation = parser.relation() {
        relations.append(relation)
        parser.skipFillers()
        sides.append(try parser.setExpression())
      }
      return relations.isEmpty ? sides[0] : .relation(sides, relations)
    }
  }

  mutating func relation() -> Relation? {
    _ = accept("&")
    if case .name("not")? = current, case .mark(let mark)? = token(at: 1) {
      let negated: [String: Relation] = ["=": .unequal, "∈": .notMember]
      if let relation = negated[mark] {
        position += 2
        return relation
      }
    }
    if case .word("in")? = current, case .mark(let mark)? = token(at: 1), "([\\{".contains(mark) {
      position += 1
      return .member
    }
    guard let mark, mark != ":" || openSets == 0, let relation = Self.relations[mark] else {
      return nil
    }
    position += 1
    _ = accept("&")
    return relation
  }

  /// Words that say nothing, when something follows them.
  mutating func skipFillers() {
    while case .word(let word)? = current, Words.fillers.contains(word.lowercased()),
      position + 1 < tokens.count
    { position += 1 }
    _ = accept("&")
  }

  // MARK: Sets and ratios

  /// Unions, intersections and differences; then a ratio or a sum.
  mutating func setExpression() throws(MathError) -> Node {
    var parts = [try ratio()]
    var operation: SetOperation?
    while let next = setOperation() {
      if let operation, operation != next {
        parts = [.setOperation(operation, parts)]
      }
      operation = next
      parts.append(try ratio())
    }
    return operation.map { .setOperation($0, parts) } ?? parts[0]
  }

  private mutating func setOperation() -> SetOperation? {
    let isUnionWord: Bool
    if case .word(let word)? = current {
      isUnionWord = word == "U" || word == "union"
    } else {
      isUnionWord = false
    }
    if isMark("∪") || isUnionWord {
      position += 1
      return .union
    }
    if accept("∩") { return .intersection }
    if isMark("\\") || (isMark("-") && token(at: 1) == .mark("\\{")) {
      position += 1
      return .difference
    }
    return nil
  }

  /// `a:b:c`, or a time of day.
  private mutating func ratio() throws(MathError) -> Node {
    let start = position
    var parts = [try sum()]
    while isMark(":"), openSets == 0, position + 1 < tokens.count {
      position += 1
      parts.append(try sum())
    }
    if parts.count > 1, let time = time(from: start, parts) { return time }
    return parts.count == 1 ? try measured(parts[0]) : .ratio(parts)
  }

  /// A time of day: `12:00`, `1:03 PM`; a ratio when nothing says that it is a time.
  private mutating func time(from start: Int, _ parts: [Node]) -> Node? {
    guard parts.count == 2, case .number(let hours) = tokens[start].token,
      case .number(let minutes)? = start + 2 < tokens.count ? tokens[start + 2].token : nil,
      minutes.utf8.count == 2, let hour = Int(hours), let minute = Int(minutes), hour < 25,
      minute < 60
    else { return nil }
    let isMorning = halfOfDay()
    if isMorning == nil && !minutes.hasPrefix("0") { return nil }
    return .time(hour % (isMorning == nil ? 24 : 12) * 60 + minute, isMorning: isMorning)
  }

  /// `a.m.` or `PM` here.
  mutating func halfOfDay() -> Bool? {
    var letters = ""
    var end = position
    scan: while end < tokens.count, letters.utf8.count < 3 {
      switch tokens[end].token {
      case .word(let text), .symbol(let text): letters += text.lowercased()
      case .mark("."): break
      default: break scan
      }
      end += 1
    }
    guard letters == "am" || letters == "pm" else { return nil }
    position = end
    _ = accept(".")
    return letters == "am"
  }
}
