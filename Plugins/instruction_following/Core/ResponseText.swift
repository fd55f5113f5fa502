// Text as bytes. Most of what is asked of a response concerns ASCII, so it stays UTF-8 and is decoded only
// where something else stands.

internal import Glibc

/// UTF-8 text that is looked at scalar by scalar.
///
/// The bytes come from a `String`, so they are sound UTF-8.
package struct ResponseText: Sendable, Equatable {
  /// The text as UTF-8.
  package let bytes: [UInt8]

  /// The text of a string.
  package init(_ text: String) { bytes = Array(text.utf8) }

  init(_ bytes: [UInt8]) { self.bytes = bytes }
  init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }

  var count: Int { bytes.count }
  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// The part that is left when blanks at both ends are dropped.
  var trimmedRange: Range<Int> { bytes.trimmed(0..<bytes.count) }

  /// Whether there is nothing but blanks.
  var isBlank: Bool { trimmedRange.isEmpty }
}

/// Reading scalars out of UTF-8.
///
/// Ranges and positions lie on the borders of scalars. What is not UTF-8 is read as one scalar for each byte
/// that does not fit; it never reads beyond the end.
extension [UInt8] {
  /// The scalar at a position and where the next one begins.
  @inline(__always)
  func scalar(at position: Int) -> (value: UInt32, next: Int) {
    let lead = self[position]
    if lead < 0x80 { return (UInt32(lead), position + 1) }
    return longScalar(at: position, lead)
  }

  private func longScalar(at position: Int, _ lead: UInt8) -> (value: UInt32, next: Int) {
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    guard length > 1, position + length <= count else { return (0xFFFD, position + 1) }
    var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
    for index in (position + 1)..<(position + length) {
      value = value << 6 | UInt32(self[index] & 0x3F)
    }
    return (value, position + length)
  }

  /// The scalar that ends at a position, which is not 0, and where it begins.
  @inline(__always)
  func scalar(before position: Int) -> (value: UInt32, start: Int) {
    var start = position - 1
    if self[start] < 0x80 { return (UInt32(self[start]), start) }
    while start > 0 && position - start < 4 && self[start] & 0xC0 == 0x80 { start -= 1 }
    return (scalar(at: start).value, start)
  }

  /// Whether a blank stands at a position, and where the next scalar begins; false at the end.
  @inline(__always)
  func blank(at position: Int) -> (isBlank: Bool, next: Int) {
    guard position < count else { return (false, position) }
    let (value, next) = scalar(at: position)
    return (Characters.isBlank(value), next)
  }

  /// The position after the blanks that begin at a position.
  func afterBlanks(_ position: Int, end: Int? = nil) -> Int {
    let end = end ?? count
    var position = position
    while position < end {
      let (value, next) = scalar(at: position)
      guard Characters.isBlank(value) else { break }
      position = next
    }
    return position
  }

  /// The position where the blanks begin that end at a position.
  func beforeBlanks(_ position: Int, start: Int = 0) -> Int {
    var position = position
    while position > start {
      let (value, before) = scalar(before: position)
      guard Characters.isBlank(value) else { break }
      position = before
    }
    return position
  }

  /// A range without the blanks at its ends.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    let start = afterBlanks(range.lowerBound, end: range.upperBound)
    return start..<beforeBlanks(range.upperBound, start: start)
  }

  /// Whether a text stands at a position.
  @inline(__always)
  func has(_ text: StaticString, at position: Int) -> Bool {
    let length = text.utf8CodeUnitCount
    guard position >= 0, position + length <= count else { return false }
    return text.withUTF8Buffer { wanted in
      for index in 0..<length where self[position + index] != wanted[index] { return false }
      return true
    }
  }

  /// Whether a text stands at a position.
  func has(_ text: [UInt8], at position: Int) -> Bool {
    guard position >= 0, position + text.count <= count else { return false }
    for index in text.indices where self[position + index] != text[index] { return false }
    return true
  }

  /// The place of a byte at or after a position.
  func place(of byte: UInt8, from position: Int, end: Int? = nil) -> Int? {
    let end = Swift.min(end ?? count, count)
    guard position >= 0, position < end else { return nil }
    return withUnsafeBufferPointer { buffer in
      // Within the buffer, as was just checked; the C library looks at many bytes at once.
      guard let start = buffer.baseAddress,
        let found = memchr(start + position, Int32(byte), end - position)
      else { return nil }
      return UnsafeRawPointer(found) - UnsafeRawPointer(start)
    }
  }

  /// The first place of a text at or after a position.
  func place(of text: StaticString, from position: Int = 0) -> Int? {
    guard text.utf8CodeUnitCount > 0 else { return position }
    let first = text.withUTF8Buffer { $0[0] }
    var index = position
    while let found = place(of: first, from: index) {
      if has(text, at: found) { return found }
      index = found + 1
    }
    return nil
  }

  /// Appends a scalar as UTF-8.
  @inline(__always)
  mutating func append(scalar: UInt32) {
    if scalar < 0x80 {
      append(UInt8(truncatingIfNeeded: scalar))
    } else if let scalar = Unicode.Scalar(scalar) {
      append(contentsOf: UTF8.encode(scalar) ?? .init())
    }
  }
}
