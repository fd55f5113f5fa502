// What CSV and TSV hold: the cases that every CSV suite has, the examples of RFC 4180, and what
// pandas, Python and spreadsheets write.

import TableFormats
import Testing

private let csv = Format.csv()

/// The cases of csv-spectrum, by its names, with other words in them.
private let spectrum = [
  Reading(
    "comma in quotes", csv, "name,street,town,code\nAda,5 Long Row,\"Ely, Cambs\",00417\n",
    ["2 name=Ada|street=5 Long Row|town=Ely, Cambs|code=00417"]),
  Reading(
    "empty", csv, "x,y,z\n7,\"\",\"\"\n8,,9\n", ["2 x=7|y=|z=", "3 x=8|y=|z=9"]),
  Reading(
    "empty crlf", csv, "x,y,z\r\n7,\"\",\"\"\r\n8,,9\r\n", ["2 x=7|y=|z=", "3 x=8|y=|z=9"]),
  Reading(
    "escaped quotes", csv, "x,y\n7,\"he said \"\"no\"\" twice\"\n8,9\n",
    ["2 x=7|y=he said \"no\" twice", "3 x=8|y=9"]),
  Reading(
    "json", csv, "id,shape\n7,\"{\"\"kind\"\": \"\"Ring\"\", \"\"at\"\": [1.5, -2]}\"\n",
    ["2 id=7|shape={\"kind\": \"Ring\", \"at\": [1.5, -2]}"]),
  Reading(
    "newlines", csv, "x,y,z\n1,2,3\n\"A line\nand another\",5,6\n7,8,9\n",
    ["2 x=1|y=2|z=3", "3 x=A line\nand another|y=5|z=6", "5 x=7|y=8|z=9"]),
  Reading(
    "newlines crlf", csv, "x,y,z\r\n1,2,3\r\n\"A line\r\nand another\",5,6\r\n7,8,9\r\n",
    ["2 x=1|y=2|z=3", "3 x=A line\r\nand another|y=5|z=6", "5 x=7|y=8|z=9"]),
  Reading(
    "quotes and newlines", csv, "x,y\n1,\"oh\n\"\"dear\"\"\nme\"\n3,4\n",
    ["2 x=1|y=oh\n\"dear\"\nme", "5 x=3|y=4"]),
  Reading("simple", csv, "x,y,z\n1,2,3\n", ["2 x=1|y=2|z=3"]),
  Reading("simple crlf", csv, "x,y,z\r\n1,2,3\r\n", ["2 x=1|y=2|z=3"]),
  Reading("utf8", csv, "x,y,z\n1,é,😀\n4,中文,ʤ\n", ["2 x=1|y=é|z=😀", "3 x=4|y=中文|z=ʤ"]),
]

/// The seven rules of RFC 4180, section 2.
private let rfc = [
  Reading("1: each record on a line", csv, "a,b\r\n1,2\r\n3,4\r\n", ["2 a=1|b=2", "3 a=3|b=4"]),
  Reading("2: the last line may lack its end", csv, "a,b\r\n1,2", ["2 a=1|b=2"]),
  Reading("2: also after a quote", csv, "a,b\r\n1,\"2\"", ["2 a=1|b=2"]),
  Reading("2: also after a delimiter", csv, "a,b\r\n1,", ["2 a=1|b="]),
  Reading("3: a header alone", csv, "a,b\r\n", []),
  Reading(
    "4: white space belongs to the field", csv, "a, b\r\n 1 ,\t2\r\n", ["2 a= 1 | b=\t2"]),
  Reading(
    "5: quotes around some fields or all", csv, "\"a\",\"b\"\r\n\"1\",2\r\n", ["2 a=1|b=2"]),
  Reading(
    "6: line ends, quotes and commas in quotes", csv, "a,b\r\n\"1\r\n1\",\"2,\"\"2\"\r\n",
    ["2 a=1\r\n1|b=2,\"2"]),
  Reading(
    "7: nothing but doubled quotes", csv, "a,b\n\"\"\"\",\"\"\"\"\"\"\n", ["2 a=\"|b=\"\""]),
]

