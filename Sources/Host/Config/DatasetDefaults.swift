// How a benchmark's questions are asked and judged: the keys that a dataset plugin may fill where a configuration
// says nothing.
package import TOMLFormat

/// What a `[[datasets]]` element and the `[task]` table of a dataset plugin both may say.
package struct DatasetDefaults: Equatable, Sendable {
  /// The id of the evaluator plugin.
  package var evaluator: String?
  /// The evaluator's mode.
  package var mode: String?
  /// Metric plugins recorded beside the verdict.
  package var metrics: [String]?
  /// The rule that sets pass or fail; nil for the evaluator's own.
  package var decide: String?
  /// Options of metrics, a table for each by its id.
  package var metricOptions = TOMLTable()
  /// Worked examples put before the question, 0 or more.
  package var shots: Int?
  /// The split the examples come from.
  package var shotsSplit: String?
  /// The language of the prompts, such as `en`.
  package var language: String?
  /// What the model is given.
  package var promptStyle: DatasetConfig.PromptStyle?
  /// What goes to the evaluator as it is.
  package var options = TOMLTable()

  /// Says nothing.
  package init() {}

  static let keys = [
    "evaluator", "mode", "metrics", "decide", "metric_options", "shots", "shots_split", "language",
    "prompt_style",
    "options",
  ]

  /// Decodes the `[task]` table of a plugin.toml; `file` is how messages name it.
  package init(
    decoding table: TOMLTable, at position: SourcePosition, file: String
  ) throws(ConfigErrors) {
    let log = ConfigLog(file: file)
    self.init(
      SectionReader(
        table, at: position, path: ["task"], label: "[task]", keys: Self.keys, log: log))
    guard log.errors.isEmpty else { throw ConfigErrors(log.errors) }
  }

  init(_ reader: SectionReader) {
    evaluator = reader.identifier("evaluator")
    mode = reader.identifier("mode")
    metrics = reader.strings("metrics") {
      isIdentifier($0) ? nil : badIdentifier("'metrics' \(reader.place)", $0)
    }
    decide = reader.identifier("decide")
    metricOptions = reader.subtable("metric_options") ?? TOMLTable()
    for entry in metricOptions.entries {
      if case .table = entry.value.content { continue }
      reader.refuse(
        "metric_options",
        "'metric_options.\(entry.key)' \(reader.place) is \(entry.value.kind); write a table of options"
      )
    }
    shots = reader.integer("shots", in: 0...1000)
    shotsSplit = reader.identifier("shots_split")
    language = reader.identifier("language")
    promptStyle = reader.choice("prompt_style")
    options = reader.subtable("options") ?? TOMLTable()
  }

  /// These, and the others where these say nothing.
  ///
  /// Mode, rule, style and options belong to an evaluator: those of another evaluator are left out.
  package func filled(from others: DatasetDefaults) -> DatasetDefaults {
    var filled = self
    filled.evaluator = evaluator ?? others.evaluator
    filled.shots = shots ?? others.shots
    filled.shotsSplit = shotsSplit ?? others.shotsSplit
    filled.language = language ?? others.language
    filled.metrics = metrics ?? others.metrics
    if evaluator == nil || evaluator == others.evaluator {
      filled.fillEvaluator(from: others)
    }
    // Options of a metric that the configuration has replaced say nothing.
    let metrics = (filled.metrics ?? []) + [filled.decide].compactMap { $0 }
    for entry in others.metricOptions.entries
    where metricOptions[entry.key] == nil && metrics.contains(entry.key) {
      filled.metricOptions.set(entry)
    }
    return filled
  }

  private mutating func fillEvaluator(from others: DatasetDefaults) {
    mode = mode ?? others.mode
    decide = decide ?? others.decide
    promptStyle = promptStyle ?? others.promptStyle
    for entry in others.options.entries where options[entry.key] == nil { options.set(entry) }
  }
}

extension DatasetConfig {
  /// The id of the evaluator plugin; nil for the dataset plugin's default.
  package var evaluator: String? {
    get { task.evaluator }
    set { task.evaluator = newValue }
  }
  /// The evaluator's mode; nil for the dataset plugin's default.
  package var mode: String? {
    get { task.mode }
    set { task.mode = newValue }
  }
  /// Metric plugins recorded beside the verdict.
  package var metrics: [String] {
    get { task.metrics ?? [] }
    set { task.metrics = newValue }
  }
  /// The rule that sets pass or fail; nil for the evaluator's default.
  package var decide: String? {
    get { task.decide }
    set { task.decide = newValue }
  }
  /// Worked examples put before the question, 0 or more.
  package var shots: Int {
    get { task.shots ?? 0 }
    set { task.shots = newValue }
  }
  /// The split the examples come from; nil for the dataset plugin's default.
  package var shotsSplit: String? {
    get { task.shotsSplit }
    set { task.shotsSplit = newValue }
  }
  /// The language of the prompts, such as `en`; nil for the dataset's own.
  package var language: String? {
    get { task.language }
    set { task.language = newValue }
  }
  /// What the model is given.
  package var promptStyle: PromptStyle {
    get { task.promptStyle ?? .raw }
    set { task.promptStyle = newValue }
  }
  /// What goes to the evaluator as it is.
  package var options: TOMLTable {
    get { task.options }
    set { task.options = newValue }
  }
}
