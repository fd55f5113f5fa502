// Looking for bytes in UTF-8 text. Completions are searched as bytes: Swift's characters would take
// a carriage return and a line feed for one.

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// The first place of `part` at or after `start`.
  func firstPlace(of part: [UInt8], from start: Int? = nil) -> Int? {
    guard let first = part.first else { return start ?? startIndex }
    var at = start ?? startIndex
    let last = endIndex - part.count
    while at <= last {
      if self[at] == first, matches(part, at: at) { return at }
      at += 1
    }
    return nil
  }

  /// The last place of `part`.
  func lastPlace(of part: [UInt8]) -> Int? {
    var at = endIndex - part.count
    while at >= startIndex {
      if matches(part, at: at) { return at }
      at -= 1
    }
    return nil
  }

  /// Whether `part` stands at `place`.
  func matches(_ part: [UInt8], at place: Int) -> Bool {
    guard place >= startIndex, place + part.count <= endIndex else { return false }
    for offset in part.indices where self[place + offset] != part[offset] { return false }
    return true
  }

  /// Whether the bytes begin with the characters of `text`.
  func begins(with text: StaticString) -> Bool {
    guard count >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { letters in
      letters.indices.allSatisfy { self[startIndex + $0] == letters[$0] }
    }
  }

  /// The bytes as text.
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension ArraySlice<UInt8> {
  /// Without blanks at both ends.
  var trimmed: ArraySlice<UInt8> {
    var slice = self
    while let first = slice.first, first.isBlank { slice.removeFirst() }
    while let last = slice.last, last.isBlank { slice.removeLast() }
    return slice
  }
}

extension [UInt8] {
  /// Without blanks at both ends.
  var trimmed: ArraySlice<UInt8> { self[...].trimmed }
}

extension UInt8 {
  /// Whether it is a space, a tab or the end of a line.
  var isBlank: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
  /// Whether it may stand in a Python name; bytes of other scripts may.
  var isNamePart: Bool {
    (self >= 0x30 && self <= 0x39) || isNameStart
  }
  /// Whether a Python name may begin with it.
  var isNameStart: Bool {
    (self | 0x20 >= 0x61 && self | 0x20 <= 0x7A) || self == 0x5F || self >= 0x80
  }
}

extension Span<UInt8> {
  /// The bytes in an array of their own.
  var copied: [UInt8] { withUnsafeBufferPointer { Array($0) } }
}
