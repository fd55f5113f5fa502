// Words and punctuation marks of one sentence, in the manner of nltk 3.9.1's word tokenizer: a row of
// replacements that put blanks around what stands by itself, and then a split at the blanks. The order of the
// replacements matters, so each is a pass of its own; a pass whose characters do not occur is left out.

/// Splits sentences into words; keeps its buffers from one sentence to the next.
struct WordTokenizer {
  private var text: [UInt8] = []
  private var out: [UInt8] = []
  private var piece: [UInt8] = []
  /// A bit for each ASCII character that may occur, and whether others do.
  private var present: UInt128 = 0
  private var hasOthers = false

  private static let blank = UInt8(ascii: " ")
  private static let apostrophe = UInt8(ascii: "'")
  private static let stop = UInt8(ascii: ".")
  private static let capitals: UInt128 = ((1 << 26) - 1) << 0x41

  /// Hands each word of a sentence that may have a capital to `body`, as a range of the bytes given with it.
  ///
  /// What stands between two spaces is left out where it has none and no replacement can tell.
  mutating func forEachWord(
    _ bytes: [UInt8], _ sentence: Range<Int>, _ body: ([UInt8], Range<Int>) -> Void
  ) {
    text.removeAll(keepingCapacity: true)
    text.append(withoutPlainParts: bytes, sentence)
    present = 0
    hasOthers = false
    for byte in text {
      if byte < 0x80 { present |= 1 << UInt128(byte) } else { hasOthers = true }
    }
    guard hasOthers || present & Self.capitals != 0 else { return }
    openQuotes()
    punctuation()
    text.insert(Self.blank, at: 0)
    text.append(Self.blank)
    closeQuotes()
    contractions()
    var position = 0
    while true {
      position = text.afterBlanks(position)
      guard position < text.count else { return }
      var end = position
      while end < text.count {
        let (value, next) = text.scalar(at: end)
        if Characters.isBlank(value) { break }
        end = next
      }
      body(text, position..<end)
      position = end
    }
  }

  // MARK: The passes

  private mutating func openQuotes() {
    if hasOthers || has("`") {
      pad { text, index in
        switch text[index] {
        case UInt8(ascii: "`"): text.run(of: UInt8(ascii: "`"), at: index)
        case 0xC2: text.has("\u{AB}", at: index) ? 2 : 0
        case 0xE2:
          text.has("\u{201C}", at: index) || text.has("\u{2018}", at: index)
            || text.has("\u{201E}", at: index) ? 3 : 0
        default: 0
        }
      }
    }
    if text.first == UInt8(ascii: "\"") {
      text.replaceSubrange(0..<1, with: "``".utf8)
      note("`")
    }
    if has("`") { pad { text, index in text.has("``", at: index) ? 2 : 0 } }
    if has("\"") || has("'") {
      rewrite { text, index, out in
        switch text[index] {
        case Self.blank, UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"),
          UInt8(ascii: "<"):
          let length = text.has("\"", at: index + 1) ? 1 : text.has("''", at: index + 1) ? 2 : 0
          guard length > 0 else { return 0 }
          out.append(text[index])
          out.append(contentsOf: " `` ".utf8)
          return 1 + length
        default: return 0
        }
      }
      note("`")
    }
    guard has("'") else { return }
    rewrite { text, index, out in
      guard text[index] == Self.apostrophe, index + 1 < text.count else { return 0 }
      let (value, next) = text.scalar(at: index + 1)
      guard Characters.isWord(value), text.isWordBorder(next) else { return 0 }
      switch Characters.folded(value) {
      case 0x6D, 0x74, 0x73, 0x64, 0x6E: return 0
      default: break
      }
      out.append(Self.apostrophe)
      out.append(Self.blank)
      out.append(contentsOf: text[(index + 1)..<next])
      return next - index
    }
  }

