// Small datasets, and recorded completions for the replay backend.

internal import Foundation

/// What a recorded model said in one stage.
package struct RecordedStage: Sendable {
  /// The model's text, or the choice it made.
  package var completion: String
  /// The export's word for why it ended.
  package var stopReason: String
  /// Per choice: log-probability, tokens, 1 when greedy; for stages that choose.
  package var choices: [[Double]]?

  /// Pairs a text with its ending.
  package init(
    _ completion: String, stopReason: String = "stop_token", choices: [[Double]]? = nil
  ) {
    self.completion = completion
    self.stopReason = stopReason
    self.choices = choices
  }
}

/// What a recorded model said in one try at a sample.
package struct RecordedTry: Sendable {
  /// The sample, from 0.
  package var sample: Int
  /// The repeat, from 0.
  package var repetition: Int
  /// Its stages in order.
  package var stages: [RecordedStage]

  /// Pairs coordinates with stages.
  package init(_ sample: Int, repetition: Int = 0, _ stages: [RecordedStage]) {
    self.sample = sample
    self.repetition = repetition
    self.stages = stages
  }
}

/// Datasets and recordings of tests.
package enum Samples {
  /// `count` questions such as "What is 3 + 4?" with the answer in `answer`; different numbers each.
  package static func arithmetic(_ count: Int) -> [[String: any Sendable]] {
    (0..<count).map { index in
      ["question": "What is \(index) + \(index % 7)?", "answer": "\(index + index % 7)"]
    }
  }

  /// A recording that answers `arithmetic(count)`: right, apart from the samples in `wrong`.
  package static func answers(
    _ count: Int, repeats: Int = 1, stages: Int = 1, wrong: (Int, Int) -> Bool = { _, _ in false }
  ) -> [RecordedTry] {
    (0..<count).flatMap { index in
      (0..<repeats).map { repetition in
        let answer = wrong(index, repetition) ? -1 : index + index % 7
        let thought = RecordedStage("Let me add. That gives \(answer).")
        let final = RecordedStage("The answer is \(answer).")
        return RecordedTry(
          index, repetition: repetition, stages == 1 ? [final] : [thought, final])
      }
    }
  }

  /// One object a line, keys sorted.
  package static func lines(_ rows: [[String: any Sendable]]) throws -> String {
    try rows.map { row in
      let data = try JSONSerialization.data(
        withJSONObject: row, options: [.sortedKeys, .withoutEscapingSlashes])
      return String(decoding: data, as: UTF8.self) + "\n"
    }.joined()
  }

  /// Recorded completions in the shape of a completions export.
  package static func recording(
    _ tries: [RecordedTry], benchmark: String, split: String = "test"
  ) throws -> String {
    try lines(
      tries.map { row in
        var object: [String: any Sendable] = [
          "benchmark_name": benchmark, "dataset_split": split, "sample_index": row.sample,
          "repeat_index": row.repetition, "sampling_config": [String: String](),
        ]
        for (index, stage) in row.stages.enumerated() {
          object["prompt\(index + 1)"] = ""
          object["completion\(index + 1)"] = stage.completion
          object["stop_reason\(index + 1)"] = stage.stopReason
          if let choices = stage.choices { object["choices\(index + 1)"] = choices }
        }
        return object
      })
  }
}
