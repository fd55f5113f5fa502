// The writer: the only process that writes the database. It stores what comes in batches and acknowledges
// after the commit. It may die at any moment: the controller holds everything that is not acknowledged and
// sends it again to the next writer, for whom the same envelope twice changes nothing.
internal import Model
package import Posix
internal import Store
internal import Wire

/// Owns the store while a run goes on.
package final class WriterProcess {
  /// Most envelopes of one commit: bounds the work that a crash makes to be sent again.
  private static let batchLimit = 32_768
  /// Longest time between two commits of a stream in nanoseconds.
  ///
  /// Each commit writes the touched pages of the prompts' hash index, which lie all over it: few
  /// large commits write half as much as many small ones. The first commits come sooner, and the
  /// controller asks for one when nothing more comes.
  private static let longestInterval: UInt64 = 250_000_000

  private let link: FrameLink
  private let lock: RecordLock
  private let ledger: Ledger
  private let path: String
  /// Which file the store is: a commit into one that has lost its name is not kept.
  private let inode: UInt64?
  private var poller = Poller()
  private var batch = 0
  private var lastSequence: UInt64 = 0
  private var lastCommit: UInt64 = 0
  /// Time between two commits now: doubles with each until it is the longest.
  private var commitInterval: UInt64 = 8_000_000
  private var lastSign = Clock.monotonic()

  /// Opens the store that the first message names and works until the socket closes.
  package static func run(socket: Descriptor, hostVersion: String) -> Int32 {
    let link = FrameLink(socket: socket)
    do {
      let start = try firstMessage(link)
      let writer = try WriterProcess(link, start, hostVersion: hostVersion)
      try writer.work()
      return 0
    } catch WireError.closed {
      return 0
    } catch let failure as WorkerFailure {
      report(failure, on: link)
    } catch let error as StoreError {
      report(WorkerFailure(.store, error.description), on: link)
    } catch let error as PosixError {
      report(WorkerFailure(.store, error.description), on: link)
    } catch {
      report(WorkerFailure(.other, "\(error)"), on: link)
    }
    return 1
  }

  private static func firstMessage(_ link: FrameLink) throws -> WriterStart {
    var poller = Poller()
    while true {
      if let frame = try link.peek() {
        defer { link.consume(frame) }
        return try WriterStart(frame.payload)
      }
      poller.removeAll()
      _ = poller.add(link.socket.number, read: true, write: false)
      try poller.wait(milliseconds: nil)
      _ = try link.receive()
    }
  }

  private static func report(_ failure: WorkerFailure, on link: FrameLink) {
    link.send(FrameHeader(.failed), failure.encoded)
    // The controller sees the exit as well; a socket that is gone has nobody to tell.
    try? link.flush()
  }

  private init(_ link: FrameLink, _ start: WriterStart, hostVersion: String) throws {
    self.link = link
    try Files.makeFolder(start.artifactRoot)
    let path = "\(start.artifactRoot)/evalhost.db"
    switch try RecordLock.take("\(path).lock") {
    case .taken(let lock): self.lock = lock
    case .held(let pid):
      throw WorkerFailure(
        .store,
        "\(path): another run (writer process \(pid)) is writing this store; wait for it, "
          + "stop it with `evalhost stop`, or set another paths.artifact_root")
    }
    ledger = try Ledger(path: path, start, hostVersion: hostVersion)
    self.path = path
    inode = Files.inode(path)
    link.send(FrameHeader(.hello), ledger.hello.encoded)
  }

  private func work() throws {
    while true {
      try link.flush()
      try wait()
      _ = try link.receive()
      while let frame = try link.peek() {
        try handle(frame)
        link.consume(frame)
        if batch >= Self.batchLimit { try commit() }
      }
      if batch > 0, Clock.monotonic() - lastCommit >= commitInterval { try commit() }
    }
  }

  private func wait() throws {
    poller.removeAll()
    _ = poller.add(link.socket.number, read: true, write: link.outgoing.unsent > 0)
    let now = Clock.monotonic()
    var limit: UInt64 = 200_000_000
    if batch > 0 {
      let due = lastCommit + commitInterval
      limit = due > now ? min(limit, due - now) : 0
    }
    try poller.wait(milliseconds: Int32((limit + 999_999) / 1_000_000))
    if Clock.monotonic() - lastSign > 200_000_000 {
      lastSign = Clock.monotonic()
      link.send(FrameHeader(.heartbeat))
    }
  }

  private func handle(_ frame: Frame) throws {
    let header = frame.header
    switch header.kind {
    case .completion, .verdict, .dataError:
      if batch == 0 { try ledger.begin() }
      batch += 1
      try ledger.store(frame)
    case .lease:
      try commit()
      try ledger.sendStored(frame, to: link)
    case .openTask:
      try commit()
      let state = try ledger.open(OpenTask(frame.payload), position: header.task)
      state.write(FrameHeader(.taskState, task: header.task), to: link.outgoing)
      // Asked for outside the numbered stream, by a controller that brings a new writer up to date.
      if header.ticket == 0 { return }
    case .flush: try commit()
    case .score:
      try commit()
      try ledger.recordScore(frame)
    case .taskEnd:
      try commit()
      try ledger.endTask(header.task, String(decoding: frame.payload, as: UTF8.self))
      if header.ticket == 0 { return }
    case .attemptEnd:
      try commit()
      try ledger.endAttempt(String(decoding: frame.payload, as: UTF8.self))
    default:
      throw WireError.malformedPayload(header.kind, "not for the writer")
    }
    lastSequence = header.ticket
    if batch == 0 { acknowledge() }
  }

  private func commit() throws {
    guard batch > 0 else { return }
    try ledger.commit()
    guard Files.inode(path) == inode else {
      throw WorkerFailure(
        .store,
        "\(path) was removed or replaced while the run was writing it; put it back or "
          + "start the run again")
    }
    batch = 0
    lastCommit = Clock.monotonic()
    commitInterval = min(commitInterval * 2, Self.longestInterval)
    acknowledge()
  }

  private func acknowledge() {
    ledger.counts.write(ticket: lastSequence, to: link.outgoing)
  }
}
