// A row of the tables: a reference and an answer, and how rows are checked.

import MathEqualCore
import Testing

/// A reference and an answer to it.
struct Pair: Sendable {
  let gold: String
  let prediction: String

  init(_ gold: String, _ prediction: String) {
    self.gold = gold
    self.prediction = prediction
  }

  /// Records each row that is not found equal.
  static func expectEqual(_ pairs: [Pair], options: MathOptions = MathOptions()) {
    for pair in pairs { pair.expect(.equal, options) }
  }

  /// Records each row that is found equal.
  static func expectDifferent(_ pairs: [Pair], options: MathOptions = MathOptions()) {
    for pair in pairs {
      let comparison = MathComparison(
        gold: pair.gold, prediction: pair.prediction, options: options)
      if comparison.outcome == .equal { Issue.record(pair.text(comparison)) }
    }
  }

  func expect(_ outcome: MathComparison.Outcome, _ options: MathOptions = MathOptions()) {
    let comparison = MathComparison(gold: gold, prediction: prediction, options: options)
    if comparison.outcome != outcome { Issue.record(text(comparison)) }
  }

  private func text(_ comparison: MathComparison) -> Comment {
    Comment(rawValue: comparison.explanation.joined(separator: "\n"))
  }
}
