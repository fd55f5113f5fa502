// Expands a configuration to tasks. Pure: what must be read is asked for through `PlanSources`.
package import Config
internal import Declarations
internal import JSONFormat
package import Model
internal import TOMLFormat

/// What the planner asks of the world.
package struct PlanSources {
  /// The plugin of an id that offers a role.
  package var plugin: (_ id: String, _ role: PluginRole) throws(PlanError) -> PluginFacts
  /// The prepared split of a dataset: its file and its manifest.
  package var split: (_ dataset: DatasetConfig) throws(PlanError) -> (String, DatasetManifest)
  /// The first rows of a dataset's few-shot split, and their digest.
  package var shots:
    (_ dataset: DatasetConfig) throws(PlanError) -> (rows: [String], digest: String)

  /// Joins the three questions.
  package init(
    plugin: @escaping (String, PluginRole) throws(PlanError) -> PluginFacts,
    split: @escaping (DatasetConfig) throws(PlanError) -> (String, DatasetManifest),
    shots: @escaping (DatasetConfig) throws(PlanError) -> (rows: [String], digest: String)
  ) {
    self.plugin = plugin
    self.split = split
    self.shots = shots
  }
}

/// Turns a run configuration into a plan.
package struct Planner {
  private let loaded: LoadedConfig
  private let resolver: SamplingResolver
  private let sources: PlanSources
  private var classes: [EvaluatorClass] = []

  /// A planner for one configuration.
  package init(_ loaded: LoadedConfig, resolver: SamplingResolver, sources: PlanSources) {
    self.loaded = loaded
    self.resolver = resolver
    self.sources = sources
  }

  /// Expands models x datasets.
  ///
  /// Throws the first thing that makes the run impossible.
  package static func plan(
    _ loaded: LoadedConfig, runID: String, resolver: SamplingResolver, sources: PlanSources
  ) throws(PlanError) -> RunPlan {
    var planner = Planner(loaded, resolver: resolver, sources: sources)
    return try planner.plan(runID)
  }

  private mutating func plan(_ runID: String) throws(PlanError) -> RunPlan {
    let config = loaded.config
    guard config.run.mode == .eval else {
      throw PlanError(
        .configuration,
        "\(loaded.file): run.mode = \"param_search\" is not supported by this version; use \"eval\""
      )
    }
    guard config.eval.judge == nil else {
      throw PlanError(
        .configuration,
        "\(loaded.file): eval.judge is not supported by this version; remove it")
    }
    var models: [PlannedModel] = []
    for model in config.models {
      let backend = try sources.plugin(model.backend, .backend)
      let devices = (model.devices ?? config.devices.use ?? ["cpu"]).flatMap { device in
        Array(repeating: device, count: config.devices.slots(on: device))
      }
      models.append(
        PlannedModel(config: model, backend: backend, json: Self.json(of: model), devices: devices))
    }
    var tasks: [PlannedTask] = []
    var stageNames: [String] = []
    for index in models.indices {
      for dataset in config.datasets {
        let task = try task(model: index, models[index].config, dataset)
        stageNames += task.sampling.map(\.stage)
        tasks.append(task)
      }
    }
    let unknown = loaded.unknownStages(known: stageNames)
    guard unknown.isEmpty else {
      throw PlanError(.configuration, ConfigErrors(unknown).description)
    }
    return RunPlan(
      runID: runID, seed: Int64(config.run.seed), models: models, classes: classes, tasks: tasks)
  }

  private mutating func task(
    model: Int, _ modelConfig: ModelConfig, _ dataset: DatasetConfig
  ) throws(PlanError) -> PlannedTask {
    guard let evaluatorID = dataset.evaluator else {
      throw PlanError(
        .configuration,
        "\(loaded.file): dataset '\(dataset.slug)' names no evaluator and no dataset plugin names "
          + "one for it; set datasets.evaluator")
    }
    let evaluator = try sources.plugin(evaluatorID, .evaluator)
    var metrics: [PluginFacts] = []
    for id in dataset.metrics { metrics.append(try sources.plugin(id, .metric)) }
    if let decide = dataset.decide, !metrics.contains(where: { $0.id == decide }),
      let metric = try? sources.plugin(decide, .metric)
    {
      metrics.append(metric)
    }
    try checkOptions(dataset)
    for entry in dataset.task.metricOptions.entries
    where !metrics.contains(where: { $0.id == entry.key }) {
      throw PlanError(
        .configuration,
        "\(loaded.file): 'metric_options.\(entry.key)' of dataset '\(dataset.slug)' is for no metric of "
          + "it; name it in metrics or decide")
    }
    let mode = try mode(dataset, evaluator)
    let (path, manifest) = try sources.split(dataset)
    let (shots, digest) = try sources.shots(dataset)
    let (sampling, repeats) = try resolve(modelConfig, dataset, mode)
    return PlannedTask(
      model: model, evaluatorClass: classIndex(evaluator, metrics), dataset: dataset,
      manifest: manifest, path: path, mode: mode.name,
      evaluatorConfig: Self.evaluatorConfig(dataset, mode.name), shots: shots, shotsDigest: digest,
      sampling: sampling, sampleCount: min(dataset.limit ?? manifest.rowCount, manifest.rowCount),
      repeats: repeats)
  }

  private func checkOptions(_ dataset: DatasetConfig) throws(PlanError) {
    let own = ["mode", "language", "prompt_style", "compat_mode", "decide", "shots", "examples"]
    for entry in dataset.options.entries where own.contains(entry.key) {
      throw PlanError(
        .configuration,
        "\(loaded.file): '\(entry.key)' in the options of dataset '\(dataset.slug)' is set by the "
          + "host; write datasets.\(entry.key)")
    }
  }

  private func mode(
    _ dataset: DatasetConfig, _ evaluator: PluginFacts
  ) throws(PlanError) -> ModeFacts {
    guard let wanted = dataset.mode else {
      guard let standard = evaluator.modes.first else {
        throw PlanError(
          .plugin,
          "\(evaluator.folder)/plugin.toml: evaluator '\(evaluator.id)' declares no mode; add a "
            + "[[modes]] entry with its name and stages")
      }
      return standard
    }
    guard let found = evaluator.modes.first(where: { $0.name == wanted }) else {
      let names = evaluator.modes.map { "'\($0.name)'" }.joined(separator: ", ")
      throw PlanError(
        .configuration,
        "\(loaded.file): evaluator '\(evaluator.id)' has no mode '\(wanted)'; it has \(names)")
    }
    return found
  }

  private func resolve(
    _ model: ModelConfig, _ dataset: DatasetConfig, _ mode: ModeFacts
  ) throws(PlanError) -> ([ResolvedSampling], RepeatPlan) {
    do throws(ConfigErrors) {
      let benchmark = try resolver.benchmark(model: model.name, dataset: dataset)
      var sampling: [ResolvedSampling] = []
      for stage in mode.stages {
        sampling.append(try benchmark.stage(stage.name, fallbackTemplate: stage.template))
      }
      let repeats = try benchmark.repeats()
      guard repeats.repeats <= Int(RepeatIndex.limit) else {
        throw ConfigErrors([
          ConfigError(file: loaded.file, position: nil, message: "over 2^24 repeats; lower them")
        ])
      }
      return (sampling, repeats)
    } catch { throw PlanError(.configuration, error.description) }
  }

  private mutating func classIndex(_ evaluator: PluginFacts, _ metrics: [PluginFacts]) -> Int {
    let wanted = EvaluatorClass(evaluator: evaluator, metrics: metrics)
    if let known = classes.firstIndex(of: wanted) { return known }
    classes.append(wanted)
    return classes.count - 1
  }

  /// The evaluator's configuration: what of the dataset's table can change a prompt or a verdict, each key
  /// only where it says something, and the keys of `options` beside them.
  package static func evaluatorConfig(_ dataset: DatasetConfig, _ mode: String) -> String {
    var members = [JSONMember(key: "mode", value: .string(mode))]
    if let language = dataset.language {
      members.append(JSONMember(key: "language", value: .string(language)))
    }
    if dataset.promptStyle != .raw {
      members.append(
        JSONMember(key: "prompt_style", value: .string(dataset.promptStyle.rawValue)))
    }
    if dataset.compatMode { members.append(JSONMember(key: "compat_mode", value: .bool(true))) }
    if let options = dataset.options.json.members { members += options }
    return text(of: .object(members))
  }

  /// The options of the metrics that a task has, by their ids.
  static func metricOptions(_ dataset: DatasetConfig, _ metrics: [String]) -> String {
    let entries = dataset.task.metricOptions.entries.filter { metrics.contains($0.key) }
    return text(of: .object(entries.map { JSONMember(key: $0.key, value: $0.value.json) }))
  }

  private static func json(of model: ModelConfig) -> String {
    var members = [JSONMember(key: "name", value: .string(model.name))]
    if let weights = model.weights {
      members.append(JSONMember(key: "weights", value: .string(weights)))
    }
    if let signature = model.signature {
      members.append(JSONMember(key: "signature", value: .string(signature)))
    }
    members.append(JSONMember(key: "options", value: model.options.json))
    return text(of: .object(members))
  }

  private static func text(of value: JSONValue) -> String {
    // A TOML float may be nan or inf, which JSON cannot say: it is given as null, and plugins refuse it.
    (try? value.serialized()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
