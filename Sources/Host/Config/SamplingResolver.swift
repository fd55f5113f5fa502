// The merge that gives a stage its sampling parameters. From the bottom, each over the one before:
//
//     defaults <- templates                            the highest layer that names some decides
//     <- file:   default <- stage <- model <- stage.model
//     <- [sampling]: default <- stage <- model <- stage.model
//     <- --set
//
// The file is <config_root>/<slug of the model>/<bench>.toml, else <config_root>/<bench>.toml,
// where bench is the slug of the dataset or its name without the split. The job's fallback
// template is used only when no file is there and nothing names a template.

import TOMLFormat

/// Reads per-benchmark files and resolves the sampling of every stage.
package struct SamplingResolver {
  /// Gives the bytes of a file, or nil when it does not exist; throws when it cannot be read.
  package typealias ReadFile = (_ path: String) throws -> [UInt8]?

  private let sampling: SamplingSection
  private let eval: EvalSection
  private let readFile: ReadFile
  private let templates: [String: SamplingLayer]

  /// Reads `_templates.toml`, whose templates replace built-in ones of the same name.
  ///
  /// `readFile` is the only way to the disk; its paths begin with `sampling.config_root`.
  ///
  /// - Throws: `ConfigErrors` when the file is there and is not right.
  package init(
    _ config: RunConfig, readFile: @escaping ReadFile
  ) throws(ConfigErrors) {
    sampling = config.sampling
    eval = config.eval
    self.readFile = readFile
    var templates = SamplingTemplates.builtIn.mapValues { SamplingLayer(whole: $0) }
    if let root = config.sampling.configRoot,
      let (table, log) = try Self.read("\(root)/_templates.toml", readFile)
    {
      let reader = SamplingTableReader(log: log, path: [], allowsCounts: false)
      for entry in table.entries {
        guard case .table(let content) = entry.value.content else {
          log.refuse(
            [entry.key], entry.keyPosition,
            "'\(entry.key)' stands outside a template; templates are tables, [\(entry.key)]")
          continue
        }
        let (layer, inner) = reader.layer(content, entry.value.position, [entry.key])
        for table in inner {
          log.add(table.origin.error("template '\(entry.key)' cannot hold '\(table.name)'"))
        }
        if layer.templates != nil {
          log.add(layer.templatesOrigin.error("a template cannot be made of templates"))
        }
        templates[entry.key] = layer
      }
      try log.finish()
    }
    self.templates = templates
  }

  /// Reads what there is for one model and one dataset.
  ///
  /// - Throws: `ConfigErrors` with everything that is wrong in the file.
  package func benchmark(
    model: String, dataset: DatasetConfig
  ) throws(ConfigErrors) -> BenchmarkSampling {
    var file: String?
    var layers = SamplingLayers()
    if let root = sampling.configRoot {
      let folders = ["\(root)/\(DatasetSlug.safe(model))", root]
      let names = dataset.slug == dataset.name ? [dataset.slug] : [dataset.slug, dataset.name]
      search: for folder in folders {
        for name in names {
          let path = "\(folder)/\(name).toml"
          guard let (table, log) = try Self.read(path, readFile) else { continue }
          let reader = SamplingTableReader(log: log, path: [], allowsCounts: true)
          layers = reader.layers(table)
          try log.finish()
          file = path
          break search
        }
      }
    }
    return BenchmarkSampling(
      model: model, dataset: dataset, file: file, fileLayers: layers,
      runLayers: sampling.layers, eval: eval, templates: templates)
  }

  private static func read(
    _ path: String, _ readFile: ReadFile
  ) throws(ConfigErrors) -> (table: TOMLTable, log: ConfigLog)? {
    let bytes: [UInt8]?
    do {
      bytes = try readFile(path)
    } catch {
      throw ConfigErrors([
        ConfigError(file: path, position: nil, message: "cannot be read: \(error)")
      ])
    }
    guard let bytes else { return nil }
    do {
      return (try TOMLTable(parsing: bytes), ConfigLog(file: path))
    } catch {
      throw ConfigErrors([
        ConfigError(file: path, position: error.position, message: error.message)
      ])
    }
  }
}

