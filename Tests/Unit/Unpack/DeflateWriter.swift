// Writes DEFLATE streams of every kind, right and wrong ones, without trying to make them small.

/// What a block is made of.
enum Symbol {
  case literal(UInt8)
  case match(length: Int, distance: Int)
}

/// A stream that is being written, and what it must become.
struct DeflateWriter {
  private(set) var stream: [UInt8] = []
  private(set) var output: [UInt8] = []
  private var hold = 0
  private var held = 0

  /// Bits, lowest first.
  mutating func put(_ value: Int, _ count: Int) {
    hold |= value << held
    held += count
    while held >= 8 {
      stream.append(UInt8(truncatingIfNeeded: hold))
      hold >>= 8
      held -= 8
    }
  }

  /// A code word, highest bit first.
  mutating func put(_ word: (code: Int, length: Int)) {
    for bit in stride(from: word.length - 1, through: 0, by: -1) { put(word.code >> bit & 1, 1) }
  }

  mutating func align() { if held > 0 { put(0, 8 - held) } }

  /// What was written so far, with the last byte completed.
  func finished() -> [UInt8] {
    var copy = self
    copy.align()
    return copy.stream
  }

  mutating func stored(_ bytes: [UInt8], isLast: Bool) {
    put(isLast ? 1 : 0, 3)
    align()
    stream += little(bytes.count, 2) + little(~bytes.count, 2) + bytes
    output += bytes
  }

  /// A block with the codes that need no description.
  mutating func fixed(_ symbols: [Symbol], isLast: Bool) {
    put(isLast ? 3 : 2, 3)
    let literals = (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }
    put(symbols, literals, [Int](repeating: 5, count: 30))
  }

  /// A block with its own codes, of any shape that has words for these symbols.
  mutating func dynamic(_ symbols: [Symbol], isLast: Bool, _ chance: inout Chance) {
    var literals = Set([256])
    var distances: Set<Int> = []
    for symbol in symbols {
      switch symbol {
      case .literal(let byte): literals.insert(Int(byte))
      case .match(let length, let distance):
        literals.insert(Self.lengthCode(length).symbol)
        distances.insert(Self.distanceCode(distance).symbol)
      }
    }
    for _ in 0..<chance.below(40) { literals.insert(chance.below(286)) }
    if chance.below(2) == 0 { for _ in 0..<chance.below(9) { distances.insert(chance.below(30)) } }
    let literalLengths = Self.code(for: literals, among: 286, longest: 15, &chance)
    let distanceLengths = Self.code(for: distances, among: 30, longest: 15, &chance)
    put(isLast ? 5 : 4, 3)
    describe(literalLengths, distanceLengths, &chance)
    put(symbols, literalLengths, distanceLengths)
  }

  private mutating func put(_ symbols: [Symbol], _ literals: [Int], _ distances: [Int]) {
    let literalWords = Self.words(literals)
    let distanceWords = Self.words(distances)
    for symbol in symbols {
      switch symbol {
      case .literal(let byte):
        put(literalWords[Int(byte)])
        output.append(byte)
      case .match(let length, let distance):
        let coded = Self.lengthCode(length)
        put(literalWords[coded.symbol])
        put(coded.extra, coded.bits)
        let far = Self.distanceCode(distance)
        put(distanceWords[far.symbol])
        put(far.extra, far.bits)
        for _ in 0..<length { output.append(output[output.count - distance]) }
      }
    }
    put(literalWords[256])
  }

  // MARK: Codes

  /// Lengths of a complete code for some symbols, grown by splitting words at random.
  private static func code(
    for used: Set<Int>, among count: Int, longest: Int, _ chance: inout Chance
  ) -> [Int] {
    var words = used.count > 1 ? [0] : used.map { _ in 1 }
    while words.count < used.count {
      // The newest word half of the time: that makes long ones.
      let index = chance.below(2) == 0 ? words.count - 1 : chance.below(words.count)
      guard words[index] < longest else { continue }
      words[index] += 1
      words.append(words[index])
    }
    words.shuffle(using: &chance)
    var lengths = [Int](repeating: 0, count: count)
    for (symbol, length) in zip(used.sorted(), words) { lengths[symbol] = length }
    return lengths
  }

  /// The code words for lengths.
  ///
  /// See RFC 1951, 3.2.2.
  static func words(_ lengths: [Int]) -> [(code: Int, length: Int)] {
    var next = 0
    var words = [(code: Int, length: Int)](repeating: (0, 0), count: lengths.count)
    for length in 1...15 {
      next <<= 1
      for (symbol, own) in lengths.enumerated() where own == length {
        words[symbol] = (next, length)
        next += 1
      }
    }
    return words
  }

  private mutating func describe(
    _ literals: [Int], _ distances: [Int], _ chance: inout Chance
  ) {
    let literalCount = max(257, (literals.lastIndex { $0 > 0 } ?? 0) + 1 + chance.below(2))
    let distanceCount = max(1, (distances.lastIndex { $0 > 0 } ?? 0) + 1)
    let all = literals.prefix(min(286, literalCount)) + distances.prefix(distanceCount)
    let runs = Self.runs(Array(all), &chance)
    var used = Set(runs.map(\.symbol))
    while used.count < 2 { used.insert(chance.below(19)) }
    let lengths = Self.code(for: used, among: 19, longest: 7, &chance)
    put(min(286, literalCount) - 257, 5)
    put(distanceCount - 1, 5)
    putLengthCode(lengths)
    let words = Self.words(lengths)
    for run in runs {
      put(words[run.symbol])
      put(run.extra, run.bits)
    }
  }

