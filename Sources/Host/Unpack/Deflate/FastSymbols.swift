// The loop that almost all decompressed bytes come from. Nothing in it is checked by the language; what keeps
// it inside its memory is said at each place.

/// A Huffman table as a pointer, valid inside the closure that lent it.
struct FastTable {
  private let entries: UnsafePointer<UInt32>
  private let rootBits: UInt64
  private let mask: UInt64

  /// The invariant of `HuffmanTable` must hold for the entries.
  init(_ entries: UnsafeBufferPointer<UInt32>, rootBits: Int) {
    guard let start = entries.baseAddress, entries.count >= 1 << rootBits else {
      preconditionFailure("a table of \(entries.count) entries for \(rootBits) bits")
    }
    self.entries = start
    self.rootBits = UInt64(rootBits)
    mask = 1 << UInt64(rootBits) - 1
  }

  /// The first level: the mask keeps the index below 2^`rootBits`.
  @inline(__always)
  func root(_ bits: UInt64) -> HuffmanEntry {
    HuffmanEntry(entries[Int(truncatingIfNeeded: bits & mask)])
  }

  /// The second level: the mask keeps the index inside the table that the link leads to.
  @inline(__always)
  func second(_ link: HuffmanEntry, _ bits: UInt64) -> HuffmanEntry {
    let index = bits &>> rootBits & ((1 &<< UInt64(link.bits & 15)) &- 1)
    return HuffmanEntry(entries[link.payload &+ Int(truncatingIfNeeded: index)])
  }
}

/// The position of the loop in input and output.
struct FastSymbols {
  /// Bytes of input that an iteration may read: two refills of eight bytes, of which the second begins at
  /// most seven later.
  static let inputMargin = 16

  /// Why the loop has stopped.
  enum End { case margin, blockEnd, invalidLiteral, invalidDistance, tooFarBack }

  /// Bits read but not used; fewer than eight outside the loop.
  var held: HeldBits
  /// Next byte of the input.
  var position: Int
  /// End of the output.
  var written: Int

  /// Decodes while at least `inputMargin` bytes of input are left and the output is below `limit`.
  ///
  /// Sound, given `end` readable bytes at `input`, `limit + 3 + 258 + 15` writable ones at `output`, the
  /// first `written` of which are output, and fewer than eight held bits:
  ///
  /// 1. Input is read only by `refill`, twice per iteration at most, which `inputMargin` allows for.
  /// 2. An iteration writes at most three literals and one match, which the room beyond `limit` is for.
  /// 3. A match reads from `written - distance` on, which is checked not to be negative.
  /// 4. Fewer than 64 bits are asked for between two refills of 56: 3 * 15 for literals, or 15 + 5 + 15 + 13.
  mutating func run(
    input: UnsafePointer<UInt8>, end: Int, output: UnsafeMutablePointer<UInt8>, limit: Int,
    _ literals: FastTable, _ distances: FastTable
  ) -> End {
    var bits = Bits(hold: held.hold, count: UInt64(held.count), position: position)
    var out = written
    let lastPosition = end - FastSymbols.inputMargin
    var ending = End.margin
    while bits.position <= lastPosition && out < limit {
      bits.refill(UnsafeRawPointer(input))
      var symbol = literals.root(bits.hold)
      if symbol.isLiteral {
        emit(symbol, &bits, output, &out)
        symbol = literals.root(bits.hold)
        if symbol.isLiteral {
          emit(symbol, &bits, output, &out)
          symbol = literals.root(bits.hold)
          if symbol.isLiteral {
            emit(symbol, &bits, output, &out)
            continue
          }
        }
        bits.refill(UnsafeRawPointer(input))
      }
      if symbol.isSpecial {
        if symbol.isLink {
          symbol = literals.second(symbol, bits.hold)
          if symbol.isLiteral {
            emit(symbol, &bits, output, &out)
            continue
          }
        }
        if symbol.isSpecial {
          bits.drop(symbol)
          ending = symbol.isEndOfBlock ? .blockEnd : .invalidLiteral
          break
        }
      }
      let length = bits.number(symbol)
      var code = distances.root(bits.hold)
      if code.isSpecial {
        if code.isLink { code = distances.second(code, bits.hold) }
        if code.isInvalid {
          ending = .invalidDistance
          break
        }
      }
      let distance = bits.number(code)
      guard distance <= out else {
        ending = .tooFarBack
        break
      }
      copyMatch(output + out, distance: distance, length: length)
      out &+= length
    }
    written = out
    (held, position) = bits.settled()
    return ending
  }

  @inline(__always)
  private func emit(
    _ symbol: HuffmanEntry, _ bits: inout Bits, _ output: UnsafeMutablePointer<UInt8>,
    _ out: inout Int
  ) {
    output[out] = UInt8(truncatingIfNeeded: symbol.bits &>> 16)
    out &+= 1
    bits.drop(symbol)
  }
}

/// The bits of the fast loop: more of them may be in `hold` than are counted, and those are the ones that the
/// input continues with.
private struct Bits {
  var hold: UInt64
  var count: UInt64
  var position: Int

  /// Holds at least 56 bits: takes as many whole bytes as fit, of the eight that it reads.
  @inline(__always)
  mutating func refill(_ input: UnsafeRawPointer) {
    let word = input.loadUnaligned(fromByteOffset: position, as: UInt64.self)
    hold |= UInt64(littleEndian: word) &<< count
    position &+= Int(truncatingIfNeeded: (63 &- count) &>> 3)
    count |= 56
  }

  @inline(__always)
  mutating func drop(_ entry: HuffmanEntry) {
    let length = UInt64(entry.bits & 15)
    hold &>>= length
    count &-= length
  }

  /// Uses up an entry's bits and returns its number, extra bits included.
  @inline(__always)
  mutating func number(_ entry: HuffmanEntry) -> Int {
    drop(entry)
    let extra = UInt64(entry.bits &>> 4 & 15)
    let number = entry.payload &+ Int(truncatingIfNeeded: hold & ((1 &<< extra) &- 1))
    hold &>>= extra
    count &-= extra
    return number
  }

  /// Gives back whole bytes, so that fewer than eight bits are held and none beyond them is set.
  func settled() -> (HeldBits, position: Int) {
    let kept = count & 7
    return (
      HeldBits(hold: hold & (1 << kept - 1), count: Int(kept)), position - Int(count >> 3)
    )
  }
}
