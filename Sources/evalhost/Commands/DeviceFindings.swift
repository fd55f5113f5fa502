// What `doctor` says of devices: processors, GPUs, and which of them each backend of a plugins folder can use.
internal import Arguments
internal import Devices
internal import PluginHost

/// Looks at devices.
struct DeviceFindings {
  private let cpu = CPUFacts.read()
  private let tools = DeviceTools(variable: environmentVariable)
  private let inventory: DeviceInventory

  /// Asks the vendors' tools.
  init() { inventory = .read(tools) }

  /// Processors, memory and GPUs.
  func machine() -> [DoctorFinding] { [processors(), memory()] + gpus() }

  private func processors() -> DoctorFinding {
    guard cpu.allowed > 0 else {
      return DoctorFinding("processors", .absent, "/proc says nothing of them")
    }
    var detail = "\(cpu.usable)"
    if cpu.usable < cpu.allowed { detail += " of \(cpu.allowed), limited by the control group" }
    if !cpu.model.isEmpty { detail += ", \(cpu.model)" }
    detail += cpu.features.isEmpty ? "" : ": \(cpu.features.joined(separator: " "))"
    return DoctorFinding("processors", .ok, detail)
  }

  private func memory() -> DoctorFinding {
    guard let total = cpu.memory, let free = cpu.memoryAvailable else {
      return DoctorFinding("memory", .absent, "/proc says nothing of it")
    }
    var detail = "\(byteText(total)), \(byteText(free)) free"
    if let limit = cpu.memoryLimit, limit < total {
      detail += ", limited to \(byteText(limit)) here"
    }
    return DoctorFinding("memory", .ok, detail)
  }

  private func gpus() -> [DoctorFinding] {
    let rule = IdleRule()
    var findings = inventory.gpus.map { gpu in
      let state = rule.objection(to: gpu) ?? "idle: \(gpu.load)"
      let words = [gpu.model, gpu.uuid, state].filter { !$0.isEmpty }
      return DoctorFinding(gpu.name, .ok, words.joined(separator: ", "))
    }
    for problem in inventory.problems {
      findings.append(
        DoctorFinding(
          "GPUs", .absent, problem,
          remedy: "run the tool by hand; no GPU is chosen as long as it gives no list"))
    }
    if findings.isEmpty {
      let tried = GPUVendor.allCases.compactMap(tools.program)
      findings.append(
        DoctorFinding(
          "GPUs", .absent,
          tried.isEmpty
            ? "no tool that lists any" : "none listed by \(tried.joined(separator: ", "))"))
    }
    return findings
  }

  /// What one backend runs on, and what of it is here.
  func backend(_ entry: PluginEntry) throws -> DoctorFinding {
    let name = "backend \(entry.manifest.id)"
    switch try PluginInspector.ask(.devices, of: entry) {
    case .refused(let line): return DoctorFinding(name, .refused, line)
    case .facts(let json):
      guard let devices = OfferedDevice.list(json) else {
        return DoctorFinding(
          name, .refused, "its devices() gave no list of devices",
          remedy: "devices() must write {\"devices\":[{\"id\":\"cpu\",\"slots\":1}]}")
      }
      let ids = devices.map(\.id)
      let usable = inventory.gpus.filter { ids.contains($0.name) || ids.contains($0.vendor.kind) }
      let here = (ids.contains("cpu") ? ["cpu"] : []) + usable.map(\.name)
      let others = ids.filter { id in
        !here.contains(id) && !usable.contains { $0.vendor.kind == id }
      }
      var detail =
        here.isEmpty ? "can use nothing that is here" : "can use \(here.joined(separator: ", "))"
      if !others.isEmpty { detail += "; also offers \(others.joined(separator: ", "))" }
      return DoctorFinding(name, .ok, detail)
    }
  }
}
