// What the word tokenizer need not look at when only words in capitals are counted: nearly everything.

extension [UInt8] {
  /// Appends a sentence without what stands between two spaces and has no part that can be a word in capitals.
  ///
  /// A replacement of the tokenizer looks at no more than the spaces around. Only the one for the final stop
  /// looks at all that stands behind that: the stop stays, and so does the first thing behind it that does not
  /// close a sentence, if there is one. What ends the sentence stays as well.
  mutating func append(withoutPlainParts bytes: [UInt8], _ sentence: Range<Int>) {
    let (stop, goesOn) = bytes.lastStop(sentence)
    var copied = sentence.lowerBound
    var position = sentence.lowerBound
    while position < sentence.upperBound {
      let start = position
      let isPlain = bytes.skipPart(&position, end: sentence.upperBound)
      guard position < sentence.upperBound else { break }
      let part = start..<position
      if isPlain && !part.contains(stop) && !part.contains(goesOn) {
        append(contentsOf: bytes[copied..<start])
        // One space is enough, but a sentence that has one before the next part keeps it.
        copied = start == sentence.lowerBound ? position : position + 1
      }
      position += 1
    }
    append(contentsOf: bytes[copied..<sentence.upperBound])
  }

  /// Where the last full stop is, and behind it the first thing that does not close a sentence; -1 for neither.
  private func lastStop(_ sentence: Range<Int>) -> (stop: Int, goesOn: Int) {
    var stop = sentence.upperBound - 1
    while stop >= sentence.lowerBound && self[stop] != UInt8(ascii: ".") { stop -= 1 }
    guard stop >= sentence.lowerBound else { return (-1, -1) }
    var position = stop + 1
    while position < sentence.upperBound {
      let (value, next) = scalar(at: position)
      guard WordTokenizer.closes(value, isWide: true) || Characters.isBlank(value) else {
        return (stop, position)
      }
      position = next
    }
    return (stop, -1)
  }

  /// Moves a position to the next space; true when no part of what stands before it can be a word in capitals.
  ///
  /// That is ASCII without apostrophes of which each capital has a small letter behind it: where there are no
  /// apostrophes, the tokenizer cuts words of letters, such as "cannot", into parts of two letters and more.
  @inline(__always)
  private func skipPart(_ position: inout Int, end: Int) -> Bool {
    var isPlain = true
    var isAfterCapital = false
    while position < end {
      let byte = self[position]
      if byte >= 0x61 && byte <= 0x7A {
        isAfterCapital = false
      } else if byte == 0x20 {
        break
      } else {
        if isAfterCapital || byte >= 0x80 || byte == 0x27 { isPlain = false }
        isAfterCapital = byte >= 0x41 && byte <= 0x5A
      }
      position += 1
    }
    return isPlain && !isAfterCapital
  }
}
