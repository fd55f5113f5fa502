// The plain share of right answers, over all and by group.
//
// The denominator is what was judged: pass, fail and unparsed. An unparsed completion counts as not
// correct (the model was asked and gave nothing that could be read; leaving it out would reward not
// answering), and its count is in the coverage. An error says nothing about the model, so it is in
// neither part of the fraction; it makes the coverage not whole instead, and so does a missing
// verdict. Nobody can therefore raise or lower a score by losing verdicts without it being seen.

/// The accuracy of one group, and how its verdicts came out.
package struct GroupMeasure: Sendable, Equatable {
  /// The group's id; -1 for the samples that have no group.
  package let group: Int32
  /// The share of passed among judged verdicts; nil when all of the group's verdicts are errors.
  package let accuracy: Measure?
  /// How many samples of the group have a verdict.
  package let samples: Int
  /// How many of the group's verdicts passed.
  package let passed: Int
  /// How many were judged: pass, fail or unparsed.
  package let judged: Int

  /// Makes a group's measure out of its parts.
  package init(group: Int32, accuracy: Measure?, samples: Int, passed: Int, judged: Int) {
    self.group = group
    self.accuracy = accuracy
    self.samples = samples
    self.passed = passed
    self.judged = judged
  }
}

extension NormalizedVerdicts {
  /// The share of passed among judged verdicts, with its error clustered by sample.
  ///
  /// - Throws: `MetricError.nothingJudged` when there is no verdict but errors.
  package func accuracy() throws(MetricError) -> Measure {
    guard let measure = Measure.accuracy(of: tally.all) else { throw .nothingJudged }
    return measure
  }

  /// The accuracy of each group that has a verdict, ordered by group id.
  ///
  /// Samples with no group are listed as group -1. A group's missing verdicts are known only to the
  /// coverage of the whole.
  ///
  /// - Throws: `MetricError.mixedGroups` when the verdicts of one sample differ in their group.
  package func accuracyByGroup() throws(MetricError) -> [GroupMeasure] {
    if let sample = tally.firstMixed { throw .mixedGroups(sample: sample) }
    return tally.byGroup.sorted { $0.key < $1.key }.map { group, cells in
      GroupMeasure(
        group: group, accuracy: Measure.accuracy(of: cells),
        samples: cells.reduce(0) { $0 + $1.samples },
        passed: cells.reduce(0) { $0 + $1.samples * $1.passed },
        judged: cells.reduce(0) { $0 + $1.samples * $1.judged })
    }
  }
}
