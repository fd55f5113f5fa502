// Looking through text eight bytes at a time: where a string's plain run ends, and whether it is
// UTF-8 (the well-formed sequences of Unicode table 3-7, so no surrogates and nothing overlong).

/// Marks each byte of `word` that is a quote, a backslash or a control character in its top bit.
///
/// Only the lowest mark is exact: a borrow can mark a byte above it that is none of these.
@inline(__always)
private func marksOfEscaped(in word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let quote = word ^ (ones &* 0x22)
  let backslash = word ^ (ones &* 0x5c)
  let marks =
    ((quote &- ones) & ~quote)
    | ((backslash &- ones) & ~backslash)
    | ((word &- (ones &* 0x20)) & ~word)
  return marks & (ones &* 0x80)
}

/// Whether a string may not hold `byte` as it is.
@inline(__always)
private func mustBeEscaped(_ byte: UInt8) -> Bool {
  byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
}

extension ByteView {
  /// The first place from `start` on with a byte that is not plain ASCII text, else `count`.
  @inline(__always)
  func endOfPlainASCII(from start: Int) -> Int {
    var at = start
    while at <= count &- 8 {
      let word = word(at: at)
      let marks = marksOfEscaped(in: word) | (word & 0x8080_8080_8080_8080)
      if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
      at &+= 8
    }
    while at < count, self[at] < 0x80, !mustBeEscaped(self[at]) { at &+= 1 }
    return at
  }

  /// The first place from `start` on with a byte that a writer must escape, else `count`.
  func endOfUnescaped(from start: Int) -> Int {
    var at = start
    while at <= count &- 8 {
      let marks = marksOfEscaped(in: word(at: at))
      if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
      at &+= 8
    }
    if count &- 8 >= start {
      // The last word again: its first bytes are known to need no escape.
      let marks = marksOfEscaped(in: word(at: count &- 8))
      return marks == 0 ? count : count &- 8 &+ marks.trailingZeroBitCount / 8
    }
    while at < count, !mustBeEscaped(self[at]) { at &+= 1 }
    return at
  }

  /// The first place from `start` on with a backslash, else `count`.
  func endOfUnescapedRun(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var at = start
    while at <= count &- 8 {
      let backslash = word(at: at) ^ (ones &* 0x5c)
      let marks = (backslash &- ones) & ~backslash & (ones &* 0x80)
      if marks != 0 { return at &+ marks.trailingZeroBitCount / 8 }
      at &+= 8
    }
    while at < count, self[at] != UInt8(ascii: "\\") { at &+= 1 }
    return at
  }

  /// The end of the non-ASCII characters at `start`, or the place of the first that is not UTF-8.
  ///
  /// Which of the two it is shows in the byte there: below 0x80, or the end, all was well.
  func endOfNonASCII(from start: Int) -> Int {
    var at = start
    while at < count {
      let length = lengthOfNonASCIICharacter(at: at)
      if length == 0 { break }
      at &+= length
    }
    return at
  }

  /// The first place that is not UTF-8, or nil.
  var firstInvalidUTF8: Int? {
    var at = 0
    while at < count {
      if at <= count &- 8, word(at: at) & 0x8080_8080_8080_8080 == 0 {
        at &+= 8
      } else if self[at] < 0x80 {
        at &+= 1
      } else {
        let length = lengthOfNonASCIICharacter(at: at)
        if length == 0 { return at }
        at &+= length
      }
    }
    return nil
  }

  /// Bytes of the well-formed character of more than one byte at `at`; 0 if there is none.
  @inline(__always)
  private func lengthOfNonASCIICharacter(at: Int) -> Int {
    let first = self[at]
    let left = count &- at
    switch first {
    case 0xc2...0xdf where left >= 2:
      return isContinuation(at &+ 1) ? 2 : 0
    case 0xe0...0xef where left >= 3:
      // The second byte shuts out what is overlong (E0) and the surrogates (ED).
      let second = self[at &+ 1]
      let lowest: UInt8 = first == 0xe0 ? 0xa0 : 0x80
      let highest: UInt8 = first == 0xed ? 0x9f : 0xbf
      return second >= lowest && second <= highest && isContinuation(at &+ 2) ? 3 : 0
    case 0xf0...0xf4 where left >= 4:
      // The second byte shuts out what is overlong (F0) and what is above U+10FFFF (F4).
      let second = self[at &+ 1]
      let lowest: UInt8 = first == 0xf0 ? 0x90 : 0x80
      let highest: UInt8 = first == 0xf4 ? 0x8f : 0xbf
      let isRight = second >= lowest && second <= highest
      return isRight && isContinuation(at &+ 2) && isContinuation(at &+ 3) ? 4 : 0
    default:
      return 0
    }
  }

  @inline(__always)
  private func isContinuation(_ at: Int) -> Bool { self[at] & 0xc0 == 0x80 }
}
