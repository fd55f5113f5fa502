// The World tokenizer: a vocabulary file, and greedy longest match over bytes.

/// Tokens and their bytes.
///
/// Token 0 is the end of the text and stands for no bytes; the file has no line for it. Every single byte
/// is a token, so that any bytes can be encoded, and `bytes(of:)` over `encode` gives them back.
package final class Vocabulary: Sendable {
  /// The largest id that a file may use.
  package static let largestPossibleID = 1 << 20

  /// The largest id and one: how many rows an embedding needs at least.
  package let size: Int
  /// How many tokens the file holds, token 0 not among them.
  package let tokenCount: Int
  private let trie: TokenTrie
  /// The tokens' bytes, one after the other by id.
  private let text: [UInt8]
  /// Where in `text` the bytes of token `id` begin; those of `id + 1` begin at their end.
  private let starts: [UInt32]

  /// Reads a vocabulary file of lines `id literal length`, in any order, with gaps between the ids.
  package init(file content: [UInt8]) throws(VocabularyError) {
    guard content.count <= 1 << 28 else {
      throw VocabularyError(expected: "at most 256 MiB", found: "\(content.count) bytes")
    }
    var trie = TokenTrie(forFileOf: content.count)
    var tokens: [(id: UInt32, bytes: [UInt8])] = []
    // The line of each id; 0 = none yet.
    var lines: [Int] = []
    var number = 0
    var position = 0
    while position < content.count {
      number += 1
      let end = content[position...].firstIndex(of: 0x0A) ?? content.count
      let line = try VocabularyLine(content[position..<end], number: number)
      position = end + 1

      if lines.count <= Int(line.id) {
        lines.append(
          contentsOf: repeatElement(0, count: max(Int(line.id) + 1, lines.count * 2) - lines.count))
      }
      guard lines[Int(line.id)] == 0 else {
        throw VocabularyError(
          line: number, expected: "an id that no other line has",
          found: "id \(line.id) of line \(lines[Int(line.id)])")
      }
      lines[Int(line.id)] = number
      guard let same = trie.insert(line.bytes, id: line.id) else {
        throw VocabularyError(
          line: number, expected: "tokens with at most \(TokenTrie.mostNodes) distinct beginnings",
          found: "one more")
      }
      guard same == 0 else {
        throw VocabularyError(
          line: number, expected: "bytes that no other token has",
          found: "those of id \(same) of line \(lines[Int(same)])")
      }
      tokens.append((line.id, line.bytes))
    }
    try Self.checkSingleBytes(tokens)
    tokens.sort { $0.id < $1.id }
    size = Int(tokens.last?.id ?? 0) + 1
    tokenCount = tokens.count
    self.trie = trie
    (text, starts) = Self.laidOut(tokens)
  }

  private static func checkSingleBytes(
    _ tokens: [(id: UInt32, bytes: [UInt8])]
  ) throws(VocabularyError) {
    var isPresent = [Bool](repeating: false, count: 256)
    for token in tokens where token.bytes.count == 1 { isPresent[Int(token.bytes[0])] = true }
    if let missing = isPresent.firstIndex(of: false) {
      throw VocabularyError(
        expected: "each of the 256 single bytes as a token",
        found: "none for byte 0x" + String(missing, radix: 16))
    }
  }

  /// The bytes of tokens in order of their ids, and where each id's begin.
  private static func laidOut(
    _ tokens: [(id: UInt32, bytes: [UInt8])]
  ) -> (text: [UInt8], starts: [UInt32]) {
    var text: [UInt8] = []
    var starts: [UInt32] = []
    starts.reserveCapacity(Int(tokens.last?.id ?? 0) + 2)
    for token in tokens {
      let here = UInt32(text.count)
      starts.append(contentsOf: repeatElement(here, count: Int(token.id) + 1 - starts.count))
      text.append(contentsOf: token.bytes)
    }
    starts.append(UInt32(text.count))
    return (text, starts)
  }

  /// Cuts `bytes` into tokens: at each place the longest that fits.
  package func encode(_ bytes: Span<UInt8>) -> [UInt32] { trie.encode(bytes) }

  /// The tokens of the UTF-8 of `text`.
  package func encode(_ text: String) -> [UInt32] { trie.encode(Array(text.utf8).span) }

  /// What a token stands for; nil for token 0 and for ids that the file does not have.
  package func bytes(of token: UInt32) -> ArraySlice<UInt8>? {
    guard token > 0, Int(token) < size else { return nil }
    let range = Int(starts[Int(token)])..<Int(starts[Int(token) + 1])
    return range.isEmpty ? nil : text[range]
  }
}
