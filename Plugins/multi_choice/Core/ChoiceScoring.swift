// From log-probabilities to a chosen answer, by the field's four ways of comparing continuations.

/// How continuations of different lengths are compared.
package enum ChoiceNormalisation: String, CaseIterable, Sendable {
  /// The sum of the log-probabilities.
  case sum = "accuracy"
  /// The sum divided by the number of tokens.
  case tokens = "accuracy_token_norm"
  /// The sum divided by the number of UTF-8 bytes, the leading blank not counted.
  case bytes = "accuracy_byte_norm"
  /// The sum less the sum of the same continuation without the question.
  case unconditioned = "accuracy_unconditioned"
}

/// The score of one continuation.
package struct ScoredChoice: Sendable {
  /// Sum of the natural logarithms of its tokens' probabilities.
  package let logprobSum: Double
  /// Its number of tokens, at least 1 when it can be normalised.
  package let tokenCount: Int
  /// Its number of UTF-8 bytes without the leading blank.
  package let byteCount: Int

  /// Makes a score.
  package init(logprobSum: Double, tokenCount: Int, byteCount: Int) {
    self.logprobSum = logprobSum
    self.tokenCount = tokenCount
    self.byteCount = byteCount
  }
}

/// Choosing among scored continuations.
package enum ChoiceScoring {
  /// The index of the best continuation.
  ///
  /// Ties go to the lowest index, so that equal scores give equal results everywhere.
  ///
  /// - Parameters:
  ///   - scores: The scores in the order of the choices.
  ///   - normalisation: How to compare them.
  ///   - unconditioned: Sums without the question, for ``ChoiceNormalisation/unconditioned``.
  /// - Returns: The index; nothing when a score is missing, not a number, or cannot be normalised.
  package static func best(
    of scores: [ScoredChoice], by normalisation: ChoiceNormalisation, unconditioned: [Double] = []
  ) -> Int? {
    if normalisation == .unconditioned && unconditioned.count != scores.count { return nil }
    var best: (index: Int, value: Double)?
    for (index, score) in scores.enumerated() {
      let value: Double
      switch normalisation {
      case .sum: value = score.logprobSum
      case .tokens:
        if score.tokenCount < 1 { return nil }
        value = score.logprobSum / Double(score.tokenCount)
      case .bytes:
        if score.byteCount < 1 { return nil }
        value = score.logprobSum / Double(score.byteCount)
      case .unconditioned: value = score.logprobSum - unconditioned[index]
      }
      if value.isNaN { return nil }
      if let best, best.value >= value { continue }
      best = (index, value)
    }
    return best?.index
  }
}
