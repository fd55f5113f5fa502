// Where sentences end: the algorithm of Kiss and Strunk, "Unsupervised Multilingual Sentence Boundary
// Detection", 2006, with the English parameters and in the manner of nltk 3.9.1's Punkt tokenizer, against
// which the official verdicts were made. Only what stands around a full stop, a question or an exclamation
// mark is looked at, and each part of the text a bounded number of times.

/// Splits English text into sentences.
package struct SentenceSplitter: Sendable {
  /// A splitter; its parameters lie in the library and are not loaded.
  package init() {}

  /// How many sentences a text has.
  package func count(_ text: ResponseText) -> Int { sentences(text.bytes).count }

  /// The sentences of a text in order, as ranges of its bytes; blanks at their ends may be included.
  func sentences(_ bytes: [UInt8]) -> [Range<Int>] { realigned(pieces(bytes), bytes) }

  // MARK: Possible ends

  /// A mark that may end a sentence, with the word before it and the one behind it.
  private struct Candidate {
    let wordStart: Int
    let mark: Int
    let contextEnd: Int
    /// The start of the word behind the blanks; nothing when punctuation follows at once.
    let nextWord: Int?
  }

  /// The text cut after each mark that ends a sentence.
  private func pieces(_ bytes: [UInt8]) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    func cut(after candidate: Candidate) {
      var tokens = SentenceTokens(
        bytes: bytes, range: candidate.wordStart..<candidate.contextEnd)
      guard tokens.containsBreak() else { return }
      pieces.append(start..<(candidate.mark + 1))
      start = candidate.nextWord ?? (candidate.mark + 1)
    }
    var previous: Candidate?
    var mark = 0
    while mark < bytes.count {
      if Self.isMark(bytes[mark]),
        let candidate = candidate(bytes, mark: mark, after: previous)
      {
        if let previous, previous.mark <= candidate.wordStart { cut(after: previous) }
        previous = candidate
      }
      mark += 1
    }
    if let previous { cut(after: previous) }
    pieces.append(start..<max(start, bytes.beforeBlanks(bytes.count)))
    return pieces
  }

  private func candidate(
    _ bytes: [UInt8], mark: Int, after previous: Candidate?
  ) -> Candidate? {
    var contextEnd = mark + 1
    var nextWord: Int?
    guard contextEnd < bytes.count else { return nil }
    if SentenceTokens.endsWord(bytes[contextEnd]) {
      contextEnd += 1
    } else {
      let next = bytes.afterBlanks(contextEnd)
      guard next > contextEnd, next < bytes.count else { return nil }
      nextWord = next
      contextEnd = next
      while contextEnd < bytes.count {
        let (value, after) = bytes.scalar(at: contextEnd)
        if Characters.isBlank(value) { break }
        contextEnd = after
      }
    }
    // The word before begins behind the last ASCII blank since the mark before; without one, both
    // marks are judged together.
    let from = previous?.mark ?? 0
    var blank = mark - 1
    while blank > from && !Self.isASCIIBlank(bytes[blank]) { blank -= 1 }
    let wordStart = blank > from ? blank + 1 : previous?.wordStart ?? 0
    return Candidate(
      wordStart: wordStart, mark: mark, contextEnd: contextEnd, nextWord: nextWord)
  }

  /// Whether a byte may end a sentence.
  @inline(__always)
  static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "!")
  }

  @inline(__always)
  private static func isASCIIBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
  }

  // MARK: Closing punctuation

  /// Moves quotes and brackets that close a sentence from the start of the next piece into it.
  private func realigned(_ pieces: [Range<Int>], _ bytes: [UInt8]) -> [Range<Int>] {
    var sentences: [Range<Int>] = []
    sentences.reserveCapacity(pieces.count)
    var start = pieces[0].lowerBound
    for index in pieces.indices {
      let piece = pieces[index]
      guard index + 1 < pieces.count else {
        if start < piece.upperBound { sentences.append(start..<piece.upperBound) }
        break
      }
      let next = pieces[index + 1]
      if let closing = closing(bytes, next) {
        sentences.append(start..<closing.end)
        start = closing.next
      } else {
        if start < piece.upperBound { sentences.append(start..<piece.upperBound) }
        start = next.lowerBound
      }
    }
    return sentences
  }

  /// The closing punctuation that a piece begins with, and where the piece goes on behind it and blanks.
  private func closing(_ bytes: [UInt8], _ piece: Range<Int>) -> (end: Int, next: Int)? {
    var end = piece.lowerBound
    while end < piece.upperBound && Self.closes(bytes[end]) { end += 1 }
    guard end > piece.lowerBound else { return nil }
    let next = bytes.afterBlanks(end, end: piece.upperBound)
    let isDash = end + 1 < piece.upperBound && bytes.has("--", at: end)
    guard next > end || isDash || end == piece.upperBound else { return nil }
    return (end, next)
  }

  private static func closes(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: ")"), UInt8(ascii: "]"),
      UInt8(ascii: "}"):
      true
    default: false
    }
  }
}
