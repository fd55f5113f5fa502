// A worker's end of its conversation with the controller: start message in, signs of life out.
internal import PluginHost
package import Posix
package import Wire

/// What every worker process has: the link, its first message, heartbeats and its last words.
package final class WorkerLine {
  /// Longest silence of a living worker, in nanoseconds: a fraction of the shortest heartbeat timeout (1 s).
  private static let heartbeat: UInt64 = 200_000_000

  package let link: FrameLink
  private var lastSent = Clock.monotonic()
  private var poller = Poller()

  /// Speaks over the control socket that a worker inherits.
  package init(socket: Descriptor) { link = FrameLink(socket: socket) }

  /// Waits for the first frame, which must be a context, and hands out its payload.
  package func start<Start>(
    _ decode: (UnsafeRawBufferPointer) throws(ContextError) -> Start
  ) throws -> Start {
    while true {
      if let frame = try link.peek() {
        guard frame.header.kind == .context else {
          throw WireError.malformedPayload(frame.header.kind, "a worker's first frame is a context")
        }
        defer { link.consume(frame) }
        return try decode(frame.payload)
      }
      try wait(milliseconds: nil)
      _ = try link.receive()
    }
  }

  /// Waits until something can be read, or written where something waits; sends a heartbeat in time.
  package func wait(milliseconds: Int32?) throws {
    try flush()
    poller.removeAll()
    _ = poller.add(link.socket.number, read: true, write: link.outgoing.unsent > 0)
    try poller.wait(milliseconds: min(milliseconds ?? 200, 200))
    beat()
  }

  /// Sends what waits, as far as the socket takes it.
  package func flush() throws {
    guard link.outgoing.unsent > 0 else { return }
    try link.flush()
    lastSent = Clock.monotonic()
  }

  /// Sends what waits until not much is left; a slow receiver slows this worker down.
  package func flush(downTo limit: Int) throws {
    try flush()
    while link.outgoing.unsent > limit {
      poller.removeAll()
      _ = poller.add(link.socket.number, read: false, write: true)
      try poller.wait(milliseconds: 200)
      try flush()
      beat()
    }
  }

  /// Queues a heartbeat when the last sign of life is old.
  package func beat() {
    let now = Clock.monotonic()
    guard now - lastSent > Self.heartbeat else { return }
    lastSent = now
    link.send(FrameHeader(.heartbeat))
    // A failure shows at the next flush of the loop, which can act on it.
    try? link.flush()
  }

  /// Queues a line for the event log; level after `EVH_LOG_*`.
  package func log(level: UInt8, _ text: String) {
    link.send(FrameHeader(.log, flags: level), Array(text.utf8))
  }

  /// Runs a plugin worker's work over its socket until the controller hangs up; says why it ends before that.
  ///
  /// - Parameters:
  ///   - socket: The control socket.
  ///   - callFailure: What a failed plugin call outside of the samples' way means.
  ///   - work: Reads the first message, loads, and works.
  /// - Returns: The process's exit status.
  static func serve(
    _ socket: Descriptor, callFailure: (CallFailure) -> WorkerFailure.Kind,
    _ work: (WorkerLine) throws -> Void
  ) -> Int32 {
    let line = WorkerLine(socket: socket)
    do {
      try work(line)
      return 0
    } catch WireError.closed {
      return 0
    } catch let failure as WorkerFailure {
      line.fail(failure)
    } catch let error as PluginError {
      line.fail(WorkerFailure(.plugin, error.description))
    } catch let error as CallFailure {
      let kind: WorkerFailure.Kind =
        error.status == .badConfig ? .configuration : callFailure(error)
      line.fail(WorkerFailure(kind, error.message))
    } catch let error as PosixError {
      line.fail(WorkerFailure(.store, error.description))
    } catch {
      line.fail(WorkerFailure(.other, "\(error)"))
    }
    return 1
  }

  /// Says why the worker ends, and sends everything before it does.
  package func fail(_ failure: WorkerFailure) {
    link.send(FrameHeader(.failed), failure.encoded)
    // Nobody is left to tell when the socket is broken as well.
    try? flush(downTo: 0)
  }
}
