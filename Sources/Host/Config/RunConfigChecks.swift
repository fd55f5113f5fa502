// What must agree between sections of a configuration whose sections are each right.

import TOMLFormat

/// Checks a decoded configuration as a whole; errors go to the log at the value to change.
///
/// A name that is empty failed to decode and was logged then.
struct RunConfigChecks {
  let config: RunConfig
  let log: ConfigLog

  func check() {
    checkModels()
    checkServers()
    checkDatasets()
    checkCounts()
    checkSampling()
  }

  private func path(_ key: String, _ index: Int, _ inner: String) -> [String] {
    [key, String(index), inner]
  }

  private func checkModels() {
    var slugs: [String: String] = [:]
    for (index, model) in config.models.enumerated() where !model.name.isEmpty {
      // Per-model files and folders are named by slug, so slugs must differ, not only names.
      let slug = DatasetSlug.safe(model.name)
      if let first = slugs[slug] {
        let message =
          first == model.name
          ? "model name '\(model.name)' is given twice; names must be unique in a run"
          : "model names '\(first)' and '\(model.name)' differ only in punctuation; rename one"
        log.refuse(noted: path("models", index, "name"), message)
      }
      slugs[slug] = slugs[slug] ?? model.name
      guard let use = config.devices.use else { continue }
      for device in model.devices ?? [] where !use.contains(device) {
        log.refuse(
          noted: path("models", index, "devices"),
          "model '\(model.name)' wants device '\(device)', which 'use' in [devices] leaves out; "
            + "use is \(use.joined(separator: ", "))")
      }
    }
    for device in config.devices.slotsByDevice.keys.sorted() {
      if let use = config.devices.use, !use.contains(device) {
        log.refuse(
          noted: ["devices", "slots", device],
          "'slots' names device '\(device)', which 'use' in [devices] leaves out; "
            + "use is \(use.joined(separator: ", "))")
      }
    }
  }

  /// Two servers cannot listen at one port.
  ///
  /// Devices that the host chooses are not known here.
  private func checkServers() {
    for (index, model) in config.models.enumerated() {
      guard let port = model.server?.port, let devices = model.devices ?? config.devices.use else {
        continue
      }
      let workers = devices.reduce(0) { $0 + config.devices.slots(on: $1) }
      guard workers > 1 else { continue }
      log.refuse(
        noted: ["models", String(index), "server", "port"],
        "model '\(model.name)' has \(workers) workers, each with a server of its own, and they "
          + "cannot all listen at port \(port); leave 'port' out and put {port} into the command")
    }
  }

  private func checkDatasets() {
    struct Key: Hashable { let slug, evaluator, mode: String }
    var seen: Set<Key> = []
    for (index, dataset) in config.datasets.enumerated() where !dataset.name.isEmpty {
      let key = Key(
        slug: "\(dataset.name)/\(dataset.split)", evaluator: dataset.evaluator ?? "",
        mode: dataset.mode ?? "")
      if !seen.insert(key).inserted {
        log.refuse(
          noted: ["datasets", String(index)],
          "dataset '\(dataset.slug)' is given twice with the same evaluator and mode; "
            + "change its mode, or run it in a run of its own")
      }
    }
  }

  private func checkCounts() {
    guard let repeats = config.eval.repeats else { return }
    let lists = [
      ("pass_k", config.eval.passK ?? [], "pass@k"), ("avg_k", config.eval.avgK ?? [], "avg@k"),
      ("maj_k", config.eval.majK, "maj@k"), ("pass_hat_k", config.eval.passHatK, "pass^k"),
    ]
    for (key, counts, metric) in lists {
      guard let largest = counts.max(), largest > repeats else { continue }
      log.refuse(
        noted: ["eval", key],
        "'\(key)' asks for k = \(largest), but 'repeats' is \(repeats); \(metric) needs at least "
          + "k tries at each sample: raise repeats to \(largest) or lower k")
    }
  }

  private func checkSampling() {
    let layers = config.sampling.layers
    for table in layers.named {
      for inner in table.models
      where !config.models.contains(where: { namesModel(inner.name, $0.name) }) {
        let names = config.models.map(\.name) + SamplingKey.allCases.map(\.rawValue)
        log.add(
          inner.origin.error(
            "'\(inner.name)' in [\(TOMLWriter.key(["sampling", table.name]))] is neither a "
              + "sampling key nor a model; \(suggestion(for: inner.name, among: names))"))
      }
    }
    // With a folder of files a template may be in its _templates.toml: the resolver checks then.
    guard config.sampling.configRoot == nil else { return }
    let known = SamplingTemplates.builtIn.keys.sorted()
    for layer in [layers.standard] + layers.named.flatMap({ [$0.layer] + $0.models.map(\.layer) }) {
      for name in layer.templates ?? [] where !known.contains(name) {
        log.add(
          layer.templatesOrigin.error(
            "unknown template '\(name)'; \(suggestion(for: name, among: known))"))
      }
    }
  }
}
