// Dates and times, checked against the calendar and kept as text in one spelling: upper-case T
// and Z between and after, the fraction as it was written.

/// Reads the bytes of one date, time or both.
struct TOMLTimeReader {
  private let text: [UInt8]

  init(_ text: [UInt8]) { self.text = text }

  /// The value, or nil when the text is not a date or time that exists.
  func content() -> TOMLValue.Content? {
    if text.count > 2, text[2] == .colon {
      guard let end = time(from: 0), end == text.count else { return nil }
      return .localTime(string(text))
    }
    guard date() else { return nil }
    if text.count == 10 { return .localDate(string(text)) }
    guard "Tt ".utf8.contains(text[10]), let end = time(from: 11) else { return nil }
    var normal = text
    normal[10] = UInt8(ascii: "T")
    if end == text.count { return .localDateTime(string(normal)) }
    if end == text.count - 1, "Zz".utf8.contains(text[end]) {
      normal[end] = UInt8(ascii: "Z")
      return .offsetDateTime(string(normal))
    }
    return offset(from: end) ? .offsetDateTime(string(normal)) : nil
  }

  /// What to say of a text that begins like a date or time and is none.
  func problem(_ shown: String) -> String {
    "'\(shown)' is not a date or time; write 2024-02-29, 13:45:00 or 2024-02-29T13:45:00Z"
  }

  private func date() -> Bool {
    guard text.count >= 10, text[4] == .minus, text[7] == .minus,
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }

  /// Where the time that begins at `start` ends, or nil; a leap second (60) is allowed.
  private func time(from start: Int) -> Int? {
    guard text.count >= start + 8, text[start + 2] == .colon, text[start + 5] == .colon,
      let hour = number(start, 2), let minute = number(start + 3, 2),
      let second = number(start + 6, 2), hour < 24, minute < 60, second <= 60
    else { return nil }
    var end = start + 8
    guard end < text.count, text[end] == UInt8(ascii: ".") else { return end }
    end += 1
    let fraction = end
    while end < text.count, text[end].isDigit { end += 1 }
    return end > fraction ? end : nil
  }

  private func offset(from start: Int) -> Bool {
    guard text.count == start + 6, text[start] == .plus || text[start] == .minus,
      text[start + 3] == .colon, let hour = number(start + 1, 2), let minute = number(start + 4, 2)
    else { return false }
    return hour < 24 && minute < 60
  }

  private func number(_ start: Int, _ count: Int) -> Int? {
    var value = 0
    for byte in text[start..<(start + count)] {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension UInt8 {
  fileprivate static let colon = UInt8(ascii: ":")
}
