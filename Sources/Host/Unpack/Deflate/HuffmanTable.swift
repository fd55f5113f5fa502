// From the lengths of the code words to a table that is looked up with the bits that come next.

/// The decoding table of one Huffman code, in two levels.
///
/// The first level is indexed with the next `rootBits` bits. A longer code word finds a link there, to a
/// second table that is indexed with the bits after those.
///
/// Invariant, which the unchecked loop in Inflater+Symbols.swift relies on: the first 2^`rootBits` entries
/// exist, and so do, for each link among them, the 2^`codeBits` entries from its payload on.
struct HuffmanTable {
  private(set) var entries: [UInt32]
  private(set) var rootBits = 1

  let alphabet: HuffmanAlphabet

  /// A table in which no code is valid.
  init(_ alphabet: HuffmanAlphabet) {
    self.alphabet = alphabet
    entries = [UInt32](
      repeating: HuffmanEntry.invalid.coded(in: 1).bits, count: alphabet.capacity)
  }

  /// A table for lengths that are known to be a code.
  init(_ alphabet: HuffmanAlphabet, fixed lengths: [UInt8]) {
    self.init(alphabet)
    let isCode = rebuild(lengths[...])
    precondition(isCode)
  }

  /// Replaces the code; false when the lengths (0 for symbols that do not occur) are not one.
  ///
  /// Accepts what zlib accepts: a code without gaps, a single word of one bit, or none at all.
  mutating func rebuild(_ lengths: ArraySlice<UInt8>) -> Bool {
    var counts = [Int](repeating: 0, count: 16)
    for length in lengths { counts[Int(length)] += 1 }
    counts[0] = 0
    guard let longest = counts.lastIndex(where: { $0 > 0 }) else {
      rootBits = 1
      clearRoot()
      return alphabet.allowsNone
    }
    // Code words not yet given away, of the length looked at.
    var unused = 1
    for length in 1...15 {
      unused = unused * 2 - counts[length]
      if unused < 0 { return false }
    }
    if unused > 0 && !(longest == 1 && alphabet.allowsSingle) { return false }
    rootBits = min(alphabet.rootBits, longest)
    if unused > 0 { clearRoot() }
    fill(HuffmanTable.sorted(lengths, counts), lengths, counts, longest: longest)
    return true
  }

  private mutating func clearRoot() {
    for index in 0..<1 << rootBits { entries[index] = HuffmanEntry.invalid.coded(in: 1).bits }
  }

  /// The symbols that occur, by length and then by number: the order of their code words.
  private static func sorted(_ lengths: ArraySlice<UInt8>, _ counts: [Int]) -> [Int] {
    var places = [Int](repeating: 0, count: 16)
    for length in 1..<15 { places[length + 1] = places[length] + counts[length] }
    var symbols = [Int](repeating: 0, count: places[15] + counts[15])
    for (symbol, length) in lengths.enumerated() where length > 0 {
      symbols[places[Int(length)]] = symbol
      places[Int(length)] += 1
    }
    return symbols
  }

  /// Gives the symbols their code words in order and writes each wherever its bits lead.
  private mutating func fill(
    _ symbols: [Int], _ lengths: ArraySlice<UInt8>, _ counts: [Int], longest: Int
  ) {
    var left = counts
    // Bits come lowest first but code words highest first, so the words are kept reversed.
    var word = 0
    var second = (prefix: -1, start: 0, bits: 0)
    var free = 1 << rootBits
    for symbol in symbols {
      let length = Int(lengths[lengths.startIndex + symbol])
      let entry = alphabet.symbols[symbol] | UInt32(length)
      if length <= rootBits {
        for index in stride(from: word, to: 1 << rootBits, by: 1 << length) {
          entries[index] = entry
        }
      } else {
        let prefix = word & (1 << rootBits - 1)
        if prefix != second.prefix {
          second = (prefix, free, secondBits(for: length, left, longest: longest))
          free += 1 << second.bits
          entries[prefix] = HuffmanEntry.link(to: second.start, indexBits: second.bits).bits
        }
        let step = 1 << (length - rootBits)
        for index in stride(from: word >> rootBits, to: 1 << second.bits, by: step) {
          entries[second.start + index] = entry
        }
      }
      left[length] -= 1
      word = HuffmanTable.next(after: word, length)
    }
  }

  /// How many bits a second table needs whose first word has this length: words follow each other without
  /// gaps, so it ends where the words that are left have filled it.
  private func secondBits(for length: Int, _ left: [Int], longest: Int) -> Int {
    var length = length
    var room = 1 << (length - rootBits) - left[length]
    while room > 0 && length < longest {
      length += 1
      room = room * 2 - left[length]
    }
    return length - rootBits
  }

  /// The reversed code word that follows another one of that length.
  private static func next(after word: Int, _ length: Int) -> Int {
    var word = word
    var bit = 1 << (length - 1)
    while word & bit != 0 {
      word ^= bit
      bit >>= 1
    }
    return word | bit
  }
}

extension HuffmanTable {
  /// The codes of a block that brings none of its own.
  ///
  /// See RFC 1951, 3.2.6.
  static let fixedLiterals = HuffmanTable(
    .literals,
    fixed: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })

  /// See `fixedLiterals`.
  static let fixedDistances = HuffmanTable(
    .distances, fixed: [UInt8](repeating: 5, count: 32))
}
