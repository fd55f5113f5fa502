// The 25 kinds of instruction on texts made by hand; the expected answers are the official checker's.

import InstructionFollowingCore
import Testing

struct InstructionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let id: String
    let arguments: String
    let follows: [String]
    let fails: [String]
    var testDescription: String { "\(id) \(arguments)" }

    init(_ id: String, _ arguments: String = "{}", follows: [String], fails: [String]) {
      self.id = id
      self.arguments = arguments
      self.follows = follows
      self.fails = fails
    }
  }

  static let keywords: [Case] = [
    Case(
      "keywords:existence", #"{"keywords":["river","SEA"]}"#,
      follows: ["The river and the sea", "RIVERSIDE by the ſea"], fails: ["river", "rive r sea"]),
    Case(
      "keywords:existence", #"{"keywords":["a.c"]}"#, follows: ["abc", "A.C", "a\u{1F600}c"],
      fails: ["ac", "a\nc"]),
    Case(
      "keywords:frequency", #"{"keyword":" aa ","frequency":2,"relation":"at least"}"#,
      follows: ["aaaa", "aa AA"], fails: ["aaa", "a a a a"]),
    Case(
      "keywords:frequency", #"{"keyword":"kill","frequency":1,"relation":"less than"}"#,
      follows: ["none"], fails: ["\u{212A}İLL", "skilled"]),
    Case(
      "keywords:forbidden_words", #"{"forbidden_words":["bad","worse"]}"#,
      follows: ["badly worsened", "not_bad", "baden"],
      fails: ["so BAD.", "bad", "日\u{20}worse日 bad"]),
    Case(
      "keywords:letter_frequency", #"{"letter":"N","let_frequency":3,"let_relation":"at least"}"#,
      follows: ["nNn", "banana none"], fails: ["banana", "ñńň"]),
    Case(
      "keywords:letter_frequency",
      ##"{"letter":"#","let_frequency":2,"let_relation":"less than"}"##,
      follows: ["no", "# one"], fails: ["## two"]),
  ]

  static let lengths: [Case] = [
    Case(
      "length_constraints:number_words", #"{"num_words":4,"relation":"at least"}"#,
      follows: ["one two three four", "it's 3.5", "日本 語x y_z a1"], fails: ["a-b c", "one"]),
    Case(
      "length_constraints:number_words", #"{"num_words":3,"relation":"less than"}"#,
      follows: ["one, two"], fails: ["नमस्ते ok"]),
    Case(
      "length_constraints:number_sentences", #"{"num_sentences":2,"relation":"at least"}"#,
      follows: ["One. Two."], fails: ["Mr. Smith."]),
    Case(
      "length_constraints:number_paragraphs", #"{"num_paragraphs":2}"#,
      follows: ["a\n***\nb", "***\na***b\n***", "a***b", "a *** b *** ", "a****b***"],
      fails: ["a", "a***b***c", "a*** ***b", "******"]),
    Case(
      "length_constraints:number_paragraphs", #"{"num_paragraphs":3}"#,
      follows: ["a***b****", "a****b*****"], fails: ["a*** * ***"]),
    Case(
      "length_constraints:nth_paragraph_first_word",
      #"{"num_paragraphs":2,"nth_paragraph":2,"first_word":"Hello"}"#,
      follows: ["a\n\nhello", "a\n\n'\"HELLO, you", "a\n\n hello!\n\n", "a\nb\n\nhello' x"],
      fails: ["hello", "a\n\n\n\nhello", "a\n\nhellos", "a\n\nhello\n\nc", "a\n\n\"'hello"]),
  ]

  static let formats: [Case] = [
    Case(
      "detectable_content:number_placeholders", #"{"num_placeholders":2}"#,
      follows: ["[a] [b]", "[[a] b] [c]", "[][]"], fails: ["[a\n] [b]", "[a [b]"]),
    Case(
      "detectable_content:postscript", #"{"postscript_marker":"P.S."}"#,
      follows: ["x\nP.S. y", "p. s. y", "help.s."], fails: ["PS y", "P.S"]),
    Case(
      "detectable_content:postscript", #"{"postscript_marker":"P.P.S"}"#,
      follows: ["p.p.s", "P. P. S"], fails: ["p.s.", "p.  p.s"]),
    Case(
      "detectable_content:postscript", #"{"postscript_marker":"Note"}"#, follows: ["a NOTE"],
      fails: ["not e"]),
    Case(
      "detectable_format:number_bullet_lists", #"{"num_bullets":2}"#,
      follows: ["* a\n* b", "- a\n  * b", "*a\n\n\n-", "*\n*\n* c"],
      fails: ["* a", "** a\n** b", "a * b\nc - d", "* a\n* b\n- c"]),
    Case(
      "detectable_format:number_highlighted_sections", #"{"num_highlights":2}"#,
      follows: ["*a* *b*", "**a** **b**", "*a**b*"],
      fails: ["**a**b**", "*a\nb* *c*", "* * *", "****"]),
    Case(
      "detectable_format:multiple_sections", #"{"section_spliter":"Section","num_sections":2}"#,
      follows: ["Section 1\nSection 2", "Section1Section2", "Section ٣ Section\n4"],
      fails: ["Section 1", "SECTION 1 SECTION 2", "Section  1 Section  2"]),
    Case(
      "detectable_format:json_format",
      follows: [
        "{\"a\": [1, {}]}", "```json\n[]\n```", "```JSON\nnull```", "1", "\"\\ud800\"", "NaN",
        "[-Infinity, 1e5, -0.5]", "{\"a\":1,\"a\":2}",
      ],
      fails: [
        "", "{", "[1,]", "{a:1}", "01", "1.", "\"\\x\"", "\"a\nb\"", "[1] x", "{\"a\"}", "'a'",
        "\u{FEFF}1", "[1 2]", "-", "\"", "]", "nul", "``````",
      ]),
    Case(
      "detectable_format:title", follows: ["<<a>>", "x <<<b>>> y", "<<a>> <<b>>", "<<>> >>x>>"],
      fails: ["<<>>", "<< >>", "<<<>>>", "<<a\n>>", "<a>", "<<", ">>a<<"]),
    Case(
      "detectable_format:constrained_response", follows: ["So: My answer is maybe. Yes"],
      fails: ["my answer is yes.", "My answer is yes"]),
  ]

  static let frames: [Case] = [
    Case(
      "combination:two_responses",
      follows: ["a******b", "******a******b******", "a****** b", "a*******a"],
      fails: ["a", "a******a", "a****** ******b", "a******b******c"]),
    Case(
      "combination:repeat_prompt", #"{"prompt_to_repeat":" Say ΣΑΣ! "}"#,
      follows: ["say σας! Yes", "\n SAY ΣΑΣ!"], fails: ["Please say σας!", "say"]),
    Case(
      "startend:end_checker", #"{"end_phrase":"The End."}"#,
      follows: ["x the end.", "x THE END.\"\" ", "the end."], fails: ["the end", "the end. x"]),
    Case(
      "startend:quotation", follows: ["\"a\"", " \"\"\n"], fails: ["\"", "a\"", "\"a", "“a”", "a"]),
    Case("punctuation:no_comma", follows: ["a; b", "a，b"], fails: ["a, b"]),
    Case(
      "change_case:capital_word_frequency",
      #"{"capital_frequency":2,"capital_relation":"at least"}"#,
      follows: ["I CANNOT", "NASA and ESA", "A/B C"], fails: ["Nasa", "NASA", "A/B"]),
    Case(
      "change_case:capital_word_frequency",
      #"{"capital_frequency":1,"capital_relation":"less than"}"#,
      follows: ["Nasa", "Don't", "It's 'tis"], fails: ["CAn't go", "Xn't", "so 'tIS", "A"]),
    Case(
      "change_case:english_capital", follows: ["THE FERRY LEAVES AT NOON."],
      fails: ["The ferry", "12", "ВСЁ ПО-РУССКИ НАПИСАНО БОЛЬШИМИ БУКВАМИ"]),
    Case(
      "change_case:english_lowercase", follows: ["the ferry leaves the harbour at noon."],
      fails: ["The ferry", "12", "le boulanger ouvre sa boutique chaque matin"]),
    Case(
      "language:response_language", #"{"language":"fr"}"#,
      follows: ["Le boulanger ouvre sa boutique chaque matin avant six heures.", "12 + 30 !"],
      fails: ["The ferry leaves the harbour at noon and returns before dark."]),
  ]

  @Test(arguments: keywords + lengths + formats + frames)
  func `an instruction finds what was asked for`(test: Case) throws {
    let instruction = try Judging.instruction(test.id, test.arguments)
    for text in test.follows {
      #expect(instruction.check(ResponseText(text)).follows, "\(text.debugDescription)")
      #expect(instruction.follows(ResponseText(text)), "\(text.debugDescription)")
    }
    for text in test.fails {
      let finding = instruction.check(ResponseText(text))
      #expect(!finding.follows, "\(text.debugDescription) found \(finding.found)")
      #expect(!instruction.follows(ResponseText(text)), "\(text.debugDescription)")
    }
    #expect(!instruction.wording.isEmpty && !instruction.asked.isEmpty)
  }

  @Test func `every kind of the registry is tried above`() {
    let tried = Set((Self.keywords + Self.lengths + Self.formats + Self.frames).map(\.id))
    #expect(tried == Set(InstructionRegistry.ifeval.ids))
    #expect(InstructionRegistry.ifeval.ids.count == 25)
  }

  @Test func `a finding says what was found`() throws {
    for (id, arguments, text, found) in [
      (
        "length_constraints:number_words", #"{"num_words":9,"relation":"at least"}"#, "a b",
        "2 words"
      ),
      ("keywords:existence", #"{"keywords":["b","a"]}"#, "a", "no b"),
      ("punctuation:no_comma", "{}", "a,b,", "2 commas"),
      ("startend:end_checker", #"{"end_phrase":"bye"}"#, "so long", "'...so long'"),
      ("detectable_format:title", "{}", "<< a >>", "a"),
      ("language:response_language", #"{"language":"fr"}"#, "日本の電車は七時です。", "'ja'"),
      ("detectable_format:json_format", "{}", "{\"a\" 1}", "something else at byte 5"),
    ] {
      #expect(try Judging.check(id, arguments, text).found == found)
    }
  }
}
