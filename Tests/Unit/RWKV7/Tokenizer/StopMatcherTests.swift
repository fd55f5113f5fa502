// Stop strings, against a search of the whole text.

import RWKV7Core
import Testing

struct StopMatcherTests {
  /// What a text gives that comes in these pieces: the text before the stop, and the stop.
  static func run(_ stops: [String], _ pieces: [[UInt8]]) throws -> (text: String, stop: String?) {
    var matcher = try StopMatcher(stops)
    var decoder = TextDecoder()
    for piece in pieces where matcher.append(piece, to: &decoder) {}
    matcher.finish(&decoder)
    decoder.finish()
    return (decoder.text, matcher.match.map { stops[$0] })
  }

  /// The same from the definition: the first byte at which a stop is complete, and the longest there.
  static func search(_ stops: [String], _ text: [UInt8]) -> (text: String, stop: String?) {
    for end in 0...text.count {
      let complete = stops.filter { text[..<end].suffix($0.utf8.count).elementsEqual($0.utf8) }
      if let stop = complete.max(by: { $0.utf8.count < $1.utf8.count }) {
        return (String(decoding: text[..<(end - stop.utf8.count)], as: UTF8.self), stop)
      }
    }
    return (String(decoding: text, as: UTF8.self), nil)
  }

  @Test func `the stop that is complete first ends the text`() throws {
    let cases: [(stops: [String], text: String, expected: String, stop: String?)] = [
      ([], "abc", "abc", nil),
      (["\n\n"], "a\nb\n\nc", "a\nb", "\n\n"),
      (["User:", "\n\n"], "x User: y", "x ", "User:"),
      (["ab", "abc"], "xabc", "x", "ab"),
      (["abcd", "bc"], "abcd", "a", "bc"),
      (["abc", "bc"], "abc", "", "abc"),
      (["aab"], "aaab", "a", "aab"),
      (["aab"], "aaa", "aaa", nil),
      (["<end>"], "a<en<end>b", "a<en", "<end>"),
      (["é"], "caf\u{E9}s", "caf", "é"),
      (["a", "a"], "ba", "b", "a"),
    ]
    for (stops, text, expected, stop) in cases {
      let bytes = Array(text.utf8)
      for pieces in [[bytes], bytes.map { [$0] }] {
        let result = try Self.run(stops, pieces)
        #expect(result.text == expected)
        #expect(result.stop == stop)
      }
    }
  }

  @Test func `only what may begin a stop is held back`() throws {
    var matcher = try StopMatcher(["\n\nUser", "\n#"])
    var decoder = TextDecoder()
    for (piece, visible) in [("ab\n", "ab"), ("\nUs", "ab"), ("x\n", "ab\n\nUsx"), ("y", nil)] {
      let hasEnded = matcher.append(piece.utf8, to: &decoder)
      #expect(!hasEnded)
      #expect(decoder.text == visible ?? "ab\n\nUsx\ny")
    }
    #expect(matcher.append("\n#z".utf8, to: &decoder))
    #expect(matcher.append("more".utf8, to: &decoder))
    matcher.finish(&decoder)
    #expect(decoder.text == "ab\n\nUsx\ny")
    #expect(matcher.match == 1)
  }

  @Test func `an empty stop string is refused`() {
    let error = #expect(throws: StopError.self) { try StopMatcher(["a", ""]) }
    #expect(
      error?.description
        == "stop string 2 is empty: give at least one character, or leave it out")
  }

  @Test func `the result does not depend on how the text is cut`() throws {
    var random = RandomGenerator(seed: 31)
    var found = 0
    for _ in 0..<3000 {
      let letters: [String] = ["a", "b", "é"]
      func word(_ most: UInt64) -> String {
        (0..<random.next() % most).map { _ in letters[Int(random.next() % 3)] }.joined()
      }
      let stops = (0..<random.next() % 4).map { _ in "a" + word(5) }.map {
        random.next() % 2 == 0 ? $0 : String($0.reversed())
      }
      let text = Array(word(30).utf8)
      var pieces: [[UInt8]] = []
      var rest = text[...]
      while !rest.isEmpty {
        pieces.append(Array(rest.prefix(1 + Int(random.next() % 7))))
        rest = rest.dropFirst(pieces.last?.count ?? 0)
      }
      let result = try Self.run(stops, pieces)
      let expected = Self.search(stops, text)
      #expect(result.text == expected.text)
      #expect(result.stop == expected.stop)
      if result.stop != nil { found += 1 }
    }
    #expect(found > 500)
  }
}
