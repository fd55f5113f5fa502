// The parent side of an inspection: one short-lived child a question, a deadline that the parent
// enforces, and a line for every way in which a plugin can end its process.
internal import Arguments
internal import Launch
internal import PluginHost
internal import Posix
internal import Wire

/// Asks children what plugins are.
struct PluginInspector {
  /// Seconds that loading a plugin may take.
  private static let deadline = 10
  /// Seconds of silence after which a plugin that prepares a split is given up; what it fetches speaks.
  private static let silence = 600

  /// What was found.
  enum Answer {
    /// The answer as JSON.
    case facts([UInt8])
    /// One line that names the plugin.
    case refused(String)
  }

  private let entry: PluginEntry
  private let worker: WorkerProcess
  private let isPreparing: Bool
  private var hearsOutput = true
  private var hearsFrames = true

  /// Loads a plugin in a child and waits for what it says to one question.
  ///
  /// Throws when no child can be started.
  static func ask(_ question: InspectorQuestion, of entry: PluginEntry) throws -> Answer {
    // Without the Swift runtime's backtrace, whose lines would push out the plugin's own words.
    let worker = try WorkerProcess.start(
      .inspector, ownPID: ownProcessID(), environment: ["SWIFT_BACKTRACE": "enable=no"])
    var inspector = PluginInspector(entry: entry, question: question, worker: worker)
    let answer = try inspector.wait()
    // Nothing is left to hear: a plugin that misbehaves in its destructors need not be waited for.
    inspector.worker.child.kill()
    return answer
  }

  private init(entry: PluginEntry, question: InspectorQuestion, worker: WorkerProcess) {
    self.entry = entry
    self.worker = worker
    if case .prepare = question { isPreparing = true } else { isPreparing = false }
    worker.link.send(
      FrameHeader(.context), InspectorRequest(folder: entry.folder, question: question).encoded)
  }

  private var name: String { Messages.plugin(entry.manifest.id, entry.manifest.version) }

  private mutating func wait() throws -> Answer {
    let patience = isPreparing ? Self.silence : Self.deadline
    var end = Clock.monotonic() + UInt64(patience) * 1_000_000_000
    var poller = Poller()
    while true {
      let now = Clock.monotonic()
      guard now < end else {
        return .refused(Messages.pluginHangs(name, seconds: patience))
      }
      if let answer = try converse() { return answer }
      poller.removeAll()
      _ = poller.add(worker.child.exitNotice.number, read: true, write: false)
      let isSending = worker.link.outgoing.unsent > 0
      if hearsFrames {
        _ = poller.add(worker.link.socket.number, read: true, write: isSending)
      }
      let slot =
        hearsOutput ? poller.add(worker.child.output.number, read: true, write: false) : nil
      try poller.wait(milliseconds: Int32((end - now) / 1_000_000 + 1))
      // Readable without bytes is the end: polling it on would be a busy loop.
      if let slot, poller.canRead(slot) {
        let output = worker.readOutput()
        hearsOutput = !output.isEmpty
        if isPreparing, hearsOutput {
          writeToStandardError(output)
          end = Clock.monotonic() + UInt64(patience) * 1_000_000_000
        }
      }
    }
  }

  /// Sends and reads what there is; an answer once the child has given one or has ended.
  private mutating func converse() throws -> Answer? {
    // Asked before reading: what a child that has ended said is then all there.
    let ending = worker.child.reap()
    do throws(WireError) {
      if hearsFrames {
        try worker.link.flush()
        _ = try worker.link.receive()
      }
    } catch {
      // Its end of the process, with its reason, is what the user wants to hear of.
      hearsFrames = false
    }
    do throws(WireError) {
      if let answer = try answer() { return answer }
    } catch {
      return .refused(Messages.pluginBroke(name, error.description))
    }
    guard let ending else { return nil }
    while hearsOutput { hearsOutput = !worker.readOutput().isEmpty }
    return .refused(
      Messages.pluginEnded(name, by: ending.description, lastWords: worker.lastWords))
  }

  private func answer() throws(WireError) -> Answer? {
    while let frame = try worker.link.peek() {
      defer { worker.link.consume(frame) }
      switch frame.header.kind {
      case .hello: return .facts(Array(frame.payload))
      case .failed:
        let failure = WorkerFailure(frame.payload)
        return .refused("\(name): \(printable(failure.message))")
      default: continue
      }
    }
    return nil
  }
}
