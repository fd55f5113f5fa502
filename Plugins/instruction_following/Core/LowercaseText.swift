// Lower case as the official checker's language has it: whole texts, letters that become two included.

/// Lower case of texts.
enum LowercaseText {
  /// The text in lower case.
  ///
  /// A capital sigma at the end of a word becomes a final sigma.
  static func of(_ bytes: [UInt8]) -> [UInt8] { of(bytes, 0..<bytes.count) }

  /// A part of a text in lower case; the part is looked at as if it were the whole text.
  static func of(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = bytes[index]
      if byte < 0x80 {
        out.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        index += 1
        continue
      }
      let (value, next) = bytes.scalar(at: index)
      if value == 0x3A3 {
        out.append(scalar: isFinalSigma(bytes, range, at: index, next) ? 0x3C2 : 0x3C3)
      } else if let properties = Characters.properties(value),
        properties.changesWhenLowercased
      {
        out.append(contentsOf: properties.lowercaseMapping.utf8)
      } else {
        out.append(contentsOf: bytes[index..<next])
      }
      index = next
    }
    return out
  }

  /// Whether a cased letter stands before the sigma and none behind it, what has no case not counted.
  ///
  /// Looks at most 64 scalars each way: no word has more accents, and a text of sigmas stays linear.
  private static func isFinalSigma(
    _ bytes: [UInt8], _ range: Range<Int>, at start: Int, _ end: Int
  ) -> Bool {
    var index = start
    var isAfterLetter = false
    for _ in 0..<64 where index > range.lowerBound {
      let (value, before) = bytes.scalar(before: index)
      if !isIgnorable(value) {
        isAfterLetter = isCased(value)
        break
      }
      index = before
    }
    guard isAfterLetter else { return false }
    index = end
    for _ in 0..<64 where index < range.upperBound {
      let (value, next) = bytes.scalar(at: index)
      if !isIgnorable(value) { return !isCased(value) }
      index = next
    }
    return true
  }

  private static func isIgnorable(_ scalar: UInt32) -> Bool {
    Characters.properties(scalar)?.isCaseIgnorable ?? false
  }

  private static func isCased(_ scalar: UInt32) -> Bool {
    Characters.properties(scalar)?.isCased ?? false
  }
}
