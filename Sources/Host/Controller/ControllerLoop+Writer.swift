// The writer: acknowledgements in, and what it puts before a lease.
internal import Allocate
internal import Config
internal import Datasets
internal import Launch
internal import Model
internal import Observe
internal import Plan
internal import Posix
internal import Reconcile
internal import Wire

extension ControllerLoop {
  func handleWriter(_ frame: Frame, _ worker: Worker) throws {
    switch frame.header.kind {
    case .hello:
      let hello = try WriterHello(frame.payload)
      if writerHello == nil { writerHello = hello }
      // A second writer gets the tasks before the stream that speaks of them. One that is not open yet is
      // asked for in the stream itself.
      for task in tasks where task.taskID != 0 {
        worker.link.send(FrameHeader(.openTask, task: UInt32(task.index)), openMessage(task.index))
        if task.phase.isOver {
          let word = task.phase == .done ? "done" : "failed"
          worker.link.send(FrameHeader(.taskEnd, task: UInt32(task.index)), Array(word.utf8))
        }
      }
      try sendAll(to: worker)
      worker.isReady = true
    case .taskState:
      try taskOpened(Int(frame.header.task), TaskState(frame))
    case .ack:
      let counts = try AckMessage(frame)
      acknowledged = counts
      launcher.progressed(slot: worker.slot)
      writerLink.acknowledge(through: frame.header.ticket) { settle($0) }
    case .stored:
      guard let number = leasesViaWriter[frame.header.ticket] else { return }
      self.worker(number)?.link.send(frame.header, frame.payload)
    case .lease:
      // A second writer may send it again: only the first counts.
      guard let number = leasesViaWriter.removeValue(forKey: frame.header.ticket) else { return }
      self.worker(number)?.link.send(frame.header, frame.payload)
    default:
      throw WireError.malformedPayload(frame.header.kind, "not from the writer")
    }
  }

  /// Sends all of the first part: the stream shares the socket and must begin between two frames.
  private func sendAll(to worker: Worker) throws {
    var poller = Poller()
    let deadline = Clock.monotonic() + 10_000_000_000
    while worker.link.outgoing.unsent > 0 {
      guard Clock.monotonic() < deadline else {
        worker.process.child.kill()
        return
      }
      do { try worker.link.flush() } catch {
        // Its end is seen where it is listened to.
        return
      }
      guard worker.link.outgoing.unsent > 0 else { return }
      poller.removeAll()
      _ = poller.add(worker.link.socket.number, read: false, write: true)
      try poller.wait(milliseconds: 1000)
    }
  }

  private func settle(_ settlement: Settlement) {
    switch settlement {
    case .nothing: break
    case .tried(let task, let index):
      if allocator.settle(task: task, tryIndex: index) { observer.settled(task: task) }
    case .scored(let task): scored(task)
    case .attemptEnded: attemptIsEnded = true
    }
  }
}
