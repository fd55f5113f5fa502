// The keeper: a process between a generation worker and the model server that it has started. However the
// worker ends, its socket closes, and the keeper ends the server and all that the server has started, which it
// can, since every orphan among them becomes its child. It holds no plugin and no model: it has little to die of.
//
//   worker -> context  `ServerStart`
//   keeper -> hello    `ServerHello` once the program runs; nothing is said of whether it is ready
//   keeper -> failed   `WorkerFailure`: it could not be started, or it has ended by itself
//   worker hangs up -> everything is ended, then the keeper
internal import JSONFormat
package import Posix
package import Wire

/// What a keeper says once the server runs.
package struct ServerHello: Equatable, Sendable {
  /// Where the server was told to listen.
  package var port: Int
  package var pid: Int32

  /// Names the server.
  package init(port: Int, pid: Int32) {
    self.port = port
    self.pid = pid
  }

  /// The payload.
  package var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("port")
    writer.integer(Int64(port))
    writer.key("pid")
    writer.integer(Int64(pid))
    writer.endObject()
    return writer.bytes
  }

  /// Reads the payload.
  package init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    guard let value = try? JSONValue.parse(Array(payload)), let port = value["port"]?.integer,
      let pid = value["pid"]?.integer
    else { throw ContextError("server hello: a port and a pid are needed") }
    self.port = Int(port)
    self.pid = Int32(clamping: pid)
  }
}

