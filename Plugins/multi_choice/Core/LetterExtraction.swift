// Reads the letter of the chosen answer from generated text, for backends that cannot score choices.
// It reads what the text states and nothing more: a text that states no letter is unparsed.

/// Extraction of a choice from text.
package struct LetterExtraction {
  private let text: [UInt8]
  private let count: Int

  private init(text: [UInt8], count: Int) {
    self.text = text
    self.count = count
  }

  /// The index of the choice that a completion states.
  ///
  /// Order: when the prompt ended with "the answer is", a letter at the very beginning; then the first
  /// "answer is X", "Answer: X" or "答案是X" that has a letter; `\boxed{X}`; a letter at the very
  /// beginning that is marked off (`B.`, `(B)`, `B` alone); a last line that is nothing but a letter.
  ///
  /// - Parameters:
  ///   - completion: The text.
  ///   - choiceCount: How many choices there are; letters beyond are none.
  ///   - promptAsked: True when the prompt ended with "the answer is" or the like.
  /// - Returns: The index from 0, or nothing when the text states no choice.
  package static func index(
    in completion: String, choiceCount: Int, promptAsked: Bool = false
  ) -> Int? {
    let reader = LetterExtraction(text: Array(completion.utf8), count: choiceCount)
    if promptAsked, let letter = reader.leading() { return letter }
    return reader.stated() ?? reader.boxed() ?? reader.leading() ?? reader.lastLine()
  }

  /// The old runner's reading of a completion: its first capital letter.
  package static func firstCapital(in completion: String) -> Int? {
    completion.utf8.first { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }.map {
      Int($0 - UInt8(ascii: "A"))
    }
  }

  // MARK: Forms

  private func stated() -> Int? {
    var index = 0
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "a"), UInt8(ascii: "A"):
        if let after = englishLead(at: index), let letter = clause(from: after) { return letter }
      case 0xE7:
        if let after = chineseLead(at: index), let letter = clause(from: after) { return letter }
      default: break
      }
      index += 1
    }
    return nil
  }

  private func englishLead(at index: Int) -> Int? {
    guard matchesIgnoringCase("answer", at: index) else { return nil }
    var cursor = index + 6
    while cursor < text.count && text[cursor] == UInt8(ascii: "*") { cursor += 1 }
    if cursor < text.count && text[cursor] == UInt8(ascii: ":") { return cursor + 1 }
    guard matchesIgnoringCase(" is", at: cursor), cursor + 3 == text.count || !isWord(cursor + 3)
    else { return nil }
    cursor += 3
    return matchesIgnoringCase(" not ", at: cursor) ? nil : cursor
  }

  private func chineseLead(at index: Int) -> Int? {
    guard text[index...].starts(with: "答案".utf8) else { return nil }
    let after = index + 6
    for word in ["应该是", "应为", "是", "为", "选", "：", ":"]
    where text[min(after, text.count)...].starts(with: word.utf8) {
      return after + word.utf8.count
    }
    return nil
  }

  /// The letter of the clause at `start`: at its beginning, or the first one that stands alone in it.
  private func clause(from start: Int) -> Int? {
    var cursor = start
    while cursor < text.count && isDecoration(text[cursor]) { cursor += 1 }
    // Of "(A) and (B)" the first counts, as in the official MMLU-Pro script.
    if let letter = letter(at: cursor) { return letter }
    while cursor < text.count {
      let byte = text[cursor]
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";") {
        return nil
      }
      let next = cursor + 1
      if byte == UInt8(ascii: ".") && (next == text.count || isBlank(text[next])) { return nil }
      // "A" and "I" are words too: inside a clause they need brackets to count.
      let isBracketed = cursor > 0 && text[cursor - 1] == UInt8(ascii: "(")
      let isPlainWord = byte == UInt8(ascii: "A") || byte == UInt8(ascii: "I")
      if !isPlainWord || isBracketed, cursor > start, standsApart(cursor),
        let letter = letter(at: cursor)
      {
        return isOneOfSeveral(cursor) ? nil : letter
      }
      cursor += 1
    }
    return nil
  }

  /// True when another letter is named together with the one at `position`: "D and E", "C, F".
  private func isOneOfSeveral(_ position: Int) -> Bool {
    var cursor = position + 1
    while cursor < text.count && (isClosing(text[cursor]) || isDecoration(text[cursor])) {
      if text[cursor] == UInt8(ascii: "\n") || text[cursor] == UInt8(ascii: ".") { return false }
      cursor += 1
    }
    if matchesIgnoringCase("and ", at: cursor) {
      cursor += 4
    } else if cursor < text.count && text[cursor] == UInt8(ascii: ",") {
      cursor += 1
    } else {
      return false
    }
    while cursor < text.count && isDecoration(text[cursor]) { cursor += 1 }
    guard letter(at: cursor) != nil else { return false }
    // "D, I think" names one letter.
    let next = cursor + 1
    return
      !(text[cursor] == UInt8(ascii: "I") && next < text.count
      && text[next] == UInt8(ascii: " "))
  }

  /// True when what stands before `position` separates words: a blank, a quote, a bracket, CJK text.
  private func standsApart(_ position: Int) -> Bool {
    let before = text[position - 1]
    if before < 0x80 { return isDecoration(before) || before == UInt8(ascii: "'") }
    return position >= 3 && text[position - 3] >= 0xE3 && text[position - 3] < 0xF0
  }

  private func boxed() -> Int? {
    let mark = Array("boxed{".utf8)
    var index = text.count - mark.count
    while index >= 0 {
      if text[index] == mark[0] && text[index...].starts(with: mark) {
        var cursor = index + mark.count
        if text[cursor...].starts(with: "\\text{".utf8) { cursor += 6 }
        while cursor < text.count && isDecoration(text[cursor]) { cursor += 1 }
        if let letter = letter(at: cursor) { return letter }
      }
      index -= 1
    }
    return nil
  }

  private func leading() -> Int? {
    var cursor = 0
    while cursor < text.count && isDecoration(text[cursor]) { cursor += 1 }
    guard let found = letter(at: cursor) else { return nil }
    if cursor > 0 && text[cursor - 1] == UInt8(ascii: "(") { return found }
    let next = cursor + 1
    if next == text.count || text[next] != UInt8(ascii: " ") { return found }
    // "A Peter" names a choice, "A man walks" and "I think" are sentences.
    let after = next + 1
    let isCapital =
      after < text.count && text[after] >= UInt8(ascii: "A") && text[after] <= UInt8(ascii: "Z")
    return after == text.count || isCapital ? found : nil
  }

  private func lastLine() -> Int? {
    var end = text.count
    while end > 0 && isBlank(text[end - 1]) { end -= 1 }
    var start = end
    while start > 0 && text[start - 1] != UInt8(ascii: "\n") { start -= 1 }
    while start < end && isDecoration(text[start]) { start += 1 }
    guard let found = letter(at: start) else { return nil }
    var cursor = start + 1
    if start > 0 && text[start - 1] == UInt8(ascii: "("), cursor < end,
      text[cursor] == UInt8(ascii: ")")
    {
      return found
    }
    while cursor < end && (isDecoration(text[cursor]) || isClosing(text[cursor])) { cursor += 1 }
    return cursor == end ? found : nil
  }

  // MARK: Bytes

  /// The choice whose letter stands at `position` and is no part of a word.
  private func letter(at position: Int) -> Int? {
    guard position < text.count else { return nil }
    let byte = text[position]
    guard byte >= UInt8(ascii: "A"), Int(byte) - 0x41 < count, byte <= UInt8(ascii: "Z"),
      position + 1 == text.count || !isWord(position + 1)
    else { return nil }
    // "B.P." is an abbreviation.
    if position + 2 < text.count && text[position + 1] == UInt8(ascii: ".")
      && isWord(position + 2)
    {
      return nil
    }
    // An apostrophe continues a word: "I'm", "D's".
    if position + 1 < text.count && text[position + 1] == UInt8(ascii: "'") { return nil }
    return Int(byte) - 0x41
  }

  private func isWord(_ position: Int) -> Bool {
    let byte = text[position]
    let lower = byte | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
      || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: "-")
  }

  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || (byte >= 0x09 && byte <= 0x0D)
  }

  private func isDecoration(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: "*"), UInt8(ascii: "$"), UInt8(ascii: ":"),
      UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "`"), UInt8(ascii: "{"):
      true
    default: isBlank(byte)
    }
  }

  private func isClosing(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]")
      || byte == UInt8(ascii: "}")
  }

  private func matchesIgnoringCase(_ word: StaticString, at position: Int) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position + length <= text.count else { return false }
    return word.withUTF8Buffer { letters in
      for offset in 0..<length {
        let byte = text[position + offset]
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        if (isUpper ? byte | 0x20 : byte) != letters[offset] { return false }
      }
      return true
    }
  }
}
