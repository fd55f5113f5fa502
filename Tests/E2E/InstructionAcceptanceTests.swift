// Whole runs over recorded IFEval responses of real models: a score's figures over instructions, not over
// rows, are the official ones.

internal import Foundation
internal import TestSupport
internal import Testing

/// Skipped where the recorded data does not lie beside the repository, or the program was not built.
@Suite(.enabled(if: SharedData.isPresent && Evalhost.isBuilt))
struct InstructionAcceptanceTests {
  /// Recordings without a verdict that depends on chance, and with the two of GPT-4.
  @Test(arguments: [
    ("deepseek-llm-repo_yi34B", "input_data_v1.jsonl"),
    ("deepseek-llm-repo_chatglm", "input_data_v1.jsonl"),
    ("gpt4_20231107", "input_data_2023.jsonl"),
  ])
  func `a run over recorded responses gives the official shares of prompts and instructions`(
    model: String, prompts: String
  ) throws {
    let space = try Workspace("ifeval", plugins: ["instruction_following", "replay"])
    var lines: [Int: Substring] = [:]
    let file = try #require(SharedData.file("ifeval/\(prompts)"))
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if let key = row?["key"] as? Int { lines[key] = line }
    }
    var split = ""
    var tries: [RecordedTry] = []
    var unstable = 0
    for row in try SharedData.rows("ifeval/responses/\(model).jsonl.gz") {
      split += try "\(#require(lines[row["key"] as? Int ?? -1]))\n"
      tries.append(RecordedTry(tries.count, [RecordedStage(row["response"] as? String ?? "")]))
      unstable += (row["unstable"] as? [Bool] ?? []).count { $0 }
    }
    try space.addDataset("ifeval_test", rows: [], evaluator: "instruction_following")
    try space.writeSplit("ifeval_test", split)
    try space.addModel(model, [("ifeval", tries)])
    let result = try space.run(timeout: 120)
    #expect(result.exitCode == 0, "\(result)")

    let summaryFile = try #require(SharedData.file("ifeval/summary.json"))
    let summaries = try JSONSerialization.jsonObject(with: Data(contentsOf: summaryFile))
    let official = try #require(
      (summaries as? [[String: Any]])?.first { $0["model"] as? String == model })
    let score = try #require(try space.exported("scores").first)
    let metrics = try #require(score["metrics"] as? [String: Any])
    for (ours, theirs, parts) in [
      ("prompt_accuracy", "prompt_strict", "prompts"),
      ("prompt_accuracy_loose", "prompt_loose", "prompts"),
      ("instruction_accuracy", "inst_strict", "instructions"),
      ("instruction_accuracy_loose", "inst_loose", "instructions"),
    ] {
      let share = try #require(metrics[ours] as? Double)
      let expected = try #require(official[theirs] as? Double)
      let slack = Double(unstable) / Double(try #require(official[parts] as? Int))
      #expect(abs(share - expected) <= slack + 1e-12, "\(ours)")
    }
    #expect(metrics["weight:instruction_accuracy"] == nil)
  }
}
