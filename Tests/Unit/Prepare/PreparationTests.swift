// From a source of any format to rows: what each step does, what is counted, what is refused, what a crash leaves.

import Datasets
import Declarations
import Foundation
import JSONFormat
import Model
import Posix
import Prepare
import TOMLFormat
import TestSupport
import Testing

/// A declaration over sources that lie in a folder.
struct Kitchen {
  let folder: TemporaryFolder
  var plugin: DatasetPlugin

  /// `text` is what stands below the head of the [dataset] table; sources are files of the folder.
  init(_ text: String, sources: [String: [UInt8]] = [:]) throws {
    folder = try TemporaryFolder("prepare")
    let table = try TOMLTable(parsing: Array(("source = \"lab/toy\"\n" + text).utf8))
    let declaration = try DatasetDeclaration(
      decoding: table, at: .start, file: "p", id: "toy", isCompiled: false)
    plugin = DatasetPlugin(
      id: "toy", version: "1.2.3", licence: "MIT", folder: folder.path, declaration: declaration)
    for (name, bytes) in sources { try Files.replace(folder.file(name).path, with: bytes) }
  }

  var context: DatasetPrepareContext {
    DatasetPrepareContext(
      dataRoot: "\(folder.path)/data", cacheRoot: "\(folder.path)/cache", artifactRoot: nil,
      hostVersion: "9.9.9")
  }

  var path: String { context.path(benchmark: "toy", split: "test") }

  @discardableResult
  func prepare(badRows: Int = 0) throws(DatasetError) -> DatasetManifest {
    let fetch = SourceFetch { [folder] file, _, _ throws(DatasetError) in
      guard case .local(let name) = file.place else { throw DatasetError("no file") }
      let path = folder.file(name).path
      do throws(PosixError) {
        return LocalFile(path: path, sha256: try SHA256.ofFile(path).hex, url: name)
      } catch { throw DatasetError("\(error)") }
    }
    return try Preparation(
      plugin: plugin, split: "test", context: context, badRowLimit: badRows, fetch: fetch
    ).run()
  }

