// Whole runs over recorded GSM8K solutions of real models: the number of correct answers is the official
// one, apart from rows whose label is at fault. They are listed here with the reason.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// The recorded solutions of one model, and how they are to be evaluated.
struct Recording: CustomTestStringConvertible, Sendable {
  let name: String
  let file: String
  /// Rows, by their index in the official split, of a wrong label, with the reason.
  var faults: [Int: String] = [:]
  var mode = "direct"
  var format = "auto"
  /// The stages of a row and its official label; nil when the row is not this model's.
  let read: @Sendable ([String: Any]) -> (stages: [String], isCorrect: Bool)?

  var testDescription: String { name }

  static func example(_ model: String) -> Recording {
    Recording(name: model, file: "gsm8k/example_model_solutions.half.jsonl.gz") { row in
      guard let answer = row[model] as? [String: Any] else { return nil }
      return ([answer["solution"] as? String ?? ""], answer["is_correct"] as? Bool ?? false)
    }
  }

  static func rho(_ model: String, faults: [Int: String]) -> Recording {
    Recording(name: model, file: "gsm8k/\(model)_gsm8k.jsonl.gz", faults: faults) { row in
      ([row["output"] as? String ?? ""], row["score"] as? Bool ?? false)
    }
  }

  static func zeroeval(
    _ model: String, format: String = "auto", faults: [Int: String] = [:]
  ) -> Recording {
    Recording(
      name: "\(model), \(format)", file: "gsm8k/zeroeval_gsm_\(model).jsonl.gz", faults: faults,
      format: format
    ) { row in
      ([row["output"] as? String ?? ""], row["matched"] as? Bool ?? false)
    }
  }

  static let rollout = Recording(
    name: "rwkv7 rollout, whole text", file: "gsm8k/rwkv7_rollout.half.jsonl.gz",
    faults: [858: lastOfChain]
  ) { row in
    ([row["gen"] as? String ?? ""], row["correct"] as? Bool ?? false)
  }

  static let twoStageRollout = Recording(
    name: "rwkv7 rollout, two stages", file: "gsm8k/rwkv7_rollout.half.jsonl.gz",
    faults: [858: lastOfChain], mode: "cot"
  ) { row in
    let final = row["final"] as? String ?? ""
    let thought = (row["gen"] as? String ?? "").dropLast(final.count)
    return ([String(thought), final], row["correct"] as? Bool ?? false)
  }

  private static let unit = "the label does not strip the unit, though it does in other rows"
  private static let hundredfold = "the label accepts a hundred times or a hundredth of the gold"
  private static let lastOfChain = "the label read the last number after the closed box"

  static let rho7b = rho(
    "rho-math-7b-v0.1",
    faults: [
      405: unit, 607: unit, 692: unit, 466: hundredfold, 586: hundredfold, 1182: hundredfold,
    ])

  static let all: [Recording] = [
    .example("6b_finetuning"), .example("6b_verification"), .example("175b_finetuning"),
    .example("175b_verification"), .rho7b,
    .rho("rho-math-1b-interpreter-v0.1", faults: [199: hundredfold, 594: hundredfold]),
    .zeroeval("gpt-3.5-turbo-0125"),
    .zeroeval(
      "gemma-2-2b-it",
      faults: [1047: "cut before its JSON; the label has no answer, the last number is right"]),
    .zeroeval("gemma-2-2b-it", format: "json"),
    .zeroeval(
      "command-r",
      faults: [265: "the label read 9 in $9 500", 434: "the label read 3.75 in 3.75 / 0.75 = 5"]),
    .zeroeval("Meta-Llama-3-8B-Instruct", faults: [1001: "the label read 2 in 2:10 pm"]),
    .rollout, .twoStageRollout,
  ]
}

/// A workspace with a recording and the rows of the official split that it answers.
private struct Replayed {
  let space: Workspace
  /// The index in the official split of each sample.
  var rows: [Int] = []
  /// The official label of each sample.
  var labels: [Bool] = []

