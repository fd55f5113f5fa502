// A started worker: its process, its conversation, and what it prints.
package import Posix
package import Wire

/// A worker process as its parent sees it.
package final class WorkerProcess {
  /// Longest part of the worker's output that is kept for the crash report, in bytes.
  private static let keptOutput = 4096

  package let role: WorkerRole
  package let child: ChildProcess
  package let link: FrameLink
  /// The last of what it printed, for the log when it ends.
  package private(set) var printed: [UInt8] = []
  private var unfinished: [UInt8] = []
  /// Set once its end of the conversation is over.
  package var isClosed = false

  private init(role: WorkerRole, child: ChildProcess, link: FrameLink) {
    self.role = role
    self.child = child
    self.link = link
  }

  /// Starts the running binary again in a role.
  ///
  /// `outgoing` is the queue of frames for it.
  package static func start(
    _ role: WorkerRole, ownPID: Int32, outgoing: ByteQueue = ByteQueue(),
    environment: [String: String] = [:]
  ) throws(PosixError) -> WorkerProcess {
    let program = Files.ownProgram()
    let child = try ChildProcess.start(
      program, arguments: role.arguments(program: program, parent: ownPID),
      environment: environment)
    return WorkerProcess(
      role: role, child: child, link: FrameLink(socket: child.control, outgoing: outgoing))
  }

  /// Takes what the worker has printed; returns whole lines, empty while there is none.
  package func readOutput(isLast: Bool = false) -> String {
    let fresh = child.readOutput(limit: 1 << 16)
    guard !fresh.isEmpty || isLast && !unfinished.isEmpty else { return "" }
    printed += fresh
    if printed.count > Self.keptOutput { printed.removeFirst(printed.count - Self.keptOutput) }
    unfinished += fresh
    let end =
      isLast || unfinished.count > Self.keptOutput
      ? unfinished.count : (unfinished.lastIndex(of: 0x0a).map { $0 + 1 } ?? 0)
    let text = String(decoding: unfinished[..<end], as: UTF8.self)
    unfinished.removeFirst(end)
    return text
  }

  /// It will print nothing more.
  package var isSilent: Bool { child.outputIsClosed }

  /// Ends the conversation: the worker reads the end of the stream and exits in order.
  package func hangUp() { child.control.shutDown() }

  /// The last lines the worker printed, for a crash report.
  package var lastWords: String {
    let text = String(decoding: printed, as: UTF8.self)
    return text.split(separator: "\n").suffix(6).joined(separator: " | ")
  }
}
