// UTF-8 byte by byte, as the Unicode standard's table 3-7 defines it.

/// Where in a character of UTF-8 a text is.
///
/// What cannot be part of UTF-8 is cut as Unicode recommends ("substitution of maximal subparts", and the
/// same in WHATWG's decoder and `String(decoding:as:)`): the longest beginning of a character that is
/// there counts as one error, then decoding goes on with the byte that did not fit.
struct UTF8Scan: Sendable {
  /// What a byte is after those before it.
  enum Step {
    /// More bytes are needed.
    case incomplete
    /// The byte ends a character.
    case complete
    /// The byte cannot begin a character.
    case invalid
    /// The bytes before it are not a character; the byte itself is still to be taken.
    case brokenBefore
  }

  /// Bytes that the current character still needs; 0 between characters.
  private(set) var missing = 0
  /// What the next byte of the character may be: less than 80...BF only after some first bytes.
  private var allowed: ClosedRange<UInt8> = 0x80...0xBF

  /// Takes a byte; after `brokenBefore` the same one must be given again.
  mutating func take(_ byte: UInt8) -> Step {
    if missing == 0 { return begin(byte) }
    guard allowed.contains(byte) else {
      self = UTF8Scan()
      return .brokenBefore
    }
    allowed = 0x80...0xBF
    missing -= 1
    return missing == 0 ? .complete : .incomplete
  }

  private mutating func begin(_ byte: UInt8) -> Step {
    switch byte {
    case 0x00...0x7F: return .complete
    case 0xC2...0xDF: missing = 1
    case 0xE0:
      missing = 2
      allowed = 0xA0...0xBF
    case 0xED:
      missing = 2
      allowed = 0x80...0x9F
    case 0xE1...0xEF: missing = 2
    case 0xF0:
      missing = 3
      allowed = 0x90...0xBF
    case 0xF1...0xF3: missing = 3
    case 0xF4:
      missing = 3
      allowed = 0x80...0x8F
    default: return .invalid
    }
    return .incomplete
  }

  /// Whether `bytes` are whole characters of UTF-8 and nothing else.
  static func isValid(_ bytes: [UInt8]) -> Bool {
    var scan = UTF8Scan()
    for byte in bytes {
      switch scan.take(byte) {
      case .complete, .incomplete: continue
      case .invalid, .brokenBefore: return false
      }
    }
    return scan.missing == 0
  }
}
