// Replays the recorded GSM8K solutions: the numeric rule must find what the official labels say, per
// model and row by row, apart from rows where the label itself is at fault, which are listed here.

import Foundation
import FreeResponseCore
import Testing

struct Recording: CustomTestStringConvertible, Sendable {
  struct Row {
    let index: Int
    let completion: String
    let reference: String
    let isCorrect: Bool
  }

  let name: String
  let file: String
  /// Rows of a wrong label, with the reason.
  let faults: [Int: String]
  var promptOpenedBox = false
  var format = AnswerFormat.auto
  let row: @Sendable ([String: Any], Int) -> Row?

  var testDescription: String { name }

  static func example(_ model: String) -> Recording {
    Recording(name: model, file: "gsm8k/example_model_solutions.half.jsonl.gz", faults: [:]) {
      row, _ in
      guard let answer = row[model] as? [String: Any], let gold = row["ground_truth"] as? String
      else { return nil }
      return Row(
        index: row["index"] as? Int ?? -1, completion: answer["solution"] as? String ?? "",
        reference: gold.replacingOccurrences(of: "\nA: ", with: "\n#### "),
        isCorrect: answer["is_correct"] as? Bool ?? false)
    }
  }

  static func rho(_ model: String, faults: [Int: String]) -> Recording {
    Recording(name: model, file: "gsm8k/\(model)_gsm8k.jsonl.gz", faults: faults) { row, _ in
      guard let gold = row["gt"] as? String else { return nil }
      return Row(
        index: row["idx"] as? Int ?? -1, completion: row["output"] as? String ?? "",
        reference: "#### \(gold)", isCorrect: row["score"] as? Bool ?? false)
    }
  }

  static func zeroeval(
    _ model: String, format: AnswerFormat = .auto, faults: [Int: String]
  ) -> Recording {
    Recording(
      name: "\(model), \(format.rawValue)", file: "gsm8k/zeroeval_gsm_\(model).jsonl.gz",
      faults: faults, format: format
    ) { row, number in
      guard let gold = row["answer"] as? String else { return nil }
      return Row(
        index: number, completion: row["output"] as? String ?? "",
        reference: String(gold.drop { $0 == "#" || $0 == " " }),
        isCorrect: row["matched"] as? Bool ?? false)
    }
  }

  static let rollout = Recording(
    name: "rwkv7 rollout, final stage", file: "gsm8k/rwkv7_rollout.half.jsonl.gz",
    faults: [858: lastOfChain], promptOpenedBox: true
  ) { row, _ in
    guard let gold = row["a"] as? String else { return nil }
    return Row(
      index: row["index"] as? Int ?? -1, completion: row["final"] as? String ?? "",
      reference: gold, isCorrect: row["correct"] as? Bool ?? false)
  }

  static let wholeRollout = Recording(
    name: "rwkv7 rollout, whole text", file: "gsm8k/rwkv7_rollout.half.jsonl.gz",
    faults: [858: lastOfChain]
  ) { row, _ in
    guard let gold = row["a"] as? String else { return nil }
    return Row(
      index: row["index"] as? Int ?? -1, completion: row["gen"] as? String ?? "",
      reference: gold, isCorrect: row["correct"] as? Bool ?? false)
  }

  static let evalscope = Recording(
    name: "qwen-plus", file: "evalscope/qwen-plus_gsm8k_main.jsonl", faults: [:]
  ) { row, _ in
    guard let gold = row["target"] as? String, let messages = row["messages"] as? [[String: Any]],
      let sample = row["sample_score"] as? [String: Any],
      let score = sample["score"] as? [String: Any], let value = score["value"] as? [String: Any]
    else { return nil }
    return Row(
      index: row["index"] as? Int ?? -1,
      completion: messages.last?["content"] as? String ?? "", reference: gold,
      isCorrect: (value["acc"] as? Double ?? 0) == 1)
  }

  private static let unit = "the label does not strip the unit, though it does in other rows"
  private static let hundredfold = "the label accepts a hundred times or a hundredth of the gold"
  private static let lastOfChain = "the label read the last number after the closed box"

  static let all: [Recording] = [
    .example("6b_finetuning"), .example("6b_verification"), .example("175b_finetuning"),
    .example("175b_verification"),
    .rho(
      "rho-math-7b-v0.1",
      faults: [
        405: unit, 607: unit, 692: unit, 466: hundredfold, 586: hundredfold, 1182: hundredfold,
      ]),
    .rho("rho-math-1b-interpreter-v0.1", faults: [199: hundredfold, 594: hundredfold]),
    .zeroeval("gpt-3.5-turbo-0125", faults: [:]),
    .zeroeval(
      "gemma-2-2b-it",
      faults: [1047: "cut before its JSON; the label has no answer, the last number is right"]),
    .zeroeval("gemma-2-2b-it", format: .json, faults: [:]),
    .zeroeval(
      "command-r",
      faults: [265: "the label read 9 in $9 500", 434: "the label read 3.75 in 3.75 / 0.75 = 5"]),
    .zeroeval("Meta-Llama-3-8B-Instruct", faults: [1001: "the label read 2 in 2:10 pm"]),
    .rollout, .wholeRollout, .evalscope,
  ]
}

/// Skipped where the recorded data does not lie beside the repository.
@Suite(.enabled(if: RecordedData.isPresent))
struct RecordedGSM8KTests {
  @Test(arguments: Recording.all)
  func `recorded solutions give the official number of correct answers`(
    recording: Recording
  ) throws {
    var official = 0
    var ours = 0
    var disagreements: [String] = []
    var differing: Set<Int> = []
    for (number, raw) in try RecordedData.rows(recording.file).enumerated() {
      let row = try #require(recording.row(raw, number))
      let verdict = NumericRule.judge(
        completion: row.completion, reference: NumericReference(row.reference),
        promptOpenedBox: recording.promptOpenedBox, format: recording.format)
      official += row.isCorrect ? 1 : 0
      ours += verdict.outcome == .pass ? 1 : 0
      if (verdict.outcome == .pass) != row.isCorrect {
        differing.insert(row.index)
        disagreements.append(
          "  \(row.index): official \(row.isCorrect), ours \(verdict.outcome)"
            + " \(verdict.answer.debugDescription) for \(row.reference.suffix(12).debugDescription)"
        )
      }
    }
    let label = recording.name
    print("\(label): official \(official), ours \(ours), rows apart \(disagreements.count)")
    for line in disagreements { print(line) }
    #expect(differing == Set(recording.faults.keys))
    if recording.faults.isEmpty { #expect(ours == official) }
  }
}
