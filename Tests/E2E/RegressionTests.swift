// Faults of the predecessor that must not come back, seen from outside the program.

internal import Foundation
internal import TestSupport
internal import Testing

@Suite(.enabled(if: Evalhost.isBuilt))
struct RegressionTests {
  /// A multiple-choice run whose row 1 has the answer index 4 of 4 choices.
  private func oneBased(_ lines: [String] = []) throws -> Workspace {
    let space = try Workspace("index")
    let rows: [[String: any Sendable]] = (0..<3).map { index in
      let choices = ["w", "x", "y", "z"]
      return [
        "question": "Which?", "choices": choices, "answer": index == 1 ? 4 : index,
      ]
    }
    try space.addDataset("pick_test", rows: rows, evaluator: "multi_choice", lines: lines)
    let tries = (0..<3).map { index in
      RecordedTry(
        index,
        [
          RecordedStage(
            "", choices: (0..<4).map { [$0 == (index == 1 ? 3 : index) ? -0.1 : -4, 1, 0] })
        ])
    }
    try space.addModel("chooser", [("pick", tries)])
    return space
  }

  @Test func `an index out of range is an error, never the first or the last choice`() throws {
    let space = try oneBased()
    let result = try space.run()
    #expect(result.exitCode == 1, "\(result)")
    let errors = try space.exported("errors")
    #expect(errors.map { $0["sample_index"] as? Int } == [1])
    #expect(
      errors.first?["reason"] as? String == "field 'answer' is 4, out of range for 4 choices")
    #expect(try space.exported("eval").map { $0["sample_index"] as? Int } == [0, 2])
  }

  @Test func `compat_mode repairs a one-based index and counts it`() throws {
    let space = try oneBased(["compat_mode = true"])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    #expect(try space.exported("eval").map { $0["ref_answer"] as? String } == ["A", "D", "C"])
    let score = String(decoding: try space.export("scores").rawOutput, as: UTF8.self)
    #expect(score.contains("index_repaired"), "\(score)")
    #expect(
      try space.query("SELECT count(*) FROM verdicts WHERE values_json LIKE '%index_repaired%'")
        == ["1"])
  }

  @Test func `a row count that fits by chance does not make a run complete`() throws {
    let space = try Workspace.sums(20)
    #expect(try space.run().exitCode == 0)
    // As many verdicts as before, but one is of a sample that the task does not have.
    _ = try Program.run(
      "/usr/bin/env",
      ["sqlite3", space.store, "UPDATE verdicts SET sample_index = 20 WHERE sample_index = 5"])
    let planned = try space.run(["--dry-run"])
    #expect(planned.stdout.contains("1 tries are to be done"), "\(planned)")
    let result = try space.run()
    #expect(
      try space.count("SELECT count(*) FROM verdicts WHERE sample_index = 5") == 1, "\(result)")
    let score = try #require(try space.exported("scores").first)
    #expect(score["samples"] as? Int == 20)
  }

  @Test func `placeholders in the data stay what they are`() throws {
    let space = try Workspace("placeholders")
    let odd = "Is <Q> or <SUBJECT> before <CHOICES>, <SHOTS> or \\1 $0 {question} %s?"
    try space.addDataset(
      "odd_test", rows: [["question": odd, "answer": "1", "subject": "<Q>"]],
      options: ["template = \"On <SUBJECT>: <Q> Say it.\""])
    try space.addDataset(
      "pick_test",
      rows: [
        ["question": odd, "choices": ["<CHOICES>", "<Q>"], "answer": 0, "subject": "<CHOICES>"]
      ], evaluator: "multi_choice")
    try space.addModel(
      "any",
      [
        ("odd", [RecordedTry(0, [RecordedStage("1")])]),
        ("pick", [RecordedTry(0, [RecordedStage("", choices: [[-1, 1, 1], [-2, 1, 0]])])]),
      ])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    let prompts = try space.exported("completions").compactMap { $0["prompt1"] as? String }
    #expect(prompts.contains("On <Q>: \(odd) Say it."), "\(prompts)")
    #expect(prompts.allSatisfy { $0.contains(odd) }, "\(prompts)")
    let choice = try #require(prompts.first { $0.contains("A.") || $0.contains("A)") })
    #expect(choice.components(separatedBy: odd).count == 2)
    #expect(choice.contains("B. <Q>") || choice.contains("B) <Q>"), "\(choice)")
  }

  @Test func `two runs of one model on one benchmark make one row of each`() throws {
    let space = try Workspace.sums(10)
    #expect(try space.run().exitCode == 0)
    space.config.run = "second"
    #expect(try space.run().exitCode == 0)
    for table in ["models", "benchmarks", "manifests"] {
      #expect(try space.count("SELECT count(*) FROM \(table)") == 1, "\(table)")
    }
    #expect(try space.count("SELECT count(*) FROM runs") == 2)
    #expect(try space.count("SELECT count(*) FROM tasks") == 2)
  }
}