  private mutating func punctuation() {
    if has(".") { finalStop(isWide: true) }
    if has(":") || has(",") {
      rewrite { text, index, out in
        guard Self.isColon(text[index]), index + 1 < text.count else { return 0 }
        let (value, next) = text.scalar(at: index + 1)
        guard !Characters.isDigit(value) else { return 0 }
        out.append(contentsOf: [Self.blank, text[index], Self.blank])
        out.append(contentsOf: text[(index + 1)..<next])
        return next - index
      }
      pad { text, index in
        let isLast = index + 1 == text.count || (index + 2 == text.count && text[index + 1] == 0x0A)
        return isLast && Self.isColon(text[index]) ? 1 : 0
      }
    }
    if has(".") {
      pad { text, index in
        guard text[index] == Self.stop else { return 0 }
        let length = text.run(of: Self.stop, at: index)
        return length >= 2 ? length : 0
      }
    }
    pad(oneOf: ";@#$%&")
    if has(".") { finalStop(isWide: false) }
    pad(oneOf: "?!")
    if has("'") {
      rewrite { text, index, out in
        let (value, next) = text.scalar(at: index)
        guard value != UInt32(Self.apostrophe), text.has("' ", at: next) else { return 0 }
        out.append(contentsOf: text[index..<next])
        out.append(contentsOf: " ' ".utf8)
        return next + 2 - index
      }
    }
    pad(oneOf: "*")
    pad(oneOf: "[](){}<>")
    if has("-") { pad { text, index in text.has("--", at: index) ? 2 : 0 } }
  }

  private mutating func closeQuotes() {
    if hasOthers {
      pad { text, index in
        switch text[index] {
        case 0xC2: text.has("\u{BB}", at: index) ? 2 : 0
        case 0xE2: text.has("\u{201D}", at: index) || text.has("\u{2019}", at: index) ? 3 : 0
        default: 0
        }
      }
    }
    if has("'") { pad { text, index in text.has("''", at: index) ? 2 : 0 } }
    if has("\"") {
      rewrite { text, index, out in
        guard text[index] == UInt8(ascii: "\"") else { return 0 }
        out.append(contentsOf: " '' ".utf8)
        return 1
      }
      note("'")
    }
    rewrite { text, index, out in
      let end = text.afterBlanks(index)
      if end > index { out.append(Self.blank) }
      return end - index
    }
    guard has("'") else { return }
    clitics { text, index in
      guard text[index] == Self.apostrophe, index + 1 < text.count else { return 0 }
      switch text[index + 1] | 0x20 {
      case UInt8(ascii: "s"), UInt8(ascii: "m"), UInt8(ascii: "d"):
        return text.has(" ", at: index + 2) ? 2 : 0
      default: return text[index + 1] == Self.blank ? 1 : 0
      }
    }
    clitics { text, index in
      guard text.has(" ", at: index + 3) else { return 0 }
      for clitic in ["'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T"] as [StaticString]
      where text.has(clitic, at: index) {
        return 3
      }
      return 0
    }
  }
}

extension WordTokenizer {
  private typealias Pairs = KeyValuePairs<StaticString, StaticString>

  /// Words that are written as one, the first part and the second.
  private static let joined: Pairs = [
    "can": "not", "d": "'ye", "gim": "me", "gon": "na", "got": "ta", "lem": "me", "more": "'n",
    "wan": "na",
  ]

  private mutating func contractions() {
    separate(Self.joined)
    guard has("'") else { return }
    // One after the other: what the first separates, the second may begin behind.
    separate([" 't": "is"])
    separate([" 't": "was"])
  }

