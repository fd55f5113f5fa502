// The scorer: reads one judging from the store, hands its score to the controller, and writes the
// index anew once the writer has stored it. It never writes the store, so many may run at a time
// beside a busy writer, and one that dies is simply started again.

internal import Index
internal import Metrics
package import Posix
internal import Store
internal import Wire

/// Makes one score.
package final class ScorerProcess {
  /// Nanoseconds between two signs of life.
  private static let signInterval: UInt64 = 200_000_000

  private let link: FrameLink
  private var poller = Poller()
  private var lastSign = Clock.monotonic()

  /// Makes the score that the first message asks for, sends it, and waits until it is stored.
  ///
  /// The score's frame has flag 1 when its coverage is not whole. The exit code is 0 also when the
  /// socket ends early; a failure is sent as a `failed` frame and gives 1.
  package static func run(socket: Descriptor, hostVersion: String) -> Int32 {
    let scorer = ScorerProcess(FrameLink(socket: socket))
    do {
      try scorer.work(hostVersion: hostVersion)
      return 0
    } catch WireError.closed {
      return 0
    } catch let error as StoreError {
      scorer.report(WorkerFailure(.store, error.description))
    } catch let error as PosixError {
      scorer.report(WorkerFailure(.store, error.description))
    } catch let error as MetricError {
      scorer.report(WorkerFailure(.configuration, error.description))
    } catch {
      scorer.report(WorkerFailure(.other, "\(error)"))
    }
    return 1
  }

  private init(_ link: FrameLink) { self.link = link }

  private func work(hostVersion: String) throws {
    let start = try nextFrame(.context) { try ScorerStart($0.payload) }
    var tuning = StoreTuning()
    // One pass in the order of the key reads each page once: a large cache would only hold memory.
    tuning.cacheKibibytes = 2 << 10
    let store = try Connection.reader(path: "\(start.artifactRoot)/evalhost.db", tuning: tuning)
    let results = try TaskResults.read(
      store, task: Int64(start.taskID), judging: Int64(start.judgingID), spec: start.spec,
      tick: showLife)
    let flags: UInt8 = results.isWhole ? 0 : 1
    link.send(FrameHeader(.score, flags: flags), results.scoreJSON(hostVersion: hostVersion))
    try link.flush()
    try nextFrame(.scoreStored) { _ in }
    _ = try IndexBuilder.rebuild(artifactRoot: start.artifactRoot)
  }

  /// Waits for a frame of this kind and reads it; others are not for a scorer and are dropped.
  private func nextFrame<Value>(
    _ kind: FrameKind, _ body: (Frame) throws -> Value
  ) throws -> Value {
    while true {
      while let frame = try link.peek() {
        defer { link.consume(frame) }
        if frame.header.kind == kind { return try body(frame) }
      }
      try link.flush()
      poller.removeAll()
      _ = poller.add(link.socket.number, read: true, write: link.outgoing.unsent > 0)
      try poller.wait(milliseconds: Int32(Self.signInterval / 1_000_000))
      try showLife()
      _ = try link.receive()
    }
  }

  private func showLife() throws {
    let now = Clock.monotonic()
    guard now - lastSign >= Self.signInterval else { return }
    lastSign = now
    link.send(FrameHeader(.heartbeat))
    try link.flush()
  }

  private func report(_ failure: WorkerFailure) {
    link.send(FrameHeader(.failed), failure.encoded)
    // The controller sees the exit as well; a socket that is gone has nobody to tell.
    try? link.flush()
  }
}
