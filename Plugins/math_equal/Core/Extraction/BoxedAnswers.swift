// \boxed{…} and \fbox{…}: the last one, together with those right before it when only "and" or a comma lies
// between them.

/// Search for boxes.
enum BoxedAnswers {
  private struct Box {
    let range: Range<Int>
    let content: [UInt8]
  }

  /// The most boxes that are looked at.
  private static let most = 64

  /// The content of the last box, or of the boxes that make up the answer together.
  static func find(in text: ArraySlice<UInt8>) -> ExtractedAnswer? {
    var boxes = boxes(in: text)
    boxes.removeAll { isEmpty($0.content) }
    guard let last = boxes.last else { return nil }
    var parts = [last]
    for box in boxes.dropLast().reversed() {
      guard let next = parts.first, box.range.upperBound <= next.range.lowerBound,
        connects(text[box.range.upperBound..<next.range.lowerBound])
      else { break }
      parts.insert(box, at: 0)
    }
    var contents: [[UInt8]] = []
    for part in parts where !contents.contains(where: { $0.elementsEqual(part.content) }) {
      contents.append(part.content)
    }
    if contents.count == 1 { return ExtractedAnswer(contents[0], .boxed) }
    return ExtractedAnswer(contents.joined(separator: Array(", ".utf8)), .boxed)
  }

  /// What stands before a brace that closes what the prompt opened: the prompt ended with `\boxed{`.
  static func openedByPrompt(_ text: ArraySlice<UInt8>) -> ExtractedAnswer? {
    var depth = 0
    var isEscaped = false
    for place in text.indices.prefix(2000) {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch text[place] {
      case UInt8(ascii: "\\"): isEscaped = true
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        if depth == 0 {
          let content = TextScan.trimmed(text[text.startIndex..<place])
          // A long text that is no answer has only lost a brace.
          let isWhole = content.count <= 200 || AnswerExtraction.isAnswer(content)
          return isEmpty(content) || !isWhole ? nil : ExtractedAnswer(content, .boxed)
        }
        depth -= 1
      default: break
      }
    }
    return nil
  }

  /// True for a text that is a box with nothing in it.
  static func isEmptyBox(_ text: ArraySlice<UInt8>) -> Bool {
    guard let box = boxes(in: text).first, isEmpty(box.content) else { return false }
    return text.count - box.range.count <= 4
  }

  private static func isEmpty(_ content: some Sequence<UInt8>) -> Bool {
    !content.contains { !TextScan.isBlank($0) && $0 != UInt8(ascii: "$") }
  }

  private static func boxes(in text: ArraySlice<UInt8>) -> [Box] {
    let starts = TextScan.places(ofAny: ["\\boxed", "\\fbox", "\\framebox"], in: text)
    var boxes: [Box] = []
    for (start, end) in starts.suffix(most) {
      // A box within a box is part of it.
      if let last = boxes.last, last.range.contains(start) { continue }
      if let box = box(in: text, start, after: end) { boxes.append(box) }
    }
    return boxes
  }

  /// The minus sign right before a box when nothing stands before it that it could be subtracted from.
  private static func sign(before start: Int, in text: ArraySlice<UInt8>) -> [UInt8] {
    var place = start
    while place > text.startIndex,
      text[place - 1] == 0x20 || text[place - 1] == UInt8(ascii: "\\")
    { place -= 1 }
    guard place > text.startIndex, text[place - 1] == UInt8(ascii: "-") else { return [] }
    place -= 1
    while place > text.startIndex,
      TextScan.isBlank(text[place - 1]) || text[place - 1] == UInt8(ascii: "&")
    { place -= 1 }
    let isSign = place == text.startIndex || "=$([,:".utf8.contains(text[place - 1])
    return isSign ? [UInt8(ascii: "-")] : []
  }

  private static func box(in text: ArraySlice<UInt8>, _ start: Int, after end: Int) -> Box? {
    var open = end
    while open < text.endIndex, TextScan.isBlank(text[open]) { open += 1 }
    guard open < text.endIndex else { return nil }
    let sign = sign(before: start, in: text)
    guard text[open] == UInt8(ascii: "{") else {
      // `\boxed 5`: up to the end of the formula or the word.
      let content = text[open...].prefix {
        !TextScan.isBlank($0) && $0 != UInt8(ascii: "$") && $0 != UInt8(ascii: ",")
      }
      return Box(range: start..<content.endIndex, content: sign + content)
    }
    var depth = 0
    var place = open
    while place < text.endIndex {
      switch text[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 {
          return Box(range: start..<(place + 1), content: sign + text[(open + 1)..<place])
        }
      default: break
      }
      place += 1
    }
    // A box that the text ends in the middle of: its line.
    let rest = text[(open + 1)...].prefix { $0 != 0x0A && $0 != UInt8(ascii: "$") }
    return Box(range: start..<rest.endIndex, content: sign + rest)
  }

  /// True when two boxes with this between them are parts of one answer.
  static func connects(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.count <= 80 else { return false }
    var words: [String] = []
    var word = ""
    for byte in text {
      if TextScan.isLetter(byte) {
        word.unicodeScalars.append(Unicode.Scalar(byte | 0x20))
      } else {
        if byte >= 0x80 { return false }
        if !word.isEmpty { words.append(word) }
        word = ""
      }
    }
    if !word.isEmpty { words.append(word) }
    let isJoined =
      words.contains("and") || words.contains("or") || text.contains(UInt8(ascii: ","))
      || text.contains(UInt8(ascii: ";")) || words.isEmpty
    let hasStop = text.indices.contains {
      text[$0] == UInt8(ascii: ".") && TextScan.endsSentence(text, at: $0)
    }
    let hasParagraph = TextScan.places(of: "\n\n", in: text).isEmpty == false
    return isJoined && !hasStop && (!hasParagraph || words.contains("and"))
      && words.filter { $0 == "and" || $0 == "or" }.count <= 2
      && words.allSatisfy { $0.utf8.count == 1 || connecting.contains($0) }
  }

  private static let connecting: Set<String> = [
    "and", "or", "text", "quad", "qquad", "mbox", "for", "part", "textbf", "ii", "iii", "iv",
    "left",
    "right", "textrm", "also",
  ]
}
