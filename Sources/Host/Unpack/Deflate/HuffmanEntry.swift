// What a Huffman table says about the bits that come next, in 32 bits:
//
//   bits 0-3    bits of the code word; in a link, index bits of the second table
//   bits 4-7    extra bits that follow the code word
//   bit  8      literal        payload: the byte
//   bit  9      link           payload: where the second table begins
//   bit  10     end of block
//   bit  11     no such code
//   bits 16-31  payload; with no bit of 8 to 11 set, the base of a length or a distance (or the symbol of a
//               code length)

/// One entry of a Huffman table.
struct HuffmanEntry {
  private static let literalFlag: UInt32 = 1 << 8
  private static let linkFlag: UInt32 = 1 << 9
  private static let endFlag: UInt32 = 1 << 10
  private static let invalidFlag: UInt32 = 1 << 11

  let bits: UInt32

  init(_ bits: UInt32) { self.bits = bits }

  init(base: Int, extraBits: Int) { bits = UInt32(base) << 16 | UInt32(extraBits) << 4 }

  static func literal(_ byte: Int) -> HuffmanEntry {
    HuffmanEntry(UInt32(byte) << 16 | literalFlag)
  }

  static func link(to start: Int, indexBits: Int) -> HuffmanEntry {
    HuffmanEntry(UInt32(start) << 16 | linkFlag | UInt32(indexBits))
  }

  static let endOfBlock = HuffmanEntry(endFlag)

  static let invalid = HuffmanEntry(invalidFlag)

  /// The same for a code word of that many bits.
  func coded(in length: Int) -> HuffmanEntry { HuffmanEntry(bits | UInt32(length)) }

  var isLiteral: Bool { bits & HuffmanEntry.literalFlag != 0 }
  var isLink: Bool { bits & HuffmanEntry.linkFlag != 0 }
  var isEndOfBlock: Bool { bits & HuffmanEntry.endFlag != 0 }
  var isInvalid: Bool { bits & HuffmanEntry.invalidFlag != 0 }
  /// Anything but a literal, a length or a distance.
  var isSpecial: Bool {
    bits & (HuffmanEntry.linkFlag | HuffmanEntry.endFlag | HuffmanEntry.invalidFlag) != 0
  }

  /// Bits of the code word, or index bits behind a link: at most 15.
  var codeBits: Int { Int(bits & 15) }
  /// At most 15; the alphabets use up to 13.
  var extraBits: Int { Int(bits >> 4 & 15) }
  var payload: Int { Int(bits >> 16) }
}

/// A set of symbols, what each of them means, and the rules for codes of them.
struct HuffmanAlphabet: Sendable {
  /// What each symbol means, without the code word.
  let symbols: [UInt32]
  /// Index bits of the first table: larger ones are found faster and built slower.
  let rootBits: Int
  /// Entries of both levels at most.
  let capacity: Int
  /// A code of one word of one bit, and no code at all, are in use where nothing else is needed.
  let allowsSingle: Bool
  let allowsNone: Bool

  // A longer code word leads to a second table of at most 2^(15 - root) entries. Every such table holds at
  // least two symbols, because a code with a gap is refused before, so there are at most half as many
  // tables as symbols.
  private init(_ entries: [HuffmanEntry], rootBits: Int, allowsSingle: Bool, allowsNone: Bool) {
    symbols = entries.map(\.bits)
    self.rootBits = rootBits
    capacity = (1 << rootBits) + (entries.count / 2) << (15 - rootBits)
    self.allowsSingle = allowsSingle
    self.allowsNone = allowsNone
  }

  /// Code lengths, of which 16 to 18 repeat one.
  static let codeLengths = HuffmanAlphabet(
    (0..<19).map { HuffmanEntry(base: $0, extraBits: 0) }, rootBits: 7, allowsSingle: false,
    allowsNone: false)

  /// Literals, the end of a block, lengths, and two that occur in no stream.
  ///
  /// See RFC 1951, 3.2.5.
  static let literals: HuffmanAlphabet = {
    var entries = (0..<256).map { HuffmanEntry.literal($0) }
    entries.append(.endOfBlock)
    var base = 3
    for extra in [0, 0, 1, 2, 3, 4, 5] {
      for _ in 0..<4 {
        entries.append(HuffmanEntry(base: base, extraBits: extra))
        base += 1 << extra
      }
    }
    // The longest match has a symbol to itself, though the one before it, with 31, reaches it as well.
    entries.append(HuffmanEntry(base: 258, extraBits: 0))
    entries += [.invalid, .invalid]
    return HuffmanAlphabet(entries, rootBits: 11, allowsSingle: true, allowsNone: false)
  }()

  /// Distances, and two that occur in no stream.
  static let distances: HuffmanAlphabet = {
    var entries: [HuffmanEntry] = []
    var base = 1
    for extra in [0] + Array(0...13) {
      for _ in 0..<2 {
        entries.append(HuffmanEntry(base: base, extraBits: extra))
        base += 1 << extra
      }
    }
    entries += [.invalid, .invalid]
    return HuffmanAlphabet(entries, rootBits: 9, allowsSingle: true, allowsNone: true)
  }()
}
