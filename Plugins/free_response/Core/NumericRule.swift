// The sound rule: the one number that the answer states, compared exactly; text when the reference is
// no number.

/// A reference prepared for the numeric rule.
package struct NumericReference: Sendable {
  /// The reference as the row states it.
  package let text: String
  /// The final answer in it: the text itself, or what follows `####` in a worked solution.
  package let answer: String
  /// Its value, when it is one number.
  package let number: ExactNumber?

  /// Reads a reference, which may be a bare answer or a worked solution ending in `#### 18`.
  package init(_ text: String) {
    self.text = text
    let bytes = ReferenceText.finalAnswer(of: Array(text.utf8))
    answer = String(decoding: bytes, as: UTF8.self)
    if case .single(let value) = NumberReader.read(bytes, in: 0..<bytes.count) {
      number = value
    } else {
      number = nil
    }
  }
}

/// Exact comparison of an extracted answer with the reference.
package enum NumericRule {
  /// Judges a completion.
  ///
  /// Equal are: 1,234 and 1234; 10.0 and 10; 1/2, \frac{1}{2} and 0.5; 7 1/3 and 22/3; 1.5e3 and 1500;
  /// `$18`, `18 dollars` and 18; 20% and 20, as well as 20% and 0.2. Nothing is rounded. An answer of
  /// several numbers or of an expression not worked out ("12 + 6 = 18") is unparsed.
  ///
  /// - Parameters:
  ///   - completion: The completion of the last stage.
  ///   - reference: The reference.
  ///   - promptOpenedBox: True when the last stage's prompt ended with `\boxed{`.
  ///   - format: Which answer marks to look for.
  /// - Returns: The verdict, with the answer as the completion wrote it.
  package static func judge(
    completion: String, reference: NumericReference, promptOpenedBox: Bool,
    format: AnswerFormat = .auto
  ) -> FreeResponseVerdict {
    let found = AnswerExtraction.find(
      in: Array(completion.utf8), promptOpenedBox: promptOpenedBox,
      expectsNumber: reference.number != nil, format: format)
    guard let found else { return unparsed("no answer found", "", reference) }
    let answer = String(decoding: found.text.prefix(longestAnswerKept), as: UTF8.self)
    guard let wanted = reference.number else {
      let isEqual =
        comparable(String(decoding: found.text, as: UTF8.self)) == comparable(reference.text)
      return judged(isEqual, answer, reference)
    }
    switch NumberReader.read(found.text, in: 0..<found.text.count) {
    case .single(let given): return judged(given.matches(wanted), answer, reference)
    case .none: return unparsed("the answer has no number", answer, reference)
    case .ambiguous: return unparsed("the answer is not one number", answer, reference)
    }
  }

  /// Bytes of an answer that a verdict keeps.
  private static let longestAnswerKept = 1024

  private static func judged(
    _ isEqual: Bool, _ answer: String, _ reference: NumericReference
  ) -> FreeResponseVerdict {
    FreeResponseVerdict(
      outcome: isEqual ? .pass : .fail, answer: answer, reference: reference.answer,
      failReason: isEqual ? "" : "incorrect")
  }

  private static func unparsed(
    _ reason: String, _ answer: String, _ reference: NumericReference
  ) -> FreeResponseVerdict {
    FreeResponseVerdict(
      outcome: .unparsed, answer: answer, reference: reference.answer, failReason: reason)
  }

  /// Text answers are compared without math delimiters, a final full stop, blanks folded.
  private static func comparable(_ text: String) -> String {
    var bytes = CompatibilityText.normalised(text).utf8.filter { $0 != UInt8(ascii: "$") }
    while let last = bytes.last, last == UInt8(ascii: ".") || last == UInt8(ascii: " ") {
      bytes.removeLast()
    }
    return String(decoding: bytes.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
  }
}
