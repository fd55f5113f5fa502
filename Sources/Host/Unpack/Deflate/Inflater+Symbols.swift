// The symbols of a block: an unchecked loop while there is plenty of input and room, and a careful one for
// the rest. Nearly all time is spent here.

extension Inflater {
  /// Why decoding of symbols has stopped.
  enum SymbolsEnd { case blockEnd, needsInput, windowFull }

  /// Decodes symbols until the block ends, the input is used up or the window is full.
  func decodeSymbols(_ reader: inout BitReader) throws(UnpackError) -> SymbolsEnd {
    while !window.isFull {
      // 1. A symbol that was begun with earlier input is finished first, so that fewer than eight bits are
      //    held: the fast loop gives whole bytes back, which must be those of this chunk.
      if reader.held.count < 8 && reader.end - reader.position >= FastSymbols.inputMargin {
        if try decodeFast(&reader) { return .blockEnd }
        continue
      }
      // 2. One symbol.
      switch try decodeOne(&reader) {
      case .done: break
      case .blockEnd: return .blockEnd
      case .needsInput: return .needsInput
      }
    }
    return .windowFull
  }

  /// Runs the fast loop; true when the block has ended.
  private func decodeFast(_ reader: inout BitReader) throws(UnpackError) -> Bool {
    var symbols = FastSymbols(
      held: reader.held, position: reader.position, written: window.written)
    let end = literals.entries.withUnsafeBufferPointer { literalEntries in
      distances.entries.withUnsafeBufferPointer { distanceEntries in
        symbols.run(
          input: reader.base, end: reader.end, output: window.base, limit: window.limit,
          FastTable(literalEntries, rootBits: literals.rootBits),
          FastTable(distanceEntries, rootBits: distances.rootBits))
      }
    }
    window.advance(to: symbols.written)
    reader.held = symbols.held
    reader.position = symbols.position
    switch end {
    case .margin: return false
    case .blockEnd: return true
    case .invalidLiteral: throw Inflater.invalidLiteral
    case .invalidDistance: throw Inflater.invalidDistance
    case .tooFarBack: throw Inflater.tooFarBack
    }
  }

  private enum OneEnd { case done, blockEnd, needsInput }

  /// Decodes one symbol, a length together with its distance; without enough input it uses up nothing.
  ///
  /// The window must not be full.
  private func decodeOne(_ reader: inout BitReader) throws(UnpackError) -> OneEnd {
    while true {
      // With too few bits held an entry is a guess; it is right as soon as its own bits are.
      let symbol = entry(for: reader, after: 0, in: literals)
      var bits = symbol.codeBits + symbol.extraBits
      if bits <= reader.held.count {
        if symbol.isInvalid { throw Inflater.invalidLiteral }
        if symbol.isLiteral || symbol.isEndOfBlock {
          reader.drop(bits)
          if symbol.isEndOfBlock { return .blockEnd }
          window.append(UInt8(symbol.payload))
          return .done
        }
        let distance = entry(for: reader, after: bits, in: distances)
        bits += distance.codeBits + distance.extraBits
        if bits <= reader.held.count {
          if distance.isInvalid { throw Inflater.invalidDistance }
          let length = number(symbol, &reader)
          guard window.repeatOutput(distance: number(distance, &reader), length: length) else {
            throw Inflater.tooFarBack
          }
          return .done
        }
      }
      // At most 15 + 5 + 15 + 13 bits are needed, so the held bits never overflow.
      guard reader.pull() else { return .needsInput }
    }
  }

  /// The entry for the bits that come after `skipped` held ones.
  private func entry(
    for reader: BitReader, after skipped: Int, in table: HuffmanTable
  ) -> HuffmanEntry {
    let bits = Int(truncatingIfNeeded: reader.held.hold >> UInt64(skipped))
    let first = HuffmanEntry(table.entries[bits & (1 << table.rootBits - 1)])
    guard first.isLink else { return first }
    let index = bits >> table.rootBits & (1 << first.codeBits - 1)
    return HuffmanEntry(table.entries[first.payload + index])
  }

  /// Uses up an entry's bits and returns its number, extra bits included.
  private func number(_ entry: HuffmanEntry, _ reader: inout BitReader) -> Int {
    reader.drop(entry.codeBits)
    return entry.payload + reader.take(entry.extraBits)
  }

  private static var invalidLiteral: UnpackError {
    UnpackError(.damaged, "a block uses a literal or length that does not exist")
  }

  private static var invalidDistance: UnpackError {
    UnpackError(.damaged, "a block uses a distance that does not exist")
  }

  private static var tooFarBack: UnpackError {
    UnpackError(.damaged, "a block repeats bytes from before its beginning")
  }
}
