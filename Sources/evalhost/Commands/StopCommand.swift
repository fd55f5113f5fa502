// `evalhost stop`: asks the process that runs a run to drain, and waits for its end.
internal import Arguments
internal import Posix
internal import Store

/// Drains a running run.
enum StopCommand {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let folder = ArtifactFolder(try command.required("artifacts"))
    let run = try runID(command)
    guard let pid = folder.controller(ofRun: run) else {
      guard folder.has(run: run) else {
        throw CommandFailure(
          .usage, Messages.unknownRun(run, root: folder.root, known: folder.runs()))
      }
      throw CommandFailure(.failed, Messages.notRunning(run))
    }
    // The lock is asked again once the process is held: only then is the number surely the run's.
    guard let process = try RunningProcess.open(pid), folder.controller(ofRun: run) == pid else {
      throw CommandFailure(.failed, Messages.notRunning(run))
    }
    switch try process.askToEnd() {
    case .sent: break
    case .hasEnded: throw CommandFailure(.failed, Messages.notRunning(run))
    case .notAllowed: throw CommandFailure(.storage, Messages.notAllowed(run, pid: pid))
    }
    console.say(Messages.draining(run, pid: pid))
    while try !process.waitForEnd(milliseconds: 1000) {
      guard folder.controller(ofRun: run) == pid else { break }
    }
    try console.write(
      Messages.stopped(run, pid: pid, outcome: outcome(of: run, in: folder)) + "\n")
    return .done
  }

  private static func outcome(of run: String, in folder: ArtifactFolder) -> String? {
    // The run has ended either way; a store that cannot be read now is another command's trouble.
    guard let store = try? folder.store(), let stored = try? ResultQueries(store).run(id: run)
    else { return nil }
    return stored.outcome?.rawValue
  }
}
