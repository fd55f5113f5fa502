// Words and letters that must be there, must be there so often, or must not.

/// All of these keywords occur, in any case, also within words.
struct KeywordExistence: Instruction {
  static let id = "keywords:existence"
  private let keywords: [KeywordPattern]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    keywords = try Self.patterns(&arguments, "keywords")
  }

  /// The patterns of a list, in the order of their scalars.
  static func patterns(
    _ arguments: inout InstructionArguments, _ name: String
  ) throws(InstructionError) -> [KeywordPattern] {
    var patterns: [KeywordPattern] = []
    for text in try arguments.texts(name) {
      patterns.append(try KeywordPattern(text, argument: name, foldsCase: true))
    }
    return patterns.sorted { $0.source < $1.source }
  }

  /// The words as the official checker writes a list.
  static func listed(_ patterns: [KeywordPattern]) -> String {
    "[" + patterns.map { "'\($0.source)'" }.joined(separator: ", ") + "]"
  }

  var wording: String { "Include keywords \(Self.listed(keywords)) in the response." }
  var gainsFromFewerLines: Bool { false }
  var asked: String { "the keywords " + keywords.map(\.source).joined(separator: ", ") }

  func check(_ text: ResponseText) -> Finding {
    let missing = keywords.filter { $0.first(text.bytes) == nil }
    if missing.isEmpty { return Finding(true, "all of them") }
    return Finding(false, text: "no " + missing.map(\.source).joined(separator: ", no "))
  }
}

/// A keyword occurs so often, in any case, also within words.
struct KeywordFrequency: Instruction {
  static let id = "keywords:frequency"
  private let keyword: KeywordPattern
  private let frequency: Int
  private let relation: Relation

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    keyword = try KeywordPattern(
      arguments.text("keyword"), argument: "keyword", foldsCase: true)
    frequency = try arguments.number("frequency")
    relation = try arguments.relation("relation")
  }

  var wording: String {
    "In your response, the word \(keyword.source) should appear \(relation.rawValue) "
      + "\(frequency) times."
  }
  var gainsFromFewerLines: Bool { relation == .lessThan }
  var asked: String { "'\(keyword.source)' \(relation.rawValue) \(frequency) times" }

  func check(_ text: ResponseText) -> Finding {
    let count = keyword.count(text.bytes)
    return Finding(relation.holds(count, frequency), count: count, "occurrences")
  }
}

/// None of these words occurs as a whole word, in any case.
struct ForbiddenWords: Instruction {
  static let id = "keywords:forbidden_words"
  private let words: [KeywordPattern]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    var words: [KeywordPattern] = []
    for word in try KeywordExistence.patterns(&arguments, "forbidden_words")
    where words.last?.source != word.source {
      words.append(word)
    }
    self.words = words
  }

  var wording: String {
    "Do not include keywords \(KeywordExistence.listed(words)) in the response."
  }
  var asked: String { "none of the words " + words.map(\.source).joined(separator: ", ") }

  func check(_ text: ResponseText) -> Finding {
    for word in words {
      if word.firstWhole(text.bytes) != nil { return Finding(false, text: word.source) }
    }
    return Finding(true, "none of them")
  }
}

/// A letter occurs so often, in any case.
///
/// The official checker drew a random letter in place of one that is none, such as `#`, until 2025; since
/// then it counts the character that was asked for, and so does this.
struct LetterFrequency: Instruction {
  static let id = "keywords:letter_frequency"
  private let letter: Unicode.Scalar
  private let frequency: Int
  private let relation: Relation

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    let text = try arguments.text("letter")
    let lower = Array(LowercaseText.of(Array(text.utf8)))
    let scalars = String(decoding: lower, as: UTF8.self).unicodeScalars
    guard text.unicodeScalars.count == 1, scalars.count == 1, let letter = scalars.first else {
      throw InstructionError("argument 'letter' is '\(text)'; it must be one character")
    }
    self.letter = letter
    frequency = try arguments.number("let_frequency")
    relation = try arguments.relation("let_relation")
  }

  var wording: String {
    "In your response, the letter \(letter) should appear \(relation.rawValue) \(frequency) times."
  }
  var gainsFromFewerLines: Bool { relation == .lessThan }
  var asked: String { "the letter \(letter) \(relation.rawValue) \(frequency) times" }

  func check(_ text: ResponseText) -> Finding {
    let count = count(text.bytes)
    return Finding(relation.holds(count, frequency), count: count, "of them")
  }

  private func count(_ bytes: [UInt8]) -> Int {
    let wanted = letter.value
    var count = 0
    if wanted < 0x80 {
      let small = UInt8(wanted)
      let capital = Characters.isASCIILetter(wanted) ? small ^ 0x20 : small
      for byte in bytes where byte == small || byte == capital { count += 1 }
      // The only letters outside ASCII whose small letter is, or begins with, one of ASCII.
      if small == UInt8(ascii: "i") { count += bytes.count(of: "\u{130}") }
      if small == UInt8(ascii: "k") { count += bytes.count(of: "\u{212A}") }
      return count
    }
    // A letter may become two, or another one at the end of a word.
    let lower = LowercaseText.of(bytes)
    var position = 0
    while position < lower.count {
      let (value, next) = lower.scalar(at: position)
      if value == wanted { count += 1 }
      position = next
    }
    return count
  }
}

extension [UInt8] {
  /// How often a text occurs, one occurrence behind the other.
  fileprivate func count(of text: StaticString) -> Int {
    var count = 0
    var position = 0
    while let found = place(of: text, from: position) {
      count += 1
      position = found + text.utf8CodeUnitCount
    }
    return count
  }
}
