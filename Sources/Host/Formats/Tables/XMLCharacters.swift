// Which characters XML 1.0 (fifth edition) allows at all, and which in names. The bytes are known to
// be whole characters of UTF-8.

extension Unicode.Scalar {
  /// Whether it is a Char of XML 1.0: no control characters but tab, LF and CR.
  var isXMLCharacter: Bool {
    value >= 0x20 ? value != 0xfffe && value != 0xffff : value == 9 || value == 10 || value == 13
  }

  /// Whether a name may begin with it.
  var startsXMLName: Bool {
    switch value {
    case 0x3a, 0x5f, 0x41...0x5a, 0x61...0x7a, 0xc0...0xd6, 0xd8...0xf6, 0xf8...0x2ff,
      0x370...0x37d, 0x37f...0x1fff, 0x200c...0x200d, 0x2070...0x218f, 0x2c00...0x2fef,
      0x3001...0xd7ff, 0xf900...0xfdcf, 0xfdf0...0xfffd, 0x1_0000...0xe_ffff:
      true
    default: false
    }
  }

  /// Whether a name may go on with it.
  var continuesXMLName: Bool {
    switch value {
    case 0x2d, 0x2e, 0x30...0x39, 0xb7, 0x300...0x36f, 0x203f...0x2040: true
    default: startsXMLName
    }
  }
}

extension Span<UInt8> {
  /// The character at `index`, where one begins.
  func scalar(at index: Int) -> Unicode.Scalar {
    let first = self[index]
    if first < 0x80 { return Unicode.Scalar(first) }
    let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    var value = UInt32(first) & (0x7f >> UInt32(length))
    for next in index + 1..<index + length { value = value << 6 | UInt32(self[next] & 0x3f) }
    return Unicode.Scalar(value) ?? "\u{fffd}"
  }

  /// The end of the XML name at `start`; `start` itself if there is none.
  func endOfXMLName(from start: Int) -> Int {
    var at = start
    while at < count {
      let scalar = scalar(at: at)
      guard at == start ? scalar.startsXMLName : scalar.continuesXMLName else { break }
      at += scalar.utf8.count
    }
    return at
  }

  /// The first place with a character that XML does not allow, else `count`.
  func firstForbiddenInXML() -> Int {
    var at = 0
    while at < count {
      if at <= count &- 8, !word(at: at).mayHoldForbidden {
        at &+= 8
        continue
      }
      let byte = self[at]
      if byte < 0x20 ? !byte.isBlank : byte == 0xef && !scalar(at: at).isXMLCharacter { return at }
      at &+= 1
    }
    return count
  }
}

extension UInt64 {
  /// Whether one of its bytes could be a control character or begin U+FFFE or U+FFFF.
  ///
  /// A line feed is the one control character that is let through at once: every line has one.
  fileprivate var mayHoldForbidden: Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let low = ones &* 0x7f
    let tops = ones &* 0x80
    // The top bit of a byte becomes set when its other bits are not all zero, or at least 0x20.
    let isPrintable = ((self & low) &+ ones &* 0x60) | self
    let lineFeed = self ^ (ones &* 0x0a)
    let isOther = ((lineFeed & low) &+ low) | lineFeed
    let lead = self ^ (ones &* 0xef)
    let isNoLead = ((lead & low) &+ low) | lead
    return (~isPrintable & isOther) & tops != 0 || ~isNoLead & tops != 0
  }
}
