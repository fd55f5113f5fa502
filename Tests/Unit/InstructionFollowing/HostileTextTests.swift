// Texts that models write when they go wrong, and texts made to hurt. Nothing here measures time: an instruction
// that is not linear would not come to an end.

import InstructionFollowingCore
import JSONFormat
import Testing

struct HostileTextTests {
  static let size = 60_000

  static let texts: [(name: String, text: String)] = [
    ("no blank", String(repeating: "a", count: size)),
    ("blanks alone, then a letter", String(repeating: " \n", count: size / 2) + "x"),
    ("full stops", String(repeating: ".", count: size)),
    ("full stops and blanks", String(repeating: ". ", count: size / 2)),
    ("marks", String(repeating: "?!", count: size / 2)),
    ("initials", String(repeating: "A. ", count: size / 3)),
    ("abbreviations without end", String(repeating: "u.s.", count: size / 4) + " He"),
    ("closing quotes", "a." + String(repeating: "\"')", count: size / 3) + " b."),
    ("stars", String(repeating: "*", count: size)),
    ("stars and blanks", String(repeating: "* ", count: size / 2)),
    ("dashes", String(repeating: "-\n", count: size / 2)),
    ("line feeds", String(repeating: "\n", count: size) + "*"),
    ("opening brackets", String(repeating: "[", count: size)),
    ("angular brackets", String(repeating: "<<", count: size / 2) + ">"),
    (
      "nested JSON",
      String(repeating: "[", count: size / 2) + String(repeating: "]", count: size / 2)
    ),
    ("nested objects", String(repeating: #"{"a":"#, count: size / 5)),
    ("one long number", String(repeating: "9", count: size)),
    ("an open string", "\"" + String(repeating: "\\\"", count: size / 2)),
    ("sections", String(repeating: "SECTION ", count: size / 8)),
    ("postscripts", String(repeating: "p.", count: size / 2)),
    ("apostrophes", String(repeating: "' ", count: size / 2) + String(repeating: "'", count: 999)),
    ("quotes", String(repeating: "\"", count: size)),
    ("backticks", String(repeating: "`", count: size)),
    ("mail signs", String(repeating: "a@", count: size / 2)),
    ("links", String(repeating: "http://", count: size / 7)),
    ("think marks", String(repeating: "</think>", count: size / 8)),
    ("regular expressions", String(repeating: "(a+)+$|[^\\]*.?", count: size / 14)),
    ("right to left", String(repeating: "שלום עולם. ", count: size / 20)),
    ("Chinese", String(repeating: "这是一句。", count: size / 15)),
    ("emoji", String(repeating: "👨‍👩‍👧‍👦", count: size / 25)),
    ("accents", "e" + String(repeating: "\u{301}", count: size / 2)),
    ("sigmas", String(repeating: "Σ", count: size / 2)),
    ("capital dotted i", String(repeating: "İ", count: size / 2)),
    ("replacement characters", String(repeating: "\u{FFFD}", count: size / 3)),
    ("zero bytes", String(repeating: "\0", count: size)),
    ("other blanks", String(repeating: "\u{2028}\u{3000}\u{85}", count: size / 8) + "x"),
  ]

  static let everything: JSONValue = .object([
    JSONMember(key: "prompt", value: .string("p")),
    JSONMember(
      key: "instruction_id_list", value: .array(arguments.map { .string($0.key) })),
    JSONMember(
      key: "kwargs",
      value: .array(
        arguments.map { (try? JSONValue.parse(Array($0.value.utf8))) ?? .null })),
  ])

  static let arguments: KeyValuePairs<String, String> = [
    "keywords:existence": #"{"keywords":["aaaaab","marks"]}"#,
    "keywords:frequency": #"{"keyword":"a..b","frequency":1,"relation":"at least"}"#,
    "keywords:forbidden_words": #"{"forbidden_words":["aa","σ"]}"#,
    "keywords:letter_frequency": #"{"letter":"a","let_frequency":1,"let_relation":"less than"}"#,
    "language:response_language": #"{"language":"sw"}"#,
    "length_constraints:number_sentences": #"{"num_sentences":0,"relation":"less than"}"#,
    "length_constraints:number_paragraphs": #"{"num_paragraphs":9}"#,
    "length_constraints:number_words": #"{"num_words":0,"relation":"less than"}"#,
    "length_constraints:nth_paragraph_first_word":
      #"{"num_paragraphs":2,"nth_paragraph":1,"first_word":"zz"}"#,
    "detectable_content:number_placeholders": #"{"num_placeholders":999999}"#,
    "detectable_content:postscript": #"{"postscript_marker":"P.P.S"}"#,
    "detectable_format:number_bullet_lists": #"{"num_bullets":999999}"#,
    "detectable_format:constrained_response": "{}",
    "detectable_format:number_highlighted_sections": #"{"num_highlights":999999}"#,
    "detectable_format:multiple_sections":
      #"{"section_spliter":"SECTION","num_sections":999999}"#,
    "detectable_format:json_format": "{}", "detectable_format:title": "{}",
    "combination:two_responses": "{}", "combination:repeat_prompt": #"{"prompt_to_repeat":"ab"}"#,
    "startend:end_checker": #"{"end_phrase":"ab"}"#, "startend:quotation": "{}",
    "change_case:capital_word_frequency":
      #"{"capital_frequency":0,"capital_relation":"less than"}"#,
    "change_case:english_capital": "{}", "change_case:english_lowercase": "{}",
    "punctuation:no_comma": "{}",
  ]

  @Test(arguments: texts.indices)
  func `every instruction comes to an end on hostile text`(index: Int) throws {
    let (name, text) = Self.texts[index]
    #expect(Self.arguments.count == 25)
    let judgements = try Judging.judge(Self.everything, text)
    #expect(judgements.count == 25, "\(name)")
    for judgement in judgements { #expect(judgement.reason.utf8.count < 1000, "\(name)") }
  }

  @Test func `a text cut anywhere is judged`() throws {
    let text = "“Ünï. çødé!” 日本… İ Σ' ``x'' N'T --. . . 👨‍👩‍👧 \u{301}*a** <<t>> {\"k\": [1.5e3]}\n\n- b"
    let scalars = Array(text.unicodeScalars)
    for count in 0...scalars.count {
      var part = String.UnicodeScalarView()
      part.append(contentsOf: scalars.prefix(count))
      #expect(try Judging.judge(Self.everything, String(part)).count == 25)
    }
  }
}
