// What is run: models, datasets, the numbers computed, and the sampling a user wrote.

package import TOMLFormat

/// One element of `[[models]]`.
package struct ModelConfig: Equatable, Sendable {
  /// The name in results, unique in the configuration.
  package var name: String
  /// The id of the backend plugin.
  package var backend: String
  /// What the backend loads, as written; nil for a backend that loads nothing.
  package var weights: String?
  /// The expected signature, such as `sha256:...`; nil lets the host compute it.
  package var signature: String?
  /// The devices this model may use; nil for all of the run.
  package var devices: [String]?
  /// What goes to the backend as it is.
  package var options: TOMLTable
  /// The server that each of its workers starts for the backend; nil for none.
  package var server: ModelServerConfig?

  /// Makes a model with its defaults.
  package init(
    name: String, backend: String, weights: String? = nil, signature: String? = nil,
    devices: [String]? = nil, options: TOMLTable = TOMLTable(), server: ModelServerConfig? = nil
  ) {
    self.server = server
    self.name = name
    self.backend = backend
    self.weights = weights
    self.signature = signature
    self.devices = devices
    self.options = options
  }
}

/// One element of `[[datasets]]`: a benchmark split and how it is evaluated.
package struct DatasetConfig: Equatable, Sendable {
  /// Whether the split is prepared before the run.
  package enum Prepare: String, CaseIterable, Sendable {
    /// When it is not there.
    case auto
    /// Not at all: it must be there.
    case never
    /// Always, anew.
    case force
  }

  /// What the model is given.
  package enum PromptStyle: String, CaseIterable, Sendable {
    /// The evaluator's text as it is.
    case raw
    /// Text that a base model continues, as the benchmark's official harness gives it.
    case completion
    /// Messages, put into the model's own chat form by the backend.
    case chat
  }

  /// The benchmark, such as `gsm8k`.
  package var name: String
  /// The split, such as `test`.
  package var split: String
  /// Whether the split is prepared before the run.
  package var prepare: Prepare = .auto
  /// Only the first samples, at least 1; nil for all.
  package var limit: Int?
  /// Bad rows of the source that may be left out of the prepared split; nil allows none.
  package var maxBadRows: Int?
  /// A prepared JSONL file instead of the one under `data_root`.
  package var path: String?
  /// Whether a score whose coverage is not whole passes without failing the task.
  package var allowIncomplete = false
  /// Whether legacy repairs of broken rows are done, and counted.
  package var compatMode = false
  /// How its answers are asked for and judged, as far as the user said.
  package var task = DatasetDefaults()

  /// Makes a dataset with its defaults.
  package init(name: String, split: String) {
    self.name = name
    self.split = split
  }

  /// The benchmark and the split as one word, such as `gsm8k_test`.
  package var slug: String { split.isEmpty ? name : "\(name)_\(split)" }
}

/// The section `[eval]`; every k is 1 or more, lists are sorted and without repetition.
package struct EvalSection: Equatable, Sendable {
  /// The k of pass@k; nil leaves it to the per-benchmark file, then 1.
  package var passK: [Int]?
  /// The k of avg@k; nil leaves it to the per-benchmark file, then none.
  package var avgK: [Int]?
  /// The k of maj@k, the majority of k answers.
  package var majK: [Int]
  /// The k of pass^k, all of k right.
  package var passHatK: [Int]
  /// Tries at each sample; nil for the largest k of all.
  package var repeats: Int?
  /// The judge model; nil when no evaluator needs one.
  package var judge: JudgeConfig?

  /// Makes the section with its defaults.
  package init(
    passK: [Int]? = nil, avgK: [Int]? = nil, majK: [Int] = [], passHatK: [Int] = [],
    repeats: Int? = nil, judge: JudgeConfig? = nil
  ) {
    self.passK = passK
    self.avgK = avgK
    self.majK = majK
    self.passHatK = passHatK
    self.repeats = repeats
    self.judge = judge
  }
}

/// The table `eval.judge`.
package struct JudgeConfig: Equatable, Sendable {
  /// The id of the backend plugin.
  package var backend: String
  /// The model's name at the service.
  package var model: String
  /// The address of the service; nil for the backend's default.
  package var baseURL: String?
  /// The environment variable that holds the key, never the key.
  package var apiKeyEnv: String?
  /// What goes to the backend as it is.
  package var options: TOMLTable

  /// Makes a judge with its defaults.
  package init(
    backend: String, model: String, baseURL: String? = nil, apiKeyEnv: String? = nil,
    options: TOMLTable = TOMLTable()
  ) {
    self.backend = backend
    self.model = model
    self.baseURL = baseURL
    self.apiKeyEnv = apiKeyEnv
    self.options = options
  }
}

/// The section `[sampling]`.
package struct SamplingSection: Equatable, Sendable {
  /// The folder of per-benchmark files and of `_templates.toml`; nil reads none.
  package var configRoot: String?
  /// What the tables of the section say, by stage and model.
  package var layers: SamplingLayers

  /// Makes the section with its defaults.
  package init(configRoot: String? = nil, layers: SamplingLayers = SamplingLayers()) {
    self.configRoot = configRoot
    self.layers = layers
  }
}
