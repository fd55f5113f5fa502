// What a backend says of one continuation that it was asked to score.

/// Log-probability of one continuation.
package struct ChoiceScore: Hashable, Sendable {
  /// Sum of the natural logarithms of its tokens' probabilities; minus infinity when the backend gave none.
  package var logProbability: Double
  /// Tokens of the continuation.
  package var tokenCount: UInt32
  /// Greedy decoding would have given this continuation.
  package var isGreedy: Bool

  /// Joins the three.
  package init(logProbability: Double, tokenCount: UInt32, isGreedy: Bool) {
    self.logProbability = logProbability
    self.tokenCount = tokenCount
    self.isGreedy = isGreedy
  }
}
