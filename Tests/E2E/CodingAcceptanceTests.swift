// Whole runs over canonical solutions and recorded samples of real models: each verdict is the one that was recorded
// beside the sample, apart from those listed here with the reason.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// Completions of a benchmark's rows, and whether each passed.
private struct CodingRecording {
  var rows: [String] = []
  var tries: [RecordedTry] = []
  var labels: [Bool] = []
  /// The row's own id of each try.
  var names: [String] = []

  mutating func add(_ row: [String: Any], _ name: String, _ completions: [(String, Bool)]) throws {
    let data = try JSONSerialization.data(withJSONObject: row, options: [.sortedKeys])
    add(line: String(decoding: data, as: UTF8.self), name, completions)
  }

  mutating func add(line: String, _ name: String, _ completions: [(String, Bool)]) {
    for (repetition, one) in completions.enumerated() {
      tries.append(
        RecordedTry(rows.count, repetition: repetition, [RecordedStage(one.0)]))
      labels.append(one.1)
      names.append(name)
    }
    rows.append(line)
  }
}

/// Skipped where the recorded data does not lie beside the repository, or the program was not built.
@Suite(.serialized, .enabled(if: SharedData.isPresent && Evalhost.isBuilt))
struct CodingAcceptanceTests {
  /// Runs a recording; returns the names of tries whose outcome is not the label, and the scores.
  private func run(
    _ recording: CodingRecording, _ slug: String, repeats: Int = 1, style: String = "completion",
    rules: String = "official"
  ) throws -> (differing: Set<String>, metrics: [String: Any]) {
    let space = try Workspace("coding", plugins: ["coding", "replay"])
    try space.addDataset(
      slug, rows: [], evaluator: "coding", lines: ["prompt_style = \"\(style)\""],
      options: ["rules = \"\(rules)\""])
    try space.writeSplit(slug, recording.rows.joined(separator: "\n") + "\n")
    let benchmark = String(slug.dropLast("_test".count))
    try space.addModel("recorded", [(benchmark, recording.tries)])
    space.config.sections = ["[eval]", "repeats = \(repeats)", "pass_k = \(kTexts(repeats))"]
    let result = try space.run(timeout: 600)
    #expect(result.exitCode == 0, "\(result)")
    var differing: Set<String> = []
    for (index, verdict) in try space.exported("eval").enumerated() {
      let isPassed = try #require(verdict["is_passed"] as? Bool)
      if isPassed != recording.labels[index] {
        differing.insert("\(recording.names[index]): \(verdict["fail_reason"] ?? "")")
      }
    }
    let score = try #require(try space.exported("scores").first)
    return (differing, try #require(score["metrics"] as? [String: Any]))
  }

  private func kTexts(_ repeats: Int) -> String {
    "[\([1, 5, 10, 20].filter { $0 <= repeats }.map { String($0) }.joined(separator: ", "))]"
  }

  private func humanEval() throws -> [[String: Any]] {
    try SharedData.rows("humaneval/HumanEval.jsonl.gz")
  }

  @Test func `every canonical solution of HumanEval passes`() throws {
    var recording = CodingRecording()
    for row in try humanEval() {
      try recording.add(
        row, row["task_id"] as? String ?? "",
        [(row["canonical_solution"] as? String ?? "", true)])
    }
    #expect(recording.labels.count == 164)
    #expect(try run(recording, "human_eval_test").differing == [])
  }

  @Test func `a busy machine changes no verdict`() throws {
    var recording = CodingRecording()
    // Half of the three seconds that HumanEval gives: on a machine this busy more than three on the clock.
    let slow = "    import time\n    while time.process_time() < 1.5: pass\n"
    for (number, row) in try humanEval().enumerated() {
      let solution = row["canonical_solution"] as? String ?? ""
      try recording.add(
        row, row["task_id"] as? String ?? "", [((number < 4 ? slow : "") + solution, true)])
    }
    let others = try (0..<3 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
      try Program.start("/bin/sh", ["-c", "while :; do :; done"])
    }
    defer { for other in others { other.signal(SIGKILL) } }
    #expect(try run(recording, "human_eval_test").differing == [])
    #expect(others.allSatisfy { $0.isRunning })
  }

  @Test func `CodeGen's recorded samples get their official verdicts and the official pass@k`()
    throws
  {
    var samples: [String: [(String, Bool)]] = [:]
    for row in try SharedData.rows("humaneval/codegen16b_mono_t0.8.half.jsonl.gz") {
      samples[row["task_id"] as? String ?? "", default: []].append(
        (row["completion"] as? String ?? "", row["passed"] as? Bool ?? false))
    }
    var recording = CodingRecording()
    for row in try humanEval() {
      let name = row["task_id"] as? String ?? ""
      if let completions = samples[name] { try recording.add(row, name, completions) }
    }
    #expect(recording.labels.count == 1640)
    let (differing, metrics) = try run(
      recording, "human_eval_test", repeats: 20, rules: "legacy")
    #expect(differing == [])
    // The official estimator over this half, as the data's README gives it.
    for (name, expected) in [
      ("pass@1", 0.23658536585365855), ("pass@5", 0.45110703138765146),
      ("pass@10", 0.5462319056010063), ("pass@20", 0.6341463414634146),
    ] {
      let value = try #require(metrics[name] as? Double)
      #expect(abs(value - expected) < 1e-12, "\(name)")
    }
  }

  @Test(arguments: [
    "recorded_qwen2.5-coder-1.5b-base_humaneval",
    "recorded_reflexion-gpt4-simple_human_eval_py_logging_humaneval",
  ])
  func `recorded solutions of HumanEval in a fence get their recorded verdicts`(file: String) throws
  {
    let rows = Dictionary(
      uniqueKeysWithValues: try humanEval().map { ($0["task_id"] as? String ?? "", $0) })
    var recording = CodingRecording()
    for sample in try SharedData.rows("humaneval/\(file).jsonl.gz") {
      let name = sample["task_id"] as? String ?? ""
      let text = "Here is the code:\n```python\n\(sample["solution"] as? String ?? "")\n```\n"
      let passed = sample["human_eval_result"] as? String == "passed"
      try recording.add(#require(rows[name]), name, [(text, passed)])
    }
    #expect(try run(recording, "human_eval_test", style: "chat").differing == [])
  }

  private func sanitized() throws -> [[String: Any]] {
    let file = try #require(SharedData.file("mbpp/sanitized-mbpp.json"))
    let rows = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    return try #require(rows as? [[String: Any]])
  }

  @Test(arguments: ["mbpp", "sanitized"])
  func `every canonical solution of MBPP passes`(set: String) throws {
    var recording = CodingRecording()
    for row in try set == "mbpp" ? SharedData.rows("mbpp/mbpp.jsonl") : sanitized() {
      let text = "```python\n\(row["code"] as? String ?? "")\n```"
      try recording.add(row, "\(row["task_id"] ?? "")", [(text, true)])
    }
    #expect(recording.labels.count == (set == "mbpp" ? 974 : 427))
    #expect(try run(recording, "mbpp_test", style: "chat").differing == [])
  }

  @Test(arguments: [
    "recorded_qwen2.5-coder-1.5b-base_mbpp", "recorded_reflexion-gpt4-simple_mbpp_py_mbpp",
  ])
  func `recorded solutions of MBPP get their recorded verdicts`(file: String) throws {
    let rows = Dictionary(
      uniqueKeysWithValues: try sanitized().map { ($0["task_id"] as? Int ?? -1, $0) })
    var recording = CodingRecording()
    for sample in try SharedData.rows("mbpp/\(file).jsonl.gz") {
      let name = sample["task_id"] as? String ?? ""
      guard let row = rows[Int(name.split(separator: "/").last ?? "") ?? -1],
        let verdict = sample["sanitized_mbpp_result"] as? String
      else { continue }
      // Two or three seconds of CPU time, by the machine: passed here, "timed out" on the one that recorded.
      if verdict == "timed out" && name == "Mbpp/123" { continue }
      let text = "```python\n\(sample["solution"] as? String ?? "")\n```"
      try recording.add(row, name, [(text, verdict == "passed")])
    }
    #expect(recording.labels.count > 350)
    #expect(try run(recording, "mbpp_test", style: "chat").differing == [])
  }

  @Test func `every canonical solution of MBPP+ passes on base and plus inputs`() throws {
    var recording = CodingRecording()
    let data = try SharedData.contents("mbpp/MbppPlus-v0.1.0.jsonl.gz")
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
      // A row holds bare infinities, which no JSON reader of Foundation's takes: its fields are cut out as they stand.
      let name = try #require(line.firstMatch(of: /"task_id": "([^"]*)"/)?.1)
      let literal = try #require(
        line.firstMatch(of: /"canonical_solution": ("(?:[^"\\]|\\.)*")/)?.1)
      let solution = try JSONSerialization.jsonObject(with: Data("[\(literal)]".utf8))
      let code = try #require((solution as? [String])?.first)
      recording.add(line: String(line), String(name), [("```python\n\(code)\n```", true)])
    }
    #expect(recording.labels.count == 399)
    let (differing, metrics) = try run(recording, "mbpp_plus_test", style: "chat")
    #expect(differing == [])
    #expect(metrics["base_pass"] as? Double == 1)
  }
}
