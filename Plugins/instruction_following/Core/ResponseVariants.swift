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

  /// The one that has every line, none of its stars; nothing when it is blank or equal to the response.
  private(set) lazy var withAllLines: [Variant] = {
    guard response.bytes.place(of: Self.star, from: 0) != nil else { return [] }
    let text = ResponseText(response.bytes.without(Self.star))
    return text.isBlank ? [] : [Variant(name: "without stars", text: text)]
  }()

  /// All of them, those left out that are blank or equal to another.
  private(set) lazy var all: [Variant] = {
    let bytes = response.bytes
    let feed = UInt8(ascii: "\n")
    var variants = withAllLines
    let starless = variants.first?.text.bytes
    func add(_ name: StaticString, _ lines: Range<Int>, starless starlessName: StaticString) {
      let part = bytes.trimmed(lines)
      if part.isEmpty { return }
      variants.append(Variant(name: name, text: ResponseText(bytes[part])))
      guard let starless else { return }
      // What was cut off is short, so its stars are counted and not those of the part.
      let start = part.lowerBound - bytes.count(of: Self.star, 0..<part.lowerBound)
      let rest = part.upperBound..<bytes.count
      let end = starless.count - (rest.count - bytes.count(of: Self.star, rest))
      let text = ResponseText(starless[start..<end])
      if text.count < part.count && !text.isBlank {
        variants.append(Variant(name: starlessName, text: text))
      }
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
}

extension [UInt8] {
  /// How often a byte stands in a part.
  fileprivate func count(of byte: UInt8, _ part: Range<Int>) -> Int {
    var count = 0
    for other in self[part] where other == byte { count += 1 }
    return count
  }

  /// The bytes but those equal to one.
  fileprivate func without(_ byte: UInt8) -> [UInt8] {
    // There are at most as many as here, and each is written before it is counted.
    [UInt8](unsafeUninitializedCapacity: count) { rest, count in
      var kept = 0
      for other in self {
        rest[kept] = other
        kept += other == byte ? 0 : 1
      }
      count = kept
    }
  }
}
