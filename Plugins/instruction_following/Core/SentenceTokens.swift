// The words around a mark that may end a sentence, and what they say about it.

/// Reads the tokens of a part of a text and decides whether a sentence ends within it.
struct SentenceTokens {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int
  private var lineEnd: Int

  /// Tokens of a part of a text.
  init(bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    end = range.upperBound
    position = range.lowerBound
    lineEnd = range.lowerBound
  }

  /// Whether one of the tokens, but not the last, ends a sentence.
  mutating func containsBreak() -> Bool {
    guard var token = nextToken() else { return false }
    while let next = nextToken() {
      token.reconsider(before: next, bytes)
      if token.isBreak { return true }
      token = next
    }
    return false
  }

  // MARK: Tokens

  /// The next token with the judgement of itself alone.
  private mutating func nextToken() -> SentenceToken? {
    while position < end {
      if position >= lineEnd {
        lineEnd = bytes.place(of: UInt8(ascii: "\n"), from: position, end: end) ?? end
      }
      position = bytes.afterBlanks(position, end: lineEnd)
      if position < lineEnd {
        let start = position
        position = tokenEnd()
        return SentenceToken(range: start..<position, bytes)
      }
      // The line feed itself.
      position += 1
    }
    return nil
  }

  private func tokenEnd() -> Int {
    if let end = multiMark(at: position) { return end }
    let (first, next) = bytes.scalar(at: position)
    guard Self.startsWord(first) else { return next }
    var index = next
    while index < lineEnd {
      let (value, next) = bytes.scalar(at: index)
      if value < 0x80 {
        if Self.endsWord(UInt8(value)) || isMultiMark(at: index) { return index }
        if value == UInt32(UInt8(ascii: ",")) && endsWord(at: next) { return index }
      }
      if Characters.isBlank(value) { return index }
      index = next
    }
    return lineEnd
  }

  private func endsWord(at index: Int) -> Bool {
    guard index < lineEnd else { return true }
    let value = bytes.scalar(at: index).value
    if Characters.isBlank(value) { return true }
    return value < 0x80 && (Self.endsWord(UInt8(value)) || isMultiMark(at: index))
  }

  /// Whether `--`, `..` or `. . .` begins here.
  @inline(__always)
  private func isMultiMark(at index: Int) -> Bool {
    let byte = bytes[index]
    guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") else { return false }
    return multiMark(at: index) != nil
  }

  /// Where a run of dashes, a run of dots or a row of dots with blanks between ends that begins here.
  ///
  /// Of a row of dots with blanks no more is looked at than its first three, except from its start.
  private func multiMark(at start: Int) -> Int? {
    let byte = bytes[start]
    guard byte == UInt8(ascii: "-") || byte == UInt8(ascii: "."), start + 1 < lineEnd else {
      return nil
    }
    if bytes[start + 1] == byte {
      var end = start + 2
      while end < lineEnd && bytes[end] == byte { end += 1 }
      return end
    }
    guard byte == UInt8(ascii: ".") else { return nil }
    var end = start + 1
    var pairs = 0
    while end < lineEnd {
      let (value, next) = bytes.scalar(at: end)
      guard Characters.isBlank(value), next < lineEnd, bytes[next] == byte else { break }
      pairs += 1
      end = next + 1
      if start != position && pairs == 2 { break }
    }
    return pairs >= 2 ? end : nil
  }

  /// Whether a scalar may begin a word.
  private static func startsWord(_ scalar: UInt32) -> Bool {
    guard scalar < 0x80 else { return true }
    switch UInt8(scalar) {
    case UInt8(ascii: "("), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "{"),
      UInt8(ascii: "["), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "&"),
      UInt8(ascii: "#"), UInt8(ascii: "*"), UInt8(ascii: "@"), UInt8(ascii: ")"),
      UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "-"), UInt8(ascii: ","):
      return false
    default: return true
    }
  }

  /// Whether a byte ends a word wherever it stands.
  @inline(__always)
  static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ")"), UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "}"),
      UInt8(ascii: "]"), UInt8(ascii: "*"), UInt8(ascii: ":"), UInt8(ascii: "@"),
      UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "["),
      UInt8(ascii: "?"), UInt8(ascii: "!"):
      true
    default: false
    }
  }
}

/// One token and whether a sentence ends with it.
struct SentenceToken {
  private let range: Range<Int>
  private let endsWithStop: Bool
  private var isAbbreviation = false
  private var isEllipsis = false
  /// Whether a sentence ends with the token.
  private(set) var isBreak = false

  private static let number = Array("##number##".utf8)
  private static let stop = UInt8(ascii: ".")

