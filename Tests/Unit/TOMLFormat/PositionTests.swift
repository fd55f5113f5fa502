// Positions and sentences: what a user sees when a configuration cannot be read.

import TOMLFormat
import Testing

@Suite struct `TOML positions and errors` {
  @Test(arguments: refusals)
  func `an error says what, where and what to do`(row: Refusal) {
    let error = #expect(throws: TOMLError.self) { try TOMLTable(parsing: row.text) }
    #expect(error?.description == row.sentence)
  }

  @Test func `bytes that are not UTF-8 are refused where they stand`() {
    let error = #expect(throws: TOMLError.self) {
      try TOMLTable(parsing: Array("a = 1\n# ".utf8) + [0xFF])
    }
    #expect(
      error?.description
        == "2:3: the text is not valid UTF-8 here; save the file as UTF-8")
  }

  @Test func `every key and value keeps its line and column in scalars`() throws {
    let table = try TOMLTable(
      parsing: "\u{FEFF}a = 1\r\n'é😀' = [ 2,\n  3 ]\n[ b.c ]\nd.e = 'x'\n[[f]]\ng = {h = 4}\n")
    var places: [String] = []
    func walk(_ table: TOMLTable) {
      for entry in table.entries {
        places.append("\(entry.key) \(entry.keyPosition) \(entry.value.position)")
        visit(entry.value)
      }
    }
    func visit(_ value: TOMLValue) {
      switch value.content {
      case .table(let child): walk(child)
      case .array(let values):
        for value in values {
          places.append("- \(value.position)")
          visit(value)
        }
      default: break
      }
    }
    walk(table)
    #expect(
      places == [
        "a 1:1 1:5", "é😀 2:1 2:8", "- 2:10", "- 3:3", "b 4:3 4:3", "c 4:5 4:1", "d 5:1 5:1",
        "e 5:3 5:7", "f 6:3 6:1", "- 6:1", "g 7:1 7:5", "h 7:6 7:10",
      ])
  }

  @Test func `the writer orders values before tables and quotes what it must`() throws {
    let text = """
      z.y = [{}, {a = 1}]
      e = {}
      "ä b" = "q\\"\\\\\\u0000\\n"
      m = [1, {x = 2}]
      f = 1e16
      [s.t]
      k = 1979-05-27 07:32:00z
      """
    let written = TOMLWriter.text(try TOMLTable(parsing: text)) { $0 == ["f"] ? "why\nnot" : nil }
    #expect(
      written == """
        "ä b" = "q\\"\\\\\\u0000\\n"
        m = [1, { x = 2 }]
        f = 1e+16  # why not

        [[z.y]]

        [[z.y]]
        a = 1

        [e]

        [s.t]
        k = 1979-05-27T07:32:00Z

        """)
  }

  @Test(arguments: [
    ("1", "1"), (" [1, 'a'] ", "[1, \"a\"]"), ("{a.b=1}", "{ a = { b = 1 } }"),
    ("123e-5", "0.00123"),
  ])
  func `one value alone is read for overrides`(text: String, written: String) throws {
    #expect(TOMLWriter.text(try TOMLValue(parsing: text)) == written)
    #expect(throws: TOMLError.self) { try TOMLValue(parsing: text + " x") }
  }
}

/// A text that is not TOML, and what is said of it.
struct Refusal: Sendable {
  let text: String
  let sentence: String

  init(_ text: String, _ sentence: String) {
    self.text = text
    self.sentence = sentence
  }
}

private let refusals: [Refusal] = [
  Refusal("a = ", "1:5: expected a value, found the end of the file"),
  Refusal("a = yes", "1:5: 'yes' is not a value; text needs quotation marks"),
  Refusal("a = True", "1:5: 'True' is not a value; write 'true' in lower case"),
  Refusal("a = 1\na = 2", "2:1: 'a' is already defined as a key at line 1; remove one of the two"),
  Refusal(
    "[t]\n[t]", "2:2: 't' is already defined as a table at line 1; put its keys under one header"),
  Refusal(
    "a = {b = 1}\n[a.c]",
    "2:2: 'a' is already defined as a value at line 1; a value cannot be extended by a header"
  ),
  Refusal(
    "a = \"x\\q\"",
    "1:7: 'q' after a backslash is not an escape; write '\\\\' for a backslash, "
      + "or put the string in apostrophes"
  ),
  Refusal(
    "é = 1",
    "1:1: expected a key, found 'é'; "
      + "bare keys are letters, digits, '_' and '-', others need quotation marks"
  ),
  Refusal("a = 01", "1:5: '01' begins with a zero; remove the leading zeros"),
  Refusal(
    "'é' = 9223372036854775808",
    "1:7: '9223372036854775808' is out of range; integers have 64 bits, floats are below 1.8e308"
  ),
  Refusal(
    "a = 2023-02-29",
    "1:5: '2023-02-29' is not a date or time; "
      + "write 2024-02-29, 13:45:00 or 2024-02-29T13:45:00Z"
  ),
  Refusal("a = [1 2]", "1:8: expected ',' or ']' in the array, found '2'"),
  Refusal("a = [1,\n", "2:1: the array that begins at 1:5 is not closed; add ']'"),
  Refusal(
    "a = { b = 1,\n c = 2 }",
    "1:13: an inline table must stay on one line; use a [table] header instead"
  ),
  Refusal("a = 1 b = 2", "1:7: expected the end of the line after the value, found 'b'"),
  Refusal("[a", "1:3: expected ']' to end the header, found the end of the file"),
  Refusal(
    "a = \"\u{1}\"",
    "1:6: the control character U+0001 is not allowed in a string; "
      + "remove it or write it as an escape in a quoted string"
  ),
  Refusal(
    "a = \"x\n\"",
    "1:7: the string that begins at 1:5 is not closed on its line; "
      + "close it, or use three marks for text of several lines"
  ),
  Refusal(
    "a = " + String(repeating: "[", count: 200),
    "1:132: more than 128 levels of nesting; flatten the value"
  ),
  Refusal(
    "a = 1e999", "1:5: '1e999' is out of range; integers have 64 bits, floats are below 1.8e308"),
]
