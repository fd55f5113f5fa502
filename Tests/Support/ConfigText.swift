// A run configuration as a test wants it, written as TOML.

/// Builds the text of a run configuration.
///
/// Options and extra keys are TOML source, such as `latency_ms = 20`.
package struct ConfigText: Sendable {
  /// One element of [[models]], of the backend `replay` unless said otherwise.
  package struct Model: Sendable {
    /// The model's name.
    package var name: String
    /// The recording's path, the option `source` of the replay backend.
    package var source: String
    /// The backend plugin.
    package var backend = "replay"
    /// Lines of [models.options] behind `source`.
    package var options: [String]

    /// Makes a model of the replay backend.
    package init(_ name: String, source: String, options: [String] = []) {
      self.name = name
      self.source = source
      self.options = options
    }
  }

  /// One element of [[datasets]].
  package struct Dataset: Sendable {
    /// Benchmark and split, such as `sums_test`.
    package var slug: String
    /// The evaluator plugin; empty leaves the key out.
    package var evaluator: String
    /// The evaluator's mode; nil leaves the key out.
    package var mode: String?
    /// Further lines of [[datasets]].
    package var lines: [String]
    /// Lines of [datasets.options].
    package var options: [String]

    /// Makes a dataset; free_response in mode direct unless said otherwise.
    package init(
      _ slug: String, evaluator: String = "free_response", mode: String? = "direct",
      lines: [String] = [], options: [String] = []
    ) {
      self.slug = slug
      self.evaluator = evaluator
      self.mode = mode
      self.lines = lines
      self.options = options
    }
  }

  /// The run's id.
  package var run: String
  /// A fixed time for scores, so that exports can be compared.
  package var createdAt: String? = "2025-01-01T00:00:00Z"
  /// The folder of prepared splits.
  package var dataRoot: String
  /// The folder of downloads.
  package var cacheRoot: String
  /// The folder of the store.
  package var artifactRoot: String
  /// The models.
  package var models: [Model]
  /// The datasets.
  package var datasets: [Dataset]
  /// Whole sections, such as `[eval]` with its keys, put at the end.
  package var sections: [String]

  /// Makes a configuration; `folder` becomes the parent of its three roots.
  package init(
    run: String = "test-run", folder: String, models: [Model], datasets: [Dataset],
    sections: [String] = []
  ) {
    self.run = run
    dataRoot = "\(folder)/data"
    cacheRoot = "\(folder)/cache"
    artifactRoot = "\(folder)/results"
    self.models = models
    self.datasets = datasets
    self.sections = sections
  }

  /// The configuration as TOML.
  package var text: String {
    var lines = ["[run]", "id = \(quoted(run))"]
    if let createdAt { lines.append("created_at = \(createdAt)") }
    lines += [
      "[paths]", "data_root = \(quoted(dataRoot))", "cache_root = \(quoted(cacheRoot))",
      "artifact_root = \(quoted(artifactRoot))",
    ]
    for model in models {
      lines += [
        "[[models]]", "name = \(quoted(model.name))", "backend = \(quoted(model.backend))",
        "[models.options]", "source = \(quoted(model.source))",
      ]
      lines += model.options
    }
    for dataset in datasets {
      lines += ["[[datasets]]", "slug = \(quoted(dataset.slug))"]
      if !dataset.evaluator.isEmpty { lines.append("evaluator = \(quoted(dataset.evaluator))") }
      if let mode = dataset.mode { lines.append("mode = \(quoted(mode))") }
      lines += dataset.lines
      if !dataset.options.isEmpty { lines += ["[datasets.options]"] + dataset.options }
    }
    return (lines + sections).joined(separator: "\n") + "\n"
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.map { $0 == "\\" || $0 == "\"" ? "\\\($0)" : String($0) }
    return "\"\(escaped.joined())\""
  }
}
