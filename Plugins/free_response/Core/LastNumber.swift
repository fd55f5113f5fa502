// The answer of a text without any mark: its last number, with whatever belongs to that number.

/// Search for the last number of a text.
enum LastNumber {
  /// The last number that is no part of a name or of a unit, as it is written.
  ///
  /// It takes along a sign, a thousands group, the other half of a fraction, a power of ten and a percent
  /// sign; the digits of `CO2` and of `m^2` are passed over.
  static func find(in text: [UInt8]) -> ExtractedAnswer? {
    var end = text.count
    while true {
      while end > 0 && !AnswerText.isDigit(text[end - 1]) { end -= 1 }
      if end == 0 { return nil }
      let start = numberStart(text, end: end)
      if let owner = nameOwning(text, start) {
        end = owner
        continue
      }
      let wide = fraction(text, start..<end)
      let signed = signStart(text, wide.lowerBound)
      return AnswerExtraction.answer(.lastNumber, text, signed..<percentEnd(text, wide.upperBound))
    }
  }

  /// Where the number whose last digit stands before `end` begins: digits, points, group commas.
  private static func numberStart(_ text: [UInt8], end: Int) -> Int {
    var start = end - 1
    while start > 0 {
      let before = text[start - 1]
      if AnswerText.isDigit(before) {
        start -= 1
      } else if start >= 2 && isSeparator(before) && AnswerText.isDigit(text[start - 2]) {
        start -= 2
      } else if start >= 4 && text[(start - 3)..<start].elementsEqual("{,}".utf8)
        && AnswerText.isDigit(text[start - 4])
      {
        start -= 4
      } else if let mantissa = mantissaEnd(text, start) {
        start = mantissa - 1
      } else if before == UInt8(ascii: ".") {
        return start - 1
      } else {
        break
      }
    }
    return start
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: ".")
  }

  /// The end of the mantissa when the digits at `start` are the exponent of `1.5e3` or `1.5e-3`.
  private static func mantissaEnd(_ text: [UInt8], _ start: Int) -> Int? {
    var letter = start - 1
    if letter > 0 && (text[letter] == UInt8(ascii: "-") || text[letter] == UInt8(ascii: "+")) {
      letter -= 1
    }
    guard letter > 0, text[letter] | 0x20 == UInt8(ascii: "e"), AnswerText.isDigit(text[letter - 1])
    else { return nil }
    return letter
  }

  /// Where to go on searching when the digits at `start` belong to a name or a unit.
  private static func nameOwning(_ text: [UInt8], _ start: Int) -> Int? {
    var owner = start
    if owner > 0 && text[owner - 1] == UInt8(ascii: "{") { owner -= 1 }
    guard owner > 0 else { return nil }
    let before = text[owner - 1]
    if before == UInt8(ascii: "^") || before == UInt8(ascii: "_") {
      return owner - 1
    }
    return owner == start && AnswerText.isLetter(before) ? start : nil
  }

  /// Widens a denominator to its fraction: `3/4` and `\frac{3}{4}`.
  private static func fraction(_ text: [UInt8], _ range: Range<Int>) -> Range<Int> {
    let start = range.lowerBound
    if start >= 2 && text[start - 1] == UInt8(ascii: "/") && AnswerText.isDigit(text[start - 2]) {
      return numberStart(text, end: start - 1)..<range.upperBound
    }
    guard start >= 2, text[start - 1] == UInt8(ascii: "{"), text[start - 2] == UInt8(ascii: "}"),
      range.upperBound < text.count, text[range.upperBound] == UInt8(ascii: "}")
    else { return range }
    var open = start - 3
    while open > 0 && text[open] != UInt8(ascii: "{") { open -= 1 }
    guard open >= 5, text[(open - 4)..<open].elementsEqual("frac".utf8) else { return range }
    var command = open - 5
    while command > 0 && AnswerText.isLetter(text[command]) { command -= 1 }
    return command..<(range.upperBound + 1)
  }

  private static func signStart(_ text: [UInt8], _ start: Int) -> Int {
    var sign = start
    while sign > 0 && text[sign - 1] == UInt8(ascii: "$") { sign -= 1 }
    guard sign > 0, text[sign - 1] == UInt8(ascii: "-"), sign == 1 || isOpening(text[sign - 2])
    else { return start }
    return sign - 1
  }

  /// True for what may stand before a sign; a letter or digit there makes it a minus or a hyphen.
  private static func isOpening(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: "$"), UInt8(ascii: ":"),
      UInt8(ascii: "*"):
      true
    default: AnswerExtraction.isBlank(byte)
    }
  }

  private static func percentEnd(_ text: [UInt8], _ end: Int) -> Int {
    var index = end
    while index < text.count && text[index] == UInt8(ascii: " ") { index += 1 }
    if text[index...].starts(with: "%".utf8) { return index + 1 }
    if text[index...].starts(with: "\\%".utf8) { return index + 2 }
    return text[index...].starts(with: "percent".utf8) ? index + 7 : end
  }
}
