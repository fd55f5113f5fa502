// Prompts: the legacy bytes, few-shot blocks, chat messages, and templates filled in one pass.

import Foundation
import FreeResponseCore
import Testing

struct FreeResponsePromptTests {
  @Test func `raw prompts are the legacy bytes`() {
    let cot = FreeResponsePrompt(mode: .cot, style: .raw)
    #expect(cot.first(question: "1+1?") == "User: 1+1?\n\nAssistant: <think")
    #expect(FreeResponsePrompt.finalDelta == "\nTherefore, the answer is \\(\\boxed{")
    #expect(cot.opensBox)
    let direct = FreeResponsePrompt(mode: .direct, style: .raw)
    #expect(direct.first(question: "1+1?") == "User: 1+1?\n\nAssistant:")
    #expect(!direct.opensBox)
    let prefixed = FreeResponsePrompt(mode: .direct, style: .raw, answerPrefix: "The sum is <Q>")
    #expect(prefixed.first(question: "1+1?") == "User: 1+1?\n\nAssistant: The sum is <Q>")
  }

  @Test func `text from the data is never searched for placeholders`() {
    let shot = ShotExample(question: "<Q> or <SUBJECT>?", solution: "<SHOTS>", answer: "<Q>")
    let prompt = FreeResponsePrompt(
      mode: .direct, style: .raw, template: "<SHOTS>[<SUBJECT>] <Q><A>", examples: [shot])
    let text = prompt.first(question: "<SUBJECT><SHOTS>", subject: "<Q>")
    #expect(
      text
        == "User: <Q> or <SUBJECT>?\n\nAssistant: <SHOTS>\nThe answer is <Q>.\n\n"
        + "[<Q>] <SUBJECT><SHOTS><A>")
  }

  @Test func `few-shot examples come first and in order`() {
    let shots = [
      ShotExample(question: "a?", reference: "b c\n#### 1,000"),
      ShotExample(question: "d?", reference: "7"),
    ]
    let raw = FreeResponsePrompt(mode: .cot, style: .raw, examples: shots)
    #expect(
      raw.first(question: "e?")
        == "User: a?\n\nAssistant: <think>b c</think>\nTherefore, the answer is \\(\\boxed{1,000}\\)"
        + "\n\nUser: d?\n\nAssistant: <think></think>\nTherefore, the answer is \\(\\boxed{7}\\)"
        + "\n\nUser: e?\n\nAssistant: <think")
    let fewer = FreeResponsePrompt(mode: .direct, style: .raw, examples: shots, shots: 1)
    #expect(
      fewer.first(question: "e?").hasPrefix("User: a?\n\nAssistant: b c\nThe answer is 1,000."))
    // The question asked is never shown with its answer.
    #expect(fewer.first(question: "a?") == "User: d?\n\nAssistant: 7\n\nUser: a?\n\nAssistant:")
  }

  @Test func `chat messages are valid JSON with the same text`() throws {
    let shots = [ShotExample(question: "a \"quote\"\\", solution: "s\n\t\u{1}", answer: "1")]
    let prompt = FreeResponsePrompt(mode: .direct, style: .chat, examples: shots)
    let text = prompt.first(question: "é\u{2028}🙂/")
    let messages = try #require(
      JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: String]])
    let instruction = FreeResponsePrompt.defaultInstruction
    #expect(
      messages == [
        ["role": "user", "content": "a \"quote\"\\\n\n\(instruction)"],
        ["role": "assistant", "content": "s\n\t\u{1}\n\n\\boxed{1}"],
        ["role": "user", "content": "é\u{2028}🙂/\n\n\(instruction)"],
      ])
  }

  @Test func `references are found in the legacy order`() {
    let row = ["answer": "3", "target": "  ", "final_answer": "2"]
    #expect(FreeResponseKeys.reference(row: { row[$0] }, rawRecord: { _ in nil }) == "2")
    let nested = ["expected_answer": "9"]
    #expect(
      FreeResponseKeys.reference(row: { $0 == "answer" ? "3" : nil }, rawRecord: { nested[$0] })
        == "9")
    #expect(FreeResponseKeys.reference(row: { _ in nil }, rawRecord: { _ in nil }) == nil)
  }
}
