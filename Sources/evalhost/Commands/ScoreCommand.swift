// `evalhost score`: judges stored completions again; everything is the controller's.
internal import Arguments
internal import Controller

/// Judges a stored run again.
enum ScoreCommand {
  static func run(_ command: ParsedCommand) throws -> Int32 {
    let request = RejudgeRequest(
      pluginsFolder: try command.required("plugins"), runID: try runID(command),
      artifactRoot: try command.required("artifacts"), progress: progressMode(command),
      hostVersion: hostVersion)
    return RunController.judgeAgain(request)
  }
}
