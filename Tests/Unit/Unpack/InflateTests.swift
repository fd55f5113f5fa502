// DEFLATE: right streams come out however they arrive, wrong ones are refused.

import Testing
import Unpack

@Suite struct InflateTests {
  @Test(arguments: Fixture.streams)
  func `what another program compressed comes out`(fixture: Fixture) throws {
    for pieces in [1, 2, 7, 100, 1 << 20] {
      #expect(try gunzip(fixture.bytes, pieces: pieces) == Fixture.text)
    }
  }

  @Test(arguments: 0..<40)
  func `random blocks of every type come out in pieces of every size`(seed: Int) throws {
    let (stream, output) = DeflateWriter.random(seed * 150, seed: seed)
    let file = DeflateWriter.gzip(stream, output)
    for pieces in [1, 3, 17, 1 + seed * 10, 1 << 20] {
      let found = try gunzip(file, pieces: pieces)
      #expect(found == output, "\(output.count) bytes in pieces of \(pieces)")
    }
  }

  @Test func `short blocks come out wherever the input is cut in two`() throws {
    var chance = Chance(3)
    var writer = DeflateWriter()
    for index in 0..<14 {
      let symbols: [Symbol] = [.literal(UInt8(index)), .match(length: 3 + index, distance: 1)]
      if index % 2 == 0 {
        writer.dynamic(symbols, isLast: false, &chance)
      } else {
        writer.fixed(Array(symbols.prefix(index % 3)), isLast: false)
      }
    }
    writer.fixed([], isLast: true)
    let file = DeflateWriter.gzip(writer.finished(), writer.output)
    for cut in 1..<file.count {
      let found = try gunzip(file, pieces: 1 << 20, first: cut)
      #expect(found == writer.output, "cut after \(cut) bytes")
    }
  }

  @Test(arguments: 0..<3)
  func `a long stream comes out although the window moves`(seed: Int) throws {
    let (stream, output) = DeflateWriter.random(700_000, seed: seed)
    let file = DeflateWriter.gzip(stream, output)
    for pieces in [61, 4096, 1 << 20] { #expect(try gunzip(file, pieces: pieces) == output) }
  }

  @Test func `a stored block may be as long as its length can say`() throws {
    let bytes = (0..<0xffff).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    for pieces in [1000, 1 << 20] {
      #expect(try gunzip(DeflateWriter.gzip(stored: bytes), pieces: pieces) == bytes)
    }
  }

  struct Wrong: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bits: @Sendable (inout DeflateWriter) -> Void

    init(_ problem: String, _ bits: @escaping @Sendable (inout DeflateWriter) -> Void) {
      testDescription = problem
      self.bits = bits
    }
  }

  /// The beginning of a block with its own codes; 0 has the word 0, and 18 the word 1.
  private static func begin(_ writer: inout DeflateWriter, _ literals: Int, _ distances: Int) {
    writer.put(5, 3)
    writer.put(literals - 257, 5)
    writer.put(distances - 1, 5)
  }

  /// A code for lengths in which 0, 1, 2 and 18 have words of two bits.
  private static let lengthCode = (0..<19).map { [0, 1, 2, 18].contains($0) ? 2 : 0 }

  /// Writes lengths with that code, zeros in stretches.
  private static func put(_ lengths: [Int: Int], count: Int, _ writer: inout DeflateWriter) {
    let words = DeflateWriter.words(lengthCode)
    var index = 0
    while index < count {
      let zeros = (index..<count).prefix { lengths[$0] == nil }.count
      if zeros >= 11 {
        writer.put(words[18])
        writer.put(min(zeros, 138) - 11, 7)
        index += min(zeros, 138)
      } else {
        writer.put(words[lengths[index] ?? 0])
        index += 1
      }
    }
  }

  /// A block with these lengths of literals and distances, and then these bits.
  private static func block(
    _ writer: inout DeflateWriter, _ literals: [Int: Int], _ distances: [Int: Int], _ bits: Int = 0
  ) {
    begin(&writer, 286, 30)
    writer.putLengthCode(lengthCode)
    var lengths = literals
    for (symbol, length) in distances { lengths[286 + symbol] = length }
    put(lengths, count: 316, &writer)
    writer.put(bits, 16)
  }

