// Whole runs of recorded models over mathematics, judged by the metric math_equal: the recorded verdicts, and every sample
// on which it says otherwise, with the reason.

internal import Foundation
internal import TestSupport
internal import Testing

/// A recorded run: its file, the fields of a row, and what is known to differ.
private struct MathRecording: Sendable, CustomTestStringConvertible {
  var file: String
  var reference: String
  var completion: String
  var verdict: String
  /// Passes by the recorded grader.
  var recorded: Int
  /// Samples that the recorded grader passed and the metric does not.
  var stricter: [Int: String]
  /// Samples that the recorded grader failed and the metric does not.
  var kinder: [Int: String]

  var testDescription: String { file }
}

@Suite(.enabled(if: SharedData.isPresent && Evalhost.isBuilt))
struct MathAcceptanceTests {
  // Why the two differ, each reason in the words of what a person sees.
  private static let percent =
    "the recorded grader also takes a hundredth or a hundred times of the reference"
  private static let units = "the recorded grader compares a calculation or a unit as text"
  private static let first = "the recorded grader compares the first number of the whole answer"
  private static let text =
    "the recorded grader's extraction leaves words or doubled backslashes in the answer"
  private static let runaway =
    "the text ends in the middle of a sentence: its last number is no answer"

  private static let recordings: [MathRecording] = [
    MathRecording(
      file: "math/rho-math-7b-v0.1_minerva_math.jsonl.gz", reference: "gt", completion: "output",
      verdict: "score", recorded: 161,
      stricter: [
        102: "the reference has lost its name: (+5)(b+2) for (a+5)(b+2)", 377: runaway,
        415: runaway,
      ],
      kinder: [73: text, 120: text, 255: text, 420: text, 451: text]),
    MathRecording(
      file: "math/rho-math-1b-interpreter-v0.1_minerva_math.jsonl.gz", reference: "gt",
      completion: "output", verdict: "score", recorded: 201,
      stricter: [
        102: "the reference has lost its name: (+5)(b+2) for (a+5)(b+2)",
        307: "the reference is closed at 0, the answer open",
      ],
      kinder: [
        164: "-tan 80 + 4 cos 10 degrees is -sqrt 3",
        179: "the equations are each other times -4",
        456: "the recorded grader takes the last of two solutions alone",
      ]),
    MathRecording(
      file: "gsm8k/rho-math-7b-v0.1_gsm8k.jsonl.gz", reference: "gt", completion: "output",
      verdict: "score", recorded: 881, stricter: [466: percent, 586: percent, 1182: percent],
      kinder: [
        53: units, 138: units, 405: units, 509: units, 607: units, 669: units, 692: units,
        844: units,
      ]),
    MathRecording(
      file: "gsm8k/rho-math-1b-interpreter-v0.1_gsm8k.jsonl.gz", reference: "gt",
      completion: "output", verdict: "score", recorded: 770,
      stricter: [199: percent, 594: percent], kinder: [:]),
    MathRecording(
      file: "gsm8k/zeroeval_gsm_gemma-2-2b-it.jsonl.gz", reference: "answer", completion: "output",
      verdict: "matched", recorded: 681,
      stricter: [1001: "2:00 is a time of day, 2 is none"],
      kinder: Dictionary(
        uniqueKeysWithValues: [
          134, 158, 223, 345, 571, 643, 655, 720, 817, 873, 1047, 1054, 1091, 1116, 1246, 1286,
          1289,
        ].map { ($0, first) })),
    zeroEval("gsm8k/zeroeval_gsm_Meta-Llama-3-8B-Instruct", 1035, stricter: [1001], kinder: [1285]),
    zeroEval(
      "gsm8k/zeroeval_gsm_command-r", 699, kinder: [197, 265, 434, 560, 599, 720, 1017, 1074]),
    zeroEval("gsm8k/zeroeval_gsm_gpt-3.5-turbo-0125", 1060, kinder: [610]),
    zeroEval(
      "math/zeroeval_math-l5_Meta-Llama-3.1-8B-Instruct", 160, stricter: [184, 608, 698],
      kinder: [257]),
    zeroEval("math/zeroeval_math-l5_Qwen2.5-7B-Instruct", 371, stricter: [698], kinder: [167]),
    zeroEval(
      "math/zeroeval_math-l5_gemma-2-9b-it", 140, stricter: [132, 184],
      kinder: [96, 163, 380, 698]),
    zeroEval("math/zeroeval_math-l5_gpt-4o-2024-08-06", 399, stricter: [698]),
    zeroEval(
      "math/zeroeval_math-l5_o1-mini-2024-09-12", 644, stricter: [257, 378, 698], kinder: [278]),
  ]

