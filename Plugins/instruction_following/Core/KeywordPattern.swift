// Words to look for. The official checker takes them for regular expressions; those of its data are plain
// words, so all that is kept of that is the dot, which stands for any character.

/// A text to search for, with or without regard to case.
struct KeywordPattern: Sendable {
  /// The text as the row gives it.
  let source: String
  private let units: [UInt32]
  private let foldsCase: Bool
  /// The ASCII characters that an occurrence may begin with.
  private let heads: (UInt8, UInt8)
  /// Whether it may begin with something outside ASCII too, or with anything.
  private let startsOutside: Bool
  private let startsWithAnything: Bool

  /// Stands in `units` for any scalar but the end of a line; no scalar has this number.
  private static let anything = UInt32.max

  /// A pattern of a text that is not empty.
  ///
  /// Refuses what a regular expression would mean otherwise than literally, the dot excepted.
  init(_ source: String, argument: String, foldsCase: Bool) throws(InstructionError) {
    self.source = source
    self.foldsCase = foldsCase
    var units: [UInt32] = []
    for scalar in source.unicodeScalars {
      switch scalar {
      case ".": units.append(Self.anything)
      case "\\", "^", "$", "*", "+", "?", "{", "}", "[", "]", "|", "(", ")":
        throw InstructionError(
          "argument '\(argument)': '\(source)' has the character '\(scalar)', "
            + "which the official checker takes for part of a regular expression")
      default: units.append(foldsCase ? Characters.folded(scalar.value) : scalar.value)
      }
    }
    guard let first = units.first else { throw InstructionError("argument '\(argument)' is empty") }
    self.units = units
    let head = first < 0x80 ? UInt8(first) : 0xFF
    // Outside ASCII there are letters that compare as i, k and s.
    startsOutside =
      head == 0xFF
      || (foldsCase
        && [UInt8(ascii: "i"), UInt8(ascii: "k"), UInt8(ascii: "s")].contains(head))
    let isLetter = foldsCase && Characters.isASCIILetter(UInt32(head))
    heads = (head, isLetter ? head ^ 0x20 : head)
    startsWithAnything = first == Self.anything
  }

  /// Where the text ends that stands at a position, if it does.
  @inline(__always)
  func end(_ bytes: [UInt8], at start: Int) -> Int? {
    var position = start
    for unit in units {
      guard position < bytes.count else { return nil }
      let (value, next) = bytes.scalar(at: position)
      let compared = foldsCase ? Characters.folded(value) : value
      guard compared == unit || (unit == Self.anything && value != 0x0A) else { return nil }
      position = next
    }
    return position
  }

  @inline(__always)
  private func mayBegin(_ byte: UInt8) -> Bool { byte == heads.0 || byte == heads.1 }

  /// The first place at or after a position.
  func first(_ bytes: [UInt8], from start: Int = 0) -> Range<Int>? {
    var position = start
    while true {
      // Nearly every position is ruled out here, by one byte.
      if !startsWithAnything {
        if startsOutside {
          while position < bytes.count && bytes[position] < 0x80 && !mayBegin(bytes[position]) {
            position += 1
          }
        } else {
          while position < bytes.count && !mayBegin(bytes[position]) { position += 1 }
        }
      }
      guard position < bytes.count else { return nil }
      if let end = end(bytes, at: position) { return position..<end }
      position = bytes.scalar(at: position).next
    }
  }

  /// How often the text occurs, one occurrence after the other.
  func count(_ bytes: [UInt8]) -> Int {
    var count = 0
    var position = 0
    while let found = first(bytes, from: position) {
      count += 1
      position = found.upperBound
    }
    return count
  }

  /// The first place where no word goes on at either end.
  func firstWhole(_ bytes: [UInt8]) -> Range<Int>? {
    var position = 0
    while let found = first(bytes, from: position) {
      if bytes.isWordBorder(found.lowerBound) && bytes.isWordBorder(found.upperBound) {
        return found
      }
      position = bytes.scalar(at: found.lowerBound).next
    }
    return nil
  }
}

extension [UInt8] {
  /// Whether a word begins or ends at a position.
  func isWordBorder(_ position: Int) -> Bool {
    let before = position > 0 && Characters.isWord(scalar(before: position).value)
    let after = position < count && Characters.isWord(scalar(at: position).value)
    return before != after
  }
}
