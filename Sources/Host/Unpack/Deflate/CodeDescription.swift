// The beginning of a block that brings its own codes. See RFC 1951, 3.2.7.

/// Reads the lengths of the code words of both codes, across chunks of input.
struct CodeDescription {
  /// In this order, because the last ones are often left out.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private enum Stage { case counts, codeLengths, lengths }

  private var stage = Stage.counts
  private var literalCount = 0
  private var distanceCount = 0
  private var codeLengthCount = 0
  /// Lengths that have been read in this stage.
  private var done = 0
  private var codeLengths = [UInt8](repeating: 0, count: 19)
  private var table = HuffmanTable(.codeLengths)
  private var lengths = [UInt8](repeating: 0, count: 286 + 30)

  /// Gets ready for another block.
  mutating func restart() { stage = .counts }

  /// Valid once `read` has returned true.
  var literalLengths: ArraySlice<UInt8> { lengths[..<literalCount] }
  /// See `literalLengths`.
  var distanceLengths: ArraySlice<UInt8> { lengths[literalCount..<literalCount + distanceCount] }

  /// True once all of it is read; false when more input is needed.
  mutating func read(_ reader: inout BitReader) throws(UnpackError) -> Bool {
    if stage == .counts {
      guard reader.need(14) else { return false }
      literalCount = reader.take(5) + 257
      distanceCount = reader.take(5) + 1
      codeLengthCount = reader.take(4) + 4
      guard literalCount <= 286 && distanceCount <= 30 else {
        throw UnpackError(.damaged, "a block has too many lengths or distances")
      }
      for index in 0..<19 { codeLengths[index] = 0 }
      done = 0
      stage = .codeLengths
    }
    if stage == .codeLengths {
      while done < codeLengthCount {
        guard reader.need(3) else { return false }
        codeLengths[CodeDescription.order[done]] = UInt8(reader.take(3))
        done += 1
      }
      guard table.rebuild(codeLengths[...]) else {
        throw UnpackError(.damaged, "the code lengths of a block are no code")
      }
      done = 0
      stage = .lengths
    }
    while done < literalCount + distanceCount {
      guard try readLengths(&reader) else { return false }
    }
    guard lengths[256] > 0 else {
      throw UnpackError(.damaged, "a block has no code for its end")
    }
    return true
  }

  /// One length or a repetition of one; false when more input is needed.
  private mutating func readLengths(_ reader: inout BitReader) throws(UnpackError) -> Bool {
    while true {
      let entry = HuffmanEntry(table.entries[reader.peek(table.rootBits)])
      // 16 repeats the one before 3 to 6 times; 17 and 18 stand for 3 to 10 and 11 to 138 zeros.
      let (extra, least) =
        switch entry.payload {
        case 16: (2, 3)
        case 17: (3, 3)
        case 18: (7, 11)
        default: (0, 1)
        }
      // With too few bits held the entry is a guess; it is right as soon as its own bits are.
      guard entry.codeBits + extra <= reader.held.count else {
        guard reader.pull() else { return false }
        continue
      }
      reader.drop(entry.codeBits)
      let count = least + reader.take(extra)
      if entry.payload == 16 && done == 0 {
        throw UnpackError(.damaged, "a block repeats a code length before the first one")
      }
      guard done + count <= literalCount + distanceCount else {
        throw UnpackError(.damaged, "a block repeats a code length too often")
      }
      let length =
        entry.payload < 16 ? UInt8(entry.payload) : entry.payload == 16 ? lengths[done - 1] : 0
      for index in done..<done + count { lengths[index] = length }
      done += count
      return true
    }
  }
}