  /// A run of ZeroEval, whose grader compares the first number of both sides alone: two solutions for one, 50 for
  /// 50 pi / 2, 6 for 6 sqrt 2, -1 for -1 + i are right to it, and a calculation is wrong.
  private static func zeroEval(
    _ file: String, _ recorded: Int, stricter: [Int] = [], kinder: [Int] = []
  ) -> MathRecording {
    MathRecording(
      file: "\(file).jsonl.gz", reference: "answer", completion: "output", verdict: "matched",
      recorded: recorded, stricter: Dictionary(uniqueKeysWithValues: stricter.map { ($0, first) }),
      kinder: Dictionary(uniqueKeysWithValues: kinder.map { ($0, first) }))
  }

  @Test(arguments: ["math/aime24.jsonl", "math/aime25.jsonl", "math/comp-math-24-25.jsonl"])
  func `the reference solutions of contests have their own answers`(file: String) throws {
    let rows = try SharedData.rows(file).filter { !text($0["reference_solution"]).isEmpty }
    guard !rows.isEmpty else { return }
    let space = try Workspace("contest", plugins: ["free_response", "math_equal", "replay"])
    try space.addDataset(
      "math_test",
      rows: rows.map {
        ["question": text($0["problem"]), "expected_answer": text($0["expected_answer"])]
      },
      lines: ["decide = \"math_equal\""])
    try space.addModel(
      "reference",
      [
        (
          "math",
          rows.enumerated().map {
            RecordedTry($0, [RecordedStage(text($1["reference_solution"]))])
          }
        )
      ])
    #expect(try space.run(timeout: 120).exitCode == 0)
    let failed = try space.exported("eval").filter { $0["is_passed"] as? Bool != true }
    #expect(
      failed.isEmpty, "\(failed.map { "\($0["sample_index"] ?? ""): \($0["fail_reason"] ?? "")" })")
  }

  @Test(arguments: recordings.indices)
  func `a recorded run has its recorded verdicts, but for the samples that are listed`(
    _ index: Int
  ) throws {
    let recording = Self.recordings[index]
    let rows = try SharedData.rows(recording.file)
    let space = try Workspace("math", plugins: ["free_response", "math_equal", "replay"])
    try space.addDataset(
      "math_test",
      rows: rows.map { ["question": "q", "expected_answer": text($0[recording.reference])] },
      lines: ["decide = \"math_equal\"", "allow_incomplete = true"])
    try space.addModel(
      "recorded",
      [
        (
          "math",
          rows.enumerated().map { RecordedTry($0, [RecordedStage(text($1[recording.completion]))]) }
        )
      ])
    let result = try space.run(timeout: 300)
    #expect(result.exitCode == 0, "\(result)")
    let verdicts = try space.exported("eval")
    // A row whose reference is empty cannot be judged: it is an error, and no verdict.
    let judgeable = rows.indices.filter { !text(rows[$0][recording.reference]).isEmpty }
    #expect(verdicts.map { $0["sample_index"] as? Int } == judgeable)
    var stricter: [Int] = []
    var kinder: [Int] = []
    for (sample, verdict) in zip(judgeable, verdicts) {
      let row = rows[sample]
      let isPassed = verdict["is_passed"] as? Bool ?? false
      let wasPassed = row[recording.verdict] as? Bool ?? false
      if wasPassed, !isPassed { stricter.append(sample) }
      if isPassed, !wasPassed { kinder.append(sample) }
    }
    #expect(rows.count { $0[recording.verdict] as? Bool == true } == recording.recorded)
    #expect(stricter == recording.stricter.keys.sorted())
    #expect(kinder == recording.kinder.keys.sorted())
  }

  private func text(_ value: Any?) -> String {
    value as? String ?? (value as? NSNumber)?.stringValue ?? ""
  }
}
