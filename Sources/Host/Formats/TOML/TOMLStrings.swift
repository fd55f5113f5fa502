// The four kinds of string: basic and literal, on one line or on several.

extension TOMLParser {
  /// A string in quotation marks, on one line, with escapes.
  mutating func basicString() throws(TOMLError) -> String {
    let start = cursor.position
    cursor.advance()
    var text: [UInt8] = []
    while let byte = cursor.next {
      switch byte {
      case .quote:
        cursor.advance()
        return String(decoding: text, as: UTF8.self)
      case .backslash:
        try escape(into: &text)
      default:
        try refuseControl(byte, from: start)
        text.append(byte)
        cursor.advance()
      }
    }
    throw unclosed(start, "\"")
  }

  /// A string in apostrophes, on one line, without escapes.
  mutating func literalString() throws(TOMLError) -> String {
    let start = cursor.position
    cursor.advance()
    let first = cursor.index
    while let byte = cursor.next {
      if byte == .apostrophe {
        let text = String(decoding: cursor.bytes[first..<cursor.index], as: UTF8.self)
        cursor.advance()
        return text
      }
      try refuseControl(byte, from: start)
      cursor.advance()
    }
    throw unclosed(start, "'")
  }

  /// A string in three quotation marks; line ends become LF, a backslash at a line end joins.
  mutating func longBasicString() throws(TOMLError) -> String {
    let start = cursor.position
    openLongString()
    var text: [UInt8] = []
    while let byte = cursor.next {
      if byte == .quote, closeLongString(byte, into: &text) {
        return String(decoding: text, as: UTF8.self)
      } else if byte == .backslash {
        if !(try joinLines()) { try escape(into: &text) }
      } else {
        try longStringByte(byte, into: &text)
      }
    }
    throw unclosed(start, "\"\"\"")
  }

  /// A string in three apostrophes; line ends become LF, nothing else is changed.
  mutating func longLiteralString() throws(TOMLError) -> String {
    let start = cursor.position
    openLongString()
    var text: [UInt8] = []
    while let byte = cursor.next {
      if byte == .apostrophe, closeLongString(byte, into: &text) {
        return String(decoding: text, as: UTF8.self)
      }
      try longStringByte(byte, into: &text)
    }
    throw unclosed(start, "'''")
  }

  /// Skips the opening marks and the line end right after them, which is not part of the text.
  private mutating func openLongString() {
    cursor.advance(by: 3)
    if cursor.atNewline { cursor.skipNewline() }
  }

  /// Reads the marks that close the string: the last three of up to five, those before are text.
  ///
  /// Reads nothing and returns false when there are fewer than three, which are text.
  private mutating func closeLongString(_ mark: UInt8, into text: inout [UInt8]) -> Bool {
    var count = 0
    while count < 5, cursor.peek(count) == mark { count += 1 }
    guard count >= 3 else { return false }
    text.append(contentsOf: repeatElement(mark, count: count - 3))
    cursor.advance(by: count)
    return true
  }

  private mutating func longStringByte(
    _ byte: UInt8, into text: inout [UInt8]
  ) throws(TOMLError) {
    if cursor.atNewline {
      cursor.skipNewline()
      text.append(.lineFeed)
      return
    }
    if byte.isControl && byte != .tab { throw cursor.controlCharacter("a string", byte) }
    cursor.advance()
    text.append(byte)
  }

  /// Skips a backslash, the line end and all white space up to the next text, if that follows.
  private mutating func joinLines() throws(TOMLError) -> Bool {
    var ahead = cursor
    ahead.advance()
    ahead.skipBlanks()
    guard ahead.atNewline else { return false }
    while true {
      ahead.skipBlanks()
      guard ahead.atNewline else { break }
      ahead.skipNewline()
    }
    cursor = ahead
    return true
  }

  /// Reads an escape, which begins at the cursor.
  private mutating func escape(into text: inout [UInt8]) throws(TOMLError) {
    let start = cursor.position
    cursor.advance()
    guard let letter = cursor.next else { throw cursor.fail("the text ends inside an escape") }
    let plain: UInt8
    switch letter {
    case UInt8(ascii: "b"): plain = 0x08
    case UInt8(ascii: "t"): plain = .tab
    case UInt8(ascii: "n"): plain = .lineFeed
    case UInt8(ascii: "f"): plain = 0x0C
    case UInt8(ascii: "r"): plain = .carriageReturn
    case .quote, .backslash: plain = letter
    case UInt8(ascii: "u"): return try unicodeEscape(digits: 4, from: start, into: &text)
    case UInt8(ascii: "U"): return try unicodeEscape(digits: 8, from: start, into: &text)
    default:
      throw cursor.fail(
        "\(cursor.nextDescribed) after a backslash is not an escape; write '\\\\' for a backslash, "
          + "or put the string in apostrophes",
        at: start)
    }
    text.append(plain)
    cursor.advance()
  }

  private mutating func unicodeEscape(
    digits: Int, from start: SourcePosition, into text: inout [UInt8]
  ) throws(TOMLError) {
    cursor.advance()
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = cursor.next?.digit(radix: 16) else {
        throw cursor.fail(
          "expected \(digits) hexadecimal digits in the escape, found \(cursor.nextDescribed)")
      }
      value = value << 4 | UInt32(digit)
      cursor.advance()
    }
    guard let scalar = Unicode.Scalar(value) else {
      throw cursor.fail(
        "U+\(hexadecimal(value, digits: 4)) is not a Unicode character; "
          + "surrogates and values above 10FFFF cannot be written",
        at: start)
    }
    text.append(contentsOf: String(Character(scalar)).utf8)
  }

  private func refuseControl(
    _ byte: UInt8, from start: SourcePosition
  ) throws(TOMLError) {
    guard byte.isControl, byte != .tab else { return }
    if cursor.atNewline {
      throw cursor.fail(
        "the string that begins at \(start) is not closed on its line; "
          + "close it, or use three marks for text of several lines")
    }
    throw cursor.controlCharacter("a string", byte)
  }

  private func unclosed(_ start: SourcePosition, _ marks: String) -> TOMLError {
    cursor.fail("the string that begins at \(start) is not closed; add \(marks)")
  }
}