private let habits = [
  Reading(
    "pandas: an index without a name", csv, ",text,score\n0,ok,1.0\n1,,\n",
    ["2 column1=0|text=ok|score=1.0", "3 column1=1|text=|score="]),
  Reading(
    "Excel: a byte order mark before a quoted name", csv, "\u{feff}\"id\",b\r\n1,2\r\n",
    ["2 id=1|b=2"]),
  Reading("a byte order mark elsewhere is text", csv, "a\n\u{feff}1\n", ["2 a=\u{feff}1"]),
  Reading(
    "Excel in Europe: semicolons", .csv(CSVDialect(delimiter: UInt8(ascii: ";")) ?? .csv),
    "a;b\r\n1,5;\"x;y\"\r\n", ["2 a=1,5|b=x;y"]),
  Reading(
    "pipes", .csv(CSVDialect(delimiter: UInt8(ascii: "|")) ?? .csv), "a|b\n1|2\n", ["2 a=1|b=2"]),
  Reading("Excel: a formula keeps its quotes", csv, "a\n=\"007\"\n", ["2 a==\"007\""]),
  Reading(
    "a quote inside a plain field is text", csv, "a,b\n6\" pipe,he\"y\"\n",
    ["2 a=6\" pipe|b=he\"y\""]),
  Reading(
    "a space before a quote makes it text", csv, "a,b\n1, \"2\"\n", ["2 a=1|b= \"2\""]),
  Reading(
    "every line ends with a comma", csv, "a,b,\n1,2,\n", ["2 a=1|b=2|column3="]),
  Reading(
    "blank lines anywhere", csv, "\n\r\na,b\n\n1,2\r\n\r\n\r3,4\n\n\n", ["5 a=1|b=2", "8 a=3|b=4"]),
  Reading("a line of white space is a record", csv, "a\n \n", ["2 a= "]),
  Reading("a quoted nothing is a record", csv, "a\n\"\"\n1\n", ["2 a=", "3 a=1"]),
  Reading("CR alone ends lines", csv, "a,b\r1,2\r\"3\r3\",4\r", ["2 a=1|b=2", "3 a=3\r3|b=4"]),
  Reading(
    "CR, LF and CR LF in one file", csv, "a\r1\n2\r\n3\r\r\n4",
    ["2 a=1", "3 a=2", "4 a=3", "6 a=4"]),
  Reading("NUL is text", csv, "a\n1\u{0}2\n", ["2 a=1\u{0}2"]),
  Reading(
    "no header", .csv(names: ["q", "answer"]), "what?,42\n\"why?\",\n",
    ["1 q=what?|answer=42", "2 q=why?|answer="]),
  Reading("no header and nothing else", .csv(names: ["q"]), "", []),
  Reading("TSV with quotes", .csv(.tsv), "a\tb\n\"1\t1\"\t2,3\n", ["2 a=1\t1|b=2,3"]),
  Reading(
    "plain TSV: quotes are text", .csv(.plainTSV), "a\t\"b\"\n\"1\t2\"\n3\"\"\t\"\n",
    ["2 a=\"1|\"b\"=2\"", "3 a=3\"\"|\"b\"=\""]),
  Reading(
    "too few and too many fields", csv, "a,b\n1\n1,2\n1,2,\"3\n\"\n4,5\n",
    [
      "2 a=1 !the record has 1 fields, but there are 2 columns", "3 a=1|b=2",
      "4 a=1|b=2|column3=3\n !the record has 3 fields, but there are 2 columns", "6 a=4|b=5",
    ]),
]

private let tooLate =
  "only a delimiter or the end of the line may follow a closing quote; "
  + "write a quote inside a quoted field twice"

private let refusals = [
  Reading(
    "empty file", csv, "",
    error: "line 1: the file is empty; its first line should name the columns"),
  Reading(
    "only blank lines", csv, "\u{feff}\n\r\n",
    error: "line 3: the file is empty; its first line should name the columns"),
  Reading(
    "a name twice", csv, "\nid,text,id\n1,2,3\n",
    error: "line 2: columns 1 and 3 are both named 'id'; give each column a name of its own"),
  Reading(
    "a name that a missing one gets", csv, "column2,\n",
    error: "line 1: columns 1 and 2 are both named 'column2'; give each column a name of its own"),
  Reading(
    "a given name twice", .csv(names: ["a", "a"]), "1,2\n",
    error: "columns 1 and 2 are both named 'a'; give each column a name of its own"),
  Reading(
    "a given name that is empty", .csv(names: ["a", ""]), "1,2\n",
    error: "the name of column 2 is empty"),
  Reading(
    "a quote that never closes", csv, "a,b\n1,2\n3,\"4\n5,6\n7,8\n", ["2 a=1|b=2"],
    error: "line 3: the quote that opens a field here never closes"),
  Reading(
    "the second of two quotes in a record", csv, "a,b\n\"1\n\",\"2\n\n",
    error: "line 3: the quote that opens a field here never closes"),
  Reading("text after a quote", csv, "a,b\n1,\"2\"x\n", error: "line 2: \(tooLate)"),
  Reading("a space after a quote", csv, "a,b\n\"1\n\" ,2\n", error: "line 3: \(tooLate)"),
  Reading(
    "a quote that is not doubled", csv, "a\n\"he said \"no\"\"\n", error: "line 2: \(tooLate)"),
]

