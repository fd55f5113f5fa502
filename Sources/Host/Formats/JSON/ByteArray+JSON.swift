// What a writer does to its bytes. Everything comes as a few bytes in one word and a run after it,
// with a few more behind it, so that a string without escapes costs one append.

/// Up to eight ASCII characters in one word, the first in the lowest bits.
struct ShortText: ExpressibleByStringLiteral {
  private(set) var word: UInt64
  private(set) var count: Int

  init(word: UInt64, count: Int) {
    self.word = word
    self.count = count
  }

  @inline(__always)
  init(stringLiteral literal: StaticString) {
    let letters = ByteView(literal)
    precondition(letters.count <= 8)
    word = 0
    count = letters.count
    for index in 0..<letters.count { word |= UInt64(letters[index]) &<< UInt64(8 &* index) }
  }

  /// This text and `other` after it; both together have at most eight characters.
  @inline(__always)
  func adding(_ other: ShortText) -> ShortText {
    ShortText(word: word | other.word << UInt64(8 &* count), count: count &+ other.count)
  }

  /// How `byte`, which JSON does not allow in a string as it is, must be written.
  static func escape(of byte: UInt8) -> ShortText {
    switch byte {
    case 0x0a: return #"\n"#
    case 0x22: return #"\""#
    case 0x5c: return #"\\"#
    case 0x09: return #"\t"#
    case 0x0d: return #"\r"#
    case 0x08: return #"\b"#
    case 0x0c: return #"\f"#
    default:
      let low = byte & 0xf
      let digit = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10
      let start: ShortText = byte < 0x10 ? #"\u000"# : #"\u001"#
      return start.adding(ShortText(word: UInt64(digit), count: 1))
    }
  }
}

extension [UInt8] {
  /// Appends `text`.
  @inline(__always)
  mutating func append(_ text: ShortText) {
    append(text, then: ByteView(""))
  }

  /// Appends `text` and `run` after it.
  mutating func append(_ text: ShortText, then run: Span<UInt8>) {
    unsafe run.withUnsafeBufferPointer { unsafe append(text, then: ByteView($0)) }
  }

  /// Appends `prefix`, `run` and `suffix`.
  mutating func append(_ prefix: ShortText, then run: ByteView, then suffix: ShortText = "") {
    append(addingCapacity: 16 &+ run.count) { (output: inout OutputSpan<UInt8>) in
      unsafe output.withUnsafeMutableBufferPointer { target, count in
        let bytes = UnsafeMutableRawBufferPointer(target)
        // Each store is of eight bytes, for which there is room; as many as the text has count.
        unsafe bytes.storeBytes(of: prefix.word.littleEndian, toByteOffset: count, as: UInt64.self)
        count &+= prefix.count
        unsafe count &+= run.copy(into: UnsafeMutableBufferPointer(rebasing: target[count...]))
        unsafe bytes.storeBytes(of: suffix.word.littleEndian, toByteOffset: count, as: UInt64.self)
        count &+= suffix.count
      }
    }
  }

  /// Appends `text`, which must be UTF-8, escaped and between `prefix` with a quote and `suffix`.
  mutating func appendQuoted(_ text: ByteView, after prefix: ShortText, before suffix: ShortText) {
    var lead = prefix.adding("\"")
    var at = 0
    while true {
      let end = text.endOfUnescaped(from: at)
      let isLast = end == text.count
      append(lead, then: text.part(at, end), then: isLast ? suffix : "")
      if isLast { return }
      lead = .escape(of: text[end])
      at = end &+ 1
    }
  }

  /// Appends `value` in decimal digits.
  mutating func appendDecimal(_ value: Int64, after prefix: ShortText) {
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var first = 20
    var rest = value.magnitude
    repeat {
      first &-= 1
      digits[first] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
    if value < 0 {
      first &-= 1
      digits[first] = UInt8(ascii: "-")
    }
    append(prefix, then: digits.span.extracting(first..<20))
  }
}
