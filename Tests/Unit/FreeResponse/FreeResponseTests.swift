// The evaluator as the host drives it: rows, stages, verdicts, options.

import FreeResponseCore
import JSONFormat
import PluginKit
import Testing

struct FreeResponseTests {
  static func evaluator(_ options: String) throws -> FreeResponse {
    try FreeResponse(configuration: JSONValue.parse(Array(options.utf8)), host: .none)
  }

  static func row(_ evaluator: FreeResponse, _ json: String) throws -> FreeResponse.Row {
    try Array(json.utf8).withUnsafeBufferPointer {
      try evaluator.row(RowText(index: 0, unsafe: $0))
    }
  }

  static let gsm = ##"{"question":"1+1?","answer":"It is 2.\n#### 2","subject":"sums"}"##

  @Test func `thinking is followed by an opened box`() throws {
    let evaluator = try Self.evaluator("{}")
    let row = try Self.row(evaluator, Self.gsm)
    let first = try #require(try evaluator.next(row, outputs: [], call: .none))
    #expect(first.stage == "cot" && !first.isFinal && !first.isMessages)
    #expect(first.promptText == "User: 1+1?\n\nAssistant: <think")
    let thought = Output(stage: "cot", text: ">two</think>")
    let second = try #require(try evaluator.next(row, outputs: [thought], call: .none))
    #expect(second.stage == "final" && second.isFinal)
    #expect(
      second.promptText
        == "User: 1+1?\n\nAssistant: <think>two</think>\nTherefore, the answer is \\(\\boxed{")
    let answer = Output(stage: "final", text: "2.0}\\)")
    #expect(try evaluator.next(row, outputs: [thought, answer], call: .none) == nil)
    let verdict = try evaluator.score(row, outputs: [thought, answer], call: .none)
    #expect(verdict.outcome == .pass && verdict.answer == "2.0" && verdict.group == "sums")
    #expect(verdict.reference == "2" && verdict.failReason == "")
  }

  @Test func `the rule decides and unparsed is its own outcome`() throws {
    for (options, text, outcome) in [
      (#"{"mode":"direct"}"#, "so #### 2.0", Verdict.Outcome.pass),
      (#"{"mode":"direct","decide":"legacy"}"#, "so #### 2.0", .fail),
      (#"{"mode":"direct","decide":"legacy"}"#, "1/2", .pass),
      (#"{"mode":"direct"}"#, "1/2", .fail), (#"{"mode":"direct"}"#, "no idea", .unparsed),
      (#"{"mode":"direct","answer_format":"boxed"}"#, "so 2", .unparsed),
      (#"{"prompt_style":"chat"}"#, "so \\boxed{2}", .pass),
    ] {
      let evaluator = try Self.evaluator(options)
      let row = try Self.row(evaluator, Self.gsm)
      let request = try #require(try evaluator.next(row, outputs: [], call: .none))
      #expect(request.isFinal && request.stage == "final")
      #expect(request.isMessages == options.contains("chat"))
      let output = Output(stage: "final", text: text)
      #expect(try evaluator.next(row, outputs: [output], call: .none) == nil)
      let verdict = try evaluator.score(row, outputs: [output], call: .none)
      #expect(verdict.outcome == outcome, "\(options) \(text)")
    }
    let evaluator = try Self.evaluator("{}")
    let row = try Self.row(evaluator, Self.gsm)
    let failed = Output(stage: "final", text: "2", finish: .error)
    #expect(try evaluator.score(row, outputs: [failed], call: .none).outcome == .error)
    #expect(throws: PluginFailure.self) { try evaluator.score(row, outputs: [], call: .none) }
  }

  @Test func `references of every kind become text as in the old loader`() throws {
    let evaluator = try Self.evaluator(#"{"mode":"direct"}"#)
    for (json, reference) in [
      (#"{"problem":"p","expected_answer":12.0}"#, "12"),
      (#"{"problem":"p","expected_answer":true}"#, "true"),
      (#"{"problem":"p","answer":0.5}"#, "0.5"), (#"{"prompt":"p","solution":"7"}"#, "7"),
      (#"{"question":"p","answer":"3","raw_record":{"target":4}}"#, "4"),
    ] {
      let row = try Self.row(evaluator, json)
      let output = Output(stage: "final", text: "x")
      #expect(try evaluator.score(row, outputs: [output], call: .none).reference == reference)
    }
    for json in [
      "[]", "{", #"{"answer":"3"}"#, #"{"question":"q"}"#, #"{"question":1,"answer":""}"#,
    ] {
      #expect(throws: BadRecord.self) { try Self.row(evaluator, json) }
    }
  }

  @Test(arguments: [
    #"{"mode":"think"}"#, #"{"decide":"fuzzy"}"#, #"{"shots":1}"#, #"{"unknown":1}"#,
    #"{"template":"no place"}"#, #"{"shots":1,"examples":[{"question":"q"}]}"#, "[]",
  ])
  func `wrong options are refused`(options: String) {
    #expect(throws: ConfigurationError.self) { try Self.evaluator(options) }
  }
}
