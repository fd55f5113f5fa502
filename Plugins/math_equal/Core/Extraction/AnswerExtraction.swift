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
  ///
  /// A reference that says more than one formula is not cut down to its last one: it is the whole text.
  package static func find(in text: String, isReference: Bool = false) -> ExtractedAnswer? {
    let bytes = MinusSigns.replaced(
      ForeignDigits.replaced(Array(text.utf8.suffix(longestText))))
    let part = TextScan.answerPart(bytes)
    let found = answer(in: part, isReference)
    // Nothing after the thinking: the answer may stand in it.
    if part.count < bytes.count, found == nil || found?.method == .words {
      return BoxedAnswers.find(in: bytes[...]) ?? found
    }
    return found
  }

  private static func answer(
    in part: ArraySlice<UInt8>, _ isReference: Bool
  ) -> ExtractedAnswer? {
    if let marked = BoxedAnswers.find(in: part) ?? BoxedAnswers.openedByPrompt(part)
      ?? AnswerPhrases.afterHashes(in: part)
    {
      return marked
    }
    if let field = inField(part, isReference) { return field }
    if let announced = AnswerPhrases.find(in: part), let answer = announcedAnswer(announced) {
      return answer
    }
    let trimmed = withoutOpening(TextScan.trimmed(part))
    if trimmed.isEmpty || BoxedAnswers.isEmptyBox(trimmed) { return nil }
    if trimmed.count <= longestWhole, isAnswer(trimmed), !isCutOff(trimmed) {
      return ExtractedAnswer(trimmed, .whole)
    }
    // Signs alone are no sentence: a damaged formula is not its last number.
    return Prose.hasWord(trimmed)
      ? unmarked(trimmed, isReference) : ExtractedAnswer(trimmed, .whole)
  }

  /// The answer of a field, when nothing is announced behind it.
  private static func inField(
    _ part: ArraySlice<UInt8>, _ isReference: Bool
  ) -> ExtractedAnswer? {
    if let tagged = FieldAnswers.tagged(in: part),
      AnswerPhrases.find(in: part[tagged.end...]) == nil,
      let answer = answer(in: tagged.content, isReference)
    {
      return ExtractedAnswer(answer.text.utf8, .phrase)
    }
    if let field = FieldAnswers.json(in: part), AnswerPhrases.find(in: part[field.end...]) == nil {
      return announcedAnswer(field.content[...])
    }
    return nil
  }

  /// The text without the word that opens its only sentence, as in "Therefore, 5".
  private static func withoutOpening(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    for word in ["Therefore, ", "Thus, ", "Hence, ", "So, "] where TextScan.starts(text, word) {
      let rest = text.dropFirst(word.utf8.count)
      return Prose.hasWord(rest) ? text : rest
    }
    return text
  }

  /// True for a text that ends inside a formula and is no price: a model that ran out of tokens on its way.
  private static func isCutOff(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count > 64 else { return false }
    var marks = 0
    var isEscaped = false
    for byte in text {
      if byte == UInt8(ascii: "$"), !isEscaped { marks += 1 }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    }
    return marks % 2 == 1
  }

  /// True when a text reads as an answer from its first to its last token, without being prose.
  static func isAnswer(_ text: ArraySlice<UInt8>) -> Bool {
    if Prose.isProse(text) { return false }
    let text = String(decoding: text, as: UTF8.self)
    if CommaScan.isDecimal(CommaScan.plain(text)) { return true }
    for commas in [CommaReading.thousands, .separator] {
      if let tokens = try? Tokenizer.tokens(of: text, commas: commas),
        let node = try? Parser.answer(tokens)
      {
        return !Prose.isProse(node)
      }
    }
    return false
  }

  /// The answer in an announcing sentence: the whole, its first formula, or its last number.
  private static func announcedAnswer(_ sentence: ArraySlice<UInt8>) -> ExtractedAnswer? {
    let sentence = unquoted(sentence)
    if isAnswer(sentence) || isLabelled(sentence) { return ExtractedAnswer(sentence, .phrase) }
    let formulas = Formulas.find(in: sentence)
    if let first = formulas.first {
      return ExtractedAnswer(withUnit(first.content, sentence, first.range), .phrase)
    }
    if let number = LastNumber.find(in: sentence) { return ExtractedAnswer(number.text, .phrase) }
    return words(sentence).map { ExtractedAnswer($0, .phrase) }
  }

  /// The sentence without the quotes and the brace that end a JSON value.
  private static func unquoted(_ sentence: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = sentence
    while let last = rest.last {
      let closesNothing = last == UInt8(ascii: "}") && !rest.contains(UInt8(ascii: "{"))
      guard
        closesNothing || TextScan.isBlank(last) || last == UInt8(ascii: "\"")
          || last == UInt8(ascii: "`")
      else {
        break
      }
      rest.removeLast()
    }
    return rest
  }

  /// True for the label of a choice with something behind it: `B) 42`.
  private static func isLabelled(_ text: ArraySlice<UInt8>) -> Bool {
    var rest = text
    if rest.first == UInt8(ascii: "(") { rest.removeFirst() }
    guard let letter = rest.popFirst(), (0x41...0x4A).contains(letter), let mark = rest.popFirst()
    else { return false }
    return mark == UInt8(ascii: ")")
      || ((mark == UInt8(ascii: ".") || mark == UInt8(ascii: ":")) && rest.first == 0x20)
  }

  /// The last formulas, or the last number when a later sentence has one; else the text as words.
  private static func unmarked(
    _ text: ArraySlice<UInt8>, _ isReference: Bool
  ) -> ExtractedAnswer? {
    let formulas = Formulas.find(in: text)
    let tail = text[(formulas.last?.range.upperBound ?? text.startIndex)...]
    let isEnd = formulas.last?.content.last == UInt8(ascii: ".")
    if let number = LastNumber.find(in: tail),
      formulas.isEmpty || isEnd || isLaterSentence(tail, number.start)
    {
      return ExtractedAnswer(number.text, .lastNumber)
    }
    guard let last = formulas.last else { return words(text).map { ExtractedAnswer($0, .words) } }
    var parts = [withUnit(last.content, text, last.range)]
    var next = last.range.lowerBound
    for formula in formulas.dropLast().reversed() {
      guard BoxedAnswers.connects(text[formula.range.upperBound..<next]) else { break }
      parts.insert(Array(formula.content), at: 0)
      next = formula.range.lowerBound
    }
    if isReference, parts.count < formulas.count { return ExtractedAnswer(text, .words) }
    return ExtractedAnswer(parts.joined(separator: Array(", ".utf8)), .formula)
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
