// Files made to hurt: each must be refused at once or read in little memory.

import TableFormats
import Testing

/// Feeds `head` and then `filler` again and again, up to 100 MB, and returns how far it came.
private func flood(
  _ head: String, _ filler: String, _ push: (Span<UInt8>) throws(TableError) -> Void
) -> (pushed: Int, error: TableError?) {
  var pushed = 0
  do throws(TableError) {
    try push(Array(head.utf8).span)
    let chunk = Array(String(repeating: filler, count: 65536 / filler.utf8.count).utf8)
    while pushed < 100_000_000 {
      try push(chunk.span)
      pushed += chunk.count
    }
  } catch {
    return (pushed, error)
  }
  return (pushed, nil)
}

private let limit = 1 << 20

private func exceeded(line: Int) -> TableError {
  TableError(
    line: line,
    message: "the record that begins here is larger than the limit of 1048576 bytes; "
      + "is the end of a field, a string or an element missing?")
}

private let bomb = """
  <!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
  <r><q>&c;</q></r>
  """

private let hostile = [
  Reading(
    "billion laughs", .xml("r"), bomb,
    error: "line 2: the entity '&c;' is not one of XML's own five, and no other is ever expanded; "
      + "write its text"),
  Reading(
    "an external entity", .xml("r"),
    "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<r a='&x;'/>",
    error: "line 2: the entity '&x;' is not one of XML's own five, and no other is ever expanded; "
      + "write its text"),
  Reading(
    "a parameter entity", .xml("r"),
    "<!DOCTYPE r [<!ENTITY % x SYSTEM \"http://localhost/x\"> %x;]><r><a>1</a></r>", ["1 a=1"]),
  Reading(
    "a DTD that redefines lt", .xml("r"), "<!DOCTYPE r [<!ENTITY lt 'boom'>]><r><a>&lt;</a></r>",
    ["1 a=<"]),
  Reading(
    "a default that a DTD gives", .xml("r"), "<!DOCTYPE r [<!ATTLIST r a CDATA 'x'>]><r/>", ["1 "]),
]

@Suite struct HostileTests {
  @Test(arguments: hostile)
  func `nothing that a DTD says has any effect`(reading: Reading) {
    reading.check()
  }

  @Test func `256 elements may be open and no more`() {
    let deep =
      String(repeating: "<a>", count: 255) + "<r>1</r>" + String(repeating: "</a>", count: 255)
    #expect(outcome(of: Array(deep.utf8), as: .xml("r")).records == ["1 r=1"])
    let deeper = String(repeating: "<a>", count: 100_000)
    let error = TableError(line: 1, message: "more than 256 elements are open")
    #expect(outcome(of: Array(deeper.utf8), as: .xml("a")).error == error)
  }

  @Test func `JSON of any depth is cut out and then refused as too deep`() {
    let depth = 100_000
    let nest = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let error = TableError(
      line: 1, message: "JSON byte 133: more than 128 arrays and objects are open")
    let element = Array("[{\"a\":\(nest)}]".utf8)
    #expect(outcome(of: element, as: .jsonRows(), inChunksOf: 4096).error == error)
    let beside = Array("{\"a\":\(nest),\"data\":[{}]}".utf8)
    #expect(outcome(of: beside, as: .jsonRows(["data"]), inChunksOf: 4096).records == ["1 {}"])
  }

  @Test func `what never ends is refused soon after the limit`() throws {
    let csvRows = [("a\n\n1\n\"", "x"), ("a\n\n1\n", "y"), ("a\n\n1\n", ",")]
    for (head, filler) in csvRows {
      var reader = try CSVReader(recordLimit: limit)
      let (pushed, error) = flood(head, filler) { chunk throws(TableError) in
        try reader.push(chunk) { _ in }
      }
      #expect(error == exceeded(line: 4) && pushed <= limit, "\(filler)")
    }
    let xmlRows = [
      ("<t>\n<r><a>", "x"), ("<t>\n<r>", "x "), ("<t>\n<r>", "<a/>"), ("<t>\n<r><a><![CDATA[", "x"),
      ("<t>\n<r a='", "x"), ("<t>\n<r ", "b "), ("<t>\n<r", "x"), ("<t>\n<?p ", "x"),
      ("<t>\n<r>", "<\(String(repeating: "a", count: 1000))/>"), ("<t>\n<r>", "&lt;"),
    ]
    for (head, filler) in xmlRows {
      var reader = try XMLRows(element: "r", recordLimit: limit)
      let (pushed, error) = flood(head, filler) { chunk throws(TableError) in
        try reader.push(chunk) { _ in }
      }
      #expect(error == exceeded(line: 2) && pushed <= 5 * limit, "\(head)\(filler)")
    }
    for (head, filler) in [("[\n{\"a\":\"", "x"), ("[\n{\"a\":", "["), ("[\n{\"a\":", "1")] {
      var reader = JSONRows(recordLimit: limit)
      let (pushed, error) = flood(head, filler) { chunk throws(TableError) in
        try reader.push(chunk) { _, _ in }
      }
      #expect(error == exceeded(line: 2) && pushed <= limit, "\(head)\(filler)")
    }
    var reader = JSONLinesReader(recordLimit: limit)
    let (pushed, error) = flood("1\n", "x") { chunk throws(TableError) in
      try reader.push(chunk) { _, _ in }
    }
    #expect(error == exceeded(line: 2) && pushed <= limit)
  }

  @Test func `what no record holds may be larger than the limit`() {
    let filler = String(repeating: "0123456789", count: 1000)
    let rows: [(Format, String, [String])] = [
      (.xml("r"), "<t><!--\(filler)--><u>\(filler)</u>\(filler)<r>1</r></t>", ["1 r=1"]),
      (.jsonRows(["d"]), "{\"a\":\"\(filler)\",\"b\":[\(filler)],\"d\":[{}]}", ["1 {}"]),
    ]
    for (format, text, records) in rows {
      let outcome = steadyOutcome(of: Array(text.utf8), as: format, limit: 100, sizes: [7, 4096])
      #expect(outcome == Outcome(records: records), "\(text.prefix(20))")
    }
  }

  @Test func `a record of just the limit is read, however it is cut`() {
    let text = String(repeating: "x", count: 99)
    let rows: [(Format, String)] = [
      (.jsonLines, "\(text)x\n"), (.jsonRows(), "[{\"a\":\"\(text.dropLast(7))\"}]"),
    ]
    for (format, text) in rows {
      let bytes = Array(text.utf8)
      #expect(steadyOutcome(of: bytes, as: format, limit: 100).records.count == 1)
      #expect(steadyOutcome(of: bytes, as: format, limit: 99).error != nil)
    }
  }

  @Test func `more attributes than 256 are refused`() {
    let attributes = (0..<257).map { " a\($0)='\($0)'" }
    let most = Array("<r\(attributes.dropLast().joined())/>".utf8)
    let tooMany = Array("<r\n\(attributes.joined())/>".utf8)
    #expect(outcome(of: most, as: .xml("r")).records.count == 1)
    let error = TableError(line: 2, message: "more than 256 attributes in one tag")
    #expect(outcome(of: tooMany, as: .xml("r")).error == error)
  }
}
