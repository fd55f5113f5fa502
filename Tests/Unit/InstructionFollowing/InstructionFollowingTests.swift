// The evaluator as the host drives it: rows, the one stage, thinking, verdicts with their details and numbers.

import InstructionFollowingCore
import JSONFormat
import PluginKit
import Testing

struct InstructionFollowingTests {
  static func evaluator(_ options: String = "{}") throws -> InstructionFollowing {
    try InstructionFollowing(configuration: JSONValue.parse(Array(options.utf8)), host: .none)
  }

  static func row(
    _ evaluator: InstructionFollowing, _ json: String
  ) throws -> InstructionFollowing.Row {
    try Array(json.utf8).withUnsafeBufferPointer {
      try evaluator.row(RowText(index: 0, unsafe: $0))
    }
  }

  static let words = #"""
    {"key":1,"prompt":"Say much.","instruction_id_list":["punctuation:no_comma",
    "length_constraints:number_words","length_constraints:number_sentences","punctuation:no_comma"],
    "kwargs":[{},{"num_words":3,"relation":"at least"},{"num_sentences":2,"relation":"less than"},{}]}
    """#

  static func verdict(_ options: String, _ json: String, _ text: String) throws -> Verdict {
    let evaluator = try evaluator(options)
    let row = try row(evaluator, json)
    return try evaluator.score(
      row, outputs: [Output(stage: "final", text: text)], call: .none)
  }

  @Test func `the prompt is that of the old runner, and there is one stage`() throws {
    for (options, prompt) in [
      ("{}", "User: Say much.\n\nAssistant:"),
      (#"{"mode":"think"}"#, "User: Say much.\n\nAssistant: <think"),
      (#"{"prompt_style":"chat"}"#, #"[{"role":"user","content":"Say much."}]"#),
    ] {
      let evaluator = try Self.evaluator(options)
      let row = try Self.row(evaluator, Self.words)
      let request = try #require(try evaluator.next(row, outputs: [], call: .none))
      #expect(request.promptText == prompt && request.stage == "final" && request.isFinal)
      #expect(request.isMessages == options.contains("chat"))
      let output = Output(stage: "final", text: "x")
      #expect(try evaluator.next(row, outputs: [output], call: .none) == nil)
    }
  }

  @Test func `thinking is left out where the prompt opened it, and blanks around the response`()
    throws
  {
    let thought = ">One, two.</think>Three, </think> a b c \n"
    for (options, prompt, answer) in [
      (#"{"mode":"think"}"#, "p", "a b c"), ("{}", "p", ">One, two.</think>Three, </think> a b c"),
      ("{}", "say <think>", "a b c"), (#"{"mode":"think","prompt_style":"chat"}"#, "p", "a b c"),
    ] {
      let json = """
        {"prompt":"\(prompt)","instruction_id_list":["punctuation:no_comma"],"kwargs":[{}]}
        """
      let verdict = try Self.verdict(options, json, thought)
      #expect(verdict.answer == answer)
      #expect(verdict.outcome == (answer.contains(",") ? .fail : .pass))
    }
  }

  @Test func `a verdict says of each instruction what was asked and found`() throws {
    let text = "A, B\nc d e"
    let verdict = try Self.verdict("{}", Self.words, text)
    #expect(verdict.outcome == .fail)
    #expect(
      verdict.failReason
        == "punctuation:no_comma: asked for no comma, found 1 commas; "
        + "punctuation:no_comma: asked for no comma, found 1 commas")
    #expect(verdict.reference.split(separator: "\n").count == 4)
    #expect(verdict.reference.contains("length_constraints:number_words: Answer with at least 3"))
    let details = try JSONValue.parse(verdict.details)
    let first = try #require(details["instructions"]?.elements?.first)
    #expect(first["id"]?.string == "punctuation:no_comma")
    #expect(first["strict"]?.bool == false && first["loose"]?.bool == true)
    #expect(first["loose_by"]?.string == "without the first line")
    let second = try #require(details["instructions"]?.elements?[1])
    #expect(second["asked"]?.string == "at least 3 words")
    #expect(second["found"]?.string == "5 words" && second["loose_by"] == nil)
    #expect(second["arguments"]?["num_words"]?.integer == 3)
    #expect(second["description"]?.string == "Answer with at least 3 words.")
  }

  @Test func `the numbers give the official figures when they are weighted`() throws {
    let verdict = try Self.verdict("{}", Self.words, "A, B\nc d e")
    let values = Dictionary(uniqueKeysWithValues: verdict.values.map { ($0.name, $0.value) })
    #expect(
      values == [
        "prompt_accuracy": 0, "prompt_accuracy_loose": 1, "instruction_accuracy": 0.5,
        "instruction_accuracy_loose": 1, "weight:instruction_accuracy": 4,
        "weight:instruction_accuracy_loose": 4, "tier0:punctuation": 0,
        "tier0_loose:punctuation": 1, "weight:tier0:punctuation": 2,
        "weight:tier0_loose:punctuation": 2, "tier1:punctuation:no_comma": 0,
        "tier1_loose:punctuation:no_comma": 1, "weight:tier1:punctuation:no_comma": 2,
        "weight:tier1_loose:punctuation:no_comma": 2, "tier0:length_constraints": 1,
        "tier0_loose:length_constraints": 1, "weight:tier0:length_constraints": 2,
        "weight:tier0_loose:length_constraints": 2, "tier1:length_constraints:number_words": 1,
        "tier1_loose:length_constraints:number_words": 1,
        "tier1:length_constraints:number_sentences": 1,
        "tier1_loose:length_constraints:number_sentences": 1,
      ])
    #expect(try Self.verdict(#"{"decide":"loose"}"#, Self.words, "A, B\nc d e").outcome == .pass)
  }

  @Test func `an empty response follows nothing and is no error`() throws {
    for text in ["", " \n\t", "<think></think>"] {
      let options = text.contains("think") ? #"{"mode":"think"}"# : "{}"
      let verdict = try Self.verdict(options, Self.words, text)
      #expect(verdict.outcome == .fail && verdict.answer == "")
      #expect(verdict.failReason.contains("found an empty response"))
      #expect(verdict.values.allSatisfy { $0.value == 0 || $0.name.hasPrefix("weight:") })
    }
    let evaluator = try Self.evaluator()
    let row = try Self.row(evaluator, Self.words)
    let failed = Output(stage: "final", text: "x", finish: .error)
    #expect(try evaluator.score(row, outputs: [failed], call: .none).outcome == .error)
    #expect(throws: PluginFailure.self) { try evaluator.score(row, outputs: [], call: .none) }
  }

  @Test(arguments: [
    "[]", "{", #"{"instruction_id_list":["punctuation:no_comma"],"kwargs":[{}]}"#,
    #"{"prompt":"","instruction_id_list":["punctuation:no_comma"],"kwargs":[{}]}"#,
    #"{"prompt":"p","instruction_id_list":["no:such"],"kwargs":[{}]}"#,
    #"{"prompt":"p","instruction_id_list":["keywords:existence"],"kwargs":[{}]}"#,
  ])
  func `a row that cannot be judged is a data error`(json: String) throws {
    let evaluator = try Self.evaluator()
    #expect(throws: BadRecord.self) { try Self.row(evaluator, json) }
  }

  @Test(arguments: [
    #"{"mode":"cot"}"#, #"{"decide":"exact"}"#, #"{"prompt_style":"xml"}"#, #"{"shots":1}"#, "[]",
  ])
  func `wrong options are refused`(options: String) {
    #expect(throws: ConfigurationError.self) { try Self.evaluator(options) }
  }

  @Test func `every row of the demo is read and judged`() throws {
    let rows = try RecordedIFEval.demoRows()
    #expect(rows.count == 200)
    let evaluator = try Self.evaluator()
    var failed = 0
    for row in rows {
      let json = String(decoding: try row.serialized(), as: UTF8.self)
      let read = try Self.row(evaluator, json)
      let output = Output(stage: "final", text: "Neither, nor: an answer to something Else.")
      let verdict = try evaluator.score(read, outputs: [output], call: .none)
      #expect((verdict.outcome == .fail) == !verdict.failReason.isEmpty, "\(json)")
      let judged = try JSONValue.parse(verdict.details)["instructions"]?.elements?.count
      #expect(judged == row["instruction_id_list"]?.elements?.count)
      failed += verdict.outcome == .fail ? 1 : 0
    }
    // The others forbid a word that the text has not, or ask for few or at least five words.
    #expect(failed == 190)
  }
}
