// Whole runs of the plugins that the repository brings: stages, choices, metrics, repeats, examples.

internal import Foundation
internal import TestSupport
internal import Testing

/// The metrics of a run's first score.
func metrics(_ space: Workspace) throws -> [String: Double] {
  let score = try #require(try space.exported("scores").first)
  return (score["metrics"] as? [String: Any] ?? [:]).compactMapValues { $0 as? Double }
}

/// A number of a score's coverage.
func coverage(_ score: [String: Any], _ key: String) -> Int? {
  let details = score["task_details"] as? [String: Any]
  return (details?["coverage"] as? [String: Any])?[key] as? Int
}

@Suite(.enabled(if: Evalhost.isBuilt))
struct EvaluationTests {
  @Test func `a thought is handed on to the final stage, and both are stored`() throws {
    let space = try Workspace("cot")
    try space.addDataset("sums_test", rows: Samples.arithmetic(20), mode: "cot")
    let tries = (0..<20).map { index in
      RecordedTry(
        index,
        [
          RecordedStage(">I add \(index) and \(index % 7).", stopReason: "max_length"),
          RecordedStage(index == 3 ? "7777" : "\(index + index % 7)"),
        ])
    }
    try space.addModel("thinker", [("sums", tries)])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    #expect(try metrics(space)["accuracy"] == 0.95)
    let first = try #require(try space.exported("completions").first)
    #expect(first["prompt1"] as? String == "User: What is 0 + 0?\n\nAssistant: <think")
    #expect(first["completion1"] as? String == ">I add 0 and 0.")
    #expect(first["stop_reason1"] as? String == "max_length")
    #expect(first["prompt2"] as? String == "\nTherefore, the answer is \\(\\boxed{")
    #expect(first["completion2"] as? String == "0")
    #expect(first["stop_reason2"] as? String == "stop_token")
    #expect((first["sampling_config"] as? [String: Any])?.keys.sorted() == ["stage1", "stage2"])
    #expect(try space.exported("scores").first?["cot"] as? Bool == true)
  }