@Suite struct CSVReadingTests {
  @Test(arguments: spectrum + rfc + habits + refusals)
  func `a table gives its records, however it is cut`(reading: Reading) {
    reading.check()
  }

  @Test func `what is not UTF-8 is refused on its line`() {
    let save = "save the file as UTF-8"
    let rows: [([UInt8], records: Int, error: String)] = [
      (
        Array("a,b\n1,2\n3,".utf8) + [0xe9, 0x0a], 1,
        "line 3: the text is not valid UTF-8 here; \(save)"
      ),
      (
        Array("a\n\"x\ny".utf8) + [0xc3, 0x22], 0,
        "line 3: the text is not valid UTF-8 here; \(save)"
      ),
      // Two halves of a character in two fields do not make one.
      (
        Array("a,b\n\"".utf8) + [0xc3] + Array("\",".utf8) + [0xa9], 0,
        "line 2: the text is not valid UTF-8 here; \(save)"
      ),
      (
        Array("a\n1\n".utf8) + [0xf0, 0x9f, 0x98], 1,
        "line 3: the file ends in the middle of a character; is it cut short?"
      ),
      ([0xff, 0xfe, 0x61, 0x00], 0, "line 1: the file is UTF-16 or no text; save it as UTF-8"),
      ([0xef, 0xbb, 0xbf, 0xff], 0, "line 1: the text is not valid UTF-8 here; \(save)"),
      ([0xef, 0xbb], 0, "line 1: the file ends in the middle of a character; is it cut short?"),
      (
        Array("a\n".utf8) + [0xed, 0xa0, 0x80], 0,
        "line 2: the text is not valid UTF-8 here; \(save)"
      ),
      (Array("a\n".utf8) + [0xc0, 0x80], 0, "line 2: the text is not valid UTF-8 here; \(save)"),
    ]
    for (bytes, records, error) in rows {
      let outcome = steadyOutcome(of: bytes, as: csv)
      #expect(outcome.records.count == records && outcome.error?.description == error, "\(bytes)")
    }
  }

  @Test func `bytes that cannot part fields make no dialect`() {
    let bad: [UInt8] = [0x0a, 0x0d, 0x22, 0x80, 0xff]
    #expect(bad.allSatisfy { CSVDialect(delimiter: $0) == nil })
    #expect(CSVDialect(delimiter: 0x22, isQuoted: false) != nil)
    #expect(CSVDialect(delimiter: UInt8(ascii: ",")) == .csv)
    #expect(CSVDialect(delimiter: 0x09, isQuoted: false) == .plainTSV)
  }

  @Test func `a record that is kept does not change`() throws {
    var kept: [TableRecord] = []
    var reader = try CSVReader()
    try reader.push(Array("a,b\n1,2\n3,\n5,6".utf8).span) { kept.append($0) }
    try reader.finish { kept.append($0) }
    #expect(reader.columnNames == ["a", "b"])
    #expect(kept.map { $0["b"] } == ["2", "", "6"])
    #expect(kept.map { $0["c"] } == [nil, nil, nil])
    #expect(kept.map(\.start.byteOffset) == [4, 8, 11])
    #expect(kept[2].withUTF8(at: 1) { $0.count } == 1 && kept[2].name(at: 0) == "a")
  }

  @Test func `a caller's error stops the reading`() throws {
    let stop = TableError(line: 2, message: "enough")
    var reader = try CSVReader()
    #expect(throws: stop) {
      try reader.push(Array("a\n1\n2\n".utf8).span) { _ throws(TableError) in throw stop }
    }
  }
}
