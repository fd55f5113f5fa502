// The backward scan for marked answers: boxes, `####` lines, answer lines, JSON members; and on the
// way the position of the last "answer is".

/// One scan of a completion from its end.
struct MarkerScan {
  private let text: [UInt8]
  private let expectsNumber: Bool
  private let format: AnswerFormat
  /// Where the text after each "answer is" begins, last one first.
  private var sentences: [Int] = []

  init(text: [UInt8], expectsNumber: Bool, format: AnswerFormat) {
    self.text = text
    self.expectsNumber = expectsNumber
    self.format = format
  }

  /// The last structurally marked answer, if there is one.
  mutating func lastMarked() -> ExtractedAnswer? {
    var index = text.count - 1
    while index >= 0 {
      switch text[index] {
      case UInt8(ascii: "{"), UInt8(ascii: " "):
        if let found = box(at: index) { return found }
        if text[index] == UInt8(ascii: " ") { noteSentence(endingAt: index) }
      case UInt8(ascii: "#"):
        if let found = hashLine(endingAt: index) { return found }
      case UInt8(ascii: ":"):
        if let found = colon(at: index) { return found }
        noteSentence(endingAt: index)
      case UInt8(ascii: "\n"):
        noteSentence(endingAt: index)
      case 0xBA, 0xAF:
        // The last bytes of 为 and 是, which end the Chinese 答案为 and 答案是.
        noteChineseSentence(endingAt: index)
      default: break
      }
      index -= 1
    }
    return nil
  }

  /// The answer of the last "answer is" sentence that states one.
  func sentenceAnswer() -> ExtractedAnswer? {
    for start in sentences {
      let range = sentenceRange(from: start)
      if expectsNumber, case .none = NumberReader.read(text, in: range) { continue }
      if let found = AnswerExtraction.answer(.sentence, text, range) { return found }
    }
    return nil
  }

  private func allows(_ wanted: AnswerFormat) -> Bool { format == .auto || format == wanted }

  /// True when `word` stands just before `end`.
  private func precedes(_ end: Int, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard end >= count else { return false }
    return word.withUTF8Buffer { letters in
      for offset in 0..<count where text[end - count + offset] != letters[offset] { return false }
      return true
    }
  }

  /// As ``precedes(_:_:)``, where `word` is lower case and the text may be in either.
  private func precedesIgnoringCase(_ end: Int, _ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard end >= count else { return false }
    return word.withUTF8Buffer { letters in
      for offset in 0..<count {
        let byte = text[end - count + offset]
        let isUpper = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
        if (isUpper ? byte | 0x20 : byte) != letters[offset] { return false }
      }
      return true
    }
  }

  // MARK: Boxes

  private func box(at index: Int) -> ExtractedAnswer? {
    guard allows(.boxed), index > 0,
      text[index - 1] == UInt8(ascii: "d") || text[index - 1] == UInt8(ascii: "x")
    else { return nil }
    guard precedes(index, "\\boxed") || precedes(index, "\\fbox") else { return nil }
    if text[index] == UInt8(ascii: " ") {
      // `\boxed 18`: the argument is the next word.
      var end = index + 1
      while end < text.count && !AnswerExtraction.isBlank(text[end])
        && text[end] != UInt8(ascii: "$")
      { end += 1 }
      if index + 1 < text.count && text[index + 1] == UInt8(ascii: "{") { return nil }
      return AnswerExtraction.answer(.boxed, text, (index + 1)..<end)
    }
    let close = AnswerText.matchingBrace(text, open: index, end: text.count)
    return AnswerExtraction.answer(.boxed, text, (index + 1)..<(close ?? text.count))
  }

  // MARK: Lines

  private func lineEnd(from start: Int) -> Int {
    var end = start
    while end < text.count && text[end] != UInt8(ascii: "\n") { end += 1 }
    return end
  }

  private func hashLine(endingAt index: Int) -> ExtractedAnswer? {
    guard allows(.hashes), precedes(index, "###"),
      index < 4 || text[index - 4] != UInt8(ascii: "#"),
      index + 1 == text.count || text[index + 1] != UInt8(ascii: "#")
    else { return nil }
    return line((index + 1)..<lineEnd(from: index + 1), form: .hashes)
  }

  private func colon(at index: Int) -> ExtractedAnswer? {
    if allows(.json), index > 0, let member = jsonMember(colon: index) { return member }
    guard format == .auto else { return nil }
    var end = index
    while end > 0 && text[end - 1] == UInt8(ascii: "*") { end -= 1 }
    guard let start = answerWord(endingAt: end), startsLine(start) else { return nil }
    var first = index + 1
    while first < text.count
      && (AnswerExtraction.isBlank(text[first]) || text[first] == UInt8(ascii: "*"))
    { first += 1 }
    return line(first..<lineEnd(from: first), form: .answerLine)
  }

  private func answerWord(endingAt end: Int) -> Int? {
    if precedesIgnoringCase(end, "final answer") { return end - 12 }
    if precedesIgnoringCase(end, "answer") { return end - 6 }
    if precedes(end, "A") { return end - 1 }
    return nil
  }

  private func startsLine(_ position: Int) -> Bool {
    var cursor = position - 1
    while cursor >= 0 {
      switch text[cursor] {
      case UInt8(ascii: "\n"): return true
      case UInt8(ascii: " "), UInt8(ascii: "*"), UInt8(ascii: "#"), UInt8(ascii: ">"): cursor -= 1
      default: return false
      }
    }
    return true
  }

