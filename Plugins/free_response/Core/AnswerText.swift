// Rewrites an answer's LaTeX, markdown and Unicode spelling into plain ASCII that the number
// reader understands. It never evaluates: what it cannot spell plainly it marks as mathematics.

/// Plain spelling of answer texts.
enum AnswerText {
  /// Stands for mathematics that is no plain number, such as a root; its presence refuses the answer.
  static let mathematics: UInt8 = 0x01

  /// Appends the plain spelling of a part of `text` to nothing and gives it back.
  ///
  /// Currency signs, math delimiters, bold stars and braces vanish; `\frac{a}{b}` becomes `a/b`,
  /// multiplication signs become `*`, `\%` becomes `%`, Unicode spaces and CJK text become blanks.
  static func plain(_ text: [UInt8], in range: Range<Int>) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(range.count + 8)
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = text[index]
      switch byte {
      case UInt8(ascii: "\\"):
        index = command(text, at: index, end: range.upperBound, into: &out)
        continue
      case UInt8(ascii: "$"):
        break
      case UInt8(ascii: "{"):
        // `1{,}234` is LaTeX for a thousands separator without the list spacing.
        break
      case UInt8(ascii: "}"), UInt8(ascii: "`"):
        break
      case UInt8(ascii: "*"):
        if index + 1 < range.upperBound && text[index + 1] == UInt8(ascii: "*") {
          index += 1
        } else {
          out.append(byte)
        }
      case UInt8(ascii: "~"), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        out.append(UInt8(ascii: " "))
      case 0..<0x20:
        out.append(UInt8(ascii: " "))
      case 0x80...:
        index = nonASCII(text, at: index, end: range.upperBound, into: &out)
        continue
      default:
        out.append(byte)
      }
      index += 1
    }
    return out
  }

  // MARK: LaTeX commands

  private static func command(
    _ text: [UInt8], at start: Int, end: Int, into out: inout [UInt8]
  ) -> Int {
    var index = start + 1
    if index >= end { return end }
    if !isLetter(text[index]) {
      switch text[index] {
      case UInt8(ascii: "%"): out.append(UInt8(ascii: "%"))
      case UInt8(ascii: "{"), UInt8(ascii: "}"): out.append(mathematics)
      case UInt8(ascii: " "), UInt8(ascii: ";"), UInt8(ascii: ":"): out.append(UInt8(ascii: " "))
      case UInt8(ascii: ","):
        // A thin space: inside a number it separates thousands, elsewhere it is a blank.
        let inNumber = out.last.map(isDigit) ?? false
        out.append(inNumber ? UInt8(ascii: ",") : UInt8(ascii: " "))
        if inNumber && !(index + 1 < end && isDigit(text[index + 1])) {
          out[out.count - 1] = UInt8(ascii: " ")
        }
      default: break
      }
      return index + 1
    }
    let nameStart = index
    while index < end && isLetter(text[index]) { index += 1 }
    return named(text, nameStart..<index, end: end, into: &out)
  }

  private static func named(
    _ text: [UInt8], _ name: Range<Int>, end: Int, into out: inout [UInt8]
  ) -> Int {
    let word = text[name]
    if word.elementsEqual("frac".utf8) || word.dropFirst().elementsEqual("frac".utf8) {
      return fraction(text, at: name.upperBound, end: end, into: &out)
    }
    if isOne(word, of: ["times", "cdot", "div", "pm", "mp", "ast"]) {
      out.append(UInt8(ascii: "*"))
    } else if isOne(word, of: ["approx", "equiv", "simeq"]) {
      out.append(UInt8(ascii: "="))
    } else if isOne(
      word, of: ["sqrt", "pi", "infty", "ln", "log", "sin", "cos", "tan", "theta", "binom"])
    {
      out.append(mathematics)
    } else if !isOne(word, of: ["circ", "left", "right", "displaystyle"]) {
      out.append(UInt8(ascii: " "))
    }
    return name.upperBound
  }

  /// Writes `\frac` with its two arguments as `a/b`, and after a whole number as ` a/b`.
  private static func fraction(
    _ text: [UInt8], at start: Int, end: Int, into out: inout [UInt8]
  ) -> Int {
    guard let top = argument(text, at: start, end: end),
      let bottom = argument(text, at: top.next, end: end)
    else {
      out.append(mathematics)
      return start
    }
    if out.last.map(isDigit) ?? false { out.append(UInt8(ascii: " ")) }
    out.append(contentsOf: plain(text, in: top.content))
    out.append(UInt8(ascii: "/"))
    out.append(contentsOf: plain(text, in: bottom.content))
    return bottom.next
  }

  /// The LaTeX argument at `start`: a braced group or a single digit or letter.
  private static func argument(
    _ text: [UInt8], at start: Int, end: Int
  ) -> (content: Range<Int>, next: Int)? {
    var index = start
    while index < end && text[index] == UInt8(ascii: " ") { index += 1 }
    if index >= end { return nil }
    if text[index] != UInt8(ascii: "{") {
      return isDigit(text[index]) || isLetter(text[index])
        ? (index..<(index + 1), index + 1) : nil
    }
    guard let close = matchingBrace(text, open: index, end: end) else { return nil }
    return ((index + 1)..<close, close + 1)
  }

  /// The index of the brace that closes the one at `open`, if it is closed before `end`.
  static func matchingBrace(_ text: [UInt8], open: Int, end: Int) -> Int? {
    var depth = 0
    var index = open
    while index < end {
      switch text[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return index }
      default: break
      }
      index += 1
    }
    return nil
  }

  // MARK: Unicode

  private static func nonASCII(
    _ text: [UInt8], at start: Int, end: Int, into out: inout [UInt8]
  ) -> Int {
    let lead = text[start]
    let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    let next = min(start + length, end)
    var scalar = UInt32(lead) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
    for index in (start + 1)..<max(next, start + 1) {
      scalar = scalar << 6 | UInt32(text[index] & 0x3F)
    }
    switch scalar {
    case 0xA3, 0xA5, 0x20A0...0x20BF, 0xB0: break
    case 0xFF01...0xFF5E:
      let ascii = UInt8(truncatingIfNeeded: scalar - 0xFEE0)
      if ascii != UInt8(ascii: "$") && ascii != UInt8(ascii: "\\") { out.append(ascii) }
    case 0x2212, 0x2013, 0xFE63: out.append(UInt8(ascii: "-"))
    case 0xD7, 0xF7, 0x22C5, 0xB1: out.append(UInt8(ascii: "*"))
    case 0x2248: out.append(UInt8(ascii: "="))
    case 0x2044: out.append(UInt8(ascii: "/"))
    case 0x221A, 0x3C0, 0x221E: out.append(mathematics)
    case 0xB2, 0xB3:
      out.append(UInt8(ascii: "^"))
      out.append(UInt8(ascii: "0") + UInt8(scalar - 0xB0))
    case 0xBC, 0xBD, 0xBE, 0x2153, 0x2154:
      if out.last.map(isDigit) ?? false { out.append(UInt8(ascii: " ")) }
      out.append(contentsOf: vulgarFraction(scalar).utf8)
    default: out.append(UInt8(ascii: " "))
    }
    return next
  }

  private static func vulgarFraction(_ scalar: UInt32) -> String {
    switch scalar {
    case 0xBC: "1/4"
    case 0xBD: "1/2"
    case 0xBE: "3/4"
    case 0x2153: "1/3"
    default: "2/3"
    }
  }

  // MARK: Bytes

  static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }

  private static func isOne(_ word: ArraySlice<UInt8>, of names: [StaticString]) -> Bool {
    names.contains { name in
      name.utf8CodeUnitCount == word.count
        && name.withUTF8Buffer { word.elementsEqual($0) }
    }
  }
}
