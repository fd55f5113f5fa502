// The inside of one JSON string: found and checked in one pass without allocating, decoded only
// when somebody wants the text. The pass also counts the decoded bytes, so that decoding needs one
// allocation of the right size.

/// A checked string literal of a text, without its quotes.
struct QuotedText {
  /// The bytes between the quotes, as they stand.
  let content: ByteView
  /// How many bytes of UTF-8 they decode to; less than `content.count` if there are escapes.
  let utf8Count: Int
  /// Whether the decoded text is ASCII; a String that knows it compares and hashes faster.
  let isASCII: Bool

  @inline(__always) var hasEscapes: Bool { utf8Count != content.count }

  /// The decoded text.
  var string: String {
    guard hasEscapes else { return content.string(isASCII: isASCII) }
    // Not decoded straight into a String, because that would validate all of it once more.
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8Count) { target in
      let count = unsafe decode(into: target)
      let decoded = unsafe ByteView(UnsafeBufferPointer(rebasing: target[..<count]))
      return decoded.string(isASCII: isASCII)
    }
  }

  /// The decoded text as UTF-8.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  /// Appends the decoded text to `bytes`.
  func append(to bytes: inout [UInt8]) {
    guard hasEscapes else {
      content.append(to: &bytes)
      return
    }
    bytes.append(addingCapacity: utf8Count) { (output: inout OutputSpan<UInt8>) in
      unsafe output.withUnsafeMutableBufferPointer { target, initializedCount in
        let free = unsafe UnsafeMutableBufferPointer(rebasing: target[initializedCount...])
        initializedCount += unsafe decode(into: free)
      }
    }
  }

  /// Decodes into the start of `target`, which must have room for `utf8Count` bytes.
  @unsafe
  private func decode(into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    precondition(target.count >= utf8Count)
    var written = 0
    var at = 0
    while true {
      let end = content.endOfUnescapedRun(from: at)
      let run = content.part(at, end)
      unsafe written &+= run.copy(into: UnsafeMutableBufferPointer(rebasing: target[written...]))
      // The text was checked when it was found, so an escape that fails cannot come up here.
      guard end < content.count, case .scalar(let scalar, let length) = content.escape(at: end)
      else { return written }
      precondition(scalar.utf8Count <= target.count &- written)
      for index in 0..<scalar.utf8Count {
        unsafe target[written &+ index] = scalar.utf8Byte(index)
      }
      written &+= scalar.utf8Count
      at = end &+ length
    }
  }
}

/// What stands at a backslash.
enum Escape {
  /// An escape of `length` bytes for one scalar, which is no surrogate.
  case scalar(EscapedScalar, length: Int)
  /// No escape; what is wrong and where.
  case invalid(JSONError)
}

/// A Unicode scalar value on its way from an escape to UTF-8.
struct EscapedScalar {
  let value: UInt32

  @inline(__always) var utf8Count: Int {
    value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x1_0000 ? 3 : 4
  }

  /// The `index`-th of its `utf8Count` bytes.
  @inline(__always)
  func utf8Byte(_ index: Int) -> UInt8 {
    let shift = UInt32(6 &* (utf8Count &- 1 &- index))
    let bits = UInt8(truncatingIfNeeded: value &>> shift)
    if index > 0 { return bits & 0x3f | 0x80 }
    switch utf8Count {
    case 1: return bits
    case 2: return bits | 0xc0
    case 3: return bits | 0xe0
    default: return bits | 0xf0
    }
  }
}

extension ByteView {
  /// Reads the escape whose backslash stands at `at`.
  func escape(at: Int) -> Escape {
    guard at &+ 1 < count else { return .invalid(JSONError(.unexpectedEnd, at: count)) }
    let value: UInt32
    switch self[at &+ 1] {
    case UInt8(ascii: "u"): return unicodeEscape(at: at)
    case UInt8(ascii: "n"): value = 0x0a
    case UInt8(ascii: "\""): value = 0x22
    case UInt8(ascii: "\\"): value = 0x5c
    case UInt8(ascii: "/"): value = 0x2f
    case UInt8(ascii: "t"): value = 0x09
    case UInt8(ascii: "r"): value = 0x0d
    case UInt8(ascii: "b"): value = 0x08
    case UInt8(ascii: "f"): value = 0x0c
    default: return .invalid(JSONError(.invalidEscape, at: at))
    }
    return .scalar(EscapedScalar(value: value), length: 2)
  }

  /// Reads `\uXXXX`, or `\uXXXX\uXXXX` if the first is the high half of a surrogate pair.
  private func unicodeEscape(at: Int) -> Escape {
    guard let unit = hexUnit(at: at &+ 2) else {
      return .invalid(JSONError(.invalidEscape, at: at))
    }
    guard unit & 0xf800 == 0xd800 else {
      return .scalar(EscapedScalar(value: unit), length: 6)
    }
    guard unit < 0xdc00, at &+ 7 < count, self[at &+ 6] == UInt8(ascii: "\\"),
      self[at &+ 7] == UInt8(ascii: "u"), let low = hexUnit(at: at &+ 8), low & 0xfc00 == 0xdc00
    else { return .invalid(JSONError(.loneSurrogate, at: at)) }
    let value = 0x1_0000 + ((unit & 0x3ff) << 10 | (low & 0x3ff))
    return .scalar(EscapedScalar(value: value), length: 12)
  }

  /// The number that the four hex digits at `at` make, or nil.
  private func hexUnit(at: Int) -> UInt32? {
    guard at &+ 4 <= count else { return nil }
    var unit: UInt32 = 0
    for index in at..<at &+ 4 {
      let byte = self[index]
      let digit = byte &- UInt8(ascii: "0")
      let letter = (byte | 0x20) &- UInt8(ascii: "a")
      guard digit < 10 || letter < 6 else { return nil }
      unit = unit << 4 | UInt32(digit < 10 ? digit : letter + 10)
    }
    return unit
  }
}
