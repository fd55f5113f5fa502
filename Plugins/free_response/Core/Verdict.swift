// What judging one completion yields.

/// The outcome of judging; errors of the infrastructure are the host's and have no case here.
package enum FreeResponseOutcome: String, Sendable {
  /// The answer equals the reference.
  case pass
  /// The answer was read and differs from the reference.
  case fail
  /// No answer could be read from the completion.
  case unparsed
}

/// The judgement of one completion.
package struct FreeResponseVerdict: Sendable {
  /// Whether the answer was right, wrong or not there.
  package let outcome: FreeResponseOutcome
  /// What was read from the completion; empty when nothing was.
  package let answer: String
  /// The reference as the row states it.
  package let reference: String
  /// Why the outcome is not a pass; empty for a pass.
  package let failReason: String
}

/// How an answer is compared with its reference; the configuration's `decide`.
package enum AnswerRule: String, CaseIterable, Sendable {
  /// Exact numbers, soundly read: ``NumericRule``.
  case numeric
  /// The last numbers compared as strings: ``LegacyRule``.
  case legacy
}
