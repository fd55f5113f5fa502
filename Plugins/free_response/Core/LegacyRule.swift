// The rule of the old runner, kept bit for bit so that old and new scores can be compared. Its
// oddities are deliberate: 10.0 differs from 10, and 3/4 equals 4.

/// The last-number rule of the old runner.
package enum LegacyRule {
  /// Judges the text of the last stage against a reference.
  ///
  /// - Parameters:
  ///   - completion: The completion of the last stage; blanks around it do not matter.
  ///   - reference: The reference as the row states it.
  /// - Returns: The verdict; its answer is what the old runner stored.
  package static func judge(completion: String, reference: String) -> FreeResponseVerdict {
    let wanted = lastNumber(in: reference)
    let given = lastNumber(in: completion)
    if let wanted, let given {
      return verdict(given == wanted, answer: given, reference: reference)
    }
    let text = CompatibilityText.normalised(completion)
    let isEqual = text == CompatibilityText.normalised(reference)
    if wanted != nil && !isEqual {
      return FreeResponseVerdict(
        outcome: .unparsed, answer: "", reference: reference, failReason: "incorrect")
    }
    return verdict(isEqual, answer: wanted == nil ? text : "", reference: reference)
  }

  private static func verdict(
    _ isEqual: Bool, answer: String, reference: String
  ) -> FreeResponseVerdict {
    FreeResponseVerdict(
      outcome: isEqual ? .pass : .fail, answer: answer, reference: reference,
      failReason: isEqual ? "" : "incorrect")
  }

  /// The last match of `-?\d+(?:,\d{3})*(?:\.\d+)?`, its commas removed.
  ///
  /// As in the old runner a digit is any decimal digit of Unicode, and its text is kept as it is.
  package static func lastNumber(in text: String) -> String? {
    let bytes = Array(text.utf8)
    if bytes.allSatisfy({ $0 < 0x80 }) {
      return lastNumber(of: bytes, isDigit: { AnswerText.isDigit($0) }).map {
        String(decoding: $0.filter { $0 != UInt8(ascii: ",") }, as: UTF8.self)
      }
    }
    let comma = UInt32(UInt8(ascii: ","))
    let scalars = text.unicodeScalars.map(\.value)
    let isDigit = { (value: UInt32) -> Bool in
      value < 0x80
        ? value >= 0x30 && value <= 0x39
        : Unicode.Scalar(value)?.properties.generalCategory == .decimalNumber
    }
    return lastNumber(of: scalars, isDigit: isDigit).map { found in
      var out = String()
      for value in found where value != comma {
        if let scalar = Unicode.Scalar(value) { out.unicodeScalars.append(scalar) }
      }
      return out
    }
  }

  /// Matches never cross a unit that the pattern has no place for, so the last such run decides.
  private static func lastNumber<Unit: FixedWidthInteger>(
    of text: [Unit], isDigit: (Unit) -> Bool
  ) -> ArraySlice<Unit>? {
    var end = text.count
    while end > 0 && !isDigit(text[end - 1]) { end -= 1 }
    if end == 0 { return nil }
    var index = end
    while index > 0
      && (isDigit(text[index - 1]) || text[index - 1] == 0x2C
        || text[index - 1] == 0x2E || text[index - 1] == 0x2D)
    { index -= 1 }
    var last: ArraySlice<Unit>?
    while index < end {
      let start = index
      var cursor = text[index] == 0x2D ? index + 1 : index
      guard cursor < end, isDigit(text[cursor]) else {
        index += 1
        continue
      }
      while cursor < end && isDigit(text[cursor]) { cursor += 1 }
      while cursor + 3 < end && text[cursor] == 0x2C && isDigit(text[cursor + 1])
        && isDigit(text[cursor + 2]) && isDigit(text[cursor + 3])
      { cursor += 4 }
      if cursor + 1 < end && text[cursor] == 0x2E && isDigit(text[cursor + 1]) {
        cursor += 1
        while cursor < end && isDigit(text[cursor]) { cursor += 1 }
      }
      last = text[start..<cursor]
      index = cursor
    }
    return last
  }
}
