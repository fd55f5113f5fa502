// Finding bytes eight at a time. Every access is bounds-checked, also in release.

/// The lowest bit of every byte of a word.
private let ones: UInt64 = 0x0101_0101_0101_0101

/// Marks each byte of `word` that is zero in its top bit, and no other byte.
@inline(__always)
private func marksOfZero(in word: UInt64) -> UInt64 {
  let low = ones &* 0x7f
  return ~(((word & low) &+ low) | word | low)
}

/// Up to four bytes to look for.
struct StopBytes: Sendable {
  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    self.first = ones &* UInt64(first)
    self.second = ones &* UInt64(second)
    self.third = ones &* UInt64(third)
    self.fourth = ones &* UInt64(fourth)
  }

  @inline(__always)
  fileprivate func marks(in word: UInt64) -> UInt64 {
    marksOfZero(in: word ^ first) | marksOfZero(in: word ^ second)
      | marksOfZero(in: word ^ third) | marksOfZero(in: word ^ fourth)
  }

  @inline(__always)
  fileprivate func contains(_ byte: UInt8) -> Bool {
    byte == UInt8(truncatingIfNeeded: first) || byte == UInt8(truncatingIfNeeded: second)
      || byte == UInt8(truncatingIfNeeded: third) || byte == UInt8(truncatingIfNeeded: fourth)
  }
}

extension Span<UInt8> {
  /// The eight bytes at `index`, the first in the lowest bits.
  @inline(__always)
  func word(at index: Int) -> UInt64 {
    // Safe: the load checks that the eight bytes lie in the span, and any bits are a UInt64.
    let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
    return UInt64(littleEndian: word)
  }

  /// The first place from `start` on with `byte`, else `count`.
  @inline(__always)
  func first(_ byte: UInt8, from start: Int) -> Int {
    let wanted = ones &* UInt64(byte)
    var at = start
    while at <= count &- 32 {
      let marks =
        marksOfZero(in: word(at: at) ^ wanted) | marksOfZero(in: word(at: at &+ 8) ^ wanted)
        | marksOfZero(in: word(at: at &+ 16) ^ wanted)
        | marksOfZero(in: word(at: at &+ 24) ^ wanted)
      if marks != 0 { break }
      at &+= 32
    }
    while at <= count &- 8 {
      let marks = marksOfZero(in: word(at: at) ^ wanted)
      if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
      at &+= 8
    }
    while at < count, self[at] != byte { at &+= 1 }
    return at
  }

  /// The first place from `start` on with one of `stops`, else `count`.
  @inline(__always)
  func first(_ stops: StopBytes, from start: Int) -> Int {
    var at = start
    while at <= count &- 8 {
      let marks = stops.marks(in: word(at: at))
      if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
      at &+= 8
    }
    while at < count, !stops.contains(self[at]) { at &+= 1 }
    return at
  }

  /// Whether the bytes begin with the byte order mark of UTF-8.
  var startsWithMark: Bool {
    count >= 3 && self[0] == 0xef && self[1] == 0xbb && self[2] == 0xbf
  }

  /// How often `byte` occurs.
  func occurrences(of byte: UInt8) -> Int {
    let wanted = ones &* UInt64(byte)
    var found = 0
    var at = 0
    while at <= count &- 8 {
      found &+= marksOfZero(in: word(at: at) ^ wanted).nonzeroBitCount
      at &+= 8
    }
    while at < count {
      if self[at] == byte { found &+= 1 }
      at &+= 1
    }
    return found
  }
}

extension [UInt8] {
  /// Appends the bytes of `run`.
  mutating func append(_ run: Span<UInt8>) {
    // Safe: the buffer is copied from and does not leave the closure.
    unsafe run.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension UInt8 {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  static let space = UInt8(ascii: " ")
  static let quote = UInt8(ascii: "\"")

  /// Whether it is space, tab, LF or CR: the white space of both JSON and XML.
  @inline(__always)
  var isBlank: Bool {
    self <= 0x20 && (self == .space || self == .lineFeed || self == .tab || self == .carriageReturn)
  }
}
