// Which stages a configuration's tasks have, and what their sampling comes to.
//
// Stages belong to the modes that evaluators declare in plugin.toml. Without a folder of plugins
// the ones that [sampling] names are shown, or one that shows what a stage gets that nothing names.
internal import Arguments
internal import Config
internal import PluginHost
internal import Posix

/// The stages of a configuration.
struct ConfiguredStages {
  private let loaded: LoadedConfig
  private let catalog: PluginCatalog?
  /// A line for each plugin that is named and cannot be used.
  private(set) var missingPlugins: [String] = []

  /// `catalog` is nil when no folder of plugins was given.
  init(_ loaded: LoadedConfig, _ catalog: PluginCatalog?) {
    self.loaded = loaded
    self.catalog = catalog
  }

  /// Resolves the sampling of every stage of every task, and looks for the plugins.
  ///
  /// Throws `ConfigErrors` for what is wrong in a sampling file, and for a mode or a stage that the
  /// evaluators do not have.
  mutating func resolve() throws(ConfigErrors) -> [ResolvedSampling] {
    let config = loaded.config
    let resolver = try SamplingResolver(config) { try Files.readIfPresent($0) }
    let evaluators = findPlugins()
    var resolved: [ResolvedSampling] = []
    var isEveryModeKnown = catalog != nil
    for model in config.models {
      for (dataset, evaluator) in zip(config.datasets, evaluators) {
        let benchmark = try resolver.benchmark(model: model.name, dataset: dataset)
        _ = try benchmark.repeats()
        if let evaluator, let mode = try mode(of: dataset, evaluator) {
          for stage in mode.stages {
            resolved.append(try benchmark.stage(stage.name, fallbackTemplate: stage.template))
          }
        } else {
          isEveryModeKnown = false
          for stage in namedStages { resolved.append(try benchmark.stage(stage)) }
        }
      }
    }
    if isEveryModeKnown {
      let unknown = loaded.unknownStages(known: resolved.map(\.stage))
      guard unknown.isEmpty else { throw ConfigErrors(unknown) }
    }
    return resolved
  }

  /// The tables of [sampling] that are for a stage.
  private var namedStages: [String] {
    let stages = loaded.config.sampling.layers.named.map(\.name).filter { name in
      !loaded.config.models.contains { name == $0.name || name == DatasetSlug.safe($0.name) }
    }
    return stages.isEmpty ? ["any stage"] : stages
  }

  private func mode(
    of dataset: DatasetConfig, _ evaluator: PluginManifest
  ) throws(ConfigErrors) -> EvaluatorMode? {
    guard let wanted = dataset.mode, !evaluator.modes.isEmpty else { return evaluator.modes.first }
    if let mode = evaluator.modes.first(where: { $0.name == wanted }) { return mode }
    let names = evaluator.modes.map { "'\($0.name)'" }.joined(separator: ", ")
    throw ConfigErrors([
      ConfigError(
        file: loaded.file, position: nil,
        message: "dataset '\(dataset.slug)': evaluator '\(evaluator.id)' has no mode '\(wanted)'; "
          + "it has \(names)")
    ])
  }

  /// Looks for every plugin that is named; the evaluators by dataset.
  private mutating func findPlugins() -> [PluginManifest?] {
    let config = loaded.config
    for model in config.models { _ = find(model.backend, .backend) }
    if let judge = config.eval.judge { _ = find(judge.backend, .backend) }
    var evaluators: [PluginManifest?] = []
    for dataset in config.datasets {
      evaluators.append(dataset.evaluator.flatMap { find($0, .evaluator) })
      for metric in dataset.metrics { _ = find(metric, .metric) }
    }
    return evaluators
  }

  private mutating func find(_ id: String, _ kind: PluginKind) -> PluginManifest? {
    guard let catalog else { return nil }
    do throws(PluginError) { return try catalog.find(id: id, kind: kind).manifest } catch {
      let line = printable(error.description)
      if !missingPlugins.contains(line) { missingPlugins.append(line) }
      return nil
    }
  }
}
