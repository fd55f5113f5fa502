// Where a row keeps its reference answer, in the order in which the old runner looked for it.

/// The final answer of a worked solution.
package enum ReferenceText {
  /// What follows the last `####`, or a last line `A: 18`; otherwise the whole text.
  package static func finalAnswer(of text: [UInt8]) -> [UInt8] {
    let hash = UInt8(ascii: "#")
    var index = text.count - 1
    while index >= 3 {
      if text[index] == hash && text[index - 1] == hash && text[index - 2] == hash
        && text[index - 3] == hash
      {
        return Array(text[AnswerExtraction.trimmed(text, (index + 1)..<text.count)])
      }
      index -= 1
    }
    let all = AnswerExtraction.trimmed(text, 0..<text.count)
    var start = all.upperBound
    while start > all.lowerBound && text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    let line = text[start..<all.upperBound]
    if line.starts(with: "A: ".utf8) { return Array(line.dropFirst(3)) }
    return Array(text[all])
  }
}

/// The keys under which a row may keep what this evaluator needs, first present key first.
package enum FreeResponseKeys {
  /// Keys of the question.
  package static let question = [
    "question", "problem", "prompt", "input", "instruction", "query", "task", "text",
  ]
  /// Keys of the reference, looked up in the row and then in its `raw_record`.
  package static let reference = [
    "expected_answer", "reference_answer", "target", "final_answer",
  ]
  /// Keys of the answer, when none of ``reference`` holds text.
  package static let answer = [
    "answer", "reference_solution", "solution", "output", "translation",
  ]
  /// Keys of the group that accuracy is reported by.
  package static let subject = [
    "subject", "category", "domain", "topic", "subset", "dataset", "tag", "group",
  ]

  /// The reference of a row.
  ///
  /// - Parameters:
  ///   - row: The text under a key of the row; nothing when the key is absent, null or no scalar.
  ///   - rawRecord: The same for the row's nested `raw_record`.
  /// - Returns: The first text that is not empty, or nothing when the row has no reference.
  package static func reference(
    row: (String) -> String?, rawRecord: (String) -> String?
  ) -> String? {
    firstText(reference, row) ?? firstText(reference, rawRecord) ?? firstText(answer, row)
  }

  /// The first text that is not blank under one of `keys`.
  package static func firstText(_ keys: [String], _ row: (String) -> String?) -> String? {
    for key in keys {
      if let text = row(key), !text.utf8.allSatisfy(AnswerExtraction.isBlank) { return text }
    }
    return nil
  }
}