/// The sampling parameters of one stage of one task, whole, with where each came from.
package struct ResolvedSampling: Equatable, Sendable {
  /// The model's name.
  package var model: String
  /// The dataset's slug.
  package var dataset: String
  /// The stage.
  package var stage: String
  /// The parameters.
  package var parameters: SamplingParameters
  /// Where each key's value came from; every key is there.
  package var origins: [SamplingKey: ConfigOrigin]
  /// The templates that lie under the parameters, later over earlier.
  package var templates: [String]

  /// Makes the value by hand.
  package init(
    model: String, dataset: String, stage: String, parameters: SamplingParameters,
    origins: [SamplingKey: ConfigOrigin] = [:], templates: [String] = []
  ) {
    self.model = model
    self.dataset = dataset
    self.stage = stage
    self.parameters = parameters
    self.origins = origins
    self.templates = templates
  }
}

/// What is known about the sampling of one model on one dataset, from which stages are resolved.
package struct BenchmarkSampling {
  /// The model's name.
  package let model: String
  /// The dataset.
  package let dataset: DatasetConfig
  /// The per-benchmark file that is used, or nil.
  package let file: String?
  let fileLayers: SamplingLayers
  let runLayers: SamplingLayers
  let eval: EvalSection
  let templates: [String: SamplingLayer]

  /// Merges the parameters of one stage.
  ///
  /// `fallbackTemplate` is used when there is no file and nothing names a template.
  ///
  /// - Throws: `ConfigErrors` when a template that is named does not exist.
  package func stage(
    _ stage: String, fallbackTemplate: String? = nil
  ) throws(ConfigErrors) -> ResolvedSampling {
    let run = runLayers.applying(stage: stage, model: model)
    let layers = fileLayers.applying(stage: stage, model: model) + run
    let naming = layers.last { $0.templates != nil }
    var names = naming?.templates ?? []
    if naming == nil, !fileLayers.hasTables, let fallbackTemplate { names = [fallbackTemplate] }
    var result = ResolvedSampling(
      model: model, dataset: dataset.slug, stage: stage, parameters: SamplingParameters(),
      origins: Dictionary(uniqueKeysWithValues: SamplingKey.allCases.map { ($0, .standard) }),
      templates: names)
    for name in names {
      guard let template = templates[name] else {
        throw ConfigErrors([
          (naming?.templatesOrigin ?? .template(name)).error(unknownTemplate(name))
        ])
      }
      result.lay(template.settings.mapValues { SamplingSetting($0.value, from: .template(name)) })
    }
    for layer in layers { result.lay(layer.settings) }
    for layer in run { result.lay(layer.settings.filter { $0.value.origin.isOverride }) }
    return result
  }

  /// How often each sample is tried and which numbers are computed.
  ///
  /// - Throws: `ConfigErrors` when the file asks for a larger k than the configured repeats.
  package func repeats() throws(ConfigErrors) -> RepeatPlan {
    var counts: [SamplingLayer.CountKey: [Int]] = [:]
    for layer in fileLayers.applying(anyStageOf: model) {
      counts.merge(layer.counts) { _, later in later }
    }
    let plan = RepeatPlan(eval, counts)
    if plan.repeats < plan.largestK {
      throw ConfigErrors([
        ConfigError(
          file: file ?? "[eval]", position: nil,
          message: "asks for k = \(plan.largestK), but 'repeats' in [eval] is \(plan.repeats); "
            + "raise repeats to \(plan.largestK) or set pass_k and avg_k in [eval]")
      ])
    }
    return plan
  }

  private func unknownTemplate(_ name: String) -> String {
    "unknown template '\(name)'; \(suggestion(for: name, among: templates.keys.sorted()))"
  }
}

extension ResolvedSampling {
  fileprivate mutating func lay(_ settings: [SamplingKey: SamplingSetting]) {
    for (key, setting) in settings {
      parameters[key] = setting.value
      origins[key] = setting.origin
    }
  }
}

extension SamplingLayer {
  /// A layer that gives every key.
  init(whole parameters: SamplingParameters) {
    self.init()
    for key in SamplingKey.allCases {
      settings[key] = SamplingSetting(parameters[key], from: .standard)
    }
  }
}
