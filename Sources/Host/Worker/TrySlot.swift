// One try in an evaluator worker's hands.
internal import PluginHost
internal import Wire

/// A completion that was stored before, waiting for its try to ask for it.
struct StoredStage {
  var stage: UInt8
  var key: WorkKey
  var output: StageOutput
}

/// The state of one try between two calls of its evaluator.
final class TrySlot {
  var task: UInt32 = 0
  var sample: UInt32 = 0
  var repetition: UInt32 = 0
  var lease: LeaseRun?
  var row = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  var outputs: [StageOutput] = []
  /// The prompt of the last stage and its completion: what the next prompt may go on from.
  var context: [UInt8] = []
  /// Key of the last stage; zeros before the first.
  var key = WorkKey()
  /// Digest of the last completion's text.
  var isFinal = false
  var stored: [StoredStage] = []

  /// Makes the slot ready for its next try; keeps its room.
  func clear() {
    lease = nil
    outputs.removeAll(keepingCapacity: true)
    context.removeAll(keepingCapacity: true)
    key = WorkKey()
    isFinal = false
    stored.removeAll(keepingCapacity: true)
  }
}

/// A lease while it is worked on.
final class LeaseRun {
  let ticket: UInt64
  let task: UInt32
  let firstSample: UInt32
  let message: LeaseMessage
  let block: RowBlock
  /// Tries that have not ended, started or not.
  var open: Int
  /// The next bit of the mask to look at.
  var cursor = 0
  /// The last row that was validated, and what was wrong with it.
  var validatedRow = -1
  var rowFault: String?
  /// Stored stages by try, taken when the try starts.
  var stored: [Int: [StoredStage]] = [:]

  init(_ header: FrameHeader, _ message: LeaseMessage, block: RowBlock) {
    ticket = header.ticket
    task = header.task
    firstSample = header.sample
    self.message = message
    self.block = block
    open = message.mask.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  /// The next try to start, as its place in the mask; nil when all are started.
  func next() -> Int? {
    while cursor < message.mask.count * 64 {
      let word = message.mask[cursor >> 6] >> UInt64(cursor & 63)
      guard word != 0 else {
        cursor = (cursor >> 6 + 1) << 6
        continue
      }
      let found = cursor + word.trailingZeroBitCount
      cursor = found + 1
      return found
    }
    return nil
  }
}