  /// The number of code lengths and the lengths themselves, in their peculiar order.
  mutating func putLengthCode(_ lengths: [Int]) {
    let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    let ordered = order.map { lengths[$0] }
    let count = max(4, (ordered.lastIndex { $0 > 0 } ?? 0) + 1)
    put(count - 4, 4)
    for length in ordered.prefix(count) { put(length, 3) }
  }

  /// Lengths with repetitions, which are used where they are possible half of the time.
  private static func runs(
    _ lengths: [Int], _ chance: inout Chance
  ) -> [(symbol: Int, extra: Int, bits: Int)] {
    var runs: [(symbol: Int, extra: Int, bits: Int)] = []
    var index = 0
    while index < lengths.count {
      let same = lengths[index...].prefix { $0 == lengths[index] }.count
      if lengths[index] == 0 && same >= 11 && chance.below(2) == 0 {
        runs.append((18, min(same, 138) - 11, 7))
        index += min(same, 138)
      } else if lengths[index] == 0 && same >= 3 && chance.below(2) == 0 {
        runs.append((17, min(same, 10) - 3, 3))
        index += min(same, 10)
      } else if index > 0 && lengths[index] == lengths[index - 1] && same >= 3
        && chance.below(2) == 0
      {
        runs.append((16, min(same, 6) - 3, 2))
        index += min(same, 6)
      } else {
        runs.append((lengths[index], 0, 0))
        index += 1
      }
    }
    return runs
  }

  // MARK: Lengths and distances, see RFC 1951, 3.2.5

  typealias Coded = (symbol: Int, extra: Int, bits: Int)

  private static let lengthTable = table(first: 257, 3, [0, 0, 1, 2, 3, 4, 5], each: 4)
  private static let distanceTable = table(first: 0, 1, [0] + Array(0...13), each: 2)

  private static func table(
    first: Int, _ start: Int, _ bits: [Int], each: Int
  ) -> [(symbol: Int, base: Int, bits: Int)] {
    var base = start
    var table: [(symbol: Int, base: Int, bits: Int)] = []
    for bits in bits {
      for _ in 0..<each {
        table.append((first + table.count, base, bits))
        base += 1 << bits
      }
    }
    return table
  }

  private static func lengthCode(_ length: Int) -> Coded {
    length == 258 ? (285, 0, 0) : coded(length, lengthTable)
  }

  private static func distanceCode(_ distance: Int) -> Coded { coded(distance, distanceTable) }

  private static func coded(
    _ number: Int, _ table: [(symbol: Int, base: Int, bits: Int)]
  ) -> Coded {
    guard let row = table.last(where: { $0.base <= number }) else { return (0, 0, 0) }
    return (row.symbol, number - row.base, row.bits)
  }
}

extension DeflateWriter {
  /// A stream of random blocks of all types with at least `size` bytes of output.
  static func random(_ size: Int, seed: Int) -> (stream: [UInt8], output: [UInt8]) {
    var chance = Chance(seed)
    var writer = DeflateWriter()
    repeat {
      let type = chance.below(3)
      if type == 0 {
        writer.stored(chance.bytes(chance.below(3) == 0 ? 0 : chance.below(700)), isLast: false)
        continue
      }
      let symbols = symbols(after: writer.output.count, &chance)
      if type == 1 {
        writer.fixed(symbols, isLast: false)
      } else {
        writer.dynamic(symbols, isLast: false, &chance)
      }
    } while writer.output.count < size
    switch chance.below(3) {
    case 0: writer.stored([], isLast: true)
    case 1: writer.fixed([], isLast: true)
    default: writer.dynamic([.literal(7)], isLast: true, &chance)
    }
    return (writer.finished(), writer.output)
  }

  /// Literals of few or many values and matches that reach back as far as they can or not at all.
  private static func symbols(after start: Int, _ chance: inout Chance) -> [Symbol] {
    var end = start
    let matches = chance.below(10)
    let values = [2, 20, 256][chance.below(3)]
    return (0..<chance.below(400)).map { _ in
      guard end > 0 && chance.below(10) < matches else {
        end += 1
        return .literal(UInt8(chance.below(values)))
      }
      let length = chance.below(6) == 0 ? 258 : 3 + chance.below(chance.below(2) == 0 ? 16 : 255)
      let farthest = min(end, 32768)
      let distance =
        switch chance.below(4) {
        case 0: farthest
        case 1: 1 + chance.below(min(end, 20))
        default: 1 + chance.below(farthest)
        }
      end += length
      return .match(length: length, distance: distance)
    }
  }

  /// A whole gzip file around a stream.
  static func gzip(_ stream: [UInt8], _ output: [UInt8]) -> [UInt8] {
    [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + stream + little(Int(crc32(output)), 4)
      + little(output.count, 4)
  }

  /// A gzip file of bytes as they are.
  static func gzip(stored output: [UInt8]) -> [UInt8] {
    var writer = DeflateWriter()
    for start in stride(from: 0, to: output.count, by: 0xffff) {
      writer.stored(Array(output[start...].prefix(0xffff)), isLast: false)
    }
    writer.stored([], isLast: true)
    return gzip(writer.stream, output)
  }

  /// A short stream that becomes many zero bytes.
  static func zeros(_ count: Int) -> (stream: [UInt8], output: [UInt8]) {
    var writer = DeflateWriter()
    let match = Symbol.match(length: 258, distance: 1)
    writer.fixed([.literal(0)] + Array(repeating: match, count: count / 258), isLast: true)
    return (writer.finished(), writer.output)
  }
}
