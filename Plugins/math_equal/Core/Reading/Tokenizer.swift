// From the text of an answer to tokens. Spacing, sizing and math delimiters vanish here, so that two answers
// that differ in nothing else have equal tokens.

/// Reads the tokens of an answer.
struct Tokenizer {
  let text: [Unicode.Scalar]
  let commas: CommaReading
  var index = 0
  private(set) var tokens: [PlacedToken] = []
  private var isApart = false
  /// Braces that belong to text commands, closed without a token.
  private var textDepth: [Int] = []
  private var braces = 0

  /// Tokens of the longest answer that is read.
  static let mostTokens = 1500
  /// Bytes of the longest answer that is read.
  static let longest = 12_000

  private init(_ text: [Unicode.Scalar], commas: CommaReading) {
    self.text = text
    self.commas = commas
  }

  /// The tokens of an answer.
  static func tokens(
    of text: String, commas: CommaReading = .thousands
  ) throws(MathError) -> [PlacedToken] {
    if text.utf8.count > longest { throw .tooLarge("the answer is too long") }
    var tokenizer = Tokenizer(LatexEscapes.undoubled(text), commas: commas)
    while tokenizer.index < tokenizer.text.count {
      try tokenizer.step()
      if tokenizer.tokens.count > mostTokens { throw .tooLarge("the answer is too long") }
    }
    return tokenizer.tokens
  }

  /// True inside the argument of a text command, where letters that touch are a word.
  private var isInText: Bool { !textDepth.isEmpty }

  func scalar(at offset: Int) -> Unicode.Scalar? {
    index + offset < text.count ? text[index + offset] : nil
  }

  mutating func emit(_ token: Token) {
    tokens.append(PlacedToken(token: token, isApart: isApart))
    isApart = false
  }

  mutating func step() throws(MathError) {
    let scalar = text[index]
    if scalar == ".", self.scalar(at: 1) == ".", self.scalar(at: 2) == "." {
      index += 3
      emit(.name("dots"))
      return
    }
    if scalar.isDigit || (scalar == "." && (self.scalar(at: 1)?.isDigit ?? false) && !endsNumber) {
      number()
      return
    }
    if scalar == "\\" {
      try command()
      return
    }
    if scalar.isLatinLetter {
      letters()
      return
    }
    index += 1
    if scalar.properties.isWhitespace || scalar == "~" || scalar == "$" || scalar == "\u{FEFF}"
      || scalar == "\u{200B}"
    {
      isApart = true
      return
    }
    sign(scalar)
  }

  /// True when the token before is a number that touches: a second point is no decimal point.
  private var endsNumber: Bool {
    guard !isApart, case .number? = tokens.last?.token else { return false }
    return true
  }

