// Strings: one pass finds the end and checks escapes, control characters and UTF-8.

extension JSONCursor {
  /// Reads a string.
  public mutating func readString() throws(JSONError) -> String {
    try readText().string
  }

  /// Reads a string and appends its decoded UTF-8 to `bytes`.
  public mutating func readString(appendingTo bytes: inout [UInt8]) throws(JSONError) {
    try readText().append(to: &bytes)
  }

  @inline(__always)
  private mutating func readText() throws(JSONError) -> QuotedText {
    guard try peek() == UInt8(ascii: "\"") else { throw mismatch(expected: .string) }
    return try scanString()
  }

  /// Reads the string whose opening quote stands at `offset`.
  mutating func scanString() throws(JSONError) -> QuotedText {
    let start = offset &+ 1
    var at = start
    var saved = 0
    var isASCII = true
    while true {
      at = text.endOfPlainASCII(from: at)
      guard at < text.count else { throw JSONError(.unexpectedEnd, at: at) }
      switch text[at] {
      case UInt8(ascii: "\""):
        offset = at &+ 1
        return QuotedText(
          content: text.part(start, at), utf8Count: at &- start &- saved, isASCII: isASCII)
      case UInt8(ascii: "\\"):
        switch text.escape(at: at) {
        case .scalar(let scalar, let length):
          at &+= length
          saved &+= length &- scalar.utf8Count
          isASCII = isASCII && scalar.value < 0x80
        case .invalid(let error):
          throw error
        }
      case 0..<0x20:
        throw JSONError(.controlCharacter, at: at)
      default:
        isASCII = false
        at = text.endOfNonASCII(from: at)
        if at < text.count, text[at] >= 0x80 { throw JSONError(.invalidUTF8, at: at) }
      }
    }
  }
}
