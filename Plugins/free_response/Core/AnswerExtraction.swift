// Finds the part of a completion that states the answer. One pass from the end of the text, because
// models conclude: the last marked answer counts, and marked answers go before sentences.

/// How an answer was marked in the completion.
package enum AnswerForm: String, Sendable {
  /// The text continues a prompt that had already opened `\boxed{`.
  case openBox
  /// `\boxed{18}` or `\fbox{18}`.
  case boxed
  /// A line `#### 18`.
  case hashes
  /// A line `A: 18`, `Answer: 18` or `ANSWER: 18`.
  case answerLine
  /// A JSON member `"answer": "18"`.
  case json
  /// A sentence "the answer is 18".
  case sentence
  /// The last number of the text, without any mark.
  case lastNumber
  /// The whole text.
  case whole
}

/// Which marks the extraction may use; the evaluator's option `answer_format`.
package enum AnswerFormat: String, CaseIterable, Sendable {
  /// Every mark, in the order of ``AnswerExtraction``.
  case auto
  /// Only a box.
  case boxed
  /// Only the `####` line.
  case hashes
  /// Only the JSON member `answer`.
  case json
  /// The last number, whatever marks there are.
  case lastNumber = "last_number"
  /// The whole completion.
  case whole
}

/// An answer found in a completion.
package struct ExtractedAnswer: Sendable {
  /// How it was marked.
  package let form: AnswerForm
  /// The marked text as UTF-8, blanks around it removed; JSON escapes are already resolved.
  package let text: [UInt8]
}

/// Extraction of the answer of a completion.
package enum AnswerExtraction {
  /// Finds the answer of a completion.
  ///
  /// Order: an open box that the prompt began; then whichever of box, `####` line, answer line and JSON
  /// member stands last; then the last "answer is" sentence; then the last number, or for
  /// non-numeric questions the last line that is not blank.
  ///
  /// - Parameters:
  ///   - completion: The completion's UTF-8 text.
  ///   - promptOpenedBox: True when the prompt ended with `\boxed{`.
  ///   - expectsNumber: True when the reference is a number: lines and sentences count only when
  ///     they state a number then.
  ///   - format: Which marks to look for.
  /// - Returns: The answer, or nothing when the text has none.
  package static func find(
    in completion: [UInt8], promptOpenedBox: Bool, expectsNumber: Bool, format: AnswerFormat = .auto
  ) -> ExtractedAnswer? {
    switch format {
    case .whole:
      return answer(.whole, completion, 0..<completion.count)
    case .lastNumber:
      return LastNumber.find(in: completion)
    case .auto, .boxed, .hashes, .json:
      break
    }
    if promptOpenedBox && (format == .auto || format == .boxed),
      let open = openBox(completion)
    {
      return open
    }
    var scan = MarkerScan(text: completion, expectsNumber: expectsNumber, format: format)
    if let marked = scan.lastMarked() { return marked }
    if format != .auto { return nil }
    if let sentence = scan.sentenceAnswer() { return sentence }
    return expectsNumber ? LastNumber.find(in: completion) : lastLine(completion)
  }

  /// The text up to the brace that closes the prompt's box, or all of it when none does.
  private static func openBox(_ text: [UInt8]) -> ExtractedAnswer? {
    var depth = 1
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      default: break
      }
      if depth == 0 { break }
      index += 1
    }
    return answer(.openBox, text, 0..<min(index, text.count))
  }

  private static func lastLine(_ text: [UInt8]) -> ExtractedAnswer? {
    var end = text.count
    while end > 0 && isBlank(text[end - 1]) { end -= 1 }
    var start = end
    while start > 0 && text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    return answer(.whole, text, start..<end)
  }

  // MARK: Shared by the marker scan

  /// Makes an answer of a part of the text, blanks trimmed; nothing when only blanks are left.
  static func answer(_ form: AnswerForm, _ text: [UInt8], _ range: Range<Int>) -> ExtractedAnswer? {
    let kept = trimmed(text, range)
    return kept.isEmpty ? nil : ExtractedAnswer(form: form, text: Array(text[kept]))
  }

  static func trimmed(_ text: [UInt8], _ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end && isBlank(text[start]) { start += 1 }
    while end > start && isBlank(text[end - 1]) { end -= 1 }
    return start..<end
  }

  static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte >= 0x09 && byte <= 0x0D)
  }
}
