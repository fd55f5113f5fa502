// One multiple-choice question: which shapes of rows are understood, and what is refused.
//
// An answer index that is missing, negative, no integer, a boolean or out of range is a data error.
// It is never replaced by 0, and only `compat_mode` repairs the one-based indices of old files.

package import JSONFormat
package import PluginKit

/// A question with its choices and the index of the right one.
package struct ChoiceRow: Sendable, Equatable {
  /// The question.
  package let question: String
  /// The choices, 2 to 26.
  package let choices: [String]
  /// Index of the right choice, from 0, always in range.
  package let answer: Int
  /// The subject as the row states it; empty when it has none.
  package let subject: String
  /// True when `compat_mode` lowered a one-based index by one.
  package let isRepaired: Bool

  /// The letter of the right choice.
  package var letter: String { Self.letter(answer) }

  /// The letter of the choice at `index`, which must be 0 to 25.
  package static func letter(_ index: Int) -> String {
    String(UnicodeScalar(UInt8(ascii: "A") + UInt8(index)))
  }

  /// Reads a row of one of the known shapes.
  ///
  /// - `question`, `answer` (letter or 0-based index) and choices `A`, `B`, ... until a gap;
  /// - the same with a list `choices` or `options`; `answer_index` beside or instead of `answer`;
  /// - ARC: `question.stem`, `question.choices` of `text` and `label`, `answerKey`; or `choices` as an
  ///   object of lists `text` and `label`.
  ///
  /// - Parameters:
  ///   - row: The parsed row.
  ///   - repairs: True for `compat_mode`: an index that is too large by exactly one, or a digit in
  ///     quotes, is read as the old loader did.
  /// - Throws: `BadRecord` that names the field and what is wrong with it.
  package init(_ row: JSONValue, repairs: Bool) throws(BadRecord) {
    guard row.members != nil else { throw BadRecord("the row is not an object") }
    let nested = row["question"]?.members == nil ? nil : row["question"]
    guard
      let question = (nested?["stem"] ?? row["question"])?.string, !question.isEmpty
    else { throw BadRecord("field 'question' is missing, empty or no text") }
    let listed = try Self.choices(row, nested: nested)
    guard (2...26).contains(listed.texts.count) else {
      throw BadRecord("a question needs 2 to 26 choices, the row has \(listed.texts.count)")
    }
    var reader = AnswerReader(
      count: listed.texts.count, labels: listed.labels, repairs: repairs)
    self.question = question
    choices = listed.texts
    answer = try reader.index(of: row)
    isRepaired = reader.isRepaired
    subject = Self.subject(row)
  }

  private static func subject(_ row: JSONValue) -> String {
    for key in ["subject", "category", "domain", "topic", "subset", "tag", "group"] {
      if let text = row[key]?.string, !text.isEmpty { return text }
    }
    return ""
  }

  // MARK: Choices

  private static func choices(
    _ row: JSONValue, nested: JSONValue?
  ) throws(BadRecord) -> (texts: [String], labels: [String]) {
    for key in ["choices", "options"] {
      guard let value = nested?[key] ?? row[key], value != .null else { continue }
      if let elements = value.elements { return try listed(elements, key) }
      if let texts = value["text"]?.elements, let labels = value["label"]?.elements {
        let plain = try listed(texts, key).texts
        let names = try strings(labels, key)
        guard names.count == plain.count else {
          throw BadRecord("field '\(key)' has \(plain.count) texts but \(names.count) labels")
        }
        return (plain, names)
      }
      throw BadRecord("field '\(key)' is neither a list nor lists of texts and labels")
    }
    var texts: [String] = []
    while texts.count < 26, let value = row[letter(texts.count)], value != .null {
      guard let text = scalarText(value) else {
        throw BadRecord("choice '\(letter(texts.count))' is no text")
      }
      texts.append(text)
    }
    return (texts, [])
  }

  private static func listed(
    _ elements: [JSONValue], _ key: String
  ) throws(BadRecord) -> (texts: [String], labels: [String]) {
    if elements.contains(where: { $0.members != nil }) {
      var texts: [String] = []
      var labels: [String] = []
      for element in elements {
        guard let text = element["text"]?.string, let label = element["label"]?.string else {
          throw BadRecord("an element of '\(key)' has no 'text' or no 'label'")
        }
        texts.append(text)
        labels.append(label)
      }
      return (texts, labels)
    }
    return (try strings(elements, key), [])
  }

  private static func strings(
    _ elements: [JSONValue], _ key: String
  ) throws(BadRecord) -> [String] {
    var texts: [String] = []
    for element in elements {
      guard let text = scalarText(element) else {
        throw BadRecord("an element of '\(key)' is no text")
      }
      texts.append(text)
    }
    return texts
  }

  /// Text, or a number that a spreadsheet took for one.
  private static func scalarText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): text
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .null, .bool, .array, .object: nil
    }
  }
}

/// Reads the index of the right choice, strictly.
private struct AnswerReader {
  let count: Int
  let labels: [String]
  let repairs: Bool
  var isRepaired = false

  init(count: Int, labels: [String], repairs: Bool) {
    self.count = count
    self.labels = labels
    self.repairs = repairs
  }

  mutating func index(of row: JSONValue) throws(BadRecord) -> Int {
    var found: (key: String, index: Int)?
    for key in ["answer", "answerKey", "target", "answer_index"] {
      guard let value = row[key], value != .null else { continue }
      let index = try index(value, key)
      if let found, found.index != index {
        throw BadRecord(
          "fields '\(found.key)' and '\(key)' name different choices, "
            + "\(ChoiceRow.letter(found.index)) and \(ChoiceRow.letter(index))")
      }
      found = (key, index)
    }
    guard let found else {
      throw BadRecord("the answer is missing: no 'answer', 'answerKey', 'target' or 'answer_index'")
    }
    return found.index
  }

  private mutating func index(_ value: JSONValue, _ key: String) throws(BadRecord) -> Int {
    switch value {
    case .integer(let integer): return try inRange(integer, key)
    case .string(let text): return try index(text, key)
    case .bool: throw BadRecord("field '\(key)' is a boolean; it must be a letter or an index")
    case .number(let number):
      throw BadRecord("field '\(key)' is \(number), not an integer")
    case .null, .array, .object:
      throw BadRecord("field '\(key)' must be a letter or an index")
    }
  }

  private mutating func inRange(_ index: Int64, _ key: String) throws(BadRecord) -> Int {
    if index >= 0 && index < Int64(count) { return Int(index) }
    if repairs && index == Int64(count) {
      isRepaired = true
      return count - 1
    }
    throw BadRecord("field '\(key)' is \(index), out of range for \(count) choices")
  }

  private mutating func index(_ text: String, _ key: String) throws(BadRecord) -> Int {
    if let labelled = labels.firstIndex(of: text) { return labelled }
    let bytes = text.utf8
    if let byte = bytes.first, bytes.count == 1, byte >= UInt8(ascii: "A"),
      byte <= UInt8(ascii: "Z"), labels.isEmpty
    {
      return try inRange(letter: Int(byte - UInt8(ascii: "A")), key)
    }
    if repairs, let digits = Int64(text) { return try inRange(digits, key) }
    throw BadRecord(
      "field '\(key)' is '\(text.prefix(40))', not the letter of one of \(count) choices")
  }

  private func inRange(letter: Int, _ key: String) throws(BadRecord) -> Int {
    if letter < count { return letter }
    throw BadRecord(
      "field '\(key)' is '\(ChoiceRow.letter(letter))', out of range for \(count) choices")
  }
}
