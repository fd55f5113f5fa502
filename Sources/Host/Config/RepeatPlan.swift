// From lists of k to the number of tries: the section [eval] first, then the per-benchmark file.

/// How often each sample of a task is tried, and which numbers are computed from the tries.
package struct RepeatPlan: Equatable, Sendable {
  /// The k of pass@k.
  package var passK: [Int]
  /// The k of avg@k.
  package var avgK: [Int]
  /// The k of maj@k.
  package var majK: [Int]
  /// The k of pass^k.
  package var passHatK: [Int]
  /// The k of pass@k that are shown; a part of `passK`, all of it when nothing else is asked.
  package var reportPassK: [Int]
  /// The k of avg@k that are shown; a part of `avgK`, all of it when nothing else is asked.
  package var reportAvgK: [Int]
  /// Tries at each sample, at least 1.
  package var repeats: Int

  /// Makes a plan by hand; everything that is computed is shown.
  package init(passK: [Int], avgK: [Int], majK: [Int], passHatK: [Int], repeats: Int) {
    self.passK = passK
    self.avgK = avgK
    self.majK = majK
    self.passHatK = passHatK
    reportPassK = passK
    reportAvgK = avgK
    self.repeats = repeats
  }

  /// The largest k of all lists, at least 1.
  package var largestK: Int { max(1, (passK + avgK + majK + passHatK).max() ?? 1) }

  /// Takes the section's lists before the file's, and pass@1 when neither says anything.
  init(_ eval: EvalSection, _ file: [SamplingLayer.CountKey: [Int]]) {
    let passK = eval.passK ?? file[.passK] ?? [1]
    let avgK = eval.avgK ?? file[.avgK] ?? []
    let shownPassK = passK.filter { file[.reportPassK]?.contains($0) ?? true }
    let shownAvgK = avgK.filter { file[.reportAvgK]?.contains($0) ?? true }
    self.passK = passK
    self.avgK = avgK
    majK = eval.majK
    passHatK = eval.passHatK
    let isNothingShown = shownPassK.isEmpty && shownAvgK.isEmpty
    reportPassK = isNothingShown ? passK : shownPassK
    reportAvgK = isNothingShown ? avgK : shownAvgK
    repeats = 1
    repeats = eval.repeats ?? largestK
  }
}
