// The text being read, the place reached in it, and the two things every rule of the grammar
// needs: looking ahead and raising an error that says where.

/// A reader of valid UTF-8 that knows its line and column.
struct TOMLCursor {
  let bytes: [UInt8]
  private(set) var index = 0
  private(set) var line = 1
  private(set) var column = 1

  /// Refuses bytes that are not UTF-8, at the first wrong one; skips a byte order mark.
  init(_ bytes: [UInt8]) throws(TOMLError) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    do {
      _ = try UTF8Span(validating: bytes.span)
    } catch {
      while index < error.byteOffsets.lowerBound { advance() }
      let utf16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      throw fail(
        utf16
          ? "the text is UTF-16; save the file as UTF-8"
          : "the text is not valid UTF-8 here; save the file as UTF-8")
    }
  }

  var position: SourcePosition { SourcePosition(line: line, column: column) }
  var atEnd: Bool { index >= bytes.count }

  /// The byte to read next, or nil at the end of the text.
  var next: UInt8? { index < bytes.count ? bytes[index] : nil }

  /// The byte `distance` after the next one, or nil beyond the end.
  func peek(_ distance: Int) -> UInt8? {
    index + distance < bytes.count ? bytes[index + distance] : nil
  }

  /// Whether the text goes on with these bytes.
  func starts(with text: String) -> Bool {
    bytes[index...].starts(with: text.utf8)
  }

  mutating func advance() {
    let byte = bytes[index]
    index += 1
    if byte == .lineFeed {
      line += 1
      column = 1
    } else if index == bytes.count || bytes[index] & 0xC0 != 0x80 {
      column += 1
    }
  }

  mutating func advance(by count: Int) {
    for _ in 0..<count { advance() }
  }

  func fail(_ message: String, at place: SourcePosition? = nil) -> TOMLError {
    TOMLError(message: message, position: place ?? position)
  }

  mutating func skipBlanks() {
    while next == .space || next == .tab { advance() }
  }

  /// Whether a line ends here, as LF or CR LF.
  var atNewline: Bool {
    next == .lineFeed || (next == .carriageReturn && peek(1) == .lineFeed)
  }

  mutating func skipNewline() {
    if next == .carriageReturn { advance() }
    if next == .lineFeed { advance() }
  }

  /// Skips a comment up to its line end; control characters other than tab are refused.
  mutating func skipComment() throws(TOMLError) {
    guard next == .hash else { return }
    while let byte = next, !atNewline {
      if byte.isControl && byte != .tab { throw controlCharacter("a comment", byte) }
      advance()
    }
  }

  /// Skips blanks, comments and line ends.
  mutating func skipLines() throws(TOMLError) {
    while true {
      skipBlanks()
      try skipComment()
      guard atNewline else { return }
      skipNewline()
    }
  }

  func controlCharacter(_ container: String, _ byte: UInt8) -> TOMLError {
    if byte == .carriageReturn {
      return fail(
        "a carriage return without a line feed in \(container); end lines with LF or CR LF")
    }
    return fail(
      "the control character U+\(hexadecimal(UInt32(byte), digits: 4)) is not allowed in "
        + "\(container); remove it or write it as an escape in a quoted string")
  }

  /// The next character for an error's text, quoted, or what stands for it.
  var nextDescribed: String {
    guard let byte = next else { return "the end of the file" }
    if atNewline { return "the end of the line" }
    if byte.isControl { return "the control character U+\(hexadecimal(UInt32(byte), digits: 4))" }
    var end = index + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    return "'\(String(decoding: bytes[index..<end], as: UTF8.self))'"
  }
}

/// A number in upper-case hexadecimal with at least `digits` digits.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

extension UInt8 {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let hash = UInt8(ascii: "#")
  static let quote = UInt8(ascii: "\"")
  static let apostrophe = UInt8(ascii: "'")
  static let backslash = UInt8(ascii: "\\")

  var isControl: Bool { self < 0x20 || self == 0x7F }
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isBareKey: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// The value of a digit of the given base, or nil when it is none.
  func digit(radix: UInt8) -> UInt8? {
    let value: UInt8
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = self - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): value = self - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): value = self - UInt8(ascii: "A") + 10
    default: return nil
    }
    return value < radix ? value : nil
  }
}
