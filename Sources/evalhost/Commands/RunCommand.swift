// `evalhost run`: everything is the controller's.
internal import Arguments
internal import Controller

/// Runs the evaluations of a configuration.
enum RunCommand {
  static func run(_ command: ParsedCommand) throws -> Int32 {
    let request = RunRequest(
      pluginsFolder: try command.required("plugins"), configFile: try command.required("config"),
      overrides: command.values("set"), isDryRun: command.has("dry-run"),
      progress: progressMode(command), artifactRoot: command.value("artifacts"),
      hostVersion: hostVersion)
    return RunController.run(request)
  }
}

/// The chosen way to show progress; the reader has refused every other word.
func progressMode(_ command: ParsedCommand) -> ProgressMode {
  command.value("progress").flatMap(ProgressMode.init(rawValue:)) ?? .auto
}