  private mutating func sign(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "{"
    where self.scalar(at: 1) == "}" && ":=<>;+-".unicodeScalars.contains(self.scalar(at: 0) ?? " "):
      // Braces around a sign only change its spacing.
      emit(.mark(String(self.scalar(at: 0) ?? " ")))
      index += 2
    case "{":
      braces += 1
      emit(.mark("{"))
    case "}":
      if textDepth.last == braces {
        textDepth.removeLast()
        isApart = true
      } else {
        emit(.mark("}"))
      }
      braces -= 1
    case "<", ">", "!", "=": comparison(scalar)
    case "*":
      // Two stars are Python's power, unless they are the bold of Markdown around the answer.
      if self.scalar(at: 0) == "*" {
        index += 1
        if tokens.isEmpty || index >= text.count || isApart || textEndsWithStars { return }
        emit(.mark("^"))
      } else {
        emit(.mark("*"))
      }
    case "−", "-":
      emit(.mark("-"))
    default: other(scalar)
    }
  }

  /// True when nothing but punctuation follows.
  private var textEndsWithStars: Bool {
    text[index...].allSatisfy { $0 == "*" || $0 == "." || $0.properties.isWhitespace }
  }

  private mutating func comparison(_ scalar: Unicode.Scalar) {
    let hasEqual = self.scalar(at: 0) == "="
    switch scalar {
    case "<" where hasEqual: emit(.mark("≤"))
    case ">" where hasEqual: emit(.mark("≥"))
    case "!" where hasEqual: emit(.mark("≠"))
    case "=" where hasEqual: emit(.mark("="))
    case "=" where self.scalar(at: 0) == "<":
      emit(.mark("≤"))
      index += 1
      return
    default:
      emit(.mark(String(scalar)))
      return
    }
    index += 1
  }

  private mutating func other(_ scalar: Unicode.Scalar) {
    if let token = Notation.signs[scalar] {
      emit(token)
    } else if Notation.superscripts[scalar] != nil || Notation.subscripts[scalar] != nil {
      shifted(scalar)
    } else if let (top, bottom) = Notation.vulgarFractions[scalar] {
      emit(.name("frac"))
      emit(.number(String(top)))
      emit(.mark("{"))
      emit(.number(String(bottom)))
      emit(.mark("}"))
    } else if (0xFF01...0xFF5E).contains(scalar.value),
      let ascii = Unicode.Scalar(scalar.value - 0xFEE0)
    {
      ascii.isLatinLetter ? emit(.symbol(String(ascii))) : sign(ascii)
    } else if scalar.properties.isAlphabetic || scalar.properties.isIdeographic {
      word(from: index - 1)
    } else if scalar.value < 0x80 {
      emit(.mark(String(scalar)))
    }
  }

  /// A run of digits above or below the line.
  private mutating func shifted(_ first: Unicode.Scalar) {
    let isAbove = Notation.superscripts[first] != nil
    let table = isAbove ? Notation.superscripts : Notation.subscripts
    emit(.mark(isAbove ? "^" : "_"))
    emit(.mark("{"))
    index -= 1
    var digits = ""
    while index < text.count, let plain = table[text[index]] {
      index += 1
      if plain.isDigit {
        digits.unicodeScalars.append(plain)
        continue
      }
      if !digits.isEmpty { emit(.number(digits)) }
      digits = ""
      emit(plain.isLatinLetter ? .symbol(String(plain)) : .mark(String(plain)))
    }
    if !digits.isEmpty { emit(.number(digits)) }
    emit(.mark("}"))
  }

  // MARK: Letters

  private mutating func letters() {
    let start = index
    while index < text.count, text[index].isLatinLetter { index += 1 }
    // "m²" and "naïve" go on with other letters: then the run is a word.
    if index < text.count, !text[index].isASCII, text[index].properties.isAlphabetic,
      Notation.signs[text[index]] == nil
    {
      word(from: start)
      return
    }
    let run = String(String.UnicodeScalarView(text[start..<index]))
    // 20th, 1st: the ending of an ordinal says nothing.
    if endsNumber, ["st", "nd", "rd", "th"].contains(run) { return }
    if isInText, run.utf8.count == 1, Words.ambiguous.contains(run), followsValue {
      emit(.word(run))
      return
    }
    let context = LetterContext(
      isText: isInText, previous: tokens.last?.token, follows: scalar(at: 0),
      next: text[index...].first { !$0.properties.isWhitespace })
    for token in LetterRuns.tokens(of: run, in: context) { emit(token) }
  }

  /// True where a letter of a text command stands behind a value or within a unit: `5\text{ m}`.
  private var followsValue: Bool {
    switch tokens.last?.token {
    case .number, .symbol, .word: true
    case .mark(let mark): [")", "}", "/", "*", "°"].contains(mark)
    case .name, nil: false
    }
  }

  /// A word in any script, from `start` on.
  private mutating func word(from start: Int) {
    index = start
    while index < text.count, text[index].isWordPart { index += 1 }
    emit(.word(String(String.UnicodeScalarView(text[start..<index]))))
  }

  // MARK: Commands

  private mutating func command() throws(MathError) {
    index += 1
    guard let first = scalar(at: 0) else { return }
    if !first.isLatinLetter {
      index += 1
      special(first)
      return
    }
    let start = index
    while index < text.count, text[index].isLatinLetter { index += 1 }
    var name = String(String.UnicodeScalarView(text[start..<index]))
    if scalar(at: 0) == "*", name == "operatorname" || name == "text" { index += 1 }
    name = LatexEscapes.knownPrefix(of: name, moveBack: &index)
    try known(name)
  }

  private mutating func known(_ name: String) throws(MathError) {
    if Notation.invisible.contains(name) {
      isApart = true
    } else if Notation.unprinted.contains(name) {
      skipArgument()
    } else if name == "mathbb" || name == "mathds" {
      blackboard()
    } else if Notation.textual.contains(name) {
      skipBlanks()
      if Notation.lettering.contains(name), scalar(at: 0) == "{", scalar(at: 2) == "}",
        let letter = scalar(at: 1), letter.isLatinLetter
      {
        emit(.symbol(String(letter)))
        index += 3
        return
      }
      isApart = true
      if scalar(at: 0) == "{" {
        index += 1
        braces += 1
        textDepth.append(braces)
      }
    } else if name == "begin" || name == "end" {
      emit(.name(name))
      environment()
    } else if let mark = Notation.marks[name] {
      emit(.mark(mark))
    } else if name == "R" || name == "N" || name == "Z" || name == "Q" {
      blackboard(letter: name)
    } else if let constant = Notation.constants[name] {
      emit(.symbol(constant))
    } else if let letter = Notation.greek[name] {
      emit(.symbol(letter))
    } else if let synonym = Notation.synonyms[name] {
      emit(.name(synonym))
    } else if Notation.names.contains(name) {
      emit(.name(name))
    } else if name == "minus" {
      emit(.mark("-"))
    } else if name == "sqrtsign" {
      emit(.name("sqrt"))
    } else {
      emit(.word(name))
    }
  }

  /// The name of an environment, in braces.
  private mutating func environment() {
    skipBlanks()
    guard scalar(at: 0) == "{" else { return }
    index += 1
    let start = index
    while index < text.count, text[index] != "}" { index += 1 }
    let name = String(String.UnicodeScalarView(text[start..<index]))
    index += 1
    emit(.word(name.filter { $0 != "*" && $0 != " " }))
    // The column layout of an array says nothing about its content.
    if name.hasPrefix("array"), scalar(at: 0) == "{" {
      while index < text.count, text[index] != "}" { index += 1 }
      index += 1
    }
  }

  /// Skips an argument that leaves no ink: a distance, a phantom, the tag of an equation.
  private mutating func skipArgument() {
    isApart = true
    if scalar(at: 0) == "*" { index += 1 }
    skipBlanks()
    guard scalar(at: 0) == "{" else { return }
    var open = 0
    while index < text.count {
      if text[index] == "{" { open += 1 }
      if text[index] == "}" { open -= 1 }
      index += 1
      if open == 0 { return }
    }
  }

  private mutating func blackboard() {
    skipBlanks()
    let isBraced = scalar(at: 0) == "{"
    if isBraced { index += 1 }
    guard let letter = scalar(at: 0) else { return }
    index += 1
    if isBraced, scalar(at: 0) == "}" { index += 1 }
    blackboard(letter: String(letter))
  }

  private mutating func blackboard(letter: String) {
    let sets = ["R": "ℝ", "Z": "ℤ", "N": "ℕ", "Q": "ℚ", "C": "ℂ"]
    emit(.symbol(sets[letter] ?? letter))
  }

  private mutating func skipBlanks() {
    while index < text.count, text[index].properties.isWhitespace { index += 1 }
  }

  /// A command of one sign: a space, a bracket, an escaped sign or a new row.
  private mutating func special(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "{": emit(.mark("\\{"))
    case "}": emit(.mark("\\}"))
    case "|": emit(.mark("‖"))
    case "$":
      // Money before or after an amount; anywhere else it is a slip for the end of a formula.
      let next = text[index...].first { !$0.properties.isWhitespace }
      let isBefore = next.map { $0.isDigit || $0 == "." || $0 == "-" || $0 == "\\" } ?? false
      isBefore || next == nil ? emit(.mark("\\$")) : (isApart = true)
    case "%": emit(.mark("%"))
    case "#", "_": isApart = true
    case "&": emit(.mark("∧"))
    case "\\":
      emit(.mark("\\\\"))
      // The optional distance to the next row.
      if self.scalar(at: 0) == "[", let close = text[index...].firstIndex(of: "]"),
        close - index < 8, text[(index + 1)..<close].contains(where: \.isLatinLetter)
      {
        index = close + 1
      }
    default: isApart = true
    }
  }

  mutating func skip(_ count: Int) { index += count }
}

extension Unicode.Scalar {
  /// True for letters of any script and the marks that go with them.
  var isWordPart: Bool {
    properties.isAlphabetic || properties.isIdeographic
      || properties.canonicalCombiningClass.rawValue > 0
  }
  var isDigit: Bool { ("0"..."9").contains(self) }
  var isLatinLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