  @Test func `a metric that decides sets the outcome, and the verdict keeps both accounts`() throws
  {
    let space = try Workspace("decide", plugins: ["free_response", "math_equal", "replay"])
    try space.addDataset(
      "sums_test", rows: [["question": "q", "expected_answer": "\\frac{\\sqrt{12}}{2}"]],
      mode: "cot",
      lines: ["decide = \"math_equal\""])
    // The prompt of the last stage has opened the box.
    let stages = [RecordedStage(">hm"), RecordedStage("\\sqrt{3}}\\).")]
    try space.addModel("solver", [("sums", [RecordedTry(0, stages)])])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    let verdict = try #require(try space.exported("eval").first)
    #expect(verdict["is_passed"] as? Bool == true && verdict["answer"] as? String == "\\sqrt{3}")
    let details = try #require(try space.query("SELECT details FROM verdicts").first)
    let facts = try #require(
      JSONSerialization.jsonObject(with: Data(details.utf8)) as? [String: Any])
    #expect((facts["evaluator"] as? [String: Any])?["outcome"] as? String != "pass")
    #expect((facts["math_equal"] as? [String: Any])?["prediction"] != nil)
    #expect(try metrics(space)["math_equal.math_equal"] == 1)
    // Other options are another judging: the verdict is made anew, from the same completion.
    space.config.datasets[0].lines += ["metric_options = { math_equal = { source = \"nowhere\" } }"]
    let refused = try space.run()
    #expect(refused.exitCode != 0 && refused.says("source"), "\(refused)")
    space.config.datasets[0].lines[1] = "metric_options = { math_equal = { source = \"answer\" } }"
    #expect(try space.run().exitCode == 0)
    #expect(try space.count("SELECT count(*) FROM judgings WHERE complete = 1") == 2)
    #expect(try space.count("SELECT count(*) FROM completions") == 2)
    space.config.datasets[0].lines[1] = "metric_options = { token_f1 = { x = 1 } }"
    let stray = try space.run()
    #expect(stray.exitCode == 2 && stray.says("is for no metric of it"), "\(stray)")
    for (prediction, exit, words) in [
      ("\\boxed{1.5}", 0, "pass\n"), ("The answer is 3/4.", 1, "fail: expected 3/2, found 3/4"),
      (" ", 1, "unparsed"),
    ] {
      let asked = try Evalhost.run([
        "metric", "math_equal", "--plugins", space.plugins.path, "--gold", "\\frac{3}{2}",
        "--prediction", prediction, "--explain",
      ])
      #expect(asked.exitCode == Int32(exit) && asked.stdout.hasPrefix(words), "\(asked)")
      #expect(asked.stdout.contains("reference:"))
    }
  }

  @Test func `a choice is made by the recorded scores of the options`() throws {
    let space = try Workspace("choice")
    let rows: [[String: any Sendable]] = (0..<8).map { index in
      [
        "question": "Which is \(index % 4)?", "A": "0", "B": "1", "C": "2", "D": "3",
        "answer": ["A", "B", "C", "D"][index % 4], "subject": index < 4 ? "low" : "high",
      ]
    }
    try space.addDataset("pick_test", rows: rows, evaluator: "multi_choice")
    let tries = (0..<8).map { index in
      // Sample 5 is answered with A.
      let best = index == 5 ? 0 : index % 4
      let scores: [[Double]] = (0..<4).map { [$0 == best ? -0.5 : -3, 1, $0 == best ? 1 : 0] }
      return RecordedTry(
        index, [RecordedStage(" ABCD", stopReason: "logits_only", choices: scores)])
    }
    try space.addModel("chooser", [("pick", tries)])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    #expect(try metrics(space)["accuracy"] == 0.875)
    let answers = try space.exported("eval").compactMap { $0["answer"] as? String }
    #expect(answers == ["A", "B", "C", "D", "A", "A", "C", "D"])
    let details = try space.exported("scores").first?["task_details"] as? [String: Any]
    let subjects = details?["accuracy_by_subject"] as? [String: Double]
    #expect(subjects == ["low": 1, "high": 0.75])
  }

  @Test func `a metric is recorded beside the verdict, and decides when told to`() throws {
    let space = try Workspace("metric")
    try space.addDataset(
      "names_test",
      rows: [
        ["question": "Who?", "answer": "Ada Lovelace"],
        ["question": "Who else?", "answer": "Turing"],
      ],
      lines: ["metrics = [\"token_f1\"]"], options: ["answer_format = \"whole\""])
    try space.addModel(
      "namer",
      [
        (
          "names",
          [
            RecordedTry(0, [RecordedStage("the Ada Lovelace")]),
            RecordedTry(1, [RecordedStage("Alan Turing")]),
          ]
        )
      ])
    #expect(try space.run().exitCode == 0)
    let beside = try metrics(space)
    #expect(beside["accuracy"] == 0)
    #expect(beside["token_f1.exact_match"] ?? beside["exact_match"] == 0.5, "\(beside)")

    space.config.run = "decided"
    space.config.datasets[0].lines.append("decide = \"token_f1\"")
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    #expect(try metrics(space)["accuracy"] == 0.5)
  }

  @Test func `repeats give pass@k and avg@k over each sample's tries`() throws {
    let space = try Workspace("repeats")
    try space.addDataset("sums_test", rows: Samples.arithmetic(10))
    // Sample n is right in n of its 4 tries, from sample 4 on in all.
    let tries = Samples.answers(10, repeats: 4) { sample, repetition in repetition >= sample }
    try space.addModel("trier", [("sums", tries)])
    space.config.sections = ["[eval]", "pass_k = [1, 2, 4]", "avg_k = [4]"]
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    let values = try metrics(space)
    // pass@k of a sample is 1 - C(4 - c, k) / C(4, k) for its c right tries.
    #expect(abs((values["pass@1"] ?? 0) - (0 + 0.25 + 0.5 + 0.75 + 6) / 10) < 1e-12, "\(values)")
    #expect(abs((values["pass@2"] ?? 0) - (0 + 0.5 + 5.0 / 6 + 1 + 6) / 10) < 1e-12, "\(values)")
    #expect(values["pass@4"] == 0.9)
    #expect(abs((values["avg@4"] ?? 0) - 0.75) < 1e-12, "\(values)")
    #expect(try space.exported("eval").count == 40)
  }

  @Test func `examples come before the question, and a limit takes the first rows`() throws {
    let space = try Workspace("shots")
    try space.writeSplit("sums_train", Samples.lines(Samples.arithmetic(5)))
    try space.addDataset(
      "sums_test", rows: Array(Samples.arithmetic(50).reversed()),
      lines: ["shots = 2", "shots_split = \"train\"", "limit = 7"])
    let tries = (0..<7).map { RecordedTry($0, [RecordedStage("\(49 - $0 + (49 - $0) % 7)")]) }
    try space.addModel("shown", [("sums", tries)])
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    let completions = try space.exported("completions")
    #expect(completions.count == 7)
    #expect(
      completions.first?["prompt1"] as? String
        == "User: What is 0 + 0?\n\nAssistant: 0\n\nUser: What is 1 + 1?\n\nAssistant: 2\n\n"
        + "User: What is 49 + 0?\n\nAssistant:")
    #expect(try metrics(space)["accuracy"] == 1)
  }

  @Test func `two models on two datasets are four tasks of one run`() throws {
    let space = try Workspace("grid")
    try space.addDataset("sums_test", rows: Samples.arithmetic(30))
    try space.addDataset("more_test", rows: Samples.arithmetic(20))
    for (model, every) in [("good", 10), ("poor", 2)] {
      let sums = Samples.answers(30) { sample, _ in sample % every == 1 }
      try space.addModel(model, [("sums", sums), ("more", Array(sums.prefix(20)))])
    }
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    let scores = try space.exported("scores").map { score in
      let accuracy = (score["metrics"] as? [String: Any])?["accuracy"] as? Double
      return "\(score["model"] ?? "") \(score["dataset"] ?? "") \(accuracy ?? -1)"
    }
    #expect(
      scores.sorted() == [
        "good more_test 0.9", "good sums_test 0.9", "poor more_test 0.5", "poor sums_test 0.5",
      ])
    let lines = try space.folder.read("results/score_index.jsonl").split(separator: "\n")
    #expect(lines.count == 4)
  }
}
