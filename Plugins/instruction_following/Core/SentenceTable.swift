// The English parameters of the sentence splitter, looked up where they lie in the library: sorted lines,
// nothing is unpacked or kept.

internal import InstructionFollowingTables

/// What is known of words around full stops.
enum SentenceTable {
  /// How a word was seen that has been seen with a small first letter.
  struct Spelling: OptionSet {
    let rawValue: UInt8
    /// Also with a capital.
    static let capital = Spelling(rawValue: 1)
    /// Also with a capital within a sentence.
    static let capitalInside = Spelling(rawValue: 2)
    /// With a small letter at the start of a sentence.
    static let smallAtStart = Spelling(rawValue: 4)
  }

  private static let abbreviations = lines(of: "a")
  private static let pairs = lines(of: "c")
  private static let spellings = lines(of: "o")
  private static let starters = lines(of: "s")

  /// Whether a word, without its full stop, is a known abbreviation.
  static func isAbbreviation(_ word: ArraySlice<UInt8>) -> Bool {
    end(of: word, abbreviations) != nil
  }

  /// Whether a word often starts sentences.
  static func startsSentences(_ word: [UInt8]) -> Bool { end(of: word[...], starters) != nil }

  /// Whether two words belong together although the first ends with a full stop.
  static func belongTogether(_ word: [UInt8], _ next: [UInt8]) -> Bool {
    guard word.count < longest && next.count < longest else { return false }
    return end(of: (word + [UInt8(ascii: "\t")] + next)[...], pairs) != nil
  }

  /// How a word was seen; nothing for one that was never seen with a small first letter.
  static func spelling(_ word: [UInt8]) -> Spelling? {
    guard let end = end(of: word[...], spellings) else { return nil }
    return Spelling(rawValue: bytes[end + 1] & 0x0F)
  }

  /// No word or pair of the table has more bytes; a response may be one word of megabytes.
  private static let longest = 128

  /// The table: constant data of this library, for as long as that is loaded.
  private static var bytes: UnsafeBufferPointer<UInt8> {
    var count = 0
    let start = ift_sentences(&count)
    return UnsafeBufferPointer(start: start, count: count)
  }

  /// Where the word ends in one of these lines: at a tab or at the end of the line.
  private static func end(of word: ArraySlice<UInt8>, _ lines: Range<Int>) -> Int? {
    guard word.count < longest else { return nil }
    let bytes = bytes
    var low = lines.lowerBound
    var high = lines.upperBound
    while low < high {
      var line = low + (high - low) / 2
      while line > low && bytes[line - 1] != UInt8(ascii: "\n") { line -= 1 }
      // Behind the kind and a tab. Every line ends with a line feed, so a comparison stops within it.
      var place = line + 2
      var index = word.startIndex
      while index < word.endIndex && bytes[place] == word[index] {
        place += 1
        index += 1
      }
      let byte = bytes[place]
      if index == word.endIndex && (byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")) {
        return place
      }
      if index == word.endIndex || word[index] < byte {
        high = line
      } else {
        low = place
        while bytes[low] != UInt8(ascii: "\n") { low += 1 }
        low += 1
      }
    }
    return nil
  }

  /// Where the lines of a kind are.
  private static func lines(of kind: Unicode.Scalar) -> Range<Int> {
    firstLine(from: UInt8(ascii: kind))..<firstLine(from: UInt8(ascii: kind) + 1)
  }

  /// Where the lines begin whose kind is this byte or a later one.
  private static func firstLine(from kind: UInt8) -> Int {
    let bytes = bytes
    var low = 0
    var high = bytes.count
    while low < high {
      var line = low + (high - low) / 2
      while line > low && bytes[line - 1] != UInt8(ascii: "\n") { line -= 1 }
      if bytes[line] >= kind {
        high = line
      } else {
        low = line
        while bytes[low] != UInt8(ascii: "\n") { low += 1 }
        low += 1
      }
    }
    return low
  }
}
