// Which devices a model runs on. Pure: the configuration's words, what the backend can use and what the
// machine has go in; names and reasons come out.
package import Devices

/// What a configuration asks for one model.
package struct DeviceRequest: Equatable, Sendable {
  /// Devices named one by one; nil leaves the choice to the host.
  package var use: [String]?
  /// The GPUs that the host may choose, by name or UUID; nil for all.
  package var allow: [String]?
  package var rule: IdleRule

  /// Joins the three.
  package init(use: [String]? = nil, allow: [String]? = nil, rule: IdleRule = IdleRule()) {
    self.use = use
    self.allow = allow
    self.rule = rule
  }
}

/// A model cannot be given a device.
package struct DeviceError: Error, Equatable, Sendable, CustomStringConvertible {
  /// One sentence in lower case, without a full stop.
  package var description: String

  /// Carries one sentence.
  package init(_ description: String) { self.description = description }
}

/// The devices of one model.
package struct DeviceChoice: Equatable, Sendable {
  /// A GPU that the host did not choose.
  package struct LeftOut: Equatable, Sendable {
    package var name: String
    package var reason: String
    /// It could be used if it were idle.
    package var isForNow: Bool
  }

  /// Names as a backend's load() takes them; never empty.
  package var devices: [String]
  /// What the host passed over.
  package var leftOut: [LeftOut] = []
  /// One line for each thing that the user should know before it goes on.
  package var warnings: [String] = []

  /// Takes the devices that were asked for, or the idle GPUs that are allowed and that the backend can use,
  /// or else the CPU.
  ///
  /// `usable` are the names that the backend gave, a kind alone (`cuda`) standing for all of it; nil when it
  /// could not be asked. Throws when nothing is left that the backend could use.
  package static func choose(
    _ request: DeviceRequest, usable: [String]?, among inventory: DeviceInventory
  ) throws(DeviceError) -> DeviceChoice {
    if let use = request.use {
      return DeviceChoice(
        devices: use, warnings: warnings(about: use, request.rule, inventory))
    }
    try check(request.allow ?? [], inventory)
    let usable = usable ?? ["cpu"]
    var choice = DeviceChoice(devices: [])
    for gpu in inventory.gpus {
      if let reason = lastingObjection(to: gpu, request, usable) {
        choice.leftOut.append(LeftOut(name: gpu.name, reason: reason, isForNow: false))
      } else if let reason = request.rule.objection(to: gpu) {
        choice.leftOut.append(LeftOut(name: gpu.name, reason: reason, isForNow: true))
      } else {
        choice.devices.append(gpu.name)
      }
    }
    if choice.devices.isEmpty {
      guard usable.contains("cpu") else { throw nothingLeft(choice, usable, inventory) }
      choice.devices = ["cpu"]
      // Slower by a hundred times, perhaps: not something to find out hours later.
      let busy = choice.leftOut.filter { $0.isForNow }.map { "\($0.name) is \($0.reason)" }
      if !busy.isEmpty {
        choice.warnings.append("the CPU is used: \(busy.joined(separator: "; "))")
      }
    }
    return choice
  }

  /// Refuses an allow-list that names what is not here.
  package static func check(
    _ allow: [String], _ inventory: DeviceInventory
  ) throws(DeviceError) {
    let unknown = allow.filter { word in
      word != "cpu" && !inventory.gpus.contains { $0.answers(to: word) }
    }
    guard let first = unknown.first else { return }
    let known = inventory.gpus.map { $0.uuid.isEmpty ? $0.name : "\($0.name) (\($0.uuid))" }
    let here =
      known.isEmpty ? "no GPU was found" : "here are: \(known.joined(separator: ", "))"
    let problems = inventory.problems.map { "; \($0)" }.joined()
    throw DeviceError(
      "'allow' in [devices] names '\(first)', which is not here; \(here)\(problems)")
  }

  private static func lastingObjection(
    to gpu: GPU, _ request: DeviceRequest, _ usable: [String]
  ) -> String? {
    if !usable.contains(gpu.name), !usable.contains(gpu.vendor.kind) {
      return "the backend does not use it"
    }
    if let allow = request.allow, !allow.contains(where: gpu.answers) { return "not in 'allow'" }
    return nil
  }

  private static func warnings(
    about use: [String], _ rule: IdleRule, _ inventory: DeviceInventory
  ) -> [String] {
    var lines: [String] = []
    for name in use {
      if let gpu = inventory.gpus.first(where: { $0.name == name }) {
        if let reason = rule.objection(to: gpu) {
          lines.append("\(name) is used as configured, although it is \(reason)")
        }
      } else if inventory.answered.contains(where: { name.hasPrefix("\($0.kind):") }) {
        // The backend may know better: it is the one that refuses.
        let here = inventory.gpus.isEmpty ? "found none" : "found \(inventory.names)"
        lines.append("\(name) is used as configured, although the device tools \(here)")
      }
    }
    return lines + inventory.problems
  }

  private static func nothingLeft(
    _ choice: DeviceChoice, _ usable: [String], _ inventory: DeviceInventory
  ) -> DeviceError {
    let reasons = choice.leftOut.map { "\($0.name): \($0.reason)" } + inventory.problems
    let why = reasons.isEmpty ? "no GPU was found" : reasons.joined(separator: "; ")
    return DeviceError(
      "no device is left: the backend uses \(usable.joined(separator: ", ")) (\(why)); wait, or "
        + "name devices in 'use' in [devices]")
  }
}