  /// Separates the two parts of each pair where they stand together as a word, in any case.
  private mutating func separate(_ pairs: Pairs) {
    rewrite { text, index, out in
      switch text[index] | 0x20 {
      case UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "g"), UInt8(ascii: "l"),
        UInt8(ascii: "m"), UInt8(ascii: "w"):
        guard text.isWordBorder(index) else { return 0 }
      case Self.blank:
        guard text.has("'", at: index + 1) else { return 0 }
      default: return 0
      }
      for (first, second) in pairs {
        guard let middle = text.endFolded(first, at: index),
          let end = text.endFolded(second, at: middle)
        else { continue }
        let isWanna = text[index] | 0x20 == UInt8(ascii: "w")
        guard isWanna ? text.blank(at: end).isBlank : text.isWordBorder(end) else { continue }
        out.append(Self.blank)
        out.append(contentsOf: text[(text[index] == Self.blank ? index + 1 : index)..<middle])
        out.append(Self.blank)
        out.append(contentsOf: text[middle..<end])
        out.append(Self.blank)
        return end - index
      }
      return 0
    }
  }

  // MARK: Replacing

  /// Lets `replace` write something else for parts of the text.
  ///
  /// `replace` gets the text, a position and an empty piece to write to; it gives the number of bytes that
  /// the piece stands for, 0 for none.
  @inline(__always)
  private mutating func rewrite(_ replace: ([UInt8], Int, inout [UInt8]) -> Int) {
    guard replaceParts(of: text, replace) else { return }
    swap(&text, &out)
    out.removeAll(keepingCapacity: true)
  }

  /// Writes the text with its replacements to `out`; false when there is none, and nothing is written.
  @inline(__always)
  private mutating func replaceParts(
    of text: [UInt8], _ replace: ([UInt8], Int, inout [UInt8]) -> Int
  ) -> Bool {
    var copied = 0
    var index = 0
    while index < text.count {
      let length = replace(text, index, &piece)
      if length > 0 {
        out.append(contentsOf: text[copied..<index])
        out.append(contentsOf: piece)
        piece.removeAll(keepingCapacity: true)
        index += length
        copied = index
        continue
      }
      // Whole scalars, so that no replacement begins within one.
      index += 1
      while index < text.count && text[index] & 0xC0 == 0x80 { index += 1 }
    }
    guard copied > 0 else { return false }
    out.append(contentsOf: text[copied...])
    return true
  }

  /// Puts blanks around each part that `length` names by its number of bytes.
  @inline(__always)
  private mutating func pad(_ length: ([UInt8], Int) -> Int) {
    rewrite { text, index, out in
      let length = length(text, index)
      guard length > 0 else { return 0 }
      out.append(Self.blank)
      out.append(contentsOf: text[index..<(index + length)])
      out.append(Self.blank)
      return length
    }
  }

  private mutating func pad(oneOf characters: StaticString) {
    let wanted = characters.withUTF8Buffer { buffer in
      buffer.reduce(into: UInt128(0)) { $0 |= 1 << UInt128($1) }
    }
    guard present & wanted != 0 else { return }
    pad { text, index in
      text[index] < 0x80 && wanted & (1 << UInt128(text[index])) != 0 ? 1 : 0
    }
  }

  /// Separates what `ending` names by its number of bytes from the character before and the blank behind.
  @inline(__always)
  private mutating func clitics(_ ending: ([UInt8], Int) -> Int) {
    rewrite { text, index, out in
      guard text[index] != Self.blank, text[index] != Self.apostrophe else { return 0 }
      let next = text.scalar(at: index).next
      let length = ending(text, next)
      guard length > 0 else { return 0 }
      out.append(contentsOf: text[index..<next])
      out.append(Self.blank)
      out.append(contentsOf: text[next..<(next + length)])
      out.append(Self.blank)
      return next + length + 1 - index
    }
  }

  /// Separates the full stop that ends the sentence, closing quotes and brackets behind it included.
  ///
  /// At first (`isWide`) blanks and typographic quotes count as closing too, and a blank comes before them.
  private mutating func finalStop(isWide: Bool) {
    guard let stop = text.lastIndex(of: Self.stop), stop > 0, text[stop - 1] != Self.stop else {
      return
    }
    var closing = stop + 1
    while closing < text.count {
      let (value, next) = text.scalar(at: closing)
      guard Self.closes(value, isWide: isWide) else { break }
      closing = next
    }
    guard text.afterBlanks(closing) == text.count else { return }
    let marks = Array(text[(stop + 1)..<closing])
    text.removeSubrange(stop..<text.count)
    text.append(contentsOf: [Self.blank, Self.stop])
    if isWide { text.append(Self.blank) }
    text.append(contentsOf: marks)
    text.append(Self.blank)
  }

  static func closes(_ scalar: UInt32, isWide: Bool) -> Bool {
    switch scalar {
    case 0x5D, 0x29, 0x7D, 0x3E, 0x22, 0x27: true
    case 0x20, 0xBB, 0x201D, 0x2019: isWide
    default: false
    }
  }

  private func has(_ character: Unicode.Scalar) -> Bool {
    present & (1 << UInt128(character.value)) != 0
  }

  private mutating func note(_ character: Unicode.Scalar) {
    present |= 1 << UInt128(character.value)
  }

  private static func isColon(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ":") || byte == UInt8(ascii: ",")
  }
}

extension [UInt8] {
  /// How often a byte stands from a position on.
  fileprivate func run(of byte: UInt8, at start: Int) -> Int {
    var end = start
    while end < count && self[end] == byte { end += 1 }
    return end - start
  }

  /// Where a text in small letters ends that stands at a position, in any case.
  fileprivate func endFolded(_ text: StaticString, at start: Int) -> Int? {
    text.withUTF8Buffer { wanted in
      var position = start
      for byte in wanted {
        guard position < count else { return nil }
        let (value, next) = scalar(at: position)
        guard Characters.folded(value) == UInt32(byte) else { return nil }
        position = next
      }
      return position
    }
  }
}