  /// A line counts as an answer when it holds something, and a single number if one is expected.
  ///
  /// Markdown headings (`#### Step 2: ...`) and worked lines (`A: 3 + 4 = 7`) are passed over.
  private func line(_ range: Range<Int>, form: AnswerForm) -> ExtractedAnswer? {
    guard let found = AnswerExtraction.answer(form, text, range) else { return nil }
    if !expectsNumber { return found }
    guard case .single = NumberReader.read(found.text, in: 0..<found.text.count) else { return nil }
    return form == .hashes && isHeading(found.text) ? nil : found
  }

  /// True for `3. Total cost` and `Step 2`, which begin a section and state no answer.
  private func isHeading(_ line: [UInt8]) -> Bool {
    guard let first = line.first else { return true }
    if AnswerText.isLetter(first) { return true }
    var index = 0
    while index < line.count && AnswerText.isDigit(line[index]) { index += 1 }
    return index > 0 && index + 2 < line.count
      && (line[index] == UInt8(ascii: ".") || line[index] == UInt8(ascii: ")"))
      && line[index + 1] == UInt8(ascii: " ") && AnswerText.isLetter(line[index + 2])
  }

  // MARK: JSON

  private func jsonMember(colon: Int) -> ExtractedAnswer? {
    var end = colon
    while end > 0 && AnswerExtraction.isBlank(text[end - 1]) { end -= 1 }
    guard precedes(end, "\"answer\"") || precedes(end, "\"final_answer\"") else { return nil }
    var start = colon + 1
    while start < text.count && AnswerExtraction.isBlank(text[start]) { start += 1 }
    if start < text.count && text[start] == UInt8(ascii: "\"") {
      let value = JSONStringText.decode(text, from: start + 1)
      return AnswerExtraction.answer(.json, value, 0..<value.count)
    }
    var stop = start
    while stop < text.count && text[stop] != UInt8(ascii: "}") && text[stop] != UInt8(ascii: "\n") {
      stop += 1
    }
    if stop > start && text[stop - 1] == UInt8(ascii: ",") { stop -= 1 }
    return AnswerExtraction.answer(.json, text, start..<stop)
  }

  // MARK: Sentences

  private mutating func noteSentence(endingAt index: Int) {
    guard index >= 9, text[index - 1] | 0x20 == UInt8(ascii: "s"),
      precedesIgnoringCase(index, "answer is")
    else { return }
    sentences.append(index + 1)
  }

  private mutating func noteChineseSentence(endingAt index: Int) {
    if precedes(index + 1, "答案是") || precedes(index + 1, "答案为") { sentences.append(index + 1) }
  }

  /// The sentence from `start`: to its full stop, line end, or a clause that explains the answer.
  private func sentenceRange(from start: Int) -> Range<Int> {
    var first = start
    while first < text.count
      && (AnswerExtraction.isBlank(text[first]) || text[first] == UInt8(ascii: ":"))
    { first += 1 }
    var index = first
    while index < text.count {
      let next = index + 1 < text.count ? text[index + 1] : UInt8(ascii: "\n")
      switch text[index] {
      case UInt8(ascii: "\n"), UInt8(ascii: ";"): return first..<index
      case UInt8(ascii: "."):
        if AnswerExtraction.isBlank(next) || next == UInt8(ascii: "<") { return first..<index }
      case UInt8(ascii: ","):
        let after = index + 2 < text.count ? text[index + 2] : 0
        let leadsToWord = AnswerExtraction.isBlank(next) && AnswerText.isLetter(after)
        if leadsToWord && !text[(index + 2)...].starts(with: "and ".utf8) { return first..<index }
      case 0xE3:
        if text[index...].starts(with: "。".utf8) { return first..<index }
      default: break
      }
      index += 1
    }
    return first..<index
  }
}

/// Text of JSON strings inside a completion, which need not be a valid document.
enum JSONStringText {
  /// Decodes from just after the opening quote to the closing one, or to the end when there is none.
  static func decode(_ text: [UInt8], from start: Int) -> [UInt8] {
    var out: [UInt8] = []
    var index = start
    while index < text.count && text[index] != UInt8(ascii: "\"") {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        out.append(text[index])
        index += 1
        continue
      }
      index += 2
      switch text[index - 1] {
      case UInt8(ascii: "n"), UInt8(ascii: "r"): out.append(UInt8(ascii: "\n"))
      case UInt8(ascii: "t"): out.append(UInt8(ascii: "\t"))
      case UInt8(ascii: "\""), UInt8(ascii: "/"): out.append(text[index - 1])
      case UInt8(ascii: "u"):
        index = appendEscape(text, at: index, into: &out)
      case UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
      default:
        // Models often write `\boxed` or `\%` with one backslash; keep what they meant.
        out.append(UInt8(ascii: "\\"))
        out.append(text[index - 1])
      }
    }
    return out
  }

  private static func appendEscape(_ text: [UInt8], at start: Int, into out: inout [UInt8]) -> Int {
    guard start + 4 <= text.count,
      let code = UInt32(String(decoding: text[start..<(start + 4)], as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(code)
    else {
      out.append(UInt8(ascii: " "))
      return min(start + 4, text.count)
    }
    out.append(contentsOf: String(Character(scalar)).utf8)
    return start + 4
  }
}
