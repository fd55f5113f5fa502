// What the reader accepts and refuses, beyond the conformance suite: which error, and where.

import JSONFormat
import Testing

/// A text and the error that it must give.
struct Refusal: Sendable, CustomTestStringConvertible {
  var text: String
  var error: JSONError
  var testDescription: String { text }

  init(_ text: String, _ code: JSONError.Code, _ offset: Int) {
    self.text = text
    error = JSONError(code, at: offset)
  }
}

private func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> String {
  String(repeating: open, count: depth) + "0" + String(repeating: close, count: depth)
}

private func keys(_ count: Int) -> String {
  (0..<count).map { "\"k\($0)\":\($0)," }.joined()
}

private let refusals = [
  Refusal("", .unexpectedEnd, 0), Refusal("  \n", .unexpectedEnd, 3),
  Refusal("[1", .unexpectedEnd, 2), Refusal("[1,]", .unexpectedByte, 3),
  Refusal("[,1]", .unexpectedByte, 1), Refusal("[1 2]", .unexpectedByte, 3),
  Refusal(#"{"a":1,}"#, .unexpectedByte, 7), Refusal(#"{"a" 1}"#, .unexpectedByte, 5),
  Refusal("{1:2}", .unexpectedByte, 1), Refusal("[1}", .unexpectedByte, 2),
  Refusal("1 1", .trailingBytes, 2), Refusal("{}\u{0}", .trailingBytes, 2),
  Refusal("null,", .trailingBytes, 4), Refusal("\u{feff}{}", .byteOrderMark, 0),
  Refusal(" \u{feff}{}", .unexpectedByte, 1), Refusal("tru", .unexpectedEnd, 3),
  Refusal("nulL", .unexpectedByte, 3), Refusal("NaN", .unexpectedByte, 0),
  Refusal("Infinity", .unexpectedByte, 0), Refusal("-Infinity", .invalidNumber, 1),
  Refusal("+1", .unexpectedByte, 0), Refusal("01", .invalidNumber, 0),
  Refusal("-01", .invalidNumber, 0), Refusal("-", .unexpectedEnd, 1),
  Refusal("1.", .unexpectedEnd, 2), Refusal("[1.]", .invalidNumber, 3),
  Refusal(".5", .unexpectedByte, 0), Refusal("1e", .unexpectedEnd, 2),
  Refusal("[1e+]", .invalidNumber, 4), Refusal("0x1", .trailingBytes, 1),
  Refusal("1_000", .trailingBytes, 1), Refusal("[1e309]", .numberOutOfRange, 1),
  Refusal("1.8e308", .numberOutOfRange, 0),
  Refusal("-1e99999999999999999999", .numberOutOfRange, 0),
  Refusal(String(repeating: "9", count: 310), .numberOutOfRange, 0),
  Refusal(#""abc"#, .unexpectedEnd, 4), Refusal("\"a\u{1}\"", .controlCharacter, 2),
  Refusal("\"long enough \n\"", .controlCharacter, 13), Refusal(#""\x""#, .invalidEscape, 1),
  Refusal(#""\u12g4""#, .invalidEscape, 1), Refusal(#""\u12"#, .invalidEscape, 1),
  Refusal(#""\"#, .unexpectedEnd, 2), Refusal(#""\ud800""#, .loneSurrogate, 1),
  Refusal(#""\ud800\u0041""#, .loneSurrogate, 1), Refusal(#""a\udc00""#, .loneSurrogate, 2),
  Refusal(#"{"a":1,"a":2}"#, .duplicateKey, 7), Refusal(#"{"a":1,"\u0061":2}"#, .duplicateKey, 7),
  Refusal(#"[{"":{},"":{}}]"#, .duplicateKey, 8),
  Refusal("{\(keys(16))\"k7\":0}", .duplicateKey, 1 + keys(16).utf8.count),
  Refusal("{\(keys(99))\"\\u006b98\":0}", .duplicateKey, 1 + keys(99).utf8.count),
  Refusal(nested(129), .tooDeep, 128), Refusal(nested(129, #"{"":"#, "}"), .tooDeep, 128 * 4),
  Refusal("/**/1", .unexpectedByte, 0), Refusal("'a'", .unexpectedByte, 0),
]

@Suite struct ReaderTests {
  @Test(arguments: refusals)
  func `a broken text is refused with the place, by tree and by skip`(row: Refusal) {
    let bytes = Array(row.text.utf8)
    #expect(throws: row.error) { try JSONValue.parse(bytes) }
    #expect(throws: row.error) { try JSON.validate(bytes) }
  }

  @Test func `values come out as they stand`() throws {
    let rows: [(String, JSONValue)] = [
      (" null ", .null), ("\t[true , false]\r\n", .array([.bool(true), .bool(false)])),
      ("0", .integer(0)), ("-0", .integer(0)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(0x1p63)),
      ("-9223372036854775809", .number(-0x1p63)), ("18446744073709551616", .number(0x1p64)),
      ("1.0", .number(1)), ("1E2", .number(100)), ("0e99999", .number(0)),
      (#""a\/\b\f\n\r\t\"\\z""#, .string("a/\u{8}\u{c}\n\r\t\"\\z")),
      (#""\u0000\u00e9\u4E2d\uD83d\ude00""#, .string("\0\u{e9}\u{4e2d}\u{1f600}")),
      ("\"\u{7f}\u{2028}é中😀\"", .string("\u{7f}\u{2028}é中😀")),
      // The same letter composed in two ways: two keys, because they are two byte strings.
      (
        "{\"\u{e9}\":1,\"e\u{301}\":2}",
        .object([
          JSONMember(key: "\u{e9}", value: .integer(1)),
          JSONMember(key: "e\u{301}", value: .integer(2)),
        ])
      ),
    ]
    for (text, value) in rows {
      #expect(try JSONValue.parse(Array(text.utf8)) == value, "\(text)")
    }
    #expect(try JSONValue.parse(Array(nested(128).utf8)).serialized() == Array(nested(128).utf8))
  }

  @Test func `with lastWins the last value stands at the first one's place`() throws {
    let few = #"{"a":1,"b":2,"\u0061":3}"#
    let value = try JSONValue.parse(Array(few.utf8), duplicateKeys: .lastWins)
    #expect(try value.serialized() == Array(#"{"a":3,"b":2}"#.utf8))

    let many = "{\(keys(50))\"k3\":null,\"k49\":true}"
    let members = try #require(
      try JSONValue.parse(Array(many.utf8), duplicateKeys: .lastWins).members)
    #expect(members.count == 50 && members[3].value == .null && members[49].value == .bool(true))
  }

  @Test func `every sequence of bytes is UTF-8 to us when it is to Swift`() {
    let edges: [UInt8] = [0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xed, 0xff]
    var sequences: [[UInt8]] = []
    for first in UInt8(0x7e)...0xff {
      sequences.append([first])
      for second in edges {
        sequences.append([first, second])
        for third in edges {
          sequences.append([first, second, third])
          guard first >= 0xe0, second & 0xc0 == 0x80, third & 0xc0 == 0x80 else { continue }
          for fourth in edges { sequences.append([first, second, third, fourth]) }
        }
      }
    }
    var wrong: [[UInt8]] = []
    for sequence in sequences {
      let isUTF8 = String(validating: sequence, as: UTF8.self) != nil
      var writer = JSONWriter()
      let wrote = (try? writer.string(utf8: sequence.span)) != nil
      do throws(JSONError) {
        try JSON.validate([0x22] + sequence + [0x22])
        if !isUTF8 || !wrote { wrong.append(sequence) }
      } catch {
        if isUTF8 || wrote || error.code != .invalidUTF8 { wrong.append(sequence) }
      }
    }
    #expect(wrong.isEmpty)
  }

  @Test func `a place is told as line and column`() {
    let text = Array("{\n  \"é\": 01\n}".utf8)
    let error = JSONError(.invalidNumber, at: 10)
    #expect(error.location(in: text) == (2, 8))
    #expect(JSONError(.unexpectedEnd, at: 99).location(in: text) == (3, 2))
    #expect(error.description == "JSON byte 10: this is not a JSON number")
    #expect(
      JSONError(.wrongKind(expected: .array), at: 3).description == "JSON byte 3: expected an array"
    )
  }
}
