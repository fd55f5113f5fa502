// The writer: exact bytes, and that nothing broken can be written.

import JSONFormat
import Testing

@Suite struct WriterTests {
  @Test func `commas, keys and values stand where they must`() throws {
    var writer = JSONWriter(capacity: 100)
    writer.beginObject()
    writer.key("a")
    writer.integer(-7)
    writer.key(text: "é\"")
    writer.beginArray()
    writer.null()
    writer.bool(true)
    writer.bool(false)
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.endArray()
    writer.raw(Array(#"{"x" : 1}"#.utf8))
    try writer.double(0.5)
    try writer.string(utf8: Array("é\n".utf8).span)
    writer.endArray()
    writer.key("b")
    writer.string("x")
    #expect(!writer.isComplete)
    writer.endObject()
    #expect(writer.isComplete)
    let line = #"{"a":-7,"é\"":[null,true,false,{},[],{"x" : 1},0.5,"é\n"],"b":"x"}"#
    #expect(String(decoding: writer.bytes, as: UTF8.self) == line)

    writer.endLine()
    writer.integer(2)
    writer.endLine()
    #expect(String(decoding: writer.bytes, as: UTF8.self) == line + "\n2\n")

    writer.beginArray()
    writer.removeAll()
    writer.string("again")
    #expect(writer.bytes == Array(#""again""#.utf8))
  }

  @Test func `a string is escaped where JSON demands it and nowhere else`() throws {
    let rows = [
      ("", ""), ("plain / text", "plain / text"), ("\"\\", #"\"\\"#),
      ("\u{8}\u{c}\n\r\t", #"\b\f\n\r\t"#),
      ("\0\u{1}\u{f}\u{10}\u{1f}", #"\u0000\u0001\u000f\u0010\u001f"#),
      ("\u{7f}é中😀\u{2028}", "\u{7f}é中😀\u{2028}"), ("12345678\n", #"12345678\n"#),
      ("1234567\"8", #"1234567\"8"#), ("\n\n\n\n\n\n\n\n\n", #"\n\n\n\n\n\n\n\n\n"#),
    ]
    for (string, escaped) in rows {
      var writer = JSONWriter()
      writer.string(string)
      #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(escaped)\"")
      writer.removeAll()
      try writer.string(utf8: Array(string.utf8).span)
      #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(escaped)\"")
      #expect(try JSONValue.parse(writer.bytes) == .string(string))
    }
  }

  @Test func `a number reads back as the same number`() throws {
    let doubles: [(Double, String)] = [
      (18, "18.0"), (-0.0, "-0.0"), (1e20, "1e+20"), (0.1, "0.1"), (1e-7, "1e-07"),
      (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5e-324"),
    ]
    for (double, text) in doubles {
      let bytes = try JSONValue.number(double).serialized()
      #expect(String(decoding: bytes, as: UTF8.self) == text)
    }
    for integer in [0, 1, -1, 9, 10, 99, 100, Int64.max, Int64.min] {
      #expect(try JSONValue.integer(integer).serialized() == Array("\(integer)".utf8))
    }

    var generator = SplitMix64(state: 3)
    var wrong: [Double] = []
    for _ in 0..<2000 {
      // Bit patterns take the slow way, short decimals the fast one.
      let digits =
        Int64(bitPattern: generator.next()) >> Int64.random(in: 4..<64, using: &generator)
      let short = Double("\(digits)e\(Int.random(in: -30...30, using: &generator))")
      for double in [.randomFinite(using: &generator), short ?? 0] {
        let bytes = try JSONValue.number(double).serialized()
        let back = try JSON.read(bytes) { cursor throws(JSONError) in try cursor.readDouble() }
        if back.bitPattern != double.bitPattern { wrong.append(double) }
      }
      let text = "\(digits)e\(Int.random(in: -30...30, using: &generator))"
      let read = try JSON.read(Array(text.utf8)) { c throws(JSONError) in try c.readDouble() }
      // An integer has no -0, a Double has.
      if read != Double(text) { wrong.append(read) }
    }
    #expect(wrong.isEmpty)
  }

  @Test func `what JSON cannot hold is refused and leaves nothing behind`() throws {
    var writer = JSONWriter()
    writer.beginArray()
    for value in [Double.nan, .infinity, -.infinity] {
      #expect(throws: JSONError(.nonFiniteNumber, at: 1)) { try writer.double(value) }
    }
    let broken: [UInt8] = [0x61, 0x80]
    #expect(throws: JSONError(.invalidUTF8, at: 1)) { try writer.string(utf8: broken.span) }
    writer.endArray()
    #expect(writer.bytes == Array("[]".utf8))

    var deep = JSONValue.null
    for _ in 0..<128 { deep = .array([deep]) }
    #expect(try JSONValue.parse(deep.serialized()) == deep)
    let deeper = JSONValue.object([JSONMember(key: "", value: deep)])
    #expect(throws: JSONError(.tooDeep, at: 1 + 3 + 127)) { try deeper.serialized() }
  }

  @Test func `calls out of order trap`() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.beginObject()
      writer.integer(1)
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.beginArray()
      writer.key("a")
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.beginArray()
      writer.endObject()
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.null()
      writer.null()
    }
  }
}
