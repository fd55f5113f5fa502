// The final answer of a solution. The order: a box, ####, an announcement, the text itself when it is nothing but
// an answer, the last formula or number, the text as words.

/// Finds the final answer of a text.
package enum AnswerExtraction {
  /// Bytes of the longest text that is an answer as a whole.
  private static let longestWhole = 10_000
  /// Bytes at the end of a text in which an answer is looked for.
  private static let longestText = 131_072
  /// Words of the longest answer in words.
  private static let mostWords = 12

  /// The answer, or nothing when the text has none.
  package static func find(in text: String) -> ExtractedAnswer? {
    let bytes = ForeignDigits.replaced(Array(text.utf8.suffix(longestText)))
    let part = TextScan.answerPart(bytes)
    let found = answer(in: part)
    // Nothing after the thinking: the answer may stand in it.
    if part.count < bytes.count, found == nil || found?.method == .words {
      return BoxedAnswers.find(in: bytes[...]) ?? found
    }
    return found
  }

  private static func answer(in part: ArraySlice<UInt8>) -> ExtractedAnswer? {
    if let marked = BoxedAnswers.find(in: part) ?? BoxedAnswers.openedByPrompt(part)
      ?? AnswerPhrases.afterHashes(in: part)
    {
      return marked
    }
    if let announced = AnswerPhrases.find(in: part), let answer = announcedAnswer(announced) {
      return answer
    }
    let trimmed = TextScan.trimmed(part)
    if trimmed.isEmpty || BoxedAnswers.isEmptyBox(trimmed) { return nil }
    if trimmed.count <= longestWhole, isAnswer(trimmed) { return ExtractedAnswer(trimmed, .whole) }
    // Signs alone are no sentence: a damaged formula is not its last number.
    return isSentence(trimmed) ? unmarked(trimmed) : ExtractedAnswer(trimmed, .whole)
  }

  /// True for a text with a word outside of commands and braces, in any script.
  private static func isSentence(_ text: ArraySlice<UInt8>) -> Bool {
    var isCommand = false
    var letters = 0
    for byte in text {
      if byte >= 0xE3 || byte == 0x0A { return true }
      if TextScan.isLetter(byte) || byte >= 0x80 {
        letters += isCommand ? 0 : 1
      } else {
        if letters >= 2 && byte == 0x20 { return true }
        letters = 0
        isCommand = byte == UInt8(ascii: "\\")
      }
    }
    return false
  }

  /// True for a text of sentences: a full stop with another sentence behind it, or many words in a row.
  private static func isProse(_ text: ArraySlice<UInt8>) -> Bool {
    var words = 0
    var letters = 0
    var isCommand = false
    var braces = 0
    var hasIdeograph = false
    var hasDigit = false
    for place in text.indices {
      let byte = text[place]
      if TextScan.isLetter(byte) {
        letters += isCommand || braces > 0 ? 0 : 1
        continue
      }
      if (0xE3...0xE9).contains(byte) { hasIdeograph = true }
      if TextScan.isDigit(byte) { hasDigit = true }
      // A sentence without blanks, with a number in it.
      if hasIdeograph && hasDigit { return true }
      if letters >= 3 { words += 1 }
      letters = 0
      isCommand = byte == UInt8(ascii: "\\")
      if byte == UInt8(ascii: "{") { braces += 1 }
      if byte == UInt8(ascii: "}") { braces -= 1 }
      if byte == UInt8(ascii: "."), words > 1, TextScan.endsSentence(text, at: place),
        TextScan.trimmed(text[(place + 1)...]).contains(where: TextScan.isLetter)
      {
        return true
      }
    }
    if letters >= 3 { words += 1 }
    // Several lines with words on them are a solution, unless they are the rows of an environment.
    if words > 1, text.contains(0x0A), TextScan.places(of: "\\begin", in: text).isEmpty {
      return true
    }
    return words > 8
  }

  /// True when a text reads as an answer from its first to its last token, without being prose.
  private static func isAnswer(_ text: ArraySlice<UInt8>) -> Bool {
    if isProse(text) { return false }
    let text = String(decoding: text, as: UTF8.self)
    if CommaScan.isDecimal(CommaScan.plain(text)) { return true }
    for commas in [CommaReading.thousands, .separator] {
      if let tokens = try? Tokenizer.tokens(of: text, commas: commas),
        let node = try? Parser.answer(tokens)
      {
        return !isProse(node)
      }
    }
    return false
  }

  /// True for a tree with a sentence in it.
  private static func isProse(_ node: Node) -> Bool {
    if case .text = node {
    } else if node.contains(where: { isWords($0, atLeast: 2) }) {
      return true
    }
    return node.contains {
      switch $0 {
      case .text(let words):
        words.count > 3
          || words.count > 1 && words.contains { $0.utf8.contains(where: TextScan.isDigit) }
            && Texts.normal(words).first?.hasPrefix("month") != true
      case .quantity(_, .named(let words)): words.count > 5
      default: false
      }
    }
  }

  private static func isWords(_ node: Node, atLeast count: Int) -> Bool {
    if case .text(let words) = node { return words.count >= count }
    return false
  }

  /// The answer in an announcing sentence: the whole, its first formula, or its last number.
  private static func announcedAnswer(_ sentence: ArraySlice<UInt8>) -> ExtractedAnswer? {
    if isAnswer(sentence) { return ExtractedAnswer(sentence, .phrase) }
    let formulas = Formulas.find(in: sentence)
    if let first = formulas.first {
      return ExtractedAnswer(withUnit(first.content, sentence, first.range), .phrase)
    }
    if let number = LastNumber.find(in: sentence) { return ExtractedAnswer(number.text, .phrase) }
    return words(sentence).map { ExtractedAnswer($0, .phrase) }
  }

  /// The last formula, or the last number when a later sentence has one; else the text as words.
  private static func unmarked(_ text: ArraySlice<UInt8>) -> ExtractedAnswer? {
    let formula = Formulas.find(in: text).last
    let tail = text[(formula?.range.upperBound ?? text.startIndex)...]
    let isEnd = formula?.content.last == UInt8(ascii: ".")
    if let number = LastNumber.find(in: tail),
      formula == nil || isEnd || isLaterSentence(tail, number.start)
    {
      return ExtractedAnswer(number.text, .lastNumber)
    }
    if let formula {
      return ExtractedAnswer(withUnit(formula.content, text, formula.range), .formula)
    }
    return words(text).map { ExtractedAnswer($0, .words) }
  }

  private static func isLaterSentence(_ text: ArraySlice<UInt8>, _ place: Int) -> Bool {
    text[..<place].indices.contains { index in
      text[index] == 0x0A
        || (text[index] == UInt8(ascii: ".") && TextScan.endsSentence(text, at: index))
    }
  }

  /// A formula with the percent sign or unit that stands right after it.
  private static func withUnit(
    _ content: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, _ range: Range<Int>
  ) -> [UInt8] {
    let rest = text[range.upperBound...].drop { $0 == 0x20 }
    if rest.first == UInt8(ascii: "%") || TextScan.starts(rest, "\\%") {
      return Array(content) + Array("\\%".utf8)
    }
    let word = rest.prefix { TextScan.isLetter($0) }
    let unit = String(decoding: word, as: UTF8.self).lowercased()
    guard unit.utf8.count > 1, Words.units[unit] != nil, unit != "in" else { return Array(content) }
    return Array(content) + Array(" \\text{ \(unit)}".utf8)
  }

  /// A short text without a number: an answer in words.
  private static func words(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let count = text.split(whereSeparator: TextScan.isBlank).count
    return count > 0 && count <= mostWords ? text : nil
  }
}
