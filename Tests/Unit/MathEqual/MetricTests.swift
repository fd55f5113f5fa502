// The metric as the host calls it.

import JSONFormat
import MathEqualCore
import PluginKit
import Testing

struct MetricTests {
  private func measure(
    prediction: String, answer: String = "", references: [String] = [], row: String = "{}",
    options: [JSONMember] = []
  ) throws -> Measurement {
    let metric = try MathEqual(configuration: .object(options), host: .none)
    return try Array(row.utf8).withUnsafeBufferPointer { bytes in
      try metric.score(
        JudgedTry(
          outcome: nil, row: RowText(index: 0, unsafe: bytes), prediction: prediction,
          answer: answer,
          references: references),
        call: .none)
    }
  }

  @Test func `the value is one for a pass, and the verdict says what was found`() throws {
    let pass = try measure(prediction: #"So it is \boxed{\frac12}."#, references: ["0.5"])
    #expect(pass.values.map(\.name) == ["math_equal"])
    #expect(pass.values.map(\.value) == [1])
    #expect(pass.verdict?.outcome == .pass)
    #expect(pass.verdict?.answer == #"\frac12"#)
    #expect(pass.verdict?.reference == "0.5")
    #expect(pass.verdict?.failReason == "")
    let details = try JSONValue.parse(pass.verdict?.details ?? [])
    #expect(details["prediction"]?["method"]?.string == "boxed")
    #expect(details["prediction"]?["read_as"]?.string == "1/2")
    #expect(details["reference"]?["read_as"]?.string == "0.5")
    #expect(details["rule"]?.string == "equal exactly")
  }

  @Test func `a failure shows both sides and the first difference`() throws {
    let fail = try measure(prediction: #"\boxed{[1, 3)}"#, references: ["(1,3)"])
    #expect(fail.values.map(\.value) == [0])
    #expect(fail.verdict?.outcome == .fail)
    #expect(fail.verdict?.failReason == "expected (1, 3), found [1, 3): the brackets are () and [)")
    let details = try JSONValue.parse(fail.verdict?.details ?? [])
    #expect(details["difference"]?.string == "the brackets are () and [)")
  }

  @Test func `no answer and an unreadable one are unparsed`() throws {
    for text in [
      "", "3 + )", "I could not find any way to solve this problem, and so I have to give up here.",
    ] {
      let measurement = try measure(prediction: text, references: ["4"])
      #expect(measurement.verdict?.outcome == .unparsed, "\(text)")
      #expect(measurement.values.map(\.value) == [0])
    }
  }

  @Test func `any reference passes, and a failure is against the first one`() throws {
    #expect(try measure(prediction: "5", references: ["4", "5"]).verdict?.outcome == .pass)
    #expect(try measure(prediction: "6", references: ["4", "5"]).verdict?.reference == "4")
  }

  @Test func `the prediction is read unless it is blank or the options say otherwise`() throws {
    #expect(
      try measure(prediction: " \n", answer: "5", references: ["5"]).verdict?.outcome == .pass)
    #expect(try measure(prediction: "4", answer: "5", references: ["5"]).verdict?.outcome == .fail)
    let answer = [JSONMember(key: "source", value: .string("answer"))]
    #expect(
      try measure(prediction: "4", answer: "5", references: ["5"], options: answer).verdict?.outcome
        == .pass)
  }

  @Test func `references come from the row when the host gives none`() throws {
    let worked = "{\"answer\": \"2 + 3 = 5\\n#### 5\"}"
    #expect(try measure(prediction: "5", row: worked).verdict?.outcome == .pass)
    #expect(try measure(prediction: "5", row: #"{"expected_answer": 5}"#).verdict?.outcome == .pass)
    #expect(try measure(prediction: "5", row: #"{"answer": ["4", "5"]}"#).verdict?.outcome == .pass)
    #expect(throws: PluginFailure.self) { try measure(prediction: "5", row: "{}") }
  }

  @Test func `options are checked`() throws {
    for (key, value) in [
      ("source", JSONValue.string("x")), ("rounded_digits", .integer(-1)),
      ("relative_tolerance", .number(0.5)), ("ordered_lists", .string("yes")),
      ("unknown", .bool(true)),
    ] {
      #expect(throws: ConfigurationError.self, "\(key)") {
        try MathEqual(configuration: .object([JSONMember(key: key, value: value)]), host: .none)
      }
    }
    let ordered = [JSONMember(key: "ordered_lists", value: .bool(true))]
    #expect(
      try measure(prediction: "2, 1", references: ["1, 2"], options: ordered).verdict?.outcome
        == .fail)
    #expect(try measure(prediction: "2, 1", references: ["1, 2"]).verdict?.outcome == .pass)
    let strict = [JSONMember(key: "relation_for_set", value: .bool(false))]
    #expect(
      try measure(prediction: "-2 < x < 7", references: ["(-2, 7)"], options: strict).verdict?
        .outcome
        == .fail)
    #expect(
      try measure(prediction: "(-2, 7)", references: ["-2 < x < 7"], options: strict).verdict?
        .outcome
        == .pass)
  }

  @Test func `the explanation has a line for each side and one for the outcome`() {
    let comparison = MathComparison(gold: "x = 5", prediction: #"The answer is \(\sqrt{26}\)."#)
    #expect(
      comparison.explanation == [
        "reference:  x = 5 (whole) read as x = 5",
        #"prediction: \(\sqrt{26}\) (phrase) read as sqrt(26)"#,
        "different: 5.0 is not 5.099019514",
      ])
  }
}
