// What a run finds out about its models before any worker starts: which weights they are, and which devices
// they run on.
internal import Allocate
internal import Config
internal import JSONFormat
internal import Plan
internal import PluginHost
internal import Posix

/// What was found out about one model.
struct PreparedModel {
  /// Nil where there is no file, or where the backend alone can confirm the signature.
  var weights: WeightsFile?
  var choice: DeviceChoice
}

extension RunSetup {
  /// Bytes of weights that a dry run hashes: what takes about a second.
  private static let dryRunLimit = 256 << 20

  /// Examines weights and devices of every model, and puts the answers into plan and configuration.
  ///
  /// Throws what makes the run impossible, before anything was started.
  mutating func prepareModels(_ request: RunRequest, _ view: ProgressView) throws(PlanError) {
    // Everything that is quick first: a device that is missing is known before a minute of hashing.
    var files: [WeightsFile?] = []
    for index in plan.models.indices { files.append(try weightsFile(index)) }
    var devices = ModelDevices(request.machine, loaded.config)
    for index in plan.models.indices {
      let model = plan.models[index]
      let choice = try devices.choose(model, library: libraries[model.backend.folder])
      plan.models[index].devices = choice.devices.flatMap { device in
        Array(repeating: device, count: loaded.config.devices.slots(on: device))
      }
      if let port = model.config.server?.port, plan.models[index].devices.count > 1 {
        throw PlanError(
          .configuration,
          "model '\(model.config.name)' gets \(plan.models[index].devices.count) workers, and "
            + "[models.server] gives all of their servers port \(port); leave 'port' out, so that each "
            + "gets a free one")
      }
      for warning in choice.warnings {
        view.message("evalhost: model '\(model.config.name)': \(warning)")
      }
      models.append(PreparedModel(weights: files[index], choice: choice))
    }
    for index in plan.models.indices {
      try identify(index, view, isDryRun: request.isDryRun)
    }
    resolvedText = loaded.resolvedTOML(sampling: plan.tasks.flatMap(\.sampling))
  }

  /// Writes what was found out to the run's log.
  func logModels(to log: EventLog) {
    for (model, prepared) in zip(plan.models, models) {
      let name = model.config.name
      let leftOut = prepared.choice.leftOut.map { "\($0.name): \($0.reason)" }
      log.write(
        .info, process: "controller", event: "devices",
        fields: [
          "model": name, "devices": model.devices.joined(separator: ", "),
          "left_out": leftOut.joined(separator: "; "),
        ])
      for warning in prepared.choice.warnings {
        log.write(
          .warn, process: "controller", event: "device warning",
          fields: ["model": name, "text": warning])
      }
      guard let weights = prepared.weights else { continue }
      log.write(
        .info, process: "controller",
        event: weights.wasRemembered ? "weights remembered" : "weights hashed",
        fields: [
          "model": name, "path": weights.path, "signature": weights.signature ?? "",
        ])
    }
  }

  /// The weights of a model that the host identifies: those named, unless their signature is of a kind that
  /// only the backend can confirm.
  private func weightsFile(_ index: Int) throws(PlanError) -> WeightsFile? {
    let model = plan.models[index].config
    guard let path = model.weights else { return nil }
    if let given = model.signature, WeightsFile.scheme(of: given) != WeightsFile.scheme {
      return nil
    }
    // What a server loads may as well be a folder, or a name that it looks up.
    if model.server != nil, (try? Descriptor.readingRegularFile(path)) == nil { return nil }
    return try WeightsFile(
      path, origin: origin(index, "weights"), cacheRoot: loaded.config.paths.cacheRoot)
  }

  private mutating func identify(
    _ index: Int, _ view: ProgressView, isDryRun: Bool
  ) throws(PlanError) {
    guard var weights = models[index].weights else { return }
    if isDryRun, weights.stamp.size > Self.dryRunLimit, weights.signature == nil { return }
    let (path, size) = (weights.path, weights.stamp.size)
    var clock = ReportClock()
    try weights.identify { done in
      if clock.isDue() { view.hashing(path, done: done, total: size) }
    }
    models[index].weights = weights
    guard let signature = weights.signature else { return }
    if let given = plan.models[index].config.signature {
      guard given == signature else {
        throw PlanError(
          .configuration,
          "\(origin(index, "signature")): 'signature' is \(given), but the weights "
            + "'\(weights.path)' are \(signature); load the right weights or change the line")
      }
      return
    }
    plan.models[index].config.signature = signature
    plan.models[index].json = Self.adding(signature, to: plan.models[index].json)
    loaded.config.models[index].signature = signature
    loaded.origins["models.\(index).signature"] = .computed(from: "weights")
  }

  /// Where the configuration has a key of a model.
  private func origin(_ index: Int, _ key: String) -> String {
    loaded.origins["models.\(index).\(key)"]?.description ?? loaded.file
  }

  /// A model's table with the signature of its weights.
  private static func adding(_ signature: String, to json: String) -> String {
    guard let table = try? JSONValue.parse(Array(json.utf8)), let members = table.members else {
      return json
    }
    let member = JSONMember(key: "signature", value: .string(signature))
    guard let bytes = try? JSONValue.object(members + [member]).serialized() else { return json }
    return String(decoding: bytes, as: UTF8.self)
  }
}
