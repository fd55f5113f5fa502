// How the response is laid out: bullets, highlights, sections, a title, one of three answers.

/// Exactly so many bullet points, lines that begin with `*` or `-`.
struct NumberOfBullets: Instruction {
  static let id = "detectable_format:number_bullet_lists"
  private let number: Int

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_bullets")
  }

  var wording: String {
    "Your answer must contain exactly \(number) bullet points. "
      + "Use the markdown bullet points such as:\n* This is point 1. \n* This is point 2"
  }
  var asked: String { "exactly \(number) bullet points" }

  func check(_ text: ResponseText) -> Finding {
    let count = Self.stars(text.bytes) + Self.dashes(text.bytes)
    return Finding(count == number, count: count, "bullet points")
  }

  /// Lines whose first character is a star that no second one follows; the end of a line may follow, and
  /// then the next line belongs to the bullet point.
  private static func stars(_ bytes: [UInt8]) -> Int {
    count(bytes, bullet: UInt8(ascii: "*")) { position in
      guard position < bytes.count, bytes[position] != UInt8(ascii: "*") else { return nil }
      return bytes.scalar(at: position).next
    }
  }

  private static func dashes(_ bytes: [UInt8]) -> Int {
    count(bytes, bullet: UInt8(ascii: "-")) { $0 }
  }

  /// Counts the bullet points; `content` gives the position from which the rest of the line belongs to it.
  @inline(__always)
  private static func count(_ bytes: [UInt8], bullet: UInt8, content: (Int) -> Int?) -> Int {
    var count = 0
    var line = 0
    while line < bytes.count {
      let position = bytes.afterBlanks(line)
      var rest = position
      if position < bytes.count, bytes[position] == bullet, let start = content(position + 1) {
        count += 1
        rest = start
      }
      // Where the bullet took the end of its line and an empty one follows, the next one begins at once.
      if rest > position && rest < bytes.count && bytes[rest] == UInt8(ascii: "\n")
        && bytes[rest - 1] == UInt8(ascii: "\n")
      {
        line = rest
        continue
      }
      guard let end = bytes.place(of: UInt8(ascii: "\n"), from: rest) else { break }
      line = end + 1
    }
    return count
  }
}

/// So many parts between stars: `*highlighted*` or `**highlighted**`.
struct NumberOfHighlights: Instruction {
  static let id = "detectable_format:number_highlighted_sections"
  private let number: Int

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    number = try arguments.number("num_highlights")
  }

  var wording: String {
    "Highlight at least \(number) sections in your answer with markdown, "
      + "i.e. *highlighted section*."
  }
  var gainsFromFewerLines: Bool { false }
  var asked: String { "at least \(number) highlighted parts" }

  func check(_ text: ResponseText) -> Finding {
    let count = Self.count(text.bytes, stars: "*") + Self.count(text.bytes, stars: "**")
    return Finding(count >= number, count: count, "highlighted parts")
  }

  /// Counts what is not blank between two marks within a line, without a star.
  private static func count(_ bytes: [UInt8], stars: StaticString) -> Int {
    let width = stars.utf8CodeUnitCount
    var count = 0
    var position = 0
    while let open = bytes.place(of: stars, from: position) {
      var end = open + width
      while end < bytes.count && bytes[end] != UInt8(ascii: "*") && bytes[end] != UInt8(ascii: "\n")
      {
        end += 1
      }
      if bytes.has(stars, at: end) {
        if !bytes.trimmed((open + width)..<end).isEmpty { count += 1 }
        position = end + width
      } else {
        position = open + 1
      }
    }
    return count
  }
}

/// So many sections, each headed by a word and a number: `Section 1`.
struct MultipleSections: Instruction {
  static let id = "detectable_format:multiple_sections"
  private let heading: KeywordPattern
  private let number: Int

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {
    heading = try KeywordPattern(
      arguments.text("section_spliter"), argument: "section_spliter", foldsCase: false)
    number = try arguments.number("num_sections")
  }

  var wording: String {
    let word = heading.source
    return "Your response must have \(number) sections. Mark the beginning "
      + "of each section with \(word) X, such as:\n\(word) 1\n[content of section 1]\n"
      + "\(word) 2\n[content of section 2]"
  }
  var asked: String { "at least \(number) sections headed '\(heading.source) X'" }

  func check(_ text: ResponseText) -> Finding {
    let bytes = text.bytes
    var count = 0
    var position = 0
    while let found = heading.first(bytes, from: position) {
      position = bytes.scalar(at: found.lowerBound).next
      let (isBlank, next) = bytes.blank(at: found.upperBound)
      var end = isBlank ? next : found.upperBound
      let digits = end
      while end < bytes.count {
        let (value, next) = bytes.scalar(at: end)
        guard Characters.isDigit(value) else { break }
        end = next
      }
      guard end > digits else { continue }
      count += 1
      let after = bytes.blank(at: end)
      position = after.isBlank ? after.next : end
    }
    return Finding(count >= number, count: count, "sections")
  }
}

/// A title in double angular brackets: `<<poem of joy>>`.
struct ResponseTitle: Instruction {
  static let id = "detectable_format:title"

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {}

  var wording: String {
    "Your answer must contain a title, wrapped in double angular brackets, "
      + "such as <<poem of joy>>."
  }
  var gainsFromFewerLines: Bool { false }
  var asked: String { "a title in <<double angular brackets>>" }

  func check(_ text: ResponseText) -> Finding {
    let bytes = text.bytes
    var line = 0
    while line < bytes.count {
      let end = bytes.place(of: UInt8(ascii: "\n"), from: line) ?? bytes.count
      if let title = Self.title(bytes, line..<end) {
        return Finding(true, text: String(decoding: bytes[title].prefix(80), as: UTF8.self))
      }
      line = end + 1
    }
    return Finding(false, "none")
  }

  /// What stands between the first `<<` and the last `>>` of a line, if it is not blank.
  private static func title(_ bytes: [UInt8], _ line: Range<Int>) -> Range<Int>? {
    guard
      var start = bytes.place(of: UInt8(ascii: "<"), from: line.lowerBound, end: line.upperBound)
    else { return nil }
    while start < line.upperBound && !bytes.has("<<", at: start) { start += 1 }
    var end = line.upperBound - 2
    while end >= start + 3 && !bytes.has(">>", at: end) { end -= 1 }
    guard end >= start + 3 else { return nil }
    // Brackets more than two are no title by themselves.
    var title = start..<(end + 2)
    while title.lowerBound < title.upperBound && bytes[title.lowerBound] == UInt8(ascii: "<") {
      title = (title.lowerBound + 1)..<title.upperBound
    }
    while title.lowerBound < title.upperBound && bytes[title.upperBound - 1] == UInt8(ascii: ">") {
      title = title.lowerBound..<(title.upperBound - 1)
    }
    let kept = bytes.trimmed(title)
    return kept.isEmpty ? nil : kept
  }
}

/// One of three given answers.
struct ConstrainedResponse: Instruction {
  static let id = "detectable_format:constrained_response"
  private static let answers: [StaticString] = [
    "My answer is yes.", "My answer is no.", "My answer is maybe.",
  ]

  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError) {}

  var wording: String {
    "Answer with one of the following options: "
      + "('My answer is yes.', 'My answer is no.', 'My answer is maybe.')"
  }
  var gainsFromFewerLines: Bool { false }
  var asked: String { "'My answer is yes.', '... no.' or '... maybe.'" }

  func check(_ text: ResponseText) -> Finding {
    for answer in Self.answers where text.bytes.place(of: answer) != nil {
      return Finding(true, answer)
    }
    return Finding(false, "none of them")
  }
}