  /// A token, judged by itself: marks and words with a full stop end a sentence, but abbreviations.
  init(range: Range<Int>, _ bytes: [UInt8]) {
    self.range = range
    endsWithStop = bytes[range.upperBound - 1] == Self.stop
    let first = bytes[range.lowerBound]
    if range.count == 1
      && (first == Self.stop || first == UInt8(ascii: "?") || first == UInt8(ascii: "!"))
    {
      isBreak = true
    } else if endsWithStop {
      if bytes[range.upperBound - 2] != Self.stop {
        isAbbreviation = Self.isKnown(bytes, range.dropLast())
        isBreak = !isAbbreviation
      } else {
        isEllipsis = bytes[range].allSatisfy { $0 == Self.stop }
      }
    }
  }

  /// Whether a word is an abbreviation, or its last part behind a hyphen.
  private static func isKnown(_ bytes: [UInt8], _ word: Range<Int>) -> Bool {
    let lower = LowercaseText.of(bytes, word)
    if SentenceTable.isAbbreviation(lower[...]) { return true }
    guard let hyphen = lower.lastIndex(of: UInt8(ascii: "-")) else { return false }
    return SentenceTable.isAbbreviation(lower[(hyphen + 1)...])
  }

  // MARK: With the word behind it

  /// Judges the token again, now that the one behind it is known.
  mutating func reconsider(before next: SentenceToken, _ bytes: [UInt8]) {
    guard endsWithStop else { return }
    let kind = self.kind(bytes, withoutStop: true)
    let nextKind = next.kind(bytes, withoutStop: next.isBreak)
    if SentenceTable.belongTogether(kind, nextKind) {
      isBreak = false
      isAbbreviation = true
      return
    }
    let isInitial = isInitial(bytes)
    if (isAbbreviation || isEllipsis) && !isInitial {
      if next.startsSentence(bytes, nextKind) == true
        || (next.hasCapital(bytes) && SentenceTable.startsSentences(nextKind))
      {
        isBreak = true
        return
      }
    }
    guard isInitial || kind == Self.number else { return }
    switch next.startsSentence(bytes, nextKind) {
    case false: break
    case nil where isInitial && next.hasCapital(bytes) && SentenceTable.spelling(nextKind) == nil:
      break
    default: return
    }
    isBreak = false
    isAbbreviation = true
  }

  /// Whether the spelling of the token says that a sentence starts with it; nothing when it says nothing.
  private func startsSentence(_ bytes: [UInt8], _ kind: [UInt8]) -> Bool? {
    if range.count == 1 {
      switch bytes[range.lowerBound] {
      case UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "."),
        UInt8(ascii: "!"), UInt8(ascii: "?"):
        return false
      default: break
      }
    }
    let spelling = SentenceTable.spelling(kind)
    let first = bytes.scalar(at: range.lowerBound).value
    if Characters.isCapital(first), let spelling, !spelling.contains(.capitalInside) { return true }
    if Characters.isSmall(first) {
      guard let spelling, !spelling.contains(.capital), spelling.contains(.smallAtStart) else {
        return false
      }
    }
    return nil
  }

  private func hasCapital(_ bytes: [UInt8]) -> Bool {
    Characters.isCapital(bytes.scalar(at: range.lowerBound).value)
  }

  /// Whether the token is one letter and a full stop.
  private func isInitial(_ bytes: [UInt8]) -> Bool {
    let (value, next) = bytes.scalar(at: range.lowerBound)
    return endsWithStop && next == range.upperBound - 1
      && Characters.isWord(value) && !Characters.isDigit(value)
  }

  /// The token in lower case, all numbers alike, on demand without its full stop.
  private func kind(_ bytes: [UInt8], withoutStop: Bool) -> [UInt8] {
    if isNumber(bytes) { return Self.number }
    var kind = LowercaseText.of(bytes, range)
    if withoutStop && kind.count > 1 && kind.last == Self.stop { kind.removeLast() }
    return kind
  }

  /// Whether the token is a number: `-12,345.6`, `.5`, `1.`, `2006-07`.
  private func isNumber(_ bytes: [UInt8]) -> Bool {
    var index = range.lowerBound
    if bytes[index] == UInt8(ascii: "-") { index += 1 }
    if index < range.upperBound
      && (bytes[index] == Self.stop || bytes[index] == UInt8(ascii: ","))
    {
      index += 1
    }
    guard index < range.upperBound, Characters.isDigit(bytes.scalar(at: index).value) else {
      return false
    }
    while index < range.upperBound {
      let (value, next) = bytes.scalar(at: index)
      switch value {
      case 0x2C, 0x2D, 0x2E: break
      default: guard Characters.isDigit(value) else { return false }
      }
      index = next
    }
    return true
  }
}