  func lines() throws -> [String] {
    String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

private let split = "[[splits]]\nsplit = \"test\"\nfile = \"rows\"\n"

struct PreparationTests {
  /// Steps in TOML, a value in JSON, and what becomes of it: JSON, or the fault's words behind `!`.
  static let steps: [(String, String, String)] = [
    ("'strip'", #""\u00a0 a b\n""#, #""a b""#),
    ("{ strip = '$.' }", #""$1.50.$""#, #""1.50""#),
    ("'collapse'", #""  a\n\n b\t""#, #""a b""#),
    ("'lower'", #""ÄB""#, #""äb""#), ("'upper'", #""äb""#, #""ÄB""#),
    ("{ remove = [',', '$'] }", #""$1,200,000""#, #""1200000""#),
    ("{ replace = 'ab', with = 'ba' }", #""aabab""#, #""ababa""#.replacing("ababa", with: "ababa")),
    ("{ before = '(' }", #""3 (4) (5)""#, #""3 ""#),
    ("{ before_last = '(' }", #""3 (4) (5)""#, #""3 (4) ""#),
    ("{ before = '#' }", #""plain""#, #""plain""#),
    ("{ after = '#' }", #""a#b#c""#, #""b#c""#), ("{ after_last = '#' }", #""a#b#c""#, #""c""#),
    ("{ after = '#' }", #""abc""#, "!'#' does not stand in 'abc'"),
    ("{ match = '(\\d+) pens' }", #""12 pens, 3 pens""#, #""12""#),
    ("{ match = '\\d+' }", #""none""#, "!'\\d+' matches nothing in 'none'"),
    ("{ substitute = '(\\d)', with = '<$1>' }", #""a1b2""#, #""a<1>b<2>""#),
    ("'boxed'", #""\\boxed{1} so \\boxed{\\frac{1}{2}} and \\boxed{3""#, #""\\frac{1}{2}""#),
    ("'boxed'", #""\\fbox{a\\}b} ""#, #""a\\}b""#),
    ("'boxed'", #""no box""#, "!no closed \\boxed{} stands in 'no box'"),
    ("'last_line'", #""a\nb \n \n""#, #""b ""#), ("'last_line'", #"" \n""#, "!it has no line"),
    ("'plain_number'", #""18.0""#, #""18""#), ("'plain_number'", "18.50", #""18.5""#),
    ("'plain_number'", #""1/2""#, "!'1/2' is no decimal number"),
    ("{ prefix = '<' }, { suffix = '>' }", "7", #""<7>""#),
    ("{ map = { a = 'A' }, otherwise = '?' }", #""b""#, #""?""#),
    ("{ map = { a = 'A' } }", #""b""#, "!'b' is none of 'a'"),
    ("{ join = '; ' }", #"["a", 2, true]"#, #""a; 2; true""#),
    ("{ join = '; ' }", #""a""#, "!a list is needed to join"),
    ("'parse_json'", #""[1, {\"a\": null}]""#, #"[1,{"a":null}]"#),
    ("'parse_json'", #""[1""#, "!its text is no JSON"),
    ("'number'", #"" 2.5 ""#, "2.5"), ("'integer'", #""42""#, "42"), ("'integer'", "42.0", "42"),
    ("'integer'", "4.5", "!'4.5' is no whole number"), ("'text'", "true", #""true""#),
    ("'mean', { above = 0.5 }", "[1, 0, 1]", #""true""#), ("'mean'", "[]", "!a list of numbers"),
    ("{ either = [['boxed'], [{ after = 'is ' }], ['last_line']] }", #""x is 4""#, #""4""#),
    ("{ either = [['boxed'], [{ after = 'is ' }]] }", #""x""#, "!'is ' does not stand in 'x'"),
    ("'strip'", #"["a"]"#, "!text is needed"),
    // Digits are never rounded on their way through a Double.
    ("'integer'", #""9007199254740993""#, "9007199254740993"),
    ("'number'", #""9007199254740993""#, "9007199254740993"),
    ("'text'", "123456789012345678901234567890", #""123456789012345678901234567890""#),
    ("'text'", "100000000000000000000", #""100000000000000000000""#),
    ("{ strip_end = ' .' }", #"" a. . .""#, #"" a""#),
    ("'boxed'", #""\\boxed{\\boxed{1} 2} \\boxed{3""#, #""1""#),
  ]

  @Test(arguments: steps)
  func `a step does what it says, or names why it cannot`(
    steps: String, value: String, made: String
  ) throws {
    let text = "format = 'jsonl'\n\(split)[row]\na = { from = 'v', steps = [\(steps)] }\n"
    let kitchen = try Kitchen(text, sources: ["rows": Array("{\"v\": \(value)}\n".utf8)])
    if made.hasPrefix("!") {
      let error = #expect(throws: DatasetError.self) { try kitchen.prepare() }
      let reason = "rows line 1: field 'a': \(made.dropFirst())"
      #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
      #expect(!Files.exists(kitchen.path))
    } else {
      try kitchen.prepare()
      #expect(try kitchen.lines() == ["{\"a\":\(made)}"])
    }
  }

  @Test func `fields come from paths, templates, constants and cases, in the order declared`()
    throws
  {
    let kitchen = try Kitchen(
      """
      format = "jsonl"
      copy = ["id"]
      \(split)
      [row]
      first = "q.0.text"
      all = "q.*.text"
      dotted = 'a\\.b'
      joined = { template = "{q.0.text}{{}} {id}" }
      fixed = { value = { k = [1, "x"] } }
      maybe = { from = ["none", "null"], optional = true }
      kind = { cases = [
        { when = { field = "k", is = "n" }, from = "id", steps = ["text"] },
        { when = { any = [{ field = "k", empty = true }] }, value = "empty" },
        { value = "other" },
      ] }
      """,
      sources: [
        "rows": Array(
          """
          {"id": 7, "k": "n", "a.b": "\\u0031", "q": [{"text": "x"}, {"text": "{id}"}], "null": null}
          {"id": 8, "k": "", "a.b": 1.50, "q": [{"text": ""}]}
          {"id": 9, "k": "z", "a.b": [ 1 , 2 ], "q": [{"text": "y"}]}
          """.utf8)
      ])
    try kitchen.prepare()
    #expect(
      try kitchen.lines() == [
        #"{"id":7,"first":"x","all":["x","{id}"],"dotted":"\u0031","joined":"x{} 7","fixed":{"k":[1,"x"]},"kind":"7"}"#,
        #"{"id":8,"first":"","all":[""],"dotted":1.50,"joined":"{} 8","fixed":{"k":[1,"x"]},"kind":"empty"}"#,
        #"{"id":9,"first":"y","all":["y"],"dotted":[ 1 , 2 ],"joined":"y{} 9","fixed":{"k":[1,"x"]},"kind":"other"}"#,
      ])
  }

  /// The choices' table, a row, and the prepared row or the fault's words behind `!`.
  static let choices: [(String, String, String)] = [
    (
      "columns = ['A', 'B']\nanswer = 'x'\nanswer_as = 'letter'",
      #"{"A": "no", "B": 2, "x": " B "}"#, #"{"answer":"B","A":"no","B":"2"}"#
    ),
    (
      "columns = ['A', 'B']\nanswer = 'x'\nanswer_as = 'letter'",
      #"{"A": "no", "B": 2, "x": "C"}"#, "!the answer is not one of the 2 choices"
    ),
    (
      "columns = ['A', 'B']\nanswer = 'x'\nanswer_as = 'letter'",
      #"{"A": "no", "B": 2, "x": "AB"}"#, "!the answer 'AB' is no letter from A to Z"
    ),
    (
      "columns = ['A', 'B']\nanswer = 'x'\nanswer_as = 'letter'",
      #"{"A": "no", "B": 2, "x": ""}"#, "!the answer '' is no letter from A to Z"
    ),
    (
      "columns = ['A', 'B']\nanswer = 'x'\nanswer_as = 'letter'", #"{"A": "no", "x": "A"}"#,
      "!choice 'B' is missing"
    ),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'index'\ndrop_empty = true",
      #"{"c": ["a", " ", "b"], "x": 2}"#, #"{"answer":"B","A":"a","B":"b"}"#
    ),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'index'\ndrop_empty = true",
      #"{"c": ["a", " ", "b"], "x": 1}"#, "!the right choice is empty"
    ),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'index'", #"{"c": ["a", "b"], "x": -1}"#,
      "!the answer is not one of the 2 choices"
    ),
    (
      "list = 'c'\nanswer = { from = 'x', steps = ['strip'] }\nanswer_as = 'number'",
      #"{"c": ["a", "b"], "x": " 2"}"#, #"{"answer":"B","A":"a","B":"b"}"#
    ),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'text'", #"{"c": ["é", "e\u0301"], "x": "é"}"#,
      #"{"answer":"A","A":"é","B":"é"}"#
    ),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'text'", #"{"c": ["a", "a"], "x": "a"}"#,
      "!the answer 'a' is 2 of the choices, not one"
    ),
    (
      "list = 'c'\nanswer_as = 'last'\nshuffle_seed = 42", #"{"c": ["p", "q", "r", "s"]}"#,
      // random.Random(42).shuffle([0, 1, 2, 3]) is [2, 1, 3, 0] in CPython.
      #"{"answer":"C","A":"r","B":"q","C":"s","D":"p"}"#
    ),
    ("list = 'c'\nanswer_as = 'first'", #"{"c": ["p"]}"#, "!it has 1 choices; 2 to 26 are right"),
    ("list = 'c'\nanswer_as = 'first'", #"{"c": "p"}"#, "!field 'c' is no list of choices"),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'index'",
      #"{"c": ["a", "b"], "x": 9223372036854775807}"#, "!the answer is not one of the 2 choices"
    ),
    (
      "list = 'c'\nanswer = 'x'\nanswer_as = 'number'",
      #"{"c": ["a", "b"], "x": -9223372036854775808}"#, "!the answer is not one of the 2 choices"
    ),
  ]

  @Test(arguments: choices)
  func `choices get letters and the right one is found, or the row is bad`(
    table: String, row: String, made: String
  ) throws {
    let kitchen = try Kitchen(
      "format = 'jsonl'\n\(split)[choices]\n\(table)\n", sources: ["rows": Array(row.utf8)])
    if made.hasPrefix("!") {
      let error = #expect(throws: DatasetError.self) { try kitchen.prepare() }
      #expect(error?.description.contains(made.dropFirst()) == true, "\(error?.description ?? "")")
    } else {
      try kitchen.prepare()
      let line = try #require(try kitchen.lines().first)
      // Byte for byte: Swift calls composed and decomposed letters equal.
      #expect(
        line.utf8.elementsEqual(made.replacing("\"B\":\"é\"", with: "\"B\":\"e\u{301}\"").utf8))
    }
  }

  @Test func `the shuffle goes on from row to row as Python's does`() throws {
    let row = #"{"c": ["0", "1", "2", "3"]}"# + "\n"
    let kitchen = try Kitchen(
      "format = 'jsonl'\n\(split)[choices]\nlist = 'c'\nanswer_as = 'first'\nshuffle_seed = 42\n",
      sources: ["rows": Array(String(repeating: row, count: 3).utf8)])
    try kitchen.prepare()
    let orders = try kitchen.lines().map { line in
      let value = try JSONValue.parse(Array(line.utf8))
      return ["A", "B", "C", "D"].map { value[$0]?.string ?? "" }.joined()
    }
    #expect(orders == ["2130", "3201", "1320"])
  }

  /// The format's lines, the source, and the values of `a` and `b`.
  static let formats: [(String, [UInt8], [String])] = [
    (
      "format = 'jsonl'", Array("\u{feff}{\"a\":1,\"b\":2}\r\n\n{\"b\":4,\"a\":3}".utf8),
      ["1 2", "3 4"]
    ),
    (
      "format = 'jsonl'\nunwrap = true", Array(#"{"k":{"a":1,"b":2}}"#.utf8), ["1 2"]
    ),
    (
      "format = 'json'\nmember = 'data.rows'",
      Array("{\"v\":1,\"data\":{\"rows\":[\n{\"a\":1,\n \"b\":2}, {\"a\":3,\"b\":[\n4\n]}]}}".utf8),
      ["1 2", "3 [4]"]
    ),
    (
      "format = 'csv'", Array("a,b\n\"x, \"\"y\"\"\",\"2\n3\"\n".utf8),
      ["\"x, \\\"y\\\"\" \"2\\n3\""]
    ),
    ("format = 'csv'\ndelimiter = ';'\ncolumns = ['b', 'a']", Array("1;2\n".utf8), ["\"2\" \"1\""]),
    ("format = 'tsv'", Array("b\ta\n\"1\t2\n".utf8), ["\"2\" \"\\\"1\""]),
    (
      "format = 'xml'\nelement = 'P'",
      Array("<R><P a='1'><b>2 &lt; 3</b></P><P a='4'><b>5</b></P></R>".utf8),
      ["\"1\" \"2 < 3\"", "\"4\" \"5\""]
    ),
  ]

  @Test(arguments: formats)
  func `each format gives the same kind of rows`(
    format: String, source: [UInt8], values: [String]
  ) throws {
    let kitchen = try Kitchen(
      "\(format)\n\(split)[row]\na = 'a'\nb = 'b'\n", sources: ["rows": source])
    try kitchen.prepare()
    let found = try kitchen.lines().map { line in
      let value = try JSONValue.parse(Array(line.utf8))
      return try ["a", "b"].map { key in
        String(decoding: try (value[key] ?? .null).serialized(), as: UTF8.self)
      }.joined(separator: " ")
    }
    #expect(found == values)
  }

  @Test func `bad rows are counted and listed, and refused beyond what is allowed`() throws {
    let rows = (0..<200).map { $0 % 100 == 99 ? "{\"a\": \($0)" : "{\"a\": \($0)}" }
    let kitchen = try Kitchen(
      "format = 'jsonl'\ncopy = ['a']\nfilters = [{ field = 'a', is_not = ['5'] }]\n\(split)",
      sources: ["rows": Array(rows.joined(separator: "\n").utf8)])
    let error = #expect(throws: DatasetError.self) { try kitchen.prepare(badRows: 1) }
    #expect(
      error?.description.hasPrefix("dataset toy_test: 2 bad rows, 1 allowed; rows line 100: ")
        == true)
    #expect(!Files.exists(kitchen.path))
    let manifest = try kitchen.prepare(badRows: 2)
    #expect(manifest.rowCount == 197)
    let read = try #require(try ManifestFile.read(besides: kitchen.path))
    let provenance = try JSONValue.parse(Array(read.provenance.utf8))
    #expect(provenance["bad_rows"]?.integer == 2 && provenance["filtered_rows"]?.integer == 1)
    #expect(
      try ManifestFile.badRows(besides: kitchen.path).map(\.line) == [100, 200])
    #expect(ManifestFile.notes(read).contains("dataset toy_test: 2 rows left out as faulty"))
  }

  @Test(arguments: [
    (#"{"a": 1, "a": 2}"#, "this key is in the object twice"),
    (#"{"a": "x"}"#, "field 'n': 'x' is no number"),
    (#"{"a": " " "b"}"#, "line 1"), (#"["a"]"#, "line 1"), (#"{"b": 1}"#, "'a' is missing"),
  ])
  func `a row that could be read in two ways, or not at all, is bad`(
    row: String, reason: String
  ) throws {
    let kitchen = try Kitchen(
      "format = 'jsonl'\ncopy = ['a']\n\(split)[row]\nn = { from = 'a', steps = ['integer'], optional = true }",
      sources: ["rows": Array(row.utf8)])
    let error = #expect(throws: DatasetError.self) { try kitchen.prepare() }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
  }

  @Test func `a box is found in one pass, and a long text is not given to regular expressions`()
    throws
  {
    let boxes = String(repeating: "\\boxed{", count: 200_000)
    let kitchen = try Kitchen(
      "format = 'jsonl'\n\(split)[row]\na = { from = 'v', steps = ['boxed'] }",
      sources: ["rows": Array("{\"v\":\"\(boxes.replacing("\\", with: "\\\\"))7}\"}".utf8)])
    try kitchen.prepare()
    #expect(try kitchen.lines() == [#"{"a":"7"}"#])
    let blanks = String(repeating: " ", count: 20_000)
    let long = try Kitchen(
      "format = 'jsonl'\n\(split)[row]\na = { from = 'v', steps = [{ substitute = '[ .]+$', with = '' }] }",
      sources: ["rows": Array("{\"v\":\"a\(blanks)b\"}".utf8)])
    let error = #expect(throws: DatasetError.self) { try long.prepare() }
    #expect(error?.description.contains("too long for a regular expression") == true)
  }

  @Test func `rows can be sorted by a field, those of one key in the order they came`() throws {
    let kitchen = try Kitchen(
      "format = 'jsonl'\ncopy = ['n']\nsort = 'k'\n\(split)",
      sources: [
        "rows": Array(
          [("b", 1), ("a10", 2), ("b", 3), ("a9", 4), ("é", 5), ("Z", 6), ("e\u{301}", 7)].map {
            "{\"k\":\"\($0)\",\"n\":\($1)}\n"
          }.joined().utf8)
      ])
    try kitchen.prepare()
    #expect(try kitchen.lines() == [6, 2, 4, 1, 3, 7, 5].map { "{\"n\":\($0)}" })
    let opened = try PreparedSplit.open(
      path: kitchen.path, benchmark: "toy", split: "test", cacheRoot: nil)
    #expect(try opened.row(3) == "{\"n\":1}")
  }

  @Test func `Python's numbers are let through only where that is declared`() throws {
    let row = Array(#"{"a": [NaN, -Infinity, 1, "NaN \" Infinity"], "b": 1}"#.utf8)
    let strict = try Kitchen("format = 'jsonl'\ncopy = ['a']\n\(split)", sources: ["rows": row])
    #expect(throws: DatasetError.self) { try strict.prepare() }
    let lenient = try Kitchen(
      "format = 'jsonl'\npython_numbers = true\ncopy = ['a', 'b']\n\(split)", sources: ["rows": row]
    )
    try lenient.prepare()
    #expect(try lenient.lines() == [#"{"a":[NaN, -Infinity, 1, "NaN \" Infinity"],"b":1}"#])
  }

  @Test func `a manifest says all that made the file, and equal sources give equal bytes`() throws {
    let sources = ["rows": Array("{\"a\":1}\n".utf8)]
    let text = """
      format = "jsonl"
      copy = ["a"]
      [[splits]]
      split = "test"
      source_split = "train"
      file = "rows"
      rows = 1
      """
    var manifests: [[UInt8]] = []
    for _ in 0..<2 {
      let kitchen = try Kitchen(text, sources: sources)
      let manifest = try kitchen.prepare()
      #expect(manifest.sourceSplit == "train")
      #expect(
        ManifestFile.notes(manifest)
          == ["dataset toy_test: made from the source's split 'train'"])
      manifests.append(try Files.read(ManifestFile.path(besides: kitchen.path)))
    }
    #expect(manifests[0] == manifests[1])
    let value = try JSONValue.parse(manifests[0])
    for key in [
      "benchmark", "split", "source_dataset", "source_split", "revision", "checksum", "row_count",
      "licence", "source_urls", "source_checksum", "pinned", "bad_rows", "plugin", "host_version",
    ] { #expect(value[key] != nil, "\(key)") }
    #expect(
      value["plugin"]?["version"]?.string == "1.2.3" && value["host_version"]?.string == "9.9.9")
    var wrong = try Kitchen(text, sources: sources)
    wrong.plugin.declaration.splits[0].rows = 2
    let error = #expect(throws: DatasetError.self) { try wrong.prepare() }
    #expect(error?.description.contains("1 rows, where") == true)
  }

  @Test
  func `what was there stays as it was when a preparation fails, and equal bytes stay in place`()
    throws
  {
    let text = "format = 'jsonl'\ncopy = ['a']\n\(split)"
    let kitchen = try Kitchen(text, sources: ["rows": Array("{\"a\":1}\n".utf8)])
    try kitchen.prepare()
    let before = try Descriptor.reading(kitchen.path).stamp()
    try kitchen.prepare()
    #expect(try Descriptor.reading(kitchen.path).stamp() == before)
    try Files.replace(kitchen.folder.file("rows").path, with: Array("{\"a\":1}\n{".utf8))
    #expect(throws: DatasetError.self) { try kitchen.prepare() }
    #expect(try Descriptor.reading(kitchen.path).stamp() == before)
    let names = try FileManager.default.contentsOfDirectory(
      atPath: "\(kitchen.folder.path)/data/toy")
    #expect(names.sorted() == ["test.index", "test.jsonl", "test.manifest.json"])
    try Files.replace(kitchen.folder.file("rows").path, with: Array("{\"a\":2}\n".utf8))
    try kitchen.prepare()
    #expect(try kitchen.lines() == ["{\"a\":2}"])
    _ = try PreparedSplit.open(
      path: kitchen.path, benchmark: "toy", split: "test", cacheRoot: nil)
  }
}
