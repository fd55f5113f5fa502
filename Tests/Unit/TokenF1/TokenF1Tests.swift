// Exact match and F1 against worked examples, and the metric as the host calls it.

import JSONFormat
import PluginKit
import Testing
import TokenF1Core

struct TokenF1Tests {
  struct Case: Sendable {
    let answer: String
    let references: [String]
    let isExact: Bool
    let f1: Double
  }

  static let cases: [Case] = [
    Case(answer: "The Denver Broncos!", references: ["Denver Broncos"], isExact: true, f1: 1),
    Case(answer: "in Paris, France", references: ["Paris"], isExact: false, f1: 0.5),
    Case(answer: "cat sat", references: ["the cat sat on a mat"], isExact: false, f1: 4.0 / 6.0),
    Case(answer: "b b c", references: ["b c c"], isExact: false, f1: 2.0 / 3.0),
    Case(answer: "x", references: ["y", "an X", "x z"], isExact: true, f1: 1),
    Case(answer: "no", references: ["yes"], isExact: false, f1: 0),
    Case(answer: "3.5 km", references: ["35 km"], isExact: true, f1: 1),
    Case(answer: "it's  a\tdog\n", references: ["its dog"], isExact: true, f1: 1),
    Case(answer: "theatre anthem a", references: ["theatre anthem"], isExact: true, f1: 1),
    Case(answer: "ÉCOLE\u{A0}Übung", references: ["école übung"], isExact: true, f1: 1),
    Case(answer: "", references: ["x"], isExact: false, f1: 0),
    Case(answer: "the", references: ["a"], isExact: true, f1: 1),
    Case(answer: "x", references: [], isExact: false, f1: 0),
  ]

  @Test func `answers are normalised and measured as in SQuAD`() {
    for row in Self.cases {
      let match = AnswerMatch(answer: row.answer, references: row.references)
      if match.isExact != row.isExact || abs(match.f1 - row.f1) > 1e-12 {
        Issue.record("\(row): \(match)")
      }
    }
    #expect(AnswerTokens("The U.S.A. is an example").words == ["usa", "is", "example"])
  }

  @Test func `the metric gives both numbers and can decide`() throws {
    let metric = try TokenF1(configuration: .object([]), host: .none)
    let half = try TokenF1(
      configuration: .object([JSONMember(key: "pass_f1", value: .number(0.5))]), host: .none)
    let json = Array(#"{"answers": {"text": ["Paris", "the city"]}}"#.utf8)
    try json.withUnsafeBufferPointer { bytes in
      let item = JudgedTry(
        outcome: .fail, row: RowText(index: 0, unsafe: bytes), prediction: "long text",
        answer: "in Paris, France", references: [])
      let result = try metric.score(item, call: .none)
      #expect(result.values.map(\.name) == ["f1", "exact_match"])
      #expect(result.values.map(\.value) == [0.5, 0])
      #expect(result.verdict?.outcome == .fail)
      #expect(result.verdict?.reference == "Paris")
      #expect(try half.score(item, call: .none).verdict?.outcome == .pass)
    }
    #expect(throws: ConfigurationError.self) {
      try TokenF1(
        configuration: .object([JSONMember(key: "source", value: .string("x"))]), host: .none)
    }
  }
}
