// The eight texts of which one must do what is asked when a response is judged loosely: without its first
// line, its last, or both, and each with or without the stars of Markdown.

/// The texts that a loose judgement looks at besides the response itself; none is made before it is asked for.
struct ResponseVariants {
  /// A text made of the response, and how.
  struct Variant {
    let name: StaticString
    let text: ResponseText
  }

  private let response: ResponseText

  private static let star = UInt8(ascii: "*")

  /// The variants of a response; lines end with a line feed.
  init(of response: ResponseText) { self.response = response }

  /// The one that has every line; nothing when it is blank or equal to the response.
  private(set) lazy var withAllLines: [Variant] = starless(0..<response.count, "without stars")

  /// All of them, those left out that are blank or equal to another.
  private(set) lazy var all: [Variant] = {
    let bytes = response.bytes
    let feed = UInt8(ascii: "\n")
    var variants = withAllLines
    func add(_ name: StaticString, _ lines: Range<Int>, starless name2: StaticString) {
      let part = bytes.trimmed(lines)
      if part.isEmpty { return }
      variants.append(Variant(name: name, text: ResponseText(bytes[part])))
      variants += starless(part, name2)
    }
    guard let first = bytes.place(of: feed, from: 0), let last = bytes.lastIndex(of: feed) else {
      return variants
    }
    add(
      "without the first line", (first + 1)..<bytes.count,
      starless: "without the first line and stars")
    add("without the last line", 0..<last, starless: "without the last line and stars")
    if first < last {
      add(
        "without the first and the last line", (first + 1)..<last,
        starless: "without the first and the last line and stars")
    }
    return variants
  }()

  /// A part without its stars; nothing when it has none, or nothing but stars and blanks.
  private func starless(_ part: Range<Int>, _ name: StaticString) -> [Variant] {
    guard
      response.bytes.place(of: Self.star, from: part.lowerBound, end: part.upperBound) != nil
    else { return [] }
    let text = ResponseText(response.bytes.without(Self.star, part))
    return text.isBlank ? [] : [Variant(name: name, text: text)]
  }
}

extension [UInt8] {
  /// The bytes of a part but those equal to one.
  fileprivate func without(_ byte: UInt8, _ part: Range<Int>) -> [UInt8] {
    // There are at most as many as the part has, and each is written before it is counted.
    [UInt8](unsafeUninitializedCapacity: part.count) { rest, count in
      for index in part {
        rest[count] = self[index]
        if self[index] != byte { count += 1 }
      }
    }
  }
}
