// Bytes to text, piece by piece, against Swift's own decoding of the whole.

import RWKV7Core
import Testing

struct TextDecoderTests {
  @Test func `what is not UTF-8 is replaced once for each maximal subpart`() {
    let cases: [(bytes: [UInt8], text: String, count: Int)] = [
      ([], "", 0),
      ([0x61, 0xC3, 0xA9], "a\u{E9}", 0),
      ([0x61, 0xFF, 0x62], "a\u{FFFD}b", 1),
      ([0xC3], "\u{FFFD}", 1),
      ([0xE4, 0xB8], "\u{FFFD}", 1),
      ([0xE4, 0xB8, 0x61], "\u{FFFD}a", 1),
      ([0xF0, 0x9F, 0x98], "\u{FFFD}", 1),
      ([0xF0, 0x9F, 0x98, 0x80], "\u{1F600}", 0),
      ([0xF0, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", 4),
      ([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}", 3),
      ([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", 4),
      ([0xC0, 0xAF], "\u{FFFD}\u{FFFD}", 2),
      ([0xE0, 0x9F, 0x61], "\u{FFFD}\u{FFFD}a", 2),
      ([0xE4, 0xC3, 0xA9], "\u{FFFD}\u{E9}", 1),
      ([0xEF, 0xBF, 0xBD], "\u{FFFD}", 0),
    ]
    for (bytes, text, count) in cases {
      var decoder = TextDecoder()
      decoder.append(bytes)
      decoder.finish()
      #expect(decoder.text == text)
      #expect(decoder.replacementCount == count)
      #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
  }

  @Test func `an unfinished character is held back until it is whole`() {
    var decoder = TextDecoder()
    decoder.append([0x61, 0xF0, 0x9F])
    #expect(decoder.text == "a")
    #expect(decoder.heldCount == 2)
    decoder.append([0x98])
    #expect(decoder.text == "a")
    decoder.append([0x80, 0x62])
    #expect(decoder.text == "a\u{1F600}b")
    #expect(decoder.heldCount == 0)
    decoder.finish()
    decoder.finish()
    #expect(decoder.replacementCount == 0)
  }

  @Test func `random bytes in random pieces decode as a whole does`() {
    var random = RandomGenerator(seed: 21)
    let interesting: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xE4, 0xED, 0xEE,
      0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]
    for _ in 0..<3000 {
      let bytes = (0..<random.next() % 24).map { _ in
        interesting[Int(random.next() % UInt64(interesting.count))]
      }
      var decoder = TextDecoder()
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int(random.next() % 4))
        decoder.append(piece)
        rest = rest.dropFirst(piece.count)
      }
      decoder.finish()
      let whole = String(decoding: bytes, as: UTF8.self)
      #expect(decoder.text == whole)
      #expect(
        decoder.replacementCount == whole.unicodeScalars.filter { $0 == "\u{FFFD}" }.count)
    }
  }
}
