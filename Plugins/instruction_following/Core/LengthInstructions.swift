// How long the response is: sentences, paragraphs, words.

/// So many sentences, by the sentence splitter.
struct NumberOfSentences: Instruction {
  static let id = "length_constraints:number_sentences"
  private let number: Int
  private let relation: Relation
  private let splitter = SentenceSplitter()

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_sentences")
    relation = try arguments.relation("relation")
  }

  var wording: String { "Your response should contain \(relation.rawValue) \(number) sentences." }
  var asked: String { "\(relation.rawValue) \(number) sentences" }

  func check(_ text: ResponseText) -> Finding {
    let count = splitter.sentences(text.bytes).count
    return Finding(relation.holds(count, number), count: count, "sentences")
  }

  func follows(_ text: ResponseText) -> Bool {
    // A sentence ends with a mark or with the text.
    var most = 1
    for byte in text.bytes { most &+= SentenceSplitter.isMark(byte) ? 1 : 0 }
    return relation.holds(atMost: most, number) ?? check(text).follows
  }
}

/// So many words: runs of letters, digits and `_`.
struct NumberOfWords: Instruction {
  static let id = "length_constraints:number_words"
  private let number: Int
  private let relation: Relation

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_words")
    relation = try arguments.relation("relation")
  }

  var wording: String { "Answer with \(relation.rawValue) \(number) words." }
  var gainsFromFewerLines: Bool { relation == .lessThan }
  var asked: String { "\(relation.rawValue) \(number) words" }

  func check(_ text: ResponseText) -> Finding {
    let count = Self.count(text.bytes)
    return Finding(relation.holds(count, number), count: count, "words")
  }

  /// The number of words of a text.
  static func count(_ bytes: [UInt8]) -> Int {
    var count = 0
    var isInside = false
    var position = 0
    while position < bytes.count {
      let (value, next) = bytes.scalar(at: position)
      let isWord = Characters.isWord(value)
      if isWord && !isInside { count += 1 }
      isInside = isWord
      position = next
    }
    return count
  }
}

/// So many paragraphs, divided by `***`.
struct NumberOfParagraphs: Instruction {
  static let id = "length_constraints:number_paragraphs"
  private let number: Int

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_paragraphs")
  }

  var wording: String {
    "There should be \(number) paragraphs. "
      + "Paragraphs are separated with the markdown divider: ***"
  }
  var asked: String { "\(number) paragraphs divided by ***" }

  func check(_ text: ResponseText) -> Finding {
    let parts = Self.parts(text.bytes)
    var count = parts.count
    for (index, part) in parts.enumerated() where text.bytes.trimmed(part).isEmpty {
      guard index == 0 || index == parts.count - 1 else {
        return Finding(false, "an empty paragraph between two dividers")
      }
      count -= 1
    }
    return Finding(count == number, count: count, "paragraphs")
  }

  /// What lies between the dividers; a divider takes one blank on each side with it.
  private static func parts(_ bytes: [UInt8]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    var position = 0
    while let stars = bytes.place(of: "***", from: position) {
      var end = stars
      if stars > start {
        let (value, before) = bytes.scalar(before: stars)
        if Characters.isBlank(value) { end = before }
      }
      parts.append(start..<end)
      let (isBlank, next) = bytes.blank(at: stars + 3)
      start = isBlank ? next : stars + 3
      position = start
    }
    parts.append(start..<bytes.count)
    return parts
  }
}

/// So many paragraphs, divided by empty lines, one of which begins with a given word.
struct NthParagraphFirstWord: Instruction {
  static let id = "length_constraints:nth_paragraph_first_word"
  private let number: Int
  private let nth: Int
  private let word: [UInt8]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_paragraphs")
    nth = try arguments.number("nth_paragraph")
    word = LowercaseText.of(Array(try arguments.text("first_word").utf8))
    guard nth >= 1 && nth <= number else {
      throw InstructionError(
        "argument 'nth_paragraph' is \(nth); it must be 1 to num_paragraphs, here \(number)")
    }
  }

  private var wordText: String { String(decoding: word, as: UTF8.self) }

  var wording: String {
    "There should be \(number) paragraphs. "
      + "Paragraphs and only paragraphs are separated with each other by two "
      + "new lines as if it was '\\n\\n' in python. "
      + "Paragraph \(nth) must start with word \(wordText)."
  }
  var asked: String { "\(number) paragraphs, number \(nth) beginning with '\(wordText)'" }

  func check(_ text: ResponseText) -> Finding {
    let parts = Self.parts(text.bytes)
    let count = parts.count { !text.bytes.trimmed($0).isEmpty }
    // Empty paragraphs are not counted here and are counted where number `nth` is looked up, as in the
    // official checker.
    guard nth <= count else { return Finding(false, count: count, "paragraphs") }
    let paragraph = text.bytes.trimmed(parts[nth - 1])
    guard !paragraph.isEmpty else {
      return Finding(false, text: "\(count) paragraphs, and place \(nth) empty")
    }
    let first = Self.firstWord(text.bytes, paragraph)
    guard count != number || first != word else { return Finding(true, "it") }
    let shown = String(decoding: first.prefix(40), as: UTF8.self)
    return Finding(false, text: "\(count) paragraphs, number \(nth) beginning with '\(shown)'")
  }

  private static func parts(_ bytes: [UInt8]) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var start = 0
    while let end = bytes.place(of: "\n\n", from: start) {
      parts.append(start..<end)
      start = end + 2
    }
    parts.append(start..<bytes.count)
    return parts
  }

  /// The first word of a paragraph in lower case, up to a punctuation mark, quotes before it dropped.
  private static func firstWord(_ bytes: [UInt8], _ paragraph: Range<Int>) -> [UInt8] {
    var position = paragraph.lowerBound
    while position < paragraph.upperBound && bytes[position] == UInt8(ascii: "'") { position += 1 }
    while position < paragraph.upperBound && bytes[position] == UInt8(ascii: "\"") { position += 1 }
    var word: [UInt8] = []
    while position < paragraph.upperBound {
      let (value, next) = bytes.scalar(at: position)
      switch value {
      case 0x2E, 0x2C, 0x3F, 0x21, 0x27, 0x22: return word
      case 0..<0x80 where !Characters.isBlank(value): word.append(scalar: Characters.folded(value))
      default:
        if Characters.isBlank(value) { return word }
        // Letter by letter: a sigma has nothing around it here.
        word.append(contentsOf: LowercaseText.of(bytes, position..<next))
      }
      position = next
    }
    return word
  }
}
