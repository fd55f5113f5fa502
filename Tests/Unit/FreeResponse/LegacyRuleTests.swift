// The legacy rule against its definition and against results that follow the old runner's rule.

import Foundation
import FreeResponseCore
import Testing

struct LegacyRuleTests {
  struct Case: Sendable {
    let completion: String
    let reference: String
    let outcome: FreeResponseOutcome
    let answer: String
  }

  static let cases: [Case] = [
    Case(completion: "10.0", reference: "10", outcome: .fail, answer: "10.0"),
    Case(completion: "3/4", reference: "4", outcome: .pass, answer: "4"),
    Case(completion: "\\frac{1}{2}", reference: "\\frac{3}{2}", outcome: .pass, answer: "2"),
    Case(completion: " 1,234 \n", reference: "1234", outcome: .pass, answer: "1234"),
    Case(completion: "1,2345", reference: "5", outcome: .pass, answer: "5"),
    Case(completion: "10-5", reference: "-5", outcome: .pass, answer: "-5"),
    Case(completion: "5-", reference: "5", outcome: .pass, answer: "5"),
    Case(completion: "1.2.3", reference: "3", outcome: .pass, answer: "3"),
    Case(completion: "12.", reference: "12", outcome: .pass, answer: "12"),
    Case(completion: "\u{FF11}", reference: "1", outcome: .fail, answer: "\u{FF11}"),
    Case(completion: "none", reference: "4", outcome: .unparsed, answer: ""),
    Case(completion: "x 3", reference: "x", outcome: .fail, answer: "x 3"),
    Case(completion: "a\\ b\u{A0}\u{FF43}", reference: "a b c", outcome: .pass, answer: "a b c"),
    Case(completion: "e\u{301}\u{FB01}", reference: "\u{E9}fi", outcome: .pass, answer: "éfi"),
    Case(completion: "", reference: "", outcome: .pass, answer: ""),
  ]

  @Test func `the last number is compared as a string`() {
    for row in Self.cases {
      let verdict = LegacyRule.judge(completion: row.completion, reference: row.reference)
      if verdict.outcome != row.outcome || verdict.answer != row.answer {
        Issue.record("\(row): \(verdict)")
      }
    }
  }

  /// The recorded results of the old shape were judged by its older rule, plain text equality, which
  /// gives another verdict or answer only where a prediction is more than a bare number.
  ///
  /// Skipped where the recorded data does not lie beside the repository.
  @Test(.enabled(if: RecordedData.isPresent))
  func `results of the old shape are reproduced in answer and verdict`() throws {
    let base = "legacy_rwkv_skills/v3/results"
    let name = "rwkv7_w1c2j3_gsm8k_0p5b/gsm8k_test__cot"
    let results = try RecordedData.rows("\(base)/eval/\(name)_results.jsonl")
    let completions = try RecordedData.rows("\(base)/completions/\(name).jsonl")
    let prompts = FreeResponsePrompt(mode: .cot, style: .raw)
    let rows = try RecordedData.rows("legacy_rwkv_skills/v3/data/gsm8k_test.jsonl")
    var others: [String] = []
    for ((result, completion), row) in zip(zip(results, completions), rows) {
      let question = try #require(row["question"] as? String)
      #expect(prompts.first(question: question) == completion["prompt1"] as? String)
      #expect(FreeResponsePrompt.finalDelta == completion["prompt2"] as? String)
      let verdict = LegacyRule.judge(
        completion: completion["completion2"] as? String ?? "",
        reference: result["ref_answer"] as? String ?? "")
      let isSame =
        verdict.answer == result["answer"] as? String
        && (verdict.outcome == .pass) == (result["is_passed"] as? Bool)
        && verdict.failReason == result["fail_reason"] as? String
      if !isSame { others.append(result["answer"] as? String ?? "") }
    }
    print("legacy results: \(results.count), of the older rule: \(others)")
    #expect(results.count == 330)
    #expect(
      others == [
        "26168/25", "20\\%", "158,400", "35\\%", "31 + 31 + 29 + 31 + 30 + 31 + 10", "129,200",
      ])
  }
}