  /// The official split, question and answer of each row.
  private static let official: Result<[[String: String]], any Error> = Result {
    try SharedData.rows("gsm8k/test.jsonl").map { row in
      row.compactMapValues { $0 as? String }
    }
  }

  init(_ recording: Recording, options: [String] = []) throws {
    let official = try Self.official.get()
    var questions: [[String: any Sendable]] = []
    var tries: [RecordedTry] = []
    space = try Workspace("gsm8k", plugins: ["free_response", "replay"])
    for (number, row) in try SharedData.rows(recording.file).enumerated() {
      guard let answered = recording.read(row) else { continue }
      let index = row["index"] as? Int ?? row["idx"] as? Int ?? number
      tries.append(RecordedTry(rows.count, answered.stages.map { RecordedStage($0) }))
      questions.append([
        "question": official[index]["question"] ?? "",
        "answer": official[index]["answer"] ?? "",
      ])
      rows.append(index)
      labels.append(answered.isCorrect)
    }
    try space.addDataset(
      "gsm8k_test", rows: questions, mode: recording.mode, lines: ["decide = \"numeric\""],
      options: ["answer_format = \"\(recording.format)\""])
    try space.addModel("recorded", options: options, [("gsm8k", tries)])
  }
}

/// Skipped where the recorded data does not lie beside the repository, or the program was not built.
@Suite(.enabled(if: SharedData.isPresent && Evalhost.isBuilt))
struct AcceptanceTests {
  @Test(arguments: Recording.all)
  func `a run over recorded solutions finds the official number of correct answers`(
    recording: Recording
  ) throws {
    let replayed = try Replayed(recording)
    let result = try replayed.space.run(timeout: 120)
    #expect(result.exitCode == 0, "\(result)")
    var passed = 0
    var differing: Set<Int> = []
    for verdict in try replayed.space.exported("eval") {
      let sample = try #require(verdict["sample_index"] as? Int)
      let isPassed = try #require(verdict["is_passed"] as? Bool)
      passed += isPassed ? 1 : 0
      if isPassed != replayed.labels[sample] { differing.insert(replayed.rows[sample]) }
    }
    #expect(differing == Set(recording.faults.keys))
    let score = try #require(try replayed.space.exported("scores").first)
    let metrics = try #require(score["metrics"] as? [String: Any])
    let accuracy = try #require(metrics["accuracy"] as? Double)
    #expect(abs(accuracy - Double(passed) / Double(replayed.rows.count)) < 1e-12)
    #expect(score["samples"] as? Int == replayed.rows.count)
  }

  @Test func `a run killed half way resumes to the same result, byte for byte`() throws {
    let options = ["latency_ms = 10"]
    let undisturbed = try Replayed(.rho7b, options: options).space
    undisturbed.config.sections = ["[batch]", "size = 32"]
    let killed = try Replayed(.rho7b, options: options).space
    killed.config.sections = undisturbed.config.sections
    #expect(try undisturbed.run().exitCode == 0)

    let program = try killed.start()
    let isHalfWay = try Waiting.until(within: 30) {
      try killed.count("SELECT count(*) FROM verdicts") >= 300
    }
    program.signal(SIGKILL)
    #expect(isHalfWay, "\(program.wait())")
    #expect(program.leftovers() == [])
    let done = try killed.count("SELECT count(*) FROM verdicts")
    try #require(done < 1319, "the run ended before it was killed")

    let resumed = try killed.run()
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(try killed.query("PRAGMA integrity_check") == ["ok"])
    #expect(
      try killed.count("SELECT count(*) FROM completions WHERE attempt_id = 1") >= done,
      "what was committed before the kill is not generated again")
    for what in ["completions", "eval", "scores", "errors"] {
      #expect(
        try killed.export(what).rawOutput == undisturbed.export(what).rawOutput, "export \(what)")
    }
  }
}
