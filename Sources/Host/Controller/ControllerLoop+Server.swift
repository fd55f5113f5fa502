// What a generation worker is told of the server that it starts: the model's table with the places of this run.
internal import Config
internal import JSONFormat
internal import Launch
internal import Plan

extension ControllerLoop {
  /// The model's JSON for the worker of a slot: that of the plan, with the member `server` where it has one.
  func modelJSON(slot: Int, device: String) -> String {
    let planned = plan.models[currentModel]
    guard let server = planned.config.server,
      let model = try? JSONValue.parse(Array(planned.json.utf8)),
      let members = model.members
    else { return planned.json }
    let worker = slot - SlotBase.generation
    let folder = "\(settings.artifactRoot)/runs/\(plan.runID)"
    var values = ["device": device, "name": planned.config.name]
    values["device_index"] = device.split(separator: ":").dropFirst().first.map(String.init) ?? "0"
    values["weights"] = planned.config.weights
    let start = ServerStart(
      command: server.command, environment: server.environment, values: values, device: device,
      port: server.port ?? 0, health: server.health ?? "",
      startTimeout: server.startTimeoutSeconds, stopTimeout: server.stopTimeoutSeconds,
      sets: server.sets, log: "\(folder)/server-\(planned.config.name)-\(worker).log",
      lock: "\(folder)/server-\(worker).lock")
    let whole = JSONValue.object(members + [JSONMember(key: "server", value: start.json)])
    return (try? whole.serialized()).map { String(decoding: $0, as: UTF8.self) } ?? planned.json
  }
}
