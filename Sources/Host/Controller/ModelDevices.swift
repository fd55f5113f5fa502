// The devices of every model of a run. Costs no process where there is nothing to find out: without a GPU's
// tool on this machine, with devices that are named and no GPU, or with a backend known to use none.
internal import Allocate
internal import Config
package import Devices
internal import Plan
internal import PluginHost

/// What the controller may find out about the machine, handed in by the program.
package struct MachineAccess: Sendable {
  /// Where devices are looked for.
  package var tools: DeviceTools
  /// Loads the backend of a plugin folder in a process of its own; returns the JSON of its devices.
  ///
  /// Throws an error whose description is one line.
  package var askBackend: @Sendable (_ folder: String) throws -> [UInt8]

  /// Joins the two.
  package init(
    tools: DeviceTools, askBackend: @escaping @Sendable (_ folder: String) throws -> [UInt8]
  ) {
    self.tools = tools
    self.askBackend = askBackend
  }
}

/// Chooses devices, asking the tools once at most.
struct ModelDevices {
  private let machine: MachineAccess
  private let section: DevicesSection
  private let answers: BackendDevices
  private var inventory: DeviceInventory?

  init(_ machine: MachineAccess, _ config: RunConfig) {
    self.machine = machine
    section = config.devices
    answers = BackendDevices(
      cacheRoot: config.paths.cacheRoot, machine: machine.tools.summary)
  }

  /// The devices of one model; `library` is its backend's.
  mutating func choose(
    _ model: PlannedModel, library: String?
  ) throws(PlanError) -> DeviceChoice {
    let request = DeviceRequest(
      use: model.config.devices ?? section.use, allow: section.allow, rule: rule)
    do throws(DeviceError) {
      if let use = request.use {
        let namesGPU = use.contains { name in
          GPUVendor.allCases.contains { name.hasPrefix("\($0.kind):") }
        }
        return try .choose(
          request, usable: nil, among: namesGPU ? found() : DeviceInventory(answered: []))
      }
      // An allow-list that names nothing real is refused even where the backend would not look at it.
      if let allow = request.allow, !allow.isEmpty { try DeviceChoice.check(allow, found()) }
      var warnings: [String] = []
      let usable = machine.tools.mayFindDevices ? offered(model, library, &warnings) : nil
      let usesGPU = usable?.contains { $0 != "cpu" } ?? false
      var choice = try DeviceChoice.choose(
        request, usable: usable, among: usesGPU ? found() : DeviceInventory(answered: []))
      choice.warnings += warnings + (usesGPU ? found().problems : [])
      return choice
    } catch {
      throw PlanError(.configuration, "model '\(model.config.name)': \(error)")
    }
  }

  private var rule: IdleRule {
    let memory: IdleRule.Memory =
      switch section.maxMemoryUsed {
      case .percent(let share): .percent(share)
      case .mebibytes(let amount): .mebibytes(amount)
      }
    return IdleRule(maxUtilization: section.maxUtilization, maxMemoryUsed: memory)
  }

  private mutating func found() -> DeviceInventory {
    if let inventory { return inventory }
    let read = DeviceInventory.read(machine.tools)
    inventory = read
    return read
  }

  /// The device names that the backend offers, nil when it cannot be asked.
  ///
  /// It is then loaded onto the CPU: the worker that does so has the better words for what is wrong with it.
  private func offered(
    _ model: PlannedModel, _ library: String?, _ warnings: inout [String]
  ) -> [String]? {
    // What uses the device is the server's process, not the backend.
    if model.config.server != nil { return ["cpu"] + GPUVendor.allCases.map(\.kind) }
    guard let library else { return nil }
    if let known = answers.known(library) { return known }
    do {
      guard let devices = OfferedDevice.list(try machine.askBackend(model.backend.folder)) else {
        warnings.append("backend '\(model.backend.id)' gave no list of devices; the CPU is used")
        return nil
      }
      answers.remember(devices.map(\.id), of: library)
      return devices.map(\.id)
    } catch {
      warnings.append(
        "backend '\(model.backend.id)' could not be asked for its devices; the CPU is used "
          + "(\(error))")
      return nil
    }
  }
}