  static let wrong: [Wrong] = [
    Wrong("a block has a type that does not exist") { $0.put(7, 3) },
    Wrong("the length of a stored block is damaged") {
      $0.put(1, 8); $0.put(0x1_0001, 32)
    },
    Wrong("a block has too many lengths or distances") {
      begin(&$0, 287, 1); $0.put(0, 30)
    },
    Wrong("a block has too many lengths or distances") {
      begin(&$0, 257, 31); $0.put(0, 30)
    },
    Wrong("the code lengths of a block are no code") {
      begin(&$0, 257, 1)
      $0.putLengthCode([Int](repeating: 0, count: 19))
    },
    Wrong("the code lengths of a block are no code") {
      begin(&$0, 257, 1)
      $0.putLengthCode((0..<19).map { $0 == 0 ? 1 : 0 })
    },
    Wrong("the code lengths of a block are no code") {
      begin(&$0, 257, 1)
      $0.putLengthCode((0..<19).map { $0 < 3 ? 1 : 0 })
    },
    Wrong("a block repeats a code length before the first one") {
      begin(&$0, 257, 1)
      $0.putLengthCode((0..<19).map { $0 == 0 || $0 == 16 ? 1 : 0 })
      $0.put(1, 10)
    },
    Wrong("a block repeats a code length too often") {
      begin(&$0, 257, 1)
      $0.putLengthCode((0..<19).map { $0 == 0 || $0 == 18 ? 1 : 0 })
      for _ in 0..<2 { $0.put(0xff, 8) }
    },
    Wrong("a block has no code for its end") { block(&$0, [0: 1, 1: 1], [:]) },
    Wrong("the literals of a block have no valid code") { block(&$0, [0: 1, 1: 1, 256: 1], [:]) },
    Wrong("the literals of a block have no valid code") { block(&$0, [0: 1, 256: 2], [:]) },
    Wrong("the literals of a block have no valid code") { block(&$0, [256: 2], [:]) },
    Wrong("the distances of a block have no valid code") {
      block(&$0, [0: 1, 256: 1], [0: 1, 1: 1, 2: 1])
    },
    Wrong("the distances of a block have no valid code") { block(&$0, [0: 1, 256: 1], [5: 2]) },
    // The only literal is the end, whose word is 0.
    Wrong("a block uses a literal or length that does not exist") { block(&$0, [256: 1], [:], 1) },
    // 0 is a literal, 01 the end, 11 a match of three bytes.
    Wrong("a block uses a distance that does not exist") {
      block(&$0, [0: 1, 256: 2, 257: 2], [:], 0b0110)
    },
    Wrong("a block uses a distance that does not exist") {
      block(&$0, [0: 1, 256: 2, 257: 2], [0: 1], 0b1110)
    },
    Wrong("a block repeats bytes from before its beginning") {
      block(&$0, [0: 1, 256: 2, 257: 2], [1: 1], 0b0110)
    },
    Wrong("a block repeats bytes from before its beginning") {
      $0.put(3, 3)
      $0.put((1, 7))
      $0.put((0, 5))
    },
    // The fixed codes have words for two lengths and two distances too many.
    Wrong("a block uses a literal or length that does not exist") {
      $0.put(3, 3)
      $0.put((0b1100_0110, 8))
    },
    Wrong("a block uses a distance that does not exist") {
      $0.put(3, 3)
      $0.put((0b0011_0000, 8))
      $0.put((1, 7))
      $0.put((30, 5))
    },
  ]

  @Test(arguments: wrong)
  func `a damaged block is refused with its reason`(row: Wrong) {
    var writer = DeflateWriter()
    row.bits(&writer)
    // The careful loop meets it at the end of the input, the fast one before more of it.
    for rest in [[], [UInt8](repeating: 0, count: 40)] {
      let file = DeflateWriter.gzip(writer.finished() + rest, [])
      for pieces in [1, 1 << 20] {
        let failure = #expect(throws: UnpackError.self) { try gunzip(file, pieces: pieces) }
        #expect(failure?.problem == row.testDescription && failure?.kind == .damaged)
      }
    }
  }

  @Test func `a code of one word and no code at all are codes`() throws {
    // One literal 0 and then three more of it, with the only distance there is.
    var single = DeflateWriter()
    InflateTests.block(&single, [0: 1, 256: 2, 257: 2], [0: 1], 0b01_0_11_0)
    let zeros = [UInt8](repeating: 0, count: 4)
    #expect(try gunzip(DeflateWriter.gzip(Array(single.finished().dropLast()), zeros)) == zeros)
    var none = DeflateWriter()
    InflateTests.block(&none, [256: 1], [:], 0)
    #expect(try gunzip(DeflateWriter.gzip(Array(none.finished().dropLast()), [])).isEmpty)
  }

  @Test(arguments: Fixture.streams)
  func `a stream that ends early is refused at every byte`(fixture: Fixture) {
    let file = fixture.bytes
    for count in 0..<file.count {
      let failure = #expect(throws: UnpackError.self) {
        try gunzip(Array(file.prefix(count)), pieces: [1, 2, 30, 1 << 20][count % 4])
      }
      #expect(failure?.kind == .damaged)
    }
  }

  @Test(arguments: Fixture.streams.filter { $0.program != "Huffman only" })
  func `no flipped bit gives other bytes`(fixture: Fixture) {
    let file = fixture.bytes
    var unnoticed = 0
    for bit in 0..<file.count * 8 {
      var damaged = file
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let output = try? gunzip(damaged) else { continue }
      unnoticed += 1
      if output != Fixture.text { Issue.record("bit \(bit) changed the output unnoticed") }
    }
    // Time, system and name in the header mean nothing here, and so do bits that align a stored block.
    #expect(unnoticed >= 48 && unnoticed < 150)
  }

  @Test(arguments: 0..<20)
  func `random bytes are refused`(seed: Int) {
    var chance = Chance(seed)
    for _ in 0..<50 {
      var bytes = chance.bytes(1 + chance.below(100))
      // A block with its own codes or with the fixed ones: stored ones end at once.
      bytes[0] = bytes[0] & ~6 | (chance.below(4) == 0 ? 2 : 4)
      let file = DeflateWriter.gzip(bytes, [1, 2, 3])
      #expect(throws: UnpackError.self) { try gunzip(file, pieces: 1 + chance.below(64)) }
    }
  }
}
