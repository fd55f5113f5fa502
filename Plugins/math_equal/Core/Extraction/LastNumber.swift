// The answer of a text without any mark: its last number, with its sign, its fraction and its unit.

/// Search for the last number.
enum LastNumber {
  /// The number and where it begins.
  static func find(in text: ArraySlice<UInt8>) -> (start: Int, text: ArraySlice<UInt8>)? {
    var end = text.endIndex
    while let digit = text[..<end].lastIndex(where: TextScan.isDigit) {
      var start = digit
      while start > text.startIndex, isPart(text[start - 1]) || isRoot(text, endingAt: start) {
        start -= isPart(text[start - 1]) ? 1 : 3
      }
      var stop = digit + 1
      while stop < text.endIndex, isTail(text[stop]) { stop += 1 }
      stop = withBase(text, withoutUnit(text, digit + 1, stop))
      end = start
      // The base of the number before.
      if text[..<start].suffix(5).elementsEqual("base ".utf8) { continue }
      guard let number = number(text, start, stop) else { continue }
      if let group = group(around: number.text, in: text) ?? series(endingIn: number.text, in: text)
      {
        return group
      }
      return number
    }
    return nil
  }

  /// The brackets around a number when they hold more than it: `(1, 2)`.
  private static func group(
    around number: ArraySlice<UInt8>, in text: ArraySlice<UInt8>
  ) -> (start: Int, text: ArraySlice<UInt8>)? {
    let rest = text[number.endIndex...].drop { $0 == 0x20 }
    guard let close = rest.first, close == UInt8(ascii: ")") || close == UInt8(ascii: "]") else {
      return nil
    }
    var place = number.startIndex
    let limit = max(text.startIndex, place - 80)
    while place > limit {
      place -= 1
      let byte = text[place]
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") {
        let group = text[place...rest.startIndex]
        return group.contains(UInt8(ascii: ",")) ? (place, group) : nil
      }
      // Words and other sentences are no coordinates.
      if byte == 0x0A || byte >= 0x80
        || (TextScan.isLetter(byte) && place > text.startIndex
          && TextScan.isLetter(text[place - 1]))
      {
        return nil
      }
    }
    return nil
  }

  /// `2, 3, and 5` behind "are": all of them.
  private static func series(
    endingIn number: ArraySlice<UInt8>, in text: ArraySlice<UInt8>
  ) -> (start: Int, text: ArraySlice<UInt8>)? {
    var start = number.startIndex
    var isLast = true
    while true {
      let joints = isLast ? [", and ", " and ", ", or ", " or "] : [", "]
      guard let joint = joints.first(where: { ends(text[..<start], $0) }) else { break }
      let end = start - joint.utf8.count
      let before = text[..<end].reversed().prefix {
        TextScan.isDigit($0) || "./-".utf8.contains($0)
      }
      guard before.contains(where: TextScan.isDigit) else { return nil }
      start = end - before.count
      isLast = false
    }
    guard !isLast, ends(text[..<start], "are ") || ends(text[..<start], " is ") else { return nil }
    return (start, text[start..<number.endIndex])
  }

  private static func ends(_ text: ArraySlice<UInt8>, _ word: String) -> Bool {
    text.suffix(word.utf8.count).elementsEqual(word.utf8)
  }

  /// What may stand before a digit of the same number.
  private static func isPart(_ byte: UInt8) -> Bool {
    TextScan.isDigit(byte) || TextScan.isLetter(byte) || "./,^{}\\_-$".utf8.contains(byte)
  }

  /// True behind a root sign.
  private static func isRoot(_ text: ArraySlice<UInt8>, endingAt end: Int) -> Bool {
    end - 3 >= text.startIndex && text[(end - 3)..<end].elementsEqual("√".utf8)
  }

  /// What may follow it: closing braces, percent signs, a unit that touches.
  private static func isTail(_ byte: UInt8) -> Bool {
    TextScan.isLetter(byte) || "}%\\^".utf8.contains(byte) || byte == 0xC2 || byte == 0xB2
      || byte == 0xB3
  }

  /// The end of a number with the base that is its subscript: `_7`, `_b`, `_{12}`; `_5_` is Markdown and has none.
  private static func withBase(_ text: ArraySlice<UInt8>, _ stop: Int) -> Int {
    guard stop + 1 < text.endIndex, text[stop] == UInt8(ascii: "_") else { return stop }
    let rest = text[(stop + 1)...]
    if rest.first == UInt8(ascii: "{") {
      return rest.prefix(12).firstIndex(of: UInt8(ascii: "}")).map { $0 + 1 } ?? stop
    }
    let index = rest.prefix { TextScan.isDigit($0) || TextScan.isLetter($0) }
    let isBase = index.allSatisfy(TextScan.isDigit) || index.count == 1
    return isBase && !index.isEmpty ? index.endIndex : stop
  }

  /// The end of a number without a unit of letters that touches it; a variable stays.
  private static func withoutUnit(_ text: ArraySlice<UInt8>, _ start: Int, _ stop: Int) -> Int {
    let letters = text[start..<stop].prefix(while: TextScan.isLetter)
    let word = String(decoding: letters, as: UTF8.self).lowercased()
    return Words.units[word] != nil ? start : stop
  }

  private static func number(
    _ text: ArraySlice<UInt8>, _ start: Int, _ stop: Int
  ) -> (start: Int, text: ArraySlice<UInt8>)? {
    var start = start
    // Points and commas before it belong to the sentence; a hyphen after a letter is none of its signs.
    while start < stop,
      ",/}^_".utf8.contains(text[start])
        || (text[start] == UInt8(ascii: ".")
          && !(start + 1 < stop && TextScan.isDigit(text[start + 1])))
    { start += 1 }
    guard start < stop else { return nil }
    if TextScan.isLetter(text[start]) { return nil }
    if text[start] == UInt8(ascii: "-"), start + 1 < stop, TextScan.isLetter(text[start + 1]) {
      return nil
    }
    // `7 1/3` and `1 000`: what stands before the blank belongs to the number.
    if start - 2 >= text.startIndex, text[start - 1] == 0x20, TextScan.isDigit(text[start - 2]) {
      var before = start - 2
      while before > text.startIndex, TextScan.isDigit(text[before - 1]) { before -= 1 }
      let isGroup =
        stop - start >= 3 && text[start..<(start + 3)].allSatisfy(TextScan.isDigit)
        && start - 1 - before <= 3
      let isMixed = text[start..<stop].contains(UInt8(ascii: "/"))
      let isAlone = before == text.startIndex || TextScan.isBlank(text[before - 1])
      if (isGroup || isMixed) && isAlone { start = before }
    }
    // `2:3`, `4:30`
    if start - 2 >= text.startIndex, text[start - 1] == UInt8(ascii: ":"),
      TextScan.isDigit(text[start - 2])
    {
      start -= 1
      while start > text.startIndex, TextScan.isDigit(text[start - 1]) { start -= 1 }
    }
    let word = "negative "
    if text[..<start].suffix(word.utf8.count).elementsEqual(word.utf8) { start -= word.utf8.count }
    var stop = stop
    let rest = text[stop...].drop { $0 == 0x20 }
    for unit in ["percent", "pct", "\\%", "%", "π", "p.m.", "a.m.", "PM", "AM"]
    where TextScan.starts(rest, unit) {
      stop = rest.startIndex + unit.utf8.count
      break
    }
    for base in ["(base ", "base "] where TextScan.starts(rest, base) {
      let radix = rest.dropFirst(base.utf8.count).prefix(while: TextScan.isDigit)
      let close = text[radix.endIndex...].first == UInt8(ascii: ")") ? 1 : 0
      if !radix.isEmpty { stop = radix.endIndex + close }
      break
    }
    return (start, text[start..<stop])
  }
}
