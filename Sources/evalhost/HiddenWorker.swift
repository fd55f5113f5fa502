// The binary as a worker process: `__worker ROLE PARENT`, with the control socket at descriptor 3.
internal import Arguments
internal import Launch
internal import Posix
internal import Score
internal import Worker
internal import Writer

/// Starts the role that the parent asked for.
enum HiddenWorker {
  /// Runs until the socket closes; returns the process's exit status.
  static func run(_ arguments: [String]) -> Int32 {
    guard arguments.count == 2, let role = WorkerRole(rawValue: arguments[0]),
      let parent = Int32(arguments[1])
    else {
      writeToStandardError("evalhost: \(WorkerRole.hiddenVerb) is for evalhost's own processes\n")
      return ExitCode.usage.rawValue
    }
    // False when the parent is gone already, or was never ours: nobody would hear the answer. A keeper
    // outlives its parent by as long as it takes to end the server.
    guard role == .keeper || dieWithParent(parent) else { return ExitCode.failed.rawValue }
    let socket = Descriptor(owning: WorkerRole.controlDescriptor)
    switch role {
    case .writer: return WriterProcess.run(socket: socket, hostVersion: hostVersion)
    case .evaluator: return EvaluatorWorker.run(socket: socket, hostVersion: hostVersion)
    case .generation: return GenerationWorker.run(socket: socket, hostVersion: hostVersion)
    case .scorer: return ScorerProcess.run(socket: socket, hostVersion: hostVersion)
    case .inspector: return InspectorProcess.run(socket: socket, hostVersion: hostVersion)
    case .keeper: return ServerKeeper.run(socket: socket, parent: parent)
    }
  }
}
