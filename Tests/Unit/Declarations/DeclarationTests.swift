// What a [dataset] table may say, and the line a wrong one gets.

import Declarations
import TOMLFormat
import Testing

struct DeclarationTests {
  static func declaration(_ text: String) throws -> DatasetDeclaration {
    let table = try TOMLTable(parsing: Array(text.utf8))
    return try DatasetDeclaration(
      decoding: table, at: .start, file: "p", id: "toy", isCompiled: false)
  }

  static let head = """
    source = "lab/toy"
    revision = "abc"
    format = "jsonl"

    """
  static let split = """
    [[splits]]
    split = "test"
    url = "https://example.org/{revision}/{split}.jsonl"

    """

  @Test func `places are filled, and each value makes a file of its own`() throws {
    let made = try Self.declaration(
      Self.head + """
        copy = ["q"]
        [[splits]]
        split = "test"
        source_split = "train"
        hub = "lab/toy"
        config = "{topic}-{language}"
        each = { topic = ["law", "art"], language = ["en", "de"] }
        [[splits]]
        split = "dev"
        files = [
          { url = "https://example.org/a.csv.gz", format = "csv", set = { year = "1" } },
          { url = "https://example.org/{{a}}.zip", packing = "zip", members = "{split}/*.jsonl" },
        ]
        """)
    #expect(made.benchmark == "toy" && made.splits.map(\.sourceSplit) == ["train", "dev"])
    #expect(
      made.splits[0].files.map(\.place)
        == ["law-en", "law-de", "art-en", "art-de"].map {
          .hub(dataset: "lab/toy", config: $0, split: "train")
        })
    #expect(
      made.splits[0].files[1].variables.map(\.value) == ["law", "de"])
    let files = made.splits[1].files
    #expect(files[0].packing == .gzip && files[1].packing == .archive(.zip, members: "dev/*.jsonl"))
    #expect(files[0].format == .table(delimiter: 44, quotes: true, columns: nil))
    #expect(files[1].place == .url("https://example.org/{a}.zip"))
  }

  /// What stands below the head, with `%S` for a sound split, and how the line begins that it gets.
  static let refusals: [(String, String)] = [
    ("copy = [\"q\"]", "p:1:1: no split is declared; add [[dataset.splits]]"),
    (
      "%S",
      "p:1:1: no field is made; add copy = [\"...\"], [dataset.row] or both"
    ),
    (
      "copy = [\"q\"]\ncopi = 1\n%S",
      "p:5:1: unknown key 'copi' in [dataset]; known keys: benchmark, source, revision, gated, splits"
    ),
    (
      "copy = [\"q\"]\n[row]\nq = \"a\"\n%S",
      "p:5:1: field 'q' is made twice; remove one of the two"
    ),
    (
      "%S[row]\nq = { from = \"a\", steps = [\"stripp\"] }",
      "p:8:28: unknown step \"stripp\"; there are \"strip\""
    ),
    (
      "%S[row]\nq = { from = \"a\", steps = [{ match = \"(\" }] }",
      "p:8:38: '(' is no regular expression"
    ),
    (
      "%S[row]\nq = { from = \"a\", value = 1 }",
      "p:8:5: field 'q' needs one of 'from', 'template', 'value' and 'cases', and no more than one"
    ),
    (
      "%S[row]\nq = { template = \"{a\" }",
      "p:8:18: a brace has no partner; write {{ or }} for a brace"
    ),
    (
      "%Ssha256 = \"12\"\n[row]\nq = \"a\"",
      "p:7:10: sha256 is not 64 lower-case hex digits"
    ),
    (
      "%S[choices]\nlist = \"c\"\nanswer_as = \"word\"\nanswer = \"a\"",
      "p:9:13: 'answer_as' is 'word'; write one of letter, index, number, text, first, last"
    ),
    (
      "%S[choices]\nlist = \"c\"\nanswer_as = \"first\"\nanswer = \"a\"",
      "p:10:10: 'answer' names the field of the answer; answer_as = \"first\" and \"last\" have none"
    ),
    (
      "copy = [\"q\"]\n[[splits]]\nsplit = \"a\"\nurl = \"https://e.org/{topic}\"",
      "p:7:7: 'url' has {topic}, which is nothing here; there are {revision}, {split}, {source_split}"
    ),
    (
      "copy = [\"q\"]\n[[splits]]\nsplit = \"a\"\nfile = \"../x\"",
      "p:7:8: file '../x' leaves the plugin's folder; put it beside plugin.toml"
    ),
    (
      "copy = [\"q\"]\n[[splits]]\nsplit = \"a\"\nurl = \"https://e.org/a.zip\"",
      "p:5:1: an archive needs packing = \"zip\", \"tar\" or \"tar.gz\", and members = \"*.jsonl\""
    ),
    (
      "copy = [\"q\"]\n%S[[repairs]]\nfield = \"q\"\nbegins = \"x\"\nset = { q = \"y\" }",
      "p:8:1: 'why' is missing in an entry of [dataset].repairs"
    ),
    (
      "copy = [\"q\"]\n[[splits]]\nsplit = \"a\"\nhub = \"a/b\"\nsha256 = \"\(String(repeating: "0", count: 64))\"",
      "p:8:10: the Hub's rows have no file to pin; pin their commit with 'revision'"
    ),
    (
      "copy = [\"A\"]\n%S[choices]\nlist = \"c\"\nanswer_as = \"first\"",
      "p:8:1: field 'A' is made by [dataset.choices]; take it out of copy, row and repairs"
    ),
  ]

  @Test(arguments: refusals)
  func `a wrong declaration is refused with its place and what to write`(
    text: String, line: String
  ) throws {
    let error = #expect(throws: DeclarationError.self) {
      try Self.declaration(Self.head + text.replacing("%S", with: Self.split))
    }
    #expect(error?.description.hasPrefix(line) == true, "\(error?.description ?? "")")
  }
}
