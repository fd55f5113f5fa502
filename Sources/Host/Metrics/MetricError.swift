// Why a metric has no value. A metric that cannot be computed says so; it is never 0, never 1, and
// never computed over the samples that happen to suffice.

/// Why a metric was refused.
package enum MetricError: Error, Equatable {
  /// A task of this size cannot be held.
  case taskSizeOutOfRange(samples: Int, repeats: Int)
  /// No verdict is left to compute from.
  case nothingJudged
  /// A curve was asked for at a k below 1.
  case notPositive(k: Int)
  /// Some samples have fewer judged repeats than the metric needs; the first of them is named.
  case tooFewRepeats(kind: CurveKind, k: Int, sample: Int, judged: Int, samplesShort: Int)
  /// A passing verdict has no answer hash, so its answer cannot vote.
  case noAnswerHash(sample: Int)
  /// One sample has verdicts of different groups, so no group can have it.
  case mixedGroups(sample: Int)
  /// Some samples have no verdict, so nobody can tell which group they belong to.
  case unknownGroup(sample: Int, samplesWithoutVerdict: Int)
  /// No verdict has this group.
  case noSuchGroup(Int32)
  /// No value was pushed under this name's id.
  case noSuchName(Int32)
  /// A value that is to weigh another is 0 or less; the first such sample is named.
  case weightNotUsable(sample: Int)
}

extension MetricError: CustomStringConvertible {
  /// One line: what, where, and what to do.
  package var description: String {
    switch self {
    case .taskSizeOutOfRange(let samples, let repeats):
      """
      \(samples) samples x \(repeats) repeats is no task: at least 0 x 1 and at most \
      \(ExpectedTries.largestTotal) verdicts; lower the repeats or split the run
      """
    case .nothingJudged:
      "no judged verdict: there is nothing to compute a metric from; run or judge the task first"
    case .notPositive(let k):
      "k = \(k): k must be at least 1; correct pass_k or avg_k"
    case .tooFewRepeats(let kind, let k, let sample, let judged, let samplesShort):
      """
      \(kind.name(k)) needs \(k) judged repeats of every sample: sample \(sample) has \(judged) \
      (\(samplesShort) samples have too few); resume the run or ask for a smaller k
      """
    case .noAnswerHash(let sample):
      """
      maj@k has nothing to vote with: sample \(sample) passed without an answer hash; leave maj@k \
      out, or use an evaluator that records answers
      """
    case .mixedGroups(let sample):
      "sample \(sample) has verdicts of different groups; judge the task again with one evaluator"
    case .unknownGroup(let sample, let samplesWithoutVerdict):
      """
      sample \(sample) has no verdict, so its group is not known (\(samplesWithoutVerdict) such \
      samples); resume the run
      """
    case .noSuchGroup(let group):
      "no verdict has group \(group); ask for one of the groups that were pushed"
    case .noSuchName(let name):
      "no value has name id \(name); ask for one of the names that were pushed"
    case .weightNotUsable(let sample):
      "a weight of sample \(sample) is not above 0; the plugin that gives it is at fault"
    }
  }
}
