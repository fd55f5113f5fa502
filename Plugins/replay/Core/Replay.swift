// The backend: one device, no weights, models that are files of recorded completions.
package import JSONFormat
package import PluginKit

/// Answers from recorded completions instead of a model.
package struct Replay: Backend {
  package static let info = ComponentInfo(
    id: "replay", title: "Answers from recorded completions",
    capabilities: [.deterministic, .choose, .messages])

  /// The backend has no options of its own; a model has (see `ReplayOptions`).
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    try Options(configuration).finish()
  }

  /// One device: replaying needs none, so it has slots for many workers.
  package func devices(call: CallContext) throws(PluginFailure) -> [Device] {
    [Device(id: "cpu", slots: 64)]
  }

  /// Opens the recording that the options name.
  package func load(
    _ model: JSONValue, device: String, call: CallContext
  ) throws(PluginFailure) -> ReplayModel {
    guard device.isEmpty || device == "cpu" else {
      throw PluginFailure(.invalidArgument, "replay has the device 'cpu' only, not '\(device)'")
    }
    let options: ReplayOptions
    do throws(ConfigurationError) {
      options = try ReplayOptions(model: model)
    } catch {
      throw PluginFailure(error)
    }
    return ReplayModel(options, try openSource(options))
  }
}

/// What a model of this backend may be told, in `[models.options]`.
struct ReplayOptions {
  /// The recorded completions: an export (JSONL) or a store (.db).
  var source: String
  /// `sample`: by sample, repeat and stage; `work_key`: by the hash of all that decides a completion.
  var byWorkKey: Bool
  /// Of an export: take a record whatever benchmark and split it names.
  var ignoresTask: Bool
  /// Of a store: the run whose completions count; empty = the latest that has the task.
  var run: String
  /// Of a store: the model whose completions count; empty = the only one.
  var model: String
  /// Requests in flight.
  var maxBatch: Int
  /// Milliseconds from request to answer, for tests of the host.
  var latency: Int
  /// Each n-th request fails once, for tests of the host; 0 = none.
  var failEvery: Int
  /// Samples that end the process by SIGABRT, for tests of the host.
  var crashOn: [UInt64]
  /// Samples that are never answered, for tests of the host.
  var hangOn: [UInt64]

  /// Reads the `[[models]]` table.
  init(model: JSONValue) throws(ConfigurationError) {
    var options = try Options(model["options"] ?? .object([]))
    let source = try options.string("source")
    guard let source = source ?? model["weights"]?.string, !source.isEmpty else {
      throw ConfigurationError(
        "replay needs the option 'source': a completions export (JSONL) or a store (.db)")
    }
    self.source = source
    byWorkKey =
      try options.string("by", default: "sample", oneOf: ["sample", "work_key"]) == "work_key"
    ignoresTask = try options.bool("ignore_task", default: false)
    run = try options.string("run", default: "")
    self.model = try options.string("model", default: "")
    maxBatch = try options.integer("max_batch", default: 512, in: 1...1_000_000)
    latency = try options.integer("latency_ms", default: 0, in: 0...3_600_000)
    failEvery = try options.integer("fail_every", default: 0, in: 0...Int(Int32.max))
    crashOn = try Self.samples(&options, "crash_on_sample")
    hangOn = try Self.samples(&options, "hang_on_sample")
    try options.finish()
  }

  /// A sample index or a list of them.
  private static func samples(
    _ options: inout Options, _ name: String
  ) throws(ConfigurationError) -> [UInt64] {
    guard let value = options.value(name) else { return [] }
    var samples: [UInt64] = []
    for element in value.elements ?? [value] {
      guard let index = element.integer, index >= 0 else {
        throw ConfigurationError("option '\(name)' must be a sample index or a list of them")
      }
      samples.append(UInt64(index))
    }
    return samples
  }
}

/// Opens what the option `source` names.
private func openSource(_ options: ReplayOptions) throws(PluginFailure) -> any RecordSource {
  if options.source.hasSuffix(".db") {
    return try StoreSource(
      path: options.source,
      filter: StoreSource.Filter(
        run: options.run, model: options.model, byWorkKey: options.byWorkKey))
  }
  return try ExportSource(
    path: options.source, byWorkKey: options.byWorkKey, ignoresTask: options.ignoresTask)
}
