// Metrics of k repeats: pass@k, pass^k, avg@k and maj@k, all wanted k at once.
//
// A sample's n is the number of its judged repeats: an error is no try of the model's. Where a sample
// has n < k the metric is refused for that k. It is not 1, and the sample is not left out: both are
// ways to a score that is too high. Each sample gives one value, and the metric is their mean.

/// A metric of k repeats.
package enum CurveKind: Sendable, Equatable, CaseIterable {
  /// The chance that at least one of k repeats passes; unbiased (Chen et al. 2021).
  case passAt
  /// The chance that all of k repeats pass; unbiased (Yao et al. 2024, tau-bench).
  case passHat
  /// The share passed among the first k judged repeats in order of repeat index.
  case averageAt
  /// Whether the answer that most of the first k judged repeats gave is right.
  ///
  /// Self-consistency (Wang et al. 2022): the repeats vote with the hash of their answer. One that
  /// is unparsed, or wrong and without an answer hash (0), does not vote; a sample without votes is
  /// not correct. A pass without an answer hash means that hashes are not recorded: refused.
  /// Of answers with equally many votes, the one that was given first wins. Whether the answer is
  /// right is what the first repeat that gave it was judged.
  case majorityAt

  /// The metric's usual name, such as `pass@8`.
  package func name(_ k: Int) -> String {
    switch self {
    case .passAt: "pass@\(k)"
    case .passHat: "pass^\(k)"
    case .averageAt: "avg@\(k)"
    case .majorityAt: "maj@\(k)"
    }
  }
}

/// The metrics of k repeats that are wanted.
package struct CurveRequest: Sendable, Equatable {
  /// The k of pass@k.
  package var passAt: [Int]
  /// The k of pass^k.
  package var passHat: [Int]
  /// The k of avg@k.
  package var averageAt: [Int]
  /// The k of maj@k.
  package var majorityAt: [Int]

  /// Makes a request; a list that is not given asks for nothing.
  package init(
    passAt: [Int] = [], passHat: [Int] = [], averageAt: [Int] = [], majorityAt: [Int] = []
  ) {
    self.passAt = passAt
    self.passHat = passHat
    self.averageAt = averageAt
    self.majorityAt = majorityAt
  }

  func ks(_ kind: CurveKind) -> [Int] {
    switch kind {
    case .passAt: passAt
    case .passHat: passHat
    case .averageAt: averageAt
    case .majorityAt: majorityAt
    }
  }
}

/// One metric at one k: its value, or why it has none.
package struct CurvePoint: Sendable, Equatable {
  /// Which metric.
  package let kind: CurveKind
  /// How many repeats it is of.
  package let k: Int
  /// The value, or why it was refused.
  package let result: Result<Measure, MetricError>

  /// Makes a point out of its parts.
  package init(kind: CurveKind, k: Int, result: Result<Measure, MetricError>) {
    self.kind = kind
    self.k = k
    self.result = result
  }

  /// The metric's usual name, such as `pass@8`.
  package var name: String { kind.name(k) }
}

extension NormalizedVerdicts {
  /// All wanted metrics of k repeats, in one pass over the samples.
  ///
  /// - Parameters:
  ///   - request: The wanted k; k twice is k once.
  ///   - group: The one group whose samples count, or nil for all expected samples.
  /// - Returns: One point for each metric and k: pass@k, pass^k, avg@k, maj@k, each by rising k. A
  ///   point whose k is below 1, or above the judged repeats of any sample, holds the error.
  /// - Throws: With a group: `mixedGroups` when a sample has two, `unknownGroup` when a sample has no
  ///   verdict to tell its group, `noSuchGroup` when nobody is in it.
  package func curves(
    _ request: CurveRequest, group: Int32? = nil
  ) throws(MetricError) -> [CurvePoint] {
    let cells = try cells(of: group)
    var points: [CurvePoint] = []
    for kind in [CurveKind.passAt, .passHat] {
      for k in Set(request.ks(kind)).sorted() {
        points.append(
          CurvePoint(
            kind: kind, k: k, result: estimate(kind, k, cells: cells, group: group)))
      }
    }
    let averages = Set(request.averageAt).sorted()
    let majorities = Set(request.majorityAt).sorted()
    if !averages.isEmpty || !majorities.isEmpty {
      var prefix = PrefixCounts(averages: averages, majorities: majorities)
      prefix.read(self, group: group)
      for (kind, ks) in [(CurveKind.averageAt, averages), (.majorityAt, majorities)] {
        for (place, k) in ks.enumerated() {
          let shared = kind == .averageAt ? prefix.average(place) : prefix.majority(place)
          var result = finish(kind, k, cells: cells, group: group, verdictsEach: k) { shared }
          if kind == .majorityAt, let sample = prefix.firstPassWithoutAnswer,
            case .success = result
          {
            result = .failure(.noAnswerHash(sample: sample))
          }
          points.append(CurvePoint(kind: kind, k: k, result: result))
        }
      }
    }
    return points
  }

