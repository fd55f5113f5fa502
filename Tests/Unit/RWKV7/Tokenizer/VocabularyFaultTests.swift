// Vocabulary files that are refused, with the line and what belongs there.

import RWKV7Core
import Testing

struct VocabularyFaultTests {
  /// What stands on line 257, and what the message says after its number.
  static let lines: [(line: String, message: String)] = [
    ("", "expected `id literal length`, found nothing"),
    ("257", "expected `id literal length`, found `257`"),
    ("257 'ab'", "expected `id literal length`, found `257 'ab'`"),
    ("x 'ab' 2", "expected an id from 1 to 1048576, found `x`"),
    ("-1 'ab' 2", "expected an id from 1 to 1048576, found `-1`"),
    (" 'ab' 2", "expected an id from 1 to 1048576, found nothing"),
    ("0 'ab' 2", "expected an id from 1 to 1048576, found `0`"),
    ("1048577 'ab' 2", "expected an id from 1 to 1048576, found `1048577`"),
    (
      "99999999999999999999999 'ab' 2",
      "expected an id from 1 to 1048576, found `99999999999999999999999`"
    ),
    ("7 'ab' 2", "expected an id that no other line has, found id 7 of line 7"),
    ("257 'a' 1", "expected bytes that no other token has, found those of id 98 of line 98"),
    ("257 'ab' 3", "expected a token of 3 bytes, as its last column says, found 2 bytes"),
    ("257 'ab' 0", "expected a length in bytes, at least 1, found `0`"),
    ("257 '' 0", "expected a length in bytes, at least 1, found `0`"),
    ("257 'ab' 2\r", #"expected a length in bytes, at least 1, found `2\x0d`"#),
    ("257 'ab' two", "expected a length in bytes, at least 1, found `two`"),
    ("257 ab 2", "expected a literal in quotes, found `ab`"),
    ("257  2", "expected a literal in quotes, found nothing"),
    ("257 b 2", "expected a literal in quotes, found `b`"),
    ("257 f'ab' 2", "expected a literal in quotes, found `f'ab'`"),
    ("257 'ab 2", "expected a closing quote, found `'ab`"),
    ("257 'ab\" 3", "expected a closing quote, found `'ab\"`"),
    ("257 'a'b' 3", "expected the end of the literal after its closing quote, found `b'`"),
    (
      "257 'a'+'b' 2", "expected the end of the literal after its closing quote, found `+'b'`"
    ),
    (
      #"257 '\a' 1"#,
      #"expected one of the escapes \n \t \r \\ \' \" \xNN \uNNNN, found `\a`"#
    ),
    (
      #"257 b'\u00e9' 2"#, #"expected one of the escapes \n \t \r \\ \' \" \xNN, found `\u`"#
    ),
    (
      #"257 'ab\ 2"#,
      #"expected one of the escapes \n \t \r \\ \' \" \xNN \uNNNN, found the end of the literal"#
    ),
    (#"257 '\xg0' 1"#, "expected 2 hexadecimal digits, found `g0`"),
    (#"257 '\x4' 1"#, "expected 2 hexadecimal digits, found `4'`"),
    (#"257 '\u12"# + " 1", "expected 4 hexadecimal digits, found `12`"),
    (#"257 '\ud800' 3"#, #"expected a Unicode scalar, found the surrogate \ud800"#),
    ("257 b'\u{E9}' 2", #"expected ASCII in a literal with `b`, found `b'\xc3\xa9'`"#),
  ]

  @Test func `every fault of a line is named with its line`() {
    for (line, message) in Self.lines {
      let file = [UInt8]((TokenizerData.singleBytes + line + "\n258 'zz' 2\n").utf8)
      let error = #expect(throws: VocabularyError.self) { try Vocabulary(file: file) }
      #expect(error?.description == "vocabulary line 257: \(message)")
      #expect(error?.line == 257)
    }
  }

  @Test func `bytes that are not UTF-8 need a literal with b`() {
    let file =
      [UInt8](TokenizerData.singleBytes.utf8) + [UInt8]("257 '".utf8) + [0xC3, 0x28]
      + [UInt8]("' 2".utf8)
    let error = #expect(throws: VocabularyError.self) { try Vocabulary(file: file) }
    #expect(
      error?.description
        == #"vocabulary line 257: expected UTF-8 in a literal without `b`, found `'\xc3('`"#)
  }

  @Test func `a single byte that is no token is named`() throws {
    let lines = TokenizerData.singleBytes.split(separator: "\n")
    for missing in [0, 0x41, 0xFF] {
      var fewer = lines
      fewer.remove(at: missing)
      let file = [UInt8](fewer.joined(separator: "\n").utf8)
      let error = #expect(throws: VocabularyError.self) { try Vocabulary(file: file) }
      let name = String(missing, radix: 16)
      #expect(
        error?.description
          == "vocabulary: expected each of the 256 single bytes as a token, found none for byte 0x\(name)"
      )
    }
    #expect(throws: VocabularyError.self) { try Vocabulary(file: []) }
  }

  @Test func `garbage is refused without harm`() {
    var random = RandomGenerator(seed: 13)
    let good = [UInt8](TokenizerData.singleBytes.utf8)
    for round in 0..<600 {
      var file = good
      if round % 3 == 0 { file.removeLast(Int(random.next() % UInt64(file.count))) }
      for _ in 0..<random.next() % 4 where !file.isEmpty {
        file[Int(random.next() % UInt64(file.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      if let vocabulary = try? Vocabulary(file: file) {
        #expect(vocabulary.tokenCount >= 256)
      }
    }
  }
}
