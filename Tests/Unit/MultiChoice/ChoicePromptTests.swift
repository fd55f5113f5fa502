// Prompts in both languages against the old runner's bytes, and the choosing among scores.

import Foundation
import JSONFormat
import MultiChoiceCore
import PluginKit
import Testing

struct ChoicePromptTests {
  static func row(
    _ question: String = "Q?", subject: String = "high_school_physics", answer: Int = 1
  ) throws -> ChoiceRow {
    try ChoiceRow(
      .object([
        .init(key: "question", value: .string(question)),
        .init(key: "subject", value: .string(subject)),
        .init(key: "choices", value: .array([.string("x"), .string("y z")])),
        .init(key: "answer", value: .integer(Int64(answer))),
      ]), repairs: false)
  }

  @Test func `raw prompts are the legacy bytes in both languages`() throws {
    let row = try Self.row()
    let head =
      "User: You are a very talented expert in high school physics. Answer this question:\n"
      + "Q?\nA. x\nB. y z\n\nAssistant:"
    let english = ChoicePrompt(mode: .direct, style: .raw, language: .english)
    #expect(english.first(row) == head + " The answer is")
    #expect(english.continuations(row) == [" A", " B"])
    #expect(english.unconditioned == "Assistant: The answer is")
    let thinking = ChoicePrompt(mode: .cot, style: .raw, language: .english)
    #expect(thinking.first(row) == head + " <think")
    #expect(
      thinking.final(row, thought: ">\nhm") == head
        + " <think>\nhm\nTherefore, the answer is")
    let chinese = ChoicePrompt(mode: .direct, style: .raw, language: .chinese)
    #expect(chinese.first(row) == "User: Q?\nA. x\nB. y z\n\nAssistant: 正确答案是")
    let chineseCot = ChoicePrompt(mode: .cot, style: .raw, language: .chinese)
    #expect(chineseCot.first(row) == "User: Q?\nA. x\nB. y z\n\nAssistant:")
    #expect(
      chineseCot.final(row, thought: " 想") == "User: Q?\nA. x\nB. y z\n\nAssistant: 想\n综上所述，答案是")
    let nameless = try Self.row(subject: "")
    #expect(english.first(nameless).hasPrefix("User: You are a very talented expert in unknown."))
    let cloze = ChoicePrompt(
      mode: .direct, style: .raw, language: .english, continuation: .text)
    #expect(cloze.first(row).hasSuffix(":\nQ?\n\nAssistant: The answer is"))
    #expect(cloze.continuations(row) == [" x", " y z"])
  }

  @Test func `a benchmark may have a prompt or an answer's prefix of its own`() throws {
    let row = try Self.row("<CHOICES> <Q>", subject: "<SHOTS>")
    let template = ChoiceTemplate("<SHOTS>[<SUBJECT>] <Q>\n<CHOICES>\n<A>é:")
    let own = ChoicePrompt(
      mode: .direct, style: .raw, language: .english, template: template,
      examples: [try Self.row("b", answer: 0)])
    #expect(
      own.first(row)
        == "User: You are a very talented expert in high school physics. Answer this question:\nb\nA. x\nB. y z"
        + "\n\nAssistant: The answer is A\n\n[<SHOTS>] <CHOICES> <Q>\nA. x\nB. y z\n<A>é:")
    let prefixed = ChoicePrompt(
      mode: .direct, style: .raw, language: .english, answerPrefix: "Option")
    #expect(prefixed.first(row).hasSuffix("\n\nAssistant: Option"))
    #expect(prefixed.unconditioned == "Assistant: Option")
    let bare = ChoicePrompt(mode: .direct, style: .raw, language: .english, answerPrefix: "")
    #expect(bare.first(row).hasSuffix("\n\nAssistant:"))
    for (options, reason) in [
      (#"{"template":"x"}"#, "has no place <Q>"),
      (#"{"template":"<Q>","answer_prefix":"x"}"#, "holds the answer's prefix itself"),
      (
        #"{"template":"<Q>","shots":1,"examples":[{"question":"q","A":"a","B":"b","answer":"A"}]}"#,
        "no place <SHOTS>"
      ),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try MultiChoice(configuration: JSONValue.parse(Array(options.utf8)), host: .none)
      }
      #expect(error?.message.contains(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func `examples stand first, data is not searched, the row asked is left out`() throws {
    let shots = [try Self.row("<CHOICES>", subject: "<Q>"), try Self.row("b", answer: 0)]
    let prompt = ChoicePrompt(
      mode: .direct, style: .raw, language: .english, examples: shots, shots: 1)
    let text = prompt.first(try Self.row("<SUBJECT><CHOICES>", subject: "<Q>"))
    let block = "Answer this question:\n<CHOICES>\nA. x\nB. y z\n\nAssistant: The answer is B\n\n"
    #expect(text.hasPrefix("User: You are a very talented expert in <Q>. " + block + "User: "))
    #expect(text.contains("Answer this question:\n<SUBJECT><CHOICES>\nA. x\n"))
    #expect(prompt.first(shots[0]).contains(":\nb\nA. x\nB. y z\n\nAssistant: The answer is A\n\n"))
    let chat = ChoicePrompt(mode: .direct, style: .chat, language: .chinese, examples: [shots[1]])
    let messages = try #require(
      JSONSerialization.jsonObject(with: Data(chat.first(shots[0]).utf8)) as? [[String: String]])
    #expect(messages.map { $0["role"] } == ["user", "assistant", "user"])
    #expect(messages[1]["content"] == "答案是(A)。")
    #expect(messages[2]["content"]?.hasPrefix("<CHOICES>\nA. x\nB. y z\n\n") == true)
  }

  @Test func `scores are compared in four ways and ties go to the first`() {
    let scores = [
      ScoredChoice(logprobSum: -6, tokenCount: 3, byteCount: 20),
      ScoredChoice(logprobSum: -3, tokenCount: 1, byteCount: 5),
      ScoredChoice(logprobSum: -4, tokenCount: 4, byteCount: 8),
    ]
    #expect(ChoiceScoring.best(of: scores, by: .sum) == 1)
    #expect(ChoiceScoring.best(of: scores, by: .tokens) == 2)
    #expect(ChoiceScoring.best(of: scores, by: .bytes) == 0)
    #expect(ChoiceScoring.best(of: scores, by: .unconditioned, unconditioned: [-9, -3, -4]) == 0)
    #expect(ChoiceScoring.best(of: scores, by: .unconditioned) == nil)
    #expect(ChoiceScoring.best(of: [], by: .sum) == nil)
    let equal = [scores[2], scores[2]]
    #expect(ChoiceScoring.best(of: equal, by: .tokens) == 0)
    let broken = [scores[0], ScoredChoice(logprobSum: .nan, tokenCount: 1, byteCount: 1)]
    #expect(ChoiceScoring.best(of: broken, by: .sum) == nil)
    let impossible = ScoredChoice(logprobSum: -.infinity, tokenCount: 1, byteCount: 1)
    #expect(ChoiceScoring.best(of: [impossible, scores[0]], by: .sum) == 1)
    let empty = [scores[0], ScoredChoice(logprobSum: -1, tokenCount: 0, byteCount: 0)]
    #expect(ChoiceScoring.best(of: empty, by: .tokens) == nil)
    #expect(ChoiceScoring.best(of: empty, by: .bytes) == nil)
  }
}
