// $…$, $$…$$, \(…\) and \[…\]: where formulas are. A dollar sign before an amount opens none.

/// Search for formulas.
enum Formulas {
  /// The formulas of a text, in order: where each stands with its delimiters, and its content.
  static func find(in text: ArraySlice<UInt8>) -> [(range: Range<Int>, content: ArraySlice<UInt8>)]
  {
    var found: [(range: Range<Int>, content: ArraySlice<UInt8>)] = []
    var place = text.startIndex
    // Where a closing delimiter was looked for in vain: no later opening one can have it nearer.
    var isHopeless: Set<String> = []
    while place < text.endIndex {
      let byte = text[place]
      if byte == UInt8(ascii: "\\"), place + 1 < text.endIndex {
        let next = text[place + 1]
        let close: String? =
          next == UInt8(ascii: "(") ? "\\)" : next == UInt8(ascii: "[") ? "\\]" : nil
        if let close, !isHopeless.contains(close),
          let end = end(of: close, in: text, from: place + 2)
        {
          append(&found, text, place..<(end + 2), (place + 2)..<end)
          place = end + 2
        } else {
          if let close { isHopeless.insert(close) }
          place += 2
        }
      } else if byte == UInt8(ascii: "$") {
        let width = place + 1 < text.endIndex && text[place + 1] == UInt8(ascii: "$") ? 2 : 1
        if let end = dollar(text, from: place + width), !isMoney(text, place + width, end),
          isFormula(text[(place + width)..<end])
        {
          let close = min(end + width, text.endIndex)
          append(&found, text, place..<close, (place + width)..<end)
          place = close
        } else {
          place += width
        }
      } else {
        place += 1
      }
    }
    return found
  }

  private static func append(
    _ found: inout [(range: Range<Int>, content: ArraySlice<UInt8>)], _ text: ArraySlice<UInt8>,
    _ range: Range<Int>, _ content: Range<Int>
  ) {
    let content = TextScan.trimmed(text[content])
    if !content.isEmpty { found.append((range, content)) }
  }

  private static func end(of close: String, in text: ArraySlice<UInt8>, from start: Int) -> Int? {
    var place = start
    while place < text.endIndex {
      if text[place] == UInt8(ascii: "\\"), TextScan.starts(text[place...], close) { return place }
      place += 1
    }
    return nil
  }

  /// The next dollar sign that is not escaped.
  private static func dollar(_ text: ArraySlice<UInt8>, from start: Int) -> Int? {
    let limit = min(text.endIndex, start + 4000)
    var place = start
    while place < limit {
      if text[place] == UInt8(ascii: "\\") {
        place += 2
        continue
      }
      if text[place] == UInt8(ascii: "$") { return place }
      place += 1
    }
    return nil
  }

  /// True for `$21 - $20`: a digit follows both signs at once.
  private static func isMoney(_ text: ArraySlice<UInt8>, _ start: Int, _ end: Int) -> Bool {
    start < text.endIndex && TextScan.isDigit(text[start]) && end + 1 < text.endIndex
      && TextScan.isDigit(text[end + 1])
  }

  /// False for the text between two amounts of money: it has words that no command introduces.
  private static func isFormula(_ content: ArraySlice<UInt8>) -> Bool {
    var words = 0
    var place = content.startIndex
    var braces = 0
    while place < content.endIndex {
      let byte = content[place]
      if byte == UInt8(ascii: "\\") {
        place += 1
        while place < content.endIndex, TextScan.isLetter(content[place]) { place += 1 }
        continue
      }
      if byte == UInt8(ascii: "{") { braces += 1 }
      if byte == UInt8(ascii: "}") { braces -= 1 }
      guard TextScan.isLetter(byte) else {
        place += 1
        continue
      }
      let start = place
      while place < content.endIndex, TextScan.isLetter(content[place]) { place += 1 }
      if place - start >= 3 && braces == 0 { words += 1 }
    }
    return words < 3
  }
}
