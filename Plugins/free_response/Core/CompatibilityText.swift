// Text normalisation for answers that are no numbers: a subset of Unicode NFKC and blank folding.
//
// The standard library has no NFKC. Mapped here: full-width ASCII and signs, all compatibility spaces,
// Latin ligatures, superscript and subscript digits and signs, vulgar fractions, circled numbers 1-20,
// mathematical letters and digits, and common letterlike signs. Not mapped: half-width kana, Arabic and
// Hangul presentation forms, CJK squared words. Canonical equivalence (e + accent = é) needs no
// mapping: Swift compares strings by it.

/// Compatibility mapping of answer texts.
package enum CompatibilityText {
  /// Maps compatibility characters, turns `\ ` and every white space into single blanks, and trims.
  package static func normalised(_ text: String) -> String {
    var out = String()
    out.reserveCapacity(text.utf8.count)
    var pendingBlank = false
    var previous: Unicode.Scalar?
    func emit(_ scalar: Unicode.Scalar) {
      if scalar.properties.isWhitespace {
        pendingBlank = true
        return
      }
      if pendingBlank && !out.isEmpty { out.append(" ") }
      pendingBlank = false
      out.unicodeScalars.append(scalar)
    }
    for scalar in text.unicodeScalars {
      if previous == "\\" {
        if scalar == " " {
          emit(" ")
          previous = nil
          continue
        }
        emit("\\")
        previous = nil
      }
      if scalar == "\\" {
        previous = scalar
      } else if scalar.value < 0xA0 {
        emit(scalar)
      } else if let ascii = asciiCounterpart(of: scalar.value) {
        emit(ascii)
      } else if let words = expansions[scalar.value] {
        for mapped in words.unicodeScalars { emit(mapped) }
      } else {
        emit(scalar)
      }
    }
    if previous == "\\" { emit("\\") }
    return out
  }

  private static func asciiCounterpart(of value: UInt32) -> Unicode.Scalar? {
    switch value {
    case 0xFF01...0xFF5E: Unicode.Scalar(value - 0xFEE0)
    case 0x2074...0x2079: Unicode.Scalar(value - 0x2074 + 0x34)
    case 0x2080...0x2089: Unicode.Scalar(value - 0x2080 + 0x30)
    case 0x1D400...0x1D6A3: mathematicalLetter(value - 0x1D400)
    case 0x1D7CE...0x1D7FF: Unicode.Scalar(0x30 + (value - 0x1D7CE) % 10)
    case 0x24B6...0x24CF: Unicode.Scalar(value - 0x24B6 + 0x41)
    case 0x24D0...0x24E9: Unicode.Scalar(value - 0x24D0 + 0x61)
    default: nil
    }
  }

  /// The mathematical alphabets follow one another, each 26 capitals and 26 small letters.
  private static func mathematicalLetter(_ offset: UInt32) -> Unicode.Scalar? {
    let letter = offset % 52
    return Unicode.Scalar(letter < 26 ? 0x41 + letter : 0x61 + letter - 26)
  }

  private static let expansions: [UInt32: String] = {
    var table: [UInt32: String] = [
      0xA0: " ", 0xAA: "a", 0xB2: "2", 0xB3: "3", 0xB5: "\u{3BC}", 0xB9: "1", 0xBA: "o",
      0xBC: "1\u{2044}4", 0xBD: "1\u{2044}2", 0xBE: "3\u{2044}4", 0x17F: "s",
      0x2011: "\u{2010}", 0x2024: ".", 0x2025: "..", 0x2026: "...", 0x202F: " ",
      0x2033: "\u{2032}\u{2032}", 0x2034: "\u{2032}\u{2032}\u{2032}", 0x205F: " ", 0x3000: " ",
      0x2070: "0", 0x2071: "i", 0x207A: "+", 0x207B: "\u{2212}", 0x207C: "=", 0x207D: "(",
      0x207E: ")", 0x207F: "n", 0x208A: "+", 0x208B: "\u{2212}", 0x208C: "=", 0x208D: "(",
      0x208E: ")", 0x2103: "\u{B0}C", 0x2109: "\u{B0}F", 0x2113: "l", 0x2115: "N", 0x2116: "No",
      0x211D: "R", 0x2122: "TM", 0x2124: "Z", 0x2126: "\u{3A9}", 0x2150: "1\u{2044}7",
      0x2153: "1\u{2044}3", 0x2154: "2\u{2044}3", 0x2155: "1\u{2044}5", 0x2156: "2\u{2044}5",
      0x2157: "3\u{2044}5", 0x2158: "4\u{2044}5", 0x2159: "1\u{2044}6", 0x215A: "5\u{2044}6",
      0x215B: "1\u{2044}8", 0x215C: "3\u{2044}8", 0x215D: "5\u{2044}8", 0x215E: "7\u{2044}8",
      0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st",
      0xFB06: "st", 0xFFE0: "\u{A2}", 0xFFE1: "\u{A3}", 0xFFE5: "\u{A5}",
    ]
    for value in UInt32(0x2000)...0x200A { table[value] = " " }
    for value in UInt32(0x2460)...0x2473 { table[value] = String(value - 0x2460 + 1) }
    return table
  }()
}
