// The controller's end of the writer's conversation: a numbered stream that is kept until it is
// acknowledged, so that a writer that dies is followed by one that gets the same again.
internal import Wire

/// What an acknowledged frame means to the controller.
enum Settlement {
  case nothing
  /// A try's verdict or error is committed.
  case tried(task: Int, index: Int)
  /// A task's score is committed.
  case scored(task: Int)
  /// The attempt's end is committed: nothing more is to come.
  case attemptEnded
}

/// Numbers, keeps and releases what goes to the writer.
final class WriterLink {
  /// Bytes of unacknowledged frames above which the controller stops listening to the workers.
  private static let keptLimit = 24 << 20

  private struct Kept {
    var sequence: UInt64
    var end: UInt64
    var settlement: Settlement
  }

  /// The frames' bytes; the first ones are sent already.
  let queue = ByteQueue(keepsSent: true, capacity: 1 << 20)
  private var kept: [Kept] = []
  private var keptStart = 0
  private var nextSequence: UInt64 = 1
  private var flushed: UInt64 = 0

  /// So much is unacknowledged that nothing more should come.
  var isFull: Bool { queue.count > Self.keptLimit }

  /// Everything is acknowledged.
  var isSettled: Bool { keptStart == kept.count }

  /// Frames that wait for their acknowledgement.
  var waiting: Int { kept.count - keptStart }

  /// Takes a frame into the stream.
  func forward(
    _ header: FrameHeader, _ payload: UnsafeRawBufferPointer, _ settlement: Settlement = .nothing
  ) {
    var header = header
    header.ticket = nextSequence
    queue.append(header, payload)
    keep(settlement)
  }

  /// Takes a frame that is written piece by piece; `write` gets its header, numbered.
  func forward(
    _ header: FrameHeader, _ settlement: Settlement = .nothing,
    _ write: (FrameHeader, ByteQueue) -> Void
  ) {
    var header = header
    header.ticket = nextSequence
    write(header, queue)
    keep(settlement)
  }

  private func keep(_ settlement: Settlement) {
    kept.append(Kept(sequence: nextSequence, end: queue.end, settlement: settlement))
    nextSequence += 1
  }

  /// Everything up to a sequence number is committed.
  func acknowledge(through sequence: UInt64, _ body: (Settlement) -> Void) {
    var position: UInt64?
    while keptStart < kept.count, kept[keptStart].sequence <= sequence {
      position = kept[keptStart].end
      body(kept[keptStart].settlement)
      keptStart += 1
    }
    if let position { queue.release(through: position) }
    if keptStart > 4096, keptStart * 2 > kept.count {
      kept.removeFirst(keptStart)
      keptStart = 0
    }
  }

  /// Asks the writer to commit what it has, once after each last frame.
  func askForCommit() {
    guard !isSettled, flushed != nextSequence else { return }
    forward(FrameHeader(.flush), UnsafeRawBufferPointer(start: nil, count: 0))
    flushed = nextSequence
  }

  /// A new writer takes over: it gets everything that is not acknowledged.
  func rewind() { queue.rewind() }
}
