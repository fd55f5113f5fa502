// Which metrics a score has, under which names: those of the field and of the old exports.

import Metrics
import Model

/// One metric of a score: its value with its error bar, or why it has none.
struct ScoreMetric {
  var name: String
  var result: Result<Measure, MetricError>

  /// The value; nil when it was refused.
  var measure: Measure? { try? result.get() }
}

extension TaskResults {
  /// The score's metrics in their order: accuracy, curves, then the means of named values.
  var metrics: [ScoreMetric] {
    var metrics = [ScoreMetric(name: "accuracy", result: accuracy)]
    if let alias = LegacyNames.accuracyAlias(spec) {
      metrics.append(ScoreMetric(name: alias, result: accuracy))
    }
    let wanted = CurveRequest(
      passAt: spec.passK, passHat: spec.passHatK, averageAt: spec.avgK, majorityAt: spec.majK)
    // Curves over all samples refuse each point by itself and never the whole.
    for point in (try? verdicts.curves(wanted)) ?? [] {
      metrics.append(ScoreMetric(name: point.name, result: point.result))
    }
    for value in namedValues {
      let mean = Result { () throws(MetricError) in
        try values.mean(of: value.id, weightedBy: value.weight)
      }
      metrics.append(ScoreMetric(name: free(value.name, in: metrics), result: mean))
    }
    return metrics
  }

  /// The named values that are means of the score, in the order of their ids.
  ///
  /// Each has the id of the value that weighs it: `weight:NAME` for `NAME`. A weight is no mean of its own.
  var namedValues: [(name: String, id: Int32, weight: Int32?)] {
    var ids: [String: Int32] = [:]
    for (id, name) in valueNames.enumerated() { ids[name] = Int32(id) }
    let prefix = "weight:"
    return valueNames.enumerated().compactMap { id, name in
      if name.hasPrefix(prefix), ids[String(name.dropFirst(prefix.count))] != nil { return nil }
      return (name, Int32(id), ids[prefix + name])
    }
  }

  private var accuracy: Result<Measure, MetricError> {
    Result { () throws(MetricError) in try verdicts.accuracy() }
  }

  /// A plugin may call a value as one of the host's metrics is called; an object's keys must differ.
  private func free(_ name: String, in metrics: [ScoreMetric]) -> String {
    var name = name
    while metrics.contains(where: { $0.name == name }) { name += "_mean" }
    return name
  }
}

/// What the old results called things.
enum LegacyNames {
  /// `task` of a score: the old job's name, or the evaluator's id for what is new.
  static func task(_ spec: TaskSpec) -> String {
    guard spec.evaluator.id == "multi_choice" else { return spec.evaluator.id }
    return isCoT(spec) ? "multiple_choice_cot" : "multiple_choice"
  }

  /// `cot` of a score: whether the model thought before it answered.
  static func isCoT(_ spec: TaskSpec) -> Bool { spec.mode.contains("cot") }

  /// `dataset` of a score.
  static func dataset(_ manifest: DatasetManifest) -> String {
    manifest.split.isEmpty ? manifest.benchmark : "\(manifest.benchmark)_\(manifest.split)"
  }

  /// The name that accuracy had besides its own, or nil.
  static func accuracyAlias(_ spec: TaskSpec) -> String? {
    spec.evaluator.id == "free_response" ? "exact_accuracy" : nil
  }
}
