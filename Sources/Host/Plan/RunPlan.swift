// A run configuration expanded: models x datasets, with everything that is known before a model is loaded.
package import Config
package import Model

/// A set of plugins that one kind of evaluator worker loads.
package struct EvaluatorClass: Equatable, Sendable {
  package var evaluator: PluginFacts
  package var metrics: [PluginFacts]
}

/// A model of the run.
package struct PlannedModel: Equatable, Sendable {
  package var config: ModelConfig
  package var backend: PluginFacts
  /// The model's table as JSON, as the backend's load() takes it.
  package var json: String
  /// Devices its workers run on, one entry a worker.
  package var devices: [String]
}

/// One task before its model is loaded.
package struct PlannedTask: Equatable, Sendable {
  /// Index into `RunPlan.models`.
  package var model: Int
  /// Index into `RunPlan.classes`.
  package var evaluatorClass: Int
  package var dataset: DatasetConfig
  package var manifest: DatasetManifest
  package var path: String
  package var mode: String
  package var evaluatorConfig: String
  package var shots: [String]
  package var shotsDigest: String
  package var sampling: [ResolvedSampling]
  package var sampleCount: Int
  package var repeats: RepeatPlan
}

/// Everything a controller needs to start.
package struct RunPlan: Equatable, Sendable {
  package var runID: String
  package var seed: Int64
  package var models: [PlannedModel]
  package var classes: [EvaluatorClass]
  /// In the order of the run: model by model, dataset by dataset.
  package var tasks: [PlannedTask]
}

extension RunPlan {
  /// The task with what only the loaded plugins know.
  package func spec(
    task index: Int, backend: PluginIdentity, signature: String, build: String,
    evaluator: PluginIdentity, metrics: [PluginIdentity]
  ) -> TaskSpec {
    let task = tasks[index]
    var spec = TaskSpec(
      model: models[task.model].config.name, modelSignature: signature, backend: backend,
      backendBuild: build, manifest: task.manifest, evaluator: evaluator, mode: task.mode,
      evaluatorConfig: task.evaluatorConfig, metrics: metrics,
      decide: task.dataset.decide ?? "",
      sampling: task.sampling.map {
        StageSampling(
          stage: $0.stage, json: String(decoding: $0.parameters.json(), as: UTF8.self))
      },
      seed: seed, sampleCount: task.sampleCount, repeats: task.repeats.repeats,
      passK: task.repeats.passK, avgK: task.repeats.avgK, majK: task.repeats.majK,
      passHatK: task.repeats.passHatK, allowIncomplete: task.dataset.allowIncomplete,
      shotsDigest: task.shotsDigest)
    spec.metricOptions = Planner.metricOptions(task.dataset, metrics.map(\.id))
    return spec
  }

  /// The task as far as it is known without loading anything: for `--dry-run`.
  package func draft(task index: Int) -> TaskSpec {
    let task = tasks[index]
    let kind = classes[task.evaluatorClass]
    func identity(_ facts: PluginFacts) -> PluginIdentity {
      PluginIdentity(id: facts.id, version: facts.version, sha256: "")
    }
    return spec(
      task: index, backend: identity(models[task.model].backend),
      signature: models[task.model].config.signature ?? "", build: "",
      evaluator: identity(kind.evaluator), metrics: kind.metrics.map(identity))
  }
}
