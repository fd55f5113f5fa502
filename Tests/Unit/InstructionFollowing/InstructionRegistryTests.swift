// Rows that cannot be judged are named, not failed: unknown ids, unknown, missing and wrong arguments.

import InstructionFollowingCore
import JSONFormat
import Testing

struct InstructionRegistryTests {
  @Test(arguments: [
    (
      "length_constraints:number_wrds", "{}", "unknown instruction 'length_constraints:number_wrds'"
    ),
    ("", "{}", "unknown instruction ''"),
    ("punctuation:no_comma", #"{"num":1}"#, "unknown argument 'num'; it takes none"),
    (
      "length_constraints:number_words", #"{"relation":"at least","num_words":1,"n":0}"#,
      "unknown argument 'n'"
    ),
    ("length_constraints:number_words", #"{"num_words":1}"#, "'relation' is missing"),
    ("length_constraints:number_words", #"{"relation":"at least"}"#, "'num_words' is missing"),
    (
      "length_constraints:number_words", #"{"relation":"at least","num_words":null}"#,
      "'num_words' is missing"
    ),
    (
      "length_constraints:number_words", #"{"relation":"at most","num_words":1}"#,
      "'relation' is 'at most'"
    ),
    (
      "length_constraints:number_words", #"{"relation":"at least","num_words":-1}"#, "not negative"
    ),
    (
      "length_constraints:number_words", #"{"relation":"at least","num_words":1.5}"#,
      "whole number"
    ),
    ("keywords:existence", "{}", "'keywords' is missing"),
    ("keywords:existence", #"{"keywords":[]}"#, "at least one text"),
    ("keywords:existence", #"{"keywords":["a",""]}"#, "not empty"),
    ("keywords:existence", #"{"keywords":["c++"]}"#, "the character '+'"),
    ("keywords:frequency", #"{"keyword":" ","frequency":1,"relation":"at least"}"#, "is blank"),
    (
      "keywords:letter_frequency", #"{"letter":"ab","let_frequency":1,"let_relation":"at least"}"#,
      "'letter' is 'ab'"
    ),
    (
      "keywords:letter_frequency", #"{"let_frequency":1,"let_relation":"at least"}"#,
      "'letter' is missing"
    ),
    ("language:response_language", #"{"language":"tlh"}"#, "'language' is 'tlh'"),
    (
      "length_constraints:nth_paragraph_first_word",
      #"{"num_paragraphs":2,"nth_paragraph":3,"first_word":"a"}"#, "'nth_paragraph' is 3"
    ),
    ("combination:repeat_prompt", "{}", "'prompt_to_repeat' is missing"),
    ("startend:end_checker", #"{"end_phrase":["x"]}"#, "must be a text"),
    ("startend:quotation", "[]", "no object"),
  ])
  func `what an instruction cannot be made of is named`(
    id: String, arguments: String, problem: String
  ) throws {
    let error = #expect(throws: InstructionError.self) {
      try Judging.instruction(id, arguments)
    }
    let message = try #require(error).message
    #expect(message.contains(problem) && message.contains("'\(id)'"), "\(message)")
  }

  @Test(arguments: [
    #"{"instruction_id_list":[],"kwargs":[]}"#, #"{"kwargs":[{}]}"#, "{}", "[]",
    #"{"instruction_id_list":["punctuation:no_comma"],"kwargs":[]}"#,
    #"{"instruction_id_list":["punctuation:no_comma"]}"#,
    #"{"instruction_id_list":[1],"kwargs":[{}]}"#,
    #"{"instruction_id_list":["punctuation:no_comma"],"kwargs":[null]}"#,
  ])
  func `a row without matching lists is refused`(row: String) throws {
    let value = try JSONValue.parse(Array(row.utf8))
    #expect(throws: InstructionError.self) { try Judging.judge(value, "x") }
  }

  @Test func `languages are loaded for the rows that need them and not before`() throws {
    let resources = InstructionResources()
    func make(_ id: String, _ arguments: String) throws {
      _ = try InstructionRegistry.ifeval.instruction(
        id, arguments: JSONValue.parse(Array(arguments.utf8)), resources: resources)
    }
    try make("punctuation:no_comma", "{}")
    try make("length_constraints:number_sentences", #"{"num_sentences":1,"relation":"at least"}"#)
    #expect(!resources.hasLoadedLanguages)
    try make("language:response_language", #"{"language":"de"}"#)
    #expect(resources.hasLoadedLanguages)
  }

  @Test func `a kind of another benchmark is added to the registry`() throws {
    struct Short: Instruction {
      static let id = "count:short"
      init(
        _ arguments: inout InstructionArguments, resources: InstructionResources
      ) throws(InstructionError) {}
      var wording: String { "Be short." }
      var asked: String { "few words" }
      func check(_ text: ResponseText) -> Finding { Finding(text.bytes.count < 9, "many") }
    }
    var registry = InstructionRegistry.ifeval
    registry.add(Short.self)
    #expect(registry.ids.count == 26)
    let made = try registry.instruction(
      "count:short", arguments: .object([]), resources: InstructionResources())
    #expect(made.check(ResponseText("yes")).follows)
  }
}
