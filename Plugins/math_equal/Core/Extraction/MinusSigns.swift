// Minus signs of typographers, as models write them in prose, before an answer is looked for.

/// Replaces the minus sign U+2212, and the dashes that stand for it, with a hyphen.
enum MinusSigns {
  /// The text with `-` for every minus sign, and for every dash between a blank and a digit.
  static func replaced(_ text: [UInt8]) -> [UInt8] {
    guard text.contains(0xE2) else { return text }
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if text[place] == 0xE2, place + 2 < text.count, isMinus(text, at: place) {
        result.append(UInt8(ascii: "-"))
        place += 3
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }

  private static func isMinus(_ text: [UInt8], at place: Int) -> Bool {
    switch (text[place + 1], text[place + 2]) {
    case (0x88, 0x92): return true
    case (0x80, 0x92), (0x80, 0x93):
      // A figure dash or an en dash; between two numbers it is a range.
      let isOpen =
        place == 0 || TextScan.isBlank(text[place - 1]) || "($=:".utf8.contains(text[place - 1])
      return isOpen && place + 3 < text.count && TextScan.isDigit(text[place + 3])
    default: return false
    }
  }
}