/// The keeper's process.
package final class ServerKeeper {
  /// Why the server is ended.
  private enum Cause {
    /// The worker hung up or has ended.
    case released
    /// Somebody signalled the keeper.
    case signalled
    /// The server's own process has ended.
    case serverEnded(ProcessEnd)
  }

  private let link: FrameLink
  private let worker: RunningProcess
  private let signals: SignalQueue
  private let family: Descendants
  private var poller = Poller()
  private var isReleased = false
  private var wasSignalled = false

  /// Starts what the first message describes and keeps it until the worker is gone.
  ///
  /// `parent` is the worker's pid. Returns the process's exit status.
  package static func run(socket: Descriptor, parent: Int32) -> Int32 {
    // Who ends all processes named evalhost by force leaves the one that cleans up behind them.
    nameThisProcess("evh-keeper")
    do throws(PosixError) {
      // A socket alone would not do: what the worker's plugin starts may hold a copy of the other end.
      guard let worker = try RunningProcess.open(parent), parentPID() == parent else { return 1 }
      return try ServerKeeper(socket, worker).run()
    } catch { return 1 }
  }

  private init(_ socket: Descriptor, _ worker: RunningProcess) throws(PosixError) {
    link = FrameLink(socket: socket)
    self.worker = worker
    signals = try SignalQueue(children: true)
    family = try Descendants()
  }

  private func run() -> Int32 {
    do {
      guard let start = try firstMessage() else { return 0 }
      // Held until this process ends, by when its server has.
      guard let lock = try takeLock(start) else { return 0 }
      defer { withExtendedLifetime(lock) {} }
      try keep(start, log: openLog(start))
      return 0
    } catch let failure as WorkerFailure {
      say(failure)
    } catch {
      say(WorkerFailure(.other, "\(error)"))
    }
    return 1
  }

  // MARK: The conversation

  /// Waits for anything that concerns a keeper; true when it is to end.
  private func wait(milliseconds: Int32, _ add: (inout Poller) -> Void = { _ in }) throws -> Bool {
    poller.removeAll()
    if !isReleased {
      _ = poller.add(link.socket.number, read: true, write: link.outgoing.unsent > 0)
      _ = poller.add(worker.exitNotice.number, read: true, write: false)
    }
    _ = poller.add(signals.descriptor.number, read: true, write: false)
    add(&poller)
    try poller.wait(milliseconds: milliseconds)
    while let number = signals.next() {
      if !SignalQueue.isChildNotice(number) { wasSignalled = true }
    }
    if !isReleased {
      do {
        try link.flush()
        _ = try link.receive()
      } catch { isReleased = true }
      if try worker.waitForEnd(milliseconds: 0) { isReleased = true }
    }
    return isReleased || wasSignalled
  }

  private func firstMessage() throws -> ServerStart? {
    while true {
      if let frame = try link.peek() {
        defer { link.consume(frame) }
        guard frame.header.kind == .context,
          let json = try? JSONValue.parse(Array(frame.payload))
        else { throw WireError.malformedPayload(frame.header.kind, "not for a keeper") }
        return try ServerStart(json)
      }
      if try wait(milliseconds: 1000) { return nil }
    }
  }

  private func say(_ failure: WorkerFailure) {
    guard !isReleased else { return }
    link.send(FrameHeader(.failed), failure.encoded)
    // A frame of some kilobytes fits the socket; a worker that is gone needs none.
    try? link.flush()
  }

  // MARK: The start

  /// Waits for the keeper before this one in the same slot; nil when this one is to end meanwhile.
  private func takeLock(_ start: ServerStart) throws -> RecordLock? {
    // The one before needs its server's grace, and then some time to bury what was killed.
    let deadline = Clock.monotonic() + (UInt64(start.stopTimeout) + 60) * 1_000_000_000
    while true {
      let attempt: RecordLock.Attempt
      do throws(PosixError) { attempt = try RecordLock.take(start.lock) } catch {
        throw WorkerFailure(.store, error.description)
      }
      switch attempt {
      case .taken(let lock): return lock
      case .held(let pid):
        guard Clock.monotonic() < deadline else {
          throw WorkerFailure(
            .other, "the server of an earlier worker does not end (its keeper is process \(pid))")
        }
        let earlier = try RunningProcess.open(pid)
        let isToEnd = try wait(milliseconds: earlier == nil ? 10 : 1000) { poller in
          if let earlier { _ = poller.add(earlier.exitNotice.number, read: true, write: false) }
        }
        if isToEnd { return nil }
      }
    }
  }

  private func openLog(_ start: ServerStart) throws -> ServerLog {
    do throws(PosixError) { return try ServerLog(path: start.log) } catch {
      throw WorkerFailure(.store, error.description)
    }
  }

  private func choosePort(_ start: ServerStart) throws -> Int {
    guard start.port != 0 else { return try LocalPort.choose() }
    do throws(PosixError) { try LocalPort.check(start.port) } catch {
      throw WorkerFailure(
        .configuration,
        "port \(start.port) of [models.server] cannot be used: \(error.reason); choose another, or "
          + "leave 'port' out and put {port} into the command")
    }
    return start.port
  }

  private func launch(_ start: ServerStart, port: Int) throws -> SessionLeader {
    let variables: [String: String]
    do throws(ContextError) {
      variables = try start.variables(port: port, inherited: environmentValue)
    } catch { throw WorkerFailure(.configuration, error.description) }
    let arguments = start.arguments(port: port)
    do throws(PosixError) {
      return try SessionLeader.start(arguments, environment: variables)
    } catch {
      throw WorkerFailure(
        .configuration,
        "the model server '\(arguments[0])' cannot be started: \(error.reason); see the command "
          + "of [models.server]")
    }
  }

  // MARK: The server's life

  private func keep(_ start: ServerStart, log: ServerLog) throws {
    let port = try choosePort(start)
    let server = try launch(start, port: port)
    log.note("started as process \(server.pid), port \(port): \(start.arguments(port: port))")
    link.send(FrameHeader(.hello), ServerHello(port: port, pid: server.pid).encoded)
    let cause = try watch(server, log)
    try endAll(server, log, grace: UInt64(start.stopTimeout) * 1_000_000_000)
    switch cause {
    case .released: log.note("ended, as its worker has")
    case .signalled:
      log.note("ended, as its keeper was told to end")
      say(WorkerFailure(.other, "the keeper of the model server was told to end"))
    case .serverEnded(let end):
      log.note("its process has ended: \(end.description)")
      let words = log.lastLines.isEmpty ? "it printed nothing" : "its last lines: \(log.lastLines)"
      let advice = end == .exited(0) ? " (it must stay in the foreground)" : ""
      // A server that gives up would do so again; one that was ended is worth a fresh start.
      let kind: WorkerFailure.Kind = if case .exited = end { .configuration } else { .other }
      say(
        WorkerFailure(
          kind,
          "the model server has ended: \(end.description)\(advice); \(words); "
            + "its whole output is in \(start.log)"))
    }
  }

  /// Collects the dead and forwards output until there is a reason to end.
  private func watch(_ server: SessionLeader, _ log: ServerLog) throws -> Cause {
    var isToEnd = false
    while true {
      var ended: ProcessEnd?
      _ = family.collect { pid, end in if pid == server.pid { ended = end } }
      if let ended { return .serverEnded(ended) }
      if isToEnd { return isReleased ? .released : .signalled }
      isToEnd = try wait(milliseconds: 1000) { poller in
        if !server.outputIsClosed {
          _ = poller.add(server.output.number, read: true, write: false)
        }
      }
      forward(server, log)
    }
  }

  private func forward(_ server: SessionLeader, _ log: ServerLog) {
    // Bounded, so that a server that prints without an end does not keep us from everything else.
    for _ in 0..<16 where !server.outputIsClosed {
      let bytes = server.readOutput(limit: 1 << 16)
      if bytes.isEmpty { return }
      log.append(bytes)
    }
  }

  /// Ends the server and all that it started: first the request, after the grace by force.
  private func endAll(_ server: SessionLeader, _ log: ServerLog, grace: UInt64) throws {
    let deadline = Clock.monotonic() + grace
    while family.collect() {
      let now = Clock.monotonic()
      let isOver = now >= deadline
      family.signal(kill: isOver)
      if family.isBeyondReach {
        log.note("processes of another user are left: \(family.untouchable.sorted())")
        break
      }
      let left = isOver ? 100 : Int32(min(1000, (deadline - now) / 1_000_000 + 1))
      _ = try wait(milliseconds: left) { poller in
        if !server.outputIsClosed {
          _ = poller.add(server.output.number, read: true, write: false)
        }
        family.watch(&poller)
      }
      forward(server, log)
    }
    forward(server, log)
  }
}
