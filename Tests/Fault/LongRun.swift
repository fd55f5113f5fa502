// The run that the tests disturb: two evaluators, two stages, repeats, rows that are errors; a slow model.

internal import Foundation
internal import TestSupport

/// Makes workspaces of runs that take a while.
enum LongRun {
  /// Makes a run of additions in two stages and of choices, each tried twice.
  ///
  /// `samples` additions, a quarter as many choices; each answer takes `latency` milliseconds, and eight
  /// are asked for at a time.
  static func make(_ name: String, samples: Int = 400, latency: Int = 5) throws -> Workspace {
    let space = try Workspace(name, plugins: ["free_response", "multi_choice", "replay"])
    var sums = Samples.arithmetic(samples)
    // Rows without a question are errors of the data, at the start, in the middle and at the end.
    for index in [1, samples / 2, samples - 1] { sums[index]["question"] = nil }
    try space.addDataset("sums_test", rows: sums, mode: "cot", lines: ["allow_incomplete = true"])
    try space.addDataset("pick_test", rows: questions(samples / 4), evaluator: "multi_choice")
    let answers = Samples.answers(samples, repeats: 2, stages: 2) { ($0 + $1).isMultiple(of: 5) }
    try space.addModel(
      "recorded", options: ["latency_ms = \(latency)"],
      [("sums", answers), ("pick", choices(samples / 4))])
    space.config.sections = ["[eval]", "repeats = 2", "[batch]", "size = 8"]
    return space
  }

  private static func questions(_ count: Int) -> [[String: any Sendable]] {
    (0..<count).map { index in
      [
        "question": "Which is \(index % 4)? (\(index))", "A": "0", "B": "1", "C": "2", "D": "3",
        "answer": ["A", "B", "C", "D"][index % 4], "subject": index < count / 2 ? "low" : "high",
      ]
    }
  }

  private static func choices(_ count: Int) -> [RecordedTry] {
    (0..<count * 2).map { index in
      let (sample, repetition) = (index / 2, index % 2)
      let best = sample % 9 == repetition ? 0 : sample % 4
      let scores: [[Double]] = (0..<4).map { [$0 == best ? -0.5 : -3, 1, $0 == best ? 1 : 0] }
      let stage = RecordedStage(" ABCD", stopReason: "logits_only", choices: scores)
      return RecordedTry(sample, repetition: repetition, [stage])
    }
  }
}
