// Where a JSON value ends, from its quotes and brackets alone: enough to cut it out of a text that
// comes in chunks. Whether it is JSON is for the reader of the whole value to say.

/// Follows one JSON value over any number of chunks.
struct JSONExtent: Sendable {
  private var depth = 0
  private var place = Place.outside

  private enum Place {
    /// Before the first byte, or between the tokens of an array or object.
    case outside
    case string
    /// After a backslash in a string.
    case escape
    /// In a number or word that is the whole value; what ends it is no longer part of it.
    case scalar
  }

  /// Goes on at `start` and returns the end of the value, or nil if it is not in `bytes`.
  mutating func end(in bytes: Span<UInt8>, from start: Int) -> Int? {
    var at = start
    while at < bytes.count {
      let byte = bytes[at]
      switch place {
      case .outside:
        at &+= 1
        if endsValue(byte) { return at }
      case .string:
        at = bytes.first(StopBytes.inString, from: at)
        if at == bytes.count { break }
        place = bytes[at] == .quote ? .outside : .escape
        at &+= 1
        if place == .outside, depth == 0 { return at }
      case .escape:
        place = .string
        at &+= 1
      case .scalar:
        if byte.isBlank || byte == UInt8(ascii: ",") || byte.closesJSON { return at }
        at &+= 1
      }
    }
    return nil
  }

  /// Takes a byte outside of strings and says whether it is the value's last.
  @inline(__always)
  private mutating func endsValue(_ byte: UInt8) -> Bool {
    switch byte {
    case .quote:
      place = .string
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth &+= 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth &-= 1
      return depth <= 0
    default:
      if depth == 0 { place = .scalar }
    }
    return false
  }
}

extension StopBytes {
  /// What ends a run of plain text in a string of JSON.
  static var inString: StopBytes {
    StopBytes(.quote, .quote, UInt8(ascii: "\\"), UInt8(ascii: "\\"))
  }
}

extension UInt8 {
  /// Whether it closes an array or object of JSON.
  var closesJSON: Bool { self == UInt8(ascii: "]") || self == UInt8(ascii: "}") }
}
