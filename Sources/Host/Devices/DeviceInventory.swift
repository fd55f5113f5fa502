// The accelerators of this machine, as far as the vendors' tools can tell.
internal import Posix

/// Where devices are looked for: what the environment says, handed in.
package struct DeviceTools: Equatable, Sendable {
  /// Folders in which programs are looked for, as in `PATH`.
  package var path: String
  /// Values of the variables that hide devices from programs, where they are set, in the order in which they
  /// apply.
  package var visible: [GPUVendor: [String]]
  /// Milliseconds that a tool may take.
  package var patience: UInt64

  /// Joins the three.
  package init(path: String, visible: [GPUVendor: [String]] = [:], patience: UInt64 = 5000) {
    self.path = path
    self.visible = visible
    self.patience = patience
  }

  /// Reads the environment through a function that gives a variable's value.
  package init(variable: (String) -> String?) {
    self.init(path: variable("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
    visible[.nvidia] = ["CUDA_VISIBLE_DEVICES"].compactMap(variable)
    visible[.amd] = ["ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"].compactMap(variable)
  }

  /// The tool of a vendor; nil where it is not installed, and so no device of that vendor is of use.
  package func program(of vendor: GPUVendor) -> String? { findProgram(vendor.tool, path: path) }

  /// Whether this machine may have any accelerator; asking costs no process.
  package var mayFindDevices: Bool { GPUVendor.allCases.contains { program(of: $0) != nil } }

  /// What a backend's answer about its devices may depend on, beside the backend: one line, equal as long as
  /// tools, drivers and visible devices are; asking costs no process.
  package var summary: String {
    let tools = GPUVendor.allCases.map { vendor in
      let hidden = (visible[vendor] ?? []).joined(separator: "|")
      return "\(vendor.kind)=\(program(of: vendor) ?? "")[\(hidden)]"
    }
    let nodes = (["nvidiactl", "kfd"] + (0..<16).map { "nvidia\($0)" })
      .filter { Files.exists("/dev/\($0)") }
    let driver = (try? Files.read("/proc/driver/nvidia/version")) ?? []
    let version = String(decoding: driver, as: UTF8.self).split(separator: "\n").first ?? ""
    return (tools + nodes + [String(version)]).joined(separator: " ")
  }
}

/// What the tools said.
package struct DeviceInventory: Equatable, Sendable {
  /// By vendor, then by ordinal.
  package var gpus: [GPU]
  /// The vendors whose tool is there and has answered.
  package var answered: [GPUVendor]
  /// One line for each tool that is there and gave no answer.
  package var problems: [String]

  /// Joins devices, the vendors that were asked with success, and problems.
  package init(
    gpus: [GPU] = [], answered: [GPUVendor] = GPUVendor.allCases, problems: [String] = []
  ) {
    self.gpus = gpus
    self.answered = answered
    self.problems = problems
  }

  /// Asks the tools of some vendors; one that is not installed has no devices.
  package static func read(
    _ tools: DeviceTools, vendors: [GPUVendor] = GPUVendor.allCases
  ) -> DeviceInventory {
    var inventory = DeviceInventory(answered: [])
    for vendor in vendors {
      guard let program = tools.program(of: vendor) else { continue }
      switch ask(vendor, program, patience: tools.patience) {
      case .success(let listed):
        inventory.answered.append(vendor)
        inventory.gpus += (tools.visible[vendor] ?? []).reduce(listed) { left, list in
          VisibleDevices.apply(list, to: left)
        }
      case .failure(let problem): inventory.problems.append(problem.line)
      }
    }
    return inventory
  }

  /// What there is, for a sentence: `cuda:0, cuda:1`.
  package var names: String { gpus.map(\.name).joined(separator: ", ") }

  private struct Problem: Error { var line: String }

  private static func ask(
    _ vendor: GPUVendor, _ program: String, patience: UInt64
  ) -> Result<[GPU], Problem> {
    let arguments =
      vendor == .nvidia ? NvidiaListing.arguments : RocmListing.arguments
    let run: ToolRun
    do throws(PosixError) {
      run = try ToolRun.run(program, arguments, milliseconds: patience)
    } catch { return .failure(Problem(line: "\(program) could not be started: \(error)")) }
    guard let end = run.end else {
      return .failure(Problem(line: "\(program) did not end within \(patience / 1000) s"))
    }
    let listed =
      vendor == .nvidia
      ? NvidiaListing.devices(in: run.output) : RocmListing.devices(in: run.output)
    // No devices is an answer, which the tools give with one code or another.
    if let listed, end == .exited(0) || !listed.isEmpty { return .success(listed) }
    if run.output.contains("No devices were found") { return .success([]) }
    let words = run.output.split(whereSeparator: \.isNewline).first.map { ": \(trimmed($0))" } ?? ""
    return .failure(Problem(line: "\(program) gave no list of devices (\(end))\(words)"))
  }
}
