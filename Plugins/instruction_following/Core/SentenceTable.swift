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

  /// Whether a word, without its full stop, is a known abbreviation.
  static func isAbbreviation(_ word: ArraySlice<UInt8>) -> Bool { end(of: "a", word) != nil }

  /// Whether a word often starts sentences.
  static func startsSentences(_ word: [UInt8]) -> Bool { end(of: "s", word[...]) != nil }

  /// Whether two words belong together although the first ends with a full stop.
  static func belongTogether(_ word: [UInt8], _ next: [UInt8]) -> Bool {
    end(of: "c", (word + [UInt8(ascii: "\t")] + next)[...]) != nil
  }

  /// How a word was seen; nothing for one that was never seen with a small first letter.
  static func spelling(_ word: [UInt8]) -> Spelling? {
    guard let end = end(of: "o", word[...]) else { return nil }
    return withBytes { Spelling(rawValue: $0[end + 1] & 0x0F) }
  }

  /// Where the word ends in its line of the table: at a tab or at the end of the line.
  private static func end(of kind: StaticString, _ word: ArraySlice<UInt8>) -> Int? {
    // No word of the table is longer; a response may be one word of megabytes.
    guard word.count < 128 else { return nil }
    let key = [kind.withUTF8Buffer { $0[0] }, UInt8(ascii: "\t")] + word
    return withBytes { bytes in
      var low = 0
      var high = bytes.count
      while low < high {
        var line = low + (high - low) / 2
        while line > low && bytes[line - 1] != UInt8(ascii: "\n") { line -= 1 }
        var same = 0
        while same < key.count && bytes[line + same] == key[same] { same += 1 }
        let byte = bytes[line + same]
        if same == key.count && (byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")) {
          return line + same
        }
        if same == key.count || key[same] < byte {
          high = line
        } else {
          low = line + same
          while bytes[low] != UInt8(ascii: "\n") { low += 1 }
          low += 1
        }
      }
      return nil
    }
  }

  private static func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    var count = 0
    let start = ift_sentences(&count)
    // The table is constant data of this library, as long as was just said; every line ends with a line feed,
    // so a comparison stops within it.
    return body(UnsafeBufferPointer(start: start, count: count))
  }
}
