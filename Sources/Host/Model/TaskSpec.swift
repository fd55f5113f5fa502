// A task: one model x one benchmark split x one evaluation mode. Versioned on the wire as JSON.

/// Which build of a plugin took part.
package struct PluginIdentity: Hashable, Sendable {
  /// `id` of its plugin.toml.
  package var id: String
  /// Its semantic version.
  package var version: String
  /// Lower-case hex SHA-256 of the library file.
  package var sha256: String

  /// Names one build.
  package init(id: String, version: String, sha256: String) {
    self.id = id
    self.version = version
    self.sha256 = sha256
  }
}

/// Where a prepared split came from.
package struct DatasetManifest: Hashable, Sendable {
  /// The only version of this shape so far.
  package static let version = 1

  package var benchmark: String
  package var split: String
  /// What it was made from: a URL, a hub name, or the file itself.
  package var sourceDataset: String
  /// The split's name at the source.
  package var sourceSplit: String
  /// Revision at the source; empty when unknown.
  package var revision: String
  /// `sha256:` and lower-case hex, of the prepared file's bytes.
  package var checksum: String
  /// Lines in the prepared file.
  package var rowCount: Int
  /// How it was made, as a JSON object, which is carried into scores as it is; `{}` when unknown.
  package var provenance: String

  /// Describes one prepared split.
  package init(
    benchmark: String, split: String, sourceDataset: String, sourceSplit: String,
    revision: String, checksum: String, rowCount: Int, provenance: String = "{}"
  ) {
    self.provenance = provenance
    self.benchmark = benchmark
    self.split = split
    self.sourceDataset = sourceDataset
    self.sourceSplit = sourceSplit
    self.revision = revision
    self.checksum = checksum
    self.rowCount = rowCount
  }
}

/// One stage's sampling as a task carries it.
package struct StageSampling: Hashable, Sendable {
  /// The stage's name: `cot`, `final`, ...
  package var stage: String
  /// The resolved parameters as a JSON object, keys in the export's order.
  package var json: String

  /// Pairs a stage with its parameters.
  package init(stage: String, json: String) {
    self.stage = stage
    self.json = json
  }
}

/// The part of a plan that one score comes from.
package struct TaskSpec: Hashable, Sendable {
  /// The only version of this shape so far.
  package static let version = 1

  /// The model's name and what it was made from.
  package var model: String
  package var modelSignature: String
  package var backend: PluginIdentity
  /// The backend's own word for its build.
  package var backendBuild: String
  package var manifest: DatasetManifest
  package var evaluator: PluginIdentity
  package var mode: String
  /// The evaluator's configuration as a JSON object.
  package var evaluatorConfig: String
  /// Extra metrics, in the order of the configuration.
  package var metrics: [PluginIdentity]
  /// Options of metrics by their id, as a JSON object; `{}` without.
  package var metricOptions = "{}"
  /// The rule or metric that sets pass or fail; empty = the evaluator's default.
  package var decide: String
  package var sampling: [StageSampling]
  package var seed: Int64
  /// Samples expected: the manifest's rows, or the configured limit if that is smaller.
  package var sampleCount: Int
  package var repeats: Int
  /// The k of each family of metrics.
  package var passK: [Int]
  package var avgK: [Int]
  package var majK: [Int]
  package var passHatK: [Int]
  package var allowIncomplete: Bool
  /// Digest of the few-shot examples; empty without.
  package var shotsDigest: String

  /// Spells out one task.
  package init(
    model: String, modelSignature: String, backend: PluginIdentity, backendBuild: String,
    manifest: DatasetManifest, evaluator: PluginIdentity, mode: String, evaluatorConfig: String,
    metrics: [PluginIdentity], decide: String, sampling: [StageSampling], seed: Int64,
    sampleCount: Int, repeats: Int, passK: [Int], avgK: [Int], majK: [Int], passHatK: [Int],
    allowIncomplete: Bool, shotsDigest: String
  ) {
    self.model = model
    self.modelSignature = modelSignature
    self.backend = backend
    self.backendBuild = backendBuild
    self.manifest = manifest
    self.evaluator = evaluator
    self.mode = mode
    self.evaluatorConfig = evaluatorConfig
    self.metrics = metrics
    self.decide = decide
    self.sampling = sampling
    self.seed = seed
    self.sampleCount = sampleCount
    self.repeats = repeats
    self.passK = passK
    self.avgK = avgK
    self.majK = majK
    self.passHatK = passHatK
    self.allowIncomplete = allowIncomplete
    self.shotsDigest = shotsDigest
  }

  /// For example `gsm8k_test/cot @ rwkv7-g1`: how messages name the task.
  package var label: String { "\(manifest.benchmark)_\(manifest.split)/\(mode) @ \(model)" }

  /// Tries expected: samples times repeats.
  package var tryCount: Int { sampleCount * repeats }
}
