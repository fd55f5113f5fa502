// Answers in a field of their own: a JSON value named "answer", what stands between <answer> tags.

/// Search for answers in fields.
enum FieldAnswers {
  /// The tags that models are trained to put around an answer.
  private static let tags = [
    ("<answer>", "</answer>"), ("<final_answer>", "</final_answer>"), ("[answer]", "[/answer]"),
  ]

  /// Fields that are tried from the end, and bytes of the longest value: no text makes the search slow.
  private static let mostFields = 16
  private static let longestValue = 10_000

  /// What stands between the last pair of answer tags, and where they end.
  static func tagged(in text: ArraySlice<UInt8>) -> (content: ArraySlice<UInt8>, end: Int)? {
    for (open, close) in tags {
      guard let end = TextScan.places(of: close, in: text).last,
        let start = TextScan.places(of: open, in: text[..<end]).last
      else { continue }
      let content = TextScan.trimmed(text[(start + open.utf8.count)..<end])
      if !content.isEmpty { return (content, end + close.utf8.count) }
    }
    return nil
  }

  /// The value of the last field whose name ends in "answer", unescaped, and where it ends.
  ///
  /// Models write LaTeX into JSON with one backslash or with two: only `\\` and `\"` are undone.
  static func json(in text: ArraySlice<UInt8>) -> (content: [UInt8], end: Int)? {
    for name in TextScan.places(ofAny: ["answer\"", "answer'"], in: text)
      .suffix(mostFields).reversed()
    {
      var place = blanks(text, name.end)
      guard place < text.endIndex, text[place] == UInt8(ascii: ":") else { continue }
      place = blanks(text, place + 1)
      guard place < text.endIndex,
        let found = value(
          text.prefix(through: min(place + longestValue, text.endIndex - 1)), place),
        !TextScan.trimmed(found.content[...]).isEmpty
      else { continue }
      return found
    }
    return nil
  }

  private static func value(
    _ text: ArraySlice<UInt8>, _ start: Int
  ) -> (content: [UInt8], end: Int)? {
    switch text[start] {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return string(text, start)
    case UInt8(ascii: "["): return array(text, start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      var end = start
      while end < text.endIndex, text[end] != UInt8(ascii: "}"), text[end] != 0x0A {
        // A comma that a digit follows belongs to the number: JSON forbids it, models write it.
        let isLast = end + 1 == text.endIndex
        if text[end] == UInt8(ascii: ","), isLast || !TextScan.isDigit(text[end + 1]) { break }
        end += 1
      }
      return (Array(text[start..<end]), end)
    default: return nil
    }
  }

  private static func string(
    _ text: ArraySlice<UInt8>, _ start: Int
  ) -> (content: [UInt8], end: Int)? {
    let quote = text[start]
    var content: [UInt8] = []
    var place = start + 1
    while place < text.endIndex {
      let byte = text[place]
      if byte == UInt8(ascii: "\\"), place + 1 < text.endIndex,
        text[place + 1] == UInt8(ascii: "\\") || text[place + 1] == quote
      {
        content.append(text[place + 1])
        place += 2
        continue
      }
      // An apostrophe between letters, and a prime before a bracket, end nothing.
      let isEnd =
        byte == quote
        && (quote == UInt8(ascii: "\"") || endsValue(text, blanks(text, place + 1)))
      if isEnd { return (content, place + 1) }
      content.append(byte)
      place += 1
    }
    return nil
  }

  private static func endsValue(_ text: ArraySlice<UInt8>, _ place: Int) -> Bool {
    place >= text.endIndex || text[place] == UInt8(ascii: ",") || text[place] == UInt8(ascii: "}")
  }

  /// The elements of an array side by side; inner brackets stay.
  private static func array(
    _ text: ArraySlice<UInt8>, _ start: Int
  ) -> (content: [UInt8], end: Int)? {
    var content: [UInt8] = []
    var depth = 0
    var place = start
    while place < text.endIndex {
      let byte = text[place]
      if byte == UInt8(ascii: "\""), let element = string(text, place) {
        content += element.content
        place = element.end
        continue
      }
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
      if depth == 0 { return (Array(content.dropFirst()), place + 1) }
      content.append(byte)
      place += 1
    }
    return nil
  }

  private static func blanks(_ text: ArraySlice<UInt8>, _ start: Int) -> Int {
    var place = start
    while place < text.endIndex, TextScan.isBlank(text[place]) { place += 1 }
    return place
  }
}
