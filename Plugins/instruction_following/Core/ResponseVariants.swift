// The eight texts of which one must do what is asked when a response is judged loosely: without its first
// line, its last, or both, and each with or without the stars of Markdown.

/// The texts that a loose judgement looks at besides the response itself.
struct ResponseVariants {
  /// A text made of the response, and how.
  struct Variant {
    let name: StaticString
    let text: ResponseText
  }

  /// The other variants, those left out that are blank or equal to the response.
  let others: [Variant]

  /// The variants of a response; lines end with a line feed.
  init(of response: ResponseText) {
    let bytes = response.bytes
    let feed = UInt8(ascii: "\n")
    var variants: [Variant] = []
    func add(_ name: StaticString, _ text: ResponseText, starless: StaticString) {
      if text.isBlank { return }
      if text != response { variants.append(Variant(name: name, text: text)) }
      let star = UInt8(ascii: "*")
      guard text.bytes.contains(star) else { return }
      let rest = ResponseText(text.bytes.without(star))
      if !rest.isBlank { variants.append(Variant(name: starless, text: rest)) }
    }
    add("", response, starless: "without stars")
    if let first = bytes.firstIndex(of: feed), let last = bytes.lastIndex(of: feed) {
      func part(_ range: Range<Int>) -> ResponseText { ResponseText(bytes[bytes.trimmed(range)]) }
      add(
        "without the first line", part((first + 1)..<bytes.count),
        starless: "without the first line and stars")
      add("without the last line", part(0..<last), starless: "without the last line and stars")
      if first < last {
        add(
          "without the first and the last line", part((first + 1)..<last),
          starless: "without the first and the last line and stars")
      }
    }
    others = variants
  }
}

extension [UInt8] {
  /// The bytes but those equal to one.
  fileprivate func without(_ byte: UInt8) -> [UInt8] {
    var rest: [UInt8] = []
    rest.reserveCapacity(count)
    var start = 0
    while let found = place(of: byte, from: start) {
      rest.append(contentsOf: self[start..<found])
      start = found + 1
    }
    rest.append(contentsOf: self[start...])
    return rest
  }
}
