// What a worker and its keeper must know of the server that they start. It travels as a member of the
// model's JSON to the generation worker, which takes it out again, and from there to the keeper.
package import JSONFormat
package import Wire

/// A server to be started for one worker; times in seconds.
package struct ServerStart: Equatable, Sendable {
  /// Program and arguments; `{port}` and the names of `values` in braces are places to be filled.
  package var command: [String]
  /// Variables for it, with places too; under `NAME_env` the name of the variable that holds NAME's value.
  package var environment: [String: String]
  /// What goes into the places, beside the port.
  package var values: [String: String]
  /// The device's name, such as `cuda:0`.
  package var device: String
  /// Where it must listen; 0 = any free port.
  package var port: Int
  /// The path to be asked whether it is ready; empty = the usual ones.
  package var health: String
  package var startTimeout: Int
  package var stopTimeout: Int
  /// The backend's option for its address; empty for none.
  package var sets: String
  /// The file that its output goes to.
  package var log: String
  /// The file whose lock its keeper holds, so that the next server of the same slot waits for its end.
  package var lock: String

  /// Describes a server.
  package init(
    command: [String], environment: [String: String], values: [String: String], device: String,
    port: Int, health: String, startTimeout: Int, stopTimeout: Int, sets: String, log: String,
    lock: String
  ) {
    self.command = command
    self.environment = environment
    self.values = values
    self.device = device
    self.port = port
    self.health = health
    self.startTimeout = startTimeout
    self.stopTimeout = stopTimeout
    self.sets = sets
    self.log = log
    self.lock = lock
  }

  /// The description as JSON.
  package var json: JSONValue {
    func object(_ table: [String: String]) -> JSONValue {
      .object(
        table.sorted { $0.key < $1.key }.map { JSONMember(key: $0.key, value: .string($0.value)) })
    }
    let members: KeyValuePairs<String, JSONValue> = [
      "version": .integer(Self.version), "command": .array(command.map { .string($0) }),
      "environment": object(environment), "values": object(values), "device": .string(device),
      "port": .integer(Int64(port)), "health": .string(health),
      "start_timeout": .integer(Int64(startTimeout)), "stop_timeout": .integer(Int64(stopTimeout)),
      "sets": .string(sets), "log": .string(log), "lock": .string(lock),
    ]
    return .object(members.map { JSONMember(key: $0.key, value: $0.value) })
  }

  private static let version: Int64 = 1

  /// Reads the description.
  package init(_ json: JSONValue) throws(ContextError) {
    func wrong(_ key: String) -> ContextError {
      ContextError("server: '\(key)' is missing or wrong")
    }
    func text(_ key: String) throws(ContextError) -> String {
      guard let text = json[key]?.string else { throw wrong(key) }
      return text
    }
    func number(_ key: String, _ range: ClosedRange<Int64>) throws(ContextError) -> Int {
      guard let number = json[key]?.integer, range.contains(number) else { throw wrong(key) }
      return Int(number)
    }
    func table(_ key: String) throws(ContextError) -> [String: String] {
      guard let members = json[key]?.members else { throw wrong(key) }
      var table: [String: String] = [:]
      for member in members {
        guard let text = member.value.string else { throw wrong(key) }
        table[member.key] = text
      }
      return table
    }
    guard json["version"]?.integer == Self.version else { throw wrong("version") }
    guard let words = json["command"]?.elements?.map(\.string), !words.isEmpty,
      !words.contains(nil)
    else { throw wrong("command") }
    command = words.compactMap { $0 }
    environment = try table("environment")
    values = try table("values")
    device = try text("device")
    port = try number("port", 0...65_535)
    health = try text("health")
    startTimeout = try number("start_timeout", 0...1_000_000)
    stopTimeout = try number("stop_timeout", 0...1_000_000)
    sets = try text("sets")
    log = try text("log")
    lock = try text("lock")
  }
}

extension ServerStart {
  /// The program and its arguments for a port.
  package func arguments(port: Int) -> [String] { command.map { filled($0, port: port) } }

  /// The variables to be set for a port.
  ///
  /// `inherited` answers for the keeper's own environment. Throws a line that names a variable which is
  /// not set, or a device that is hidden.
  package func variables(
    port: Int, inherited: (String) -> String?
  ) throws(ContextError) -> [String: String] {
    var variables: [String: String] = [:]
    for (key, text) in environment {
      guard key.hasSuffix("_env"), key.count > 4 else {
        variables[key] = filled(text, port: port)
        continue
      }
      guard let value = inherited(text) else {
        throw ContextError(
          "\(key) of [models.server] names the environment variable \(text), which is not set")
      }
      variables[String(key.dropLast(4))] = value
    }
    for (key, value) in try visibleDevices(inherited) where variables[key] == nil {
      variables[key] = value
    }
    return variables
  }

  /// The variable by which the vendors' libraries see one device alone.
  ///
  /// A list that is set already numbers the devices anew: device N is its entry N. For ROCm HIP's variable
  /// alone, since it counts within what ROCR_VISIBLE_DEVICES leaves: both together would mean another device.
  private func visibleDevices(
    _ inherited: (String) -> String?
  ) throws(ContextError) -> [String: String] {
    let parts = device.split(separator: ":")
    guard parts.count == 2, let index = Int(parts[1]), index >= 0 else { return [:] }
    let name: String
    switch parts[0] {
    case "cuda": name = "CUDA_VISIBLE_DEVICES"
    case "rocm": name = "HIP_VISIBLE_DEVICES"
    default: return [:]
    }
    guard let list = inherited(name) else { return [name: String(index)] }
    let entries = list.split(separator: ",", omittingEmptySubsequences: false)
    guard index < entries.count, !entries[index].isEmpty else {
      throw ContextError("device \(device) is hidden by \(name)=\(list)")
    }
    return [name: String(entries[index])]
  }

  /// One pass: what is put in is not searched for places.
  private func filled(_ text: String, port: Int) -> String {
    var result = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      let value = rest.firstIndex(of: "}").flatMap { close -> String? in
        let name = String(rest[rest.index(after: open)..<close])
        return name == "port" ? String(port) : values[name]
      }
      if let value, let close = rest.firstIndex(of: "}") {
        result += value
        rest = rest[rest.index(after: close)...]
      } else {
        result += "{"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }
}
