// The evaluator as the host drives it: stages, verdicts, named values, options.

import JSONFormat
import MultiChoiceCore
import PluginKit
import Testing

struct MultiChoiceTests {
  static func evaluator(_ options: String) throws -> MultiChoice {
    try MultiChoice(configuration: JSONValue.parse(Array(options.utf8)), host: .none)
  }

  static func row(_ evaluator: MultiChoice, _ json: String? = nil) throws -> MultiChoice.Row {
    let text = json ?? #"{"question":"Q?","subject":"s","choices":["x","yy"],"answer":"B"}"#
    return try Array(text.utf8).withUnsafeBufferPointer {
      try evaluator.row(RowText(index: 0, unsafe: $0))
    }
  }

  static func choice(_ sums: [Double], tokens: UInt32 = 1, stage: String = "final") -> Output {
    Output(
      stage: stage, text: " A", finish: .choice,
      scores: sums.map { ChoiceScore(logprobSum: $0, tokenCount: tokens) })
  }

  @Test func `direct mode chooses once and reports every accuracy`() throws {
    let evaluator = try Self.evaluator(#"{"continuation":"text"}"#)
    let row = try Self.row(evaluator)
    let request = try #require(try evaluator.next(row, outputs: [], call: .none))
    #expect(request.stage == "final" && request.kind == .choose && request.isFinal)
    #expect(request.choices == [" x", " yy"])
    let output = Self.choice([-1, -1.5])
    #expect(try evaluator.next(row, outputs: [output], call: .none) == nil)
    let verdict = try evaluator.score(row, outputs: [output], call: .none)
    #expect(verdict.outcome == .fail && verdict.answer == "A" && verdict.reference == "B")
    #expect(verdict.group == "s" && verdict.failReason == "incorrect")
    #expect(
      verdict.values.map(\.name) == ["accuracy", "accuracy_token_norm", "accuracy_byte_norm"])
    #expect(verdict.values.map(\.value) == [0, 0, 1])
    let byBytes = try Self.evaluator(#"{"continuation":"text","decide":"accuracy_byte_norm"}"#)
    #expect(try byBytes.score(row, outputs: [output], call: .none).outcome == .pass)
  }

  @Test func `thinking comes before choosing, the unconditioned stage after`() throws {
    let evaluator = try Self.evaluator(#"{"mode":"cot","unconditioned":true}"#)
    let row = try Self.row(evaluator)
    let thought = Output(stage: "cot", text: ">hm</think>")
    let first = try #require(try evaluator.next(row, outputs: [], call: .none))
    #expect(first.stage == "cot" && first.kind == .generate && !first.isFinal)
    let second = try #require(try evaluator.next(row, outputs: [thought], call: .none))
    #expect(second.stage == "final" && second.kind == .choose && !second.isFinal)
    #expect(
      second.promptText == first.promptText + ">hm</think>\nTherefore, the answer is")
    let outputs = [thought, Self.choice([-1, -2])]
    let third = try #require(try evaluator.next(row, outputs: outputs, call: .none))
    #expect(third.stage == "unconditioned" && third.isFinal)
    #expect(third.promptText == "Assistant: Therefore, the answer is")
    let all = outputs + [Self.choice([-1, -9], stage: "unconditioned")]
    #expect(try evaluator.next(row, outputs: all, call: .none) == nil)
    let verdict = try evaluator.score(row, outputs: all, call: .none)
    #expect(verdict.outcome == .fail)
    #expect(verdict.values.last?.name == "accuracy_unconditioned")
    #expect(verdict.values.last?.value == 1)
  }

  @Test func `generated answers are read, and unparsed is its own outcome`() throws {
    let evaluator = try Self.evaluator(#"{"answer_by":"generate"}"#)
    let row = try Self.row(evaluator)
    let request = try #require(try evaluator.next(row, outputs: [], call: .none))
    #expect(request.kind == .generate && request.stage == "final" && request.isFinal)
    for (text, outcome) in [
      (" B.", Verdict.Outcome.pass), (" (A)", .fail), ("it depends", .unparsed), ("", .unparsed),
    ] {
      let output = Output(stage: "final", text: text)
      let verdict = try evaluator.score(row, outputs: [output], call: .none)
      #expect(verdict.outcome == outcome && verdict.values.map(\.name) == ["accuracy"])
    }
    let chat = try Self.evaluator(#"{"prompt_style":"chat","language":"zh","mode":"cot"}"#)
    let message = try #require(try chat.next(row, outputs: [], call: .none))
    #expect(message.isMessages && message.isFinal && message.stage == "final")
    let reply = Output(stage: "final", text: "想……答案是(B)。")
    #expect(try chat.score(row, outputs: [reply], call: .none).outcome == .pass)
  }

  @Test func `recordings without scores, failures and repairs are told apart`() throws {
    let evaluator = try Self.evaluator(#"{"compat_mode":true}"#)
    let row = try Self.row(evaluator)
    let recorded = Output(stage: "final", text: " B", finish: .choice)
    #expect(try evaluator.score(row, outputs: [recorded], call: .none).outcome == .pass)
    let failed = Output(stage: "final", text: "", finish: .error)
    #expect(try evaluator.score(row, outputs: [failed], call: .none).outcome == .error)
    #expect(
      try evaluator.score(row, outputs: [Self.choice([-1, .nan])], call: .none).outcome == .error)
    #expect(throws: PluginFailure.self) {
      try evaluator.score(row, outputs: [Self.choice([-1])], call: .none)
    }
    #expect(throws: PluginFailure.self) { try evaluator.score(row, outputs: [], call: .none) }
    let old = try Self.row(evaluator, #"{"question":"q","choices":["x","y"],"answer":2}"#)
    let verdict = try evaluator.score(old, outputs: [Self.choice([-2, -1])], call: .none)
    #expect(verdict.outcome == .pass && verdict.values.last?.name == "index_repaired")
  }

  @Test(arguments: [
    #"{"mode":"think"}"#, #"{"language":"cmmlu"}"#, #"{"shots":1}"#, #"{"unknown":1}"#,
    #"{"prompt_style":"chat","answer_by":"choose"}"#,
    #"{"answer_by":"generate","decide":"accuracy_byte_norm"}"#,
    #"{"shots":1,"examples":[{"question":"q","choices":["a","b"],"answer":5}]}"#, "[]",
  ])
  func `wrong options are refused`(options: String) {
    #expect(throws: ConfigurationError.self) { try Self.evaluator(options) }
  }
}
