// A generation worker's own model server: started by a keeper, waited for until it is ready, watched while
// the backend talks to it, and ended before the worker is.
internal import HTTPClient
internal import JSONFormat
internal import Launch
internal import Posix
internal import Wire

/// The server that `[models.server]` describes.
final class ModelServer {
  /// Starts in a row, where another program took the chosen port before the server did.
  private static let mostStarts = 3
  /// Time for a keeper to end behind its server's grace, in nanoseconds: what was killed must be buried.
  private static let burialTime: UInt64 = 30_000_000_000

  private let start: ServerStart
  private let model: JSONValue
  private var family: Descendants?
  private var keeper: WorkerProcess?
  private var hello: ServerHello?
  private var isReady = false
  private var poller = Poller()

  /// The server of a model; nil when it has none.
  ///
  /// `modelJSON` is the model's JSON with the member `server`.
  init?(modelJSON: String) throws {
    let model = try JSONValue.parse(Array(modelJSON.utf8))
    guard let server = model["server"] else { return nil }
    start = try ServerStart(server)
    self.model = model
  }

  /// Starts the server, waits until it is ready, and returns the model's JSON for the backend: without the
  /// member `server`, with the address among its options.
  ///
  /// Gives the controller signs of life meanwhile. Throws `WireError.closed` when the controller hangs up.
  func makeReady(_ line: WorkerLine) throws -> String {
    // If the keeper should die first, what it leaves behind becomes ours.
    if family == nil { family = try Descendants() }
    for _ in 1..<Self.mostStarts {
      do { return try address(startOnce(line)) } catch let failure as WorkerFailure {
        let port = hello?.port
        // Asked once our own server has let go of it: one that only never became healthy is not tried again.
        stop(line)
        guard start.port == 0, let port, isTaken(port) else { throw failure }
        line.log(level: 3, "another program took port \(port); the model server is started again")
      }
    }
    return try address(startOnce(line))
  }

  /// Throws when the server or its keeper is gone.
  func check() throws {
    guard let keeper else { return }
    do {
      _ = try keeper.link.receive()
      while let frame = try keeper.link.peek() {
        defer { keeper.link.consume(frame) }
        switch frame.header.kind {
        case .hello: hello = try ServerHello(frame.payload)
        case .failed:
          var failure = WorkerFailure(frame.payload)
          // One that has been ready is worth a fresh start, whatever ended it.
          if isReady { failure.kind = .other }
          throw failure
        default: throw WireError.malformedPayload(frame.header.kind, "not from a keeper")
        }
      }
    } catch WireError.closed {
      let end = keeper.child.end(within: 1_000_000_000)
      throw WorkerFailure(
        .other, "the keeper of the model server ended (\(end.description)), and the server with it")
    }
    // What it prints is the trace of a crash; its end says enough.
    _ = keeper.readOutput()
  }

  /// Ends the server with all that it started; returns once they are gone.
  func stop(_ line: WorkerLine) {
    guard let keeper else { return }
    self.keeper = nil
    hello = nil
    isReady = false
    keeper.hangUp()
    let limit = Clock.monotonic() + UInt64(start.stopTimeout) * 1_000_000_000 + Self.burialTime
    while keeper.child.reap() == nil, Clock.monotonic() < limit {
      poller.removeAll()
      _ = poller.add(keeper.child.exitNotice.number, read: true, write: false)
      // Neither a poll that fails nor a controller that is gone changes what is to be done.
      try? poller.wait(milliseconds: 200)
      line.beat()
    }
    // The keeper's own death leaves its server's children to us.
    if keeper.child.end() != .exited(0) { endOrphans(until: limit) }
  }

  private func endOrphans(until limit: UInt64) {
    guard let family else { return }
    while family.collect(), !family.isBeyondReach, Clock.monotonic() < limit {
      family.signal(kill: true)
      poller.removeAll()
      family.watch(&poller)
      try? poller.wait(milliseconds: 100)
    }
  }

  // MARK: The start

  /// Starts a keeper and returns the port of its server once that is ready.
  private func startOnce(_ line: WorkerLine) throws -> Int {
    let keeper = try WorkerProcess.start(
      .keeper, ownPID: ownPID(), environment: ["SWIFT_BACKTRACE": "enable=no"])
    self.keeper = keeper
    keeper.link.send(FrameHeader(.context), try start.json.serialized())
    while hello == nil { try wait(line, keeper, milliseconds: 200) }
    guard let port = hello?.port else { return 0 }
    var probe = try HealthProbe(port: port, path: start.health)
    let limit = Clock.monotonic() + UInt64(start.startTimeout) * 1_000_000_000
    while true {
      // The server may be gone, and another program answer at its port.
      try wait(line, keeper, milliseconds: probe.pause)
      if probe.isAnswered() {
        try wait(line, keeper, milliseconds: 0)
        isReady = true
        line.log(
          level: 2,
          "the model server is ready: process \(hello?.pid ?? 0), port \(port), log \(start.log)")
        return port
      }
      guard Clock.monotonic() < limit else {
        throw WorkerFailure(
          .configuration,
          "the model server was not ready within \(start.startTimeout) s: \(probe.lastAnswer); see "
            + "\(start.log), and set 'health' or 'start_timeout_s' of [models.server]")
      }
    }
  }

  private func wait(
    _ line: WorkerLine, _ keeper: WorkerProcess, milliseconds: Int32
  ) throws {
    try line.flush()
    poller.removeAll()
    _ = poller.add(line.link.socket.number, read: true, write: line.link.outgoing.unsent > 0)
    _ = poller.add(
      keeper.link.socket.number, read: true, write: keeper.link.outgoing.unsent > 0)
    try poller.wait(milliseconds: milliseconds)
    line.beat()
    _ = try line.link.receive()
    // What a keeper that is gone does not take shows when it is read from.
    try? keeper.link.flush()
    try check()
  }

  private func isTaken(_ port: Int) -> Bool {
    do throws(PosixError) { try LocalPort.check(port) } catch { return true }
    return false
  }

  /// The model's JSON with the server's address, unless its options name one.
  private func address(_ port: Int) throws -> String {
    var members = model.members?.filter { $0.key != "server" } ?? []
    var options = model["options"]?.members ?? []
    if !start.sets.isEmpty, !options.contains(where: { $0.key == start.sets }) {
      options.append(
        JSONMember(key: start.sets, value: .string("http://127.0.0.1:\(port)/v1")))
    }
    members.removeAll { $0.key == "options" }
    members.append(JSONMember(key: "options", value: .object(options)))
    return String(decoding: try JSONValue.object(members).serialized(), as: UTF8.self)
  }
}
