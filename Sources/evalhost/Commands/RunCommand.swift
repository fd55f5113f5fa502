// `evalhost run`: everything is the controller's.
internal import Arguments
internal import Controller
internal import Devices

/// Runs the evaluations of a configuration.
enum RunCommand {
  static func run(_ command: ParsedCommand) throws -> Int32 {
    let request = RunRequest(
      pluginsFolder: try command.required("plugins"), configFile: try command.required("config"),
      overrides: command.values("set"), isDryRun: command.has("dry-run"),
      progress: progressMode(command), artifactRoot: command.value("artifacts"),
      hostVersion: hostVersion,
      machine: MachineAccess(
        tools: DeviceTools(variable: environmentVariable), askBackend: backendDevices),
      datasets: try DatasetReach(command).access)
    return RunController.run(request)
  }
}

/// The devices of the backend in a plugin folder, as its JSON, from a process of its own.
///
/// Throws `PluginError` for a folder without a plugin, else `CommandFailure` with one line.
@Sendable func backendDevices(inFolder folder: String) throws -> [UInt8] {
  switch try PluginInspector.ask(.devices, of: pluginEntry(inFolder: folder)) {
  case .facts(let json): return json
  case .refused(let line): throw CommandFailure(.plugin, line)
  }
}

/// The chosen way to show progress; the reader has refused every other word.
func progressMode(_ command: ParsedCommand) -> ProgressMode {
  command.value("progress").flatMap(ProgressMode.init(rawValue:)) ?? .auto
}
