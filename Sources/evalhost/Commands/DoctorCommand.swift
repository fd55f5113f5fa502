// `evalhost doctor`: the machine, the artifact folder with its store, and a folder of plugins.
internal import Arguments
internal import PluginHost
internal import Posix
internal import Store

/// Says what is there and what is not.
struct DoctorCommand {
  private let command: ParsedCommand
  private let console: Console

  init(_ command: ParsedCommand, _ console: Console) {
    self.command = command
    self.console = console
  }

  func run() throws -> ExitCode {
    let devices = DeviceFindings()
    var report = DoctorReport(findings: devices.machine() + MachineChecks().findings())
    if let root = command.value("artifacts") {
      report.findings.append(disk(root))
      report.findings += store(ArtifactFolder(root))
    }
    if let folder = command.value("plugins") { report.findings += try plugins(folder, devices) }
    try console.write(
      command.has("json") ? report.json : Array(report.text(inColour: console.isColoured).utf8))
    return report.exit
  }

  private func disk(_ root: String) -> DoctorFinding {
    let place = nearestExisting(root)
    guard Files.isWritable(place), FileKind.of(place) == .folder else {
      return DoctorFinding(
        "artifact folder", .broken, "\(place) cannot be written",
        remedy: "make it writable, or choose another paths.artifact_root")
    }
    let room = freeBytes(at: place).map { "\(byteText($0)) free" } ?? "room unknown"
    return DoctorFinding("artifact folder", .ok, "\(place), \(room)")
  }

  private func store(_ folder: ArtifactFolder) -> [DoctorFinding] {
    guard Files.exists(folder.databasePath) else {
      return [DoctorFinding("store", .ok, "none here yet; the first run makes it")]
    }
    do throws(StoreError) {
      let store = try folder.store()
      let version = try store.text("SELECT sqlite_version()") ?? "unknown"
      return [DoctorFinding("SQLite", .ok, version), try check(store)]
    } catch {
      return [DoctorFinding("store", .damaged, error.description)]
    }
  }

  private func check(_ store: Connection) throws(StoreError) -> DoctorFinding {
    let report = try StoreCheck(store).run()
    guard report.isWhole else {
      let broken = report.brokenReferences.sorted { $0.key < $1.key }
        .map { "\($0.value) rows of \($0.key) refer to missing ones" }
      return DoctorFinding(
        "store", .damaged, (report.damage + broken).joined(separator: "; "),
        remedy: "keep a copy of \(store.path), then recover what can be read: "
          + "sqlite3 \(store.path) .recover | sqlite3 recovered.db")
    }
    let judged = report.tasks.reduce(Int64(0)) { $0 + $1.counts.judged }
    let expected = report.tasks.reduce(Int64(0)) { $0 + $1.expected }
    return DoctorFinding(
      "store", .ok,
      "whole, schema \(report.version), \(report.runs) runs, \(report.tasks.count) tasks, "
        + "\(judged) of \(expected) tries judged")
  }

  private func plugins(_ folder: String, _ devices: DeviceFindings) throws -> [DoctorFinding] {
    let catalog: PluginCatalog
    do throws(PluginError) { catalog = try PluginCatalog.discover(folder: folder) } catch {
      return [DoctorFinding("plugins", .refused, error.description)]
    }
    var findings = [DoctorFinding("plugins", .ok, "\(catalog.entries.count) in \(folder)")]
    for problem in catalog.problems {
      findings.append(DoctorFinding("plugins", .refused, problem.description))
    }
    for entry in catalog.entries {
      guard let path = entry.libraryPath else { continue }
      if Files.exists(path) {
        if entry.manifest.kinds.contains(.backend) { findings.append(try devices.backend(entry)) }
        continue
      }
      findings.append(
        DoctorFinding(
          "plugin \(entry.manifest.id)", .refused, "\(path) is not there",
          remedy: "build the plugin, or remove its folder"))
    }
    return findings
  }
}