  /// One metric of k repeats.
  ///
  /// - Parameters:
  ///   - kind: Which metric.
  ///   - k: How many repeats; at least 1.
  ///   - group: The one group whose samples count, or nil for all expected samples.
  /// - Returns: The mean over samples with its error bar.
  /// - Throws: `tooFewRepeats` when any sample has fewer than k judged repeats, `notPositive` for a
  ///   k below 1, `noAnswerHash` for a majority without answers, `nothingJudged` without samples, and what `curves` throws of groups.
  package func curve(
    _ kind: CurveKind, k: Int, group: Int32? = nil
  ) throws(MetricError) -> Measure {
    let request =
      switch kind {
      case .passAt: CurveRequest(passAt: [k])
      case .passHat: CurveRequest(passHat: [k])
      case .averageAt: CurveRequest(averageAt: [k])
      case .majorityAt: CurveRequest(majorityAt: [k])
      }
    guard let point = try curves(request, group: group).first else { throw .nothingJudged }
    return try point.result.get()
  }

  private func cells(of group: Int32?) throws(MetricError) -> [TallyCell] {
    guard let group else { return tally.all }
    if let sample = tally.firstMixed { throw .mixedGroups(sample: sample) }
    if let sample = tally.firstWithoutVerdict {
      throw .unknownGroup(
        sample: sample, samplesWithoutVerdict: tally.samplesWithoutVerdict)
    }
    guard let cells = tally.byGroup[group] else { throw .noSuchGroup(group) }
    return cells
  }

  private func estimate(
    _ kind: CurveKind, _ k: Int, cells: [TallyCell], group: Int32?
  ) -> Result<Measure, MetricError> {
    finish(kind, k, cells: cells, group: group, verdictsEach: nil) {
      cells.map { cell in
        SharedValue(
          value: kind == .passAt
            ? passAtK(passed: cell.passed, of: cell.judged, k: k)
            : passHatK(passed: cell.passed, of: cell.judged, k: k),
          samples: cell.samples)
      }
    }
  }

  /// Refuses what cannot be computed, or takes the mean of the samples' values.
  private func finish(
    _ kind: CurveKind, _ k: Int, cells: [TallyCell], group: Int32?, verdictsEach: Int?,
    values: () -> [SharedValue]
  ) -> Result<Measure, MetricError> {
    guard k >= 1 else { return .failure(.notPositive(k: k)) }
    let short = cells.reduce(0) { $1.judged < k ? $0 + $1.samples : $0 }
    if short > 0, let first = firstSample(judgedBelow: k, group: group) {
      return .failure(
        .tooFewRepeats(
          kind: kind, k: k, sample: first.sample, judged: first.judged, samplesShort: short))
    }
    let verdicts = cells.reduce(0) { $0 + $1.samples * (verdictsEach ?? $1.judged) }
    guard let measure = Measure.meanOfRates(values(), verdicts: verdicts) else {
      return .failure(.nothingJudged)
    }
    return .success(measure)
  }

  private func firstSample(judgedBelow k: Int, group: Int32?) -> (sample: Int, judged: Int)? {
    for sample in 0..<expected.samples {
      let slots = presentSlots(of: sample)
      if let group {
        guard slots.contains(where: { rows[$0].outcome != nil }) else { continue }
        let known = slots.first { rows[$0].tellsGroup }.map { rows[$0].group } ?? -1
        if known != group { continue }
      }
      let judged = slots.count { rows[$0].outcome?.isJudged == true }
      if judged < k { return (sample, judged) }
    }
    return nil
  }

  /// The slots of a sample that the table reaches; those beyond it are missing.
  func presentSlots(of sample: Int) -> Range<Int> {
    let first = min(sample * expected.repeats, rows.count)
    return first..<min(first + expected.repeats, rows.count)
  }
}
