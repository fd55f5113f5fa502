// The frame: what every message between the host's processes looks like on its socket.
//
//   offset size  field      meaning
//        0    2  magic      0x4845
//        2    1  version    1
//        3    1  kind       FrameKind
//        4    4  length     bytes of payload after the header, at most `Frame.maximumPayload`
//        8    4  task       position of the task in the run's plan
//       12    4  sample     sample_index
//       16    4  repeat     repeat_index
//       20    4  route      the evaluator worker's own number for the try; comes back as it was sent
//       24    8  ticket     lease, request or sequence number, by kind
//       32    1  stage      from 1; 0 = none
//       33    1  flags      FrameFlags
//       34    2  worker     the worker a message is for, where the writer must say so
//       36    4  zero
//
// All numbers are little-endian. A frame is valid when magic, version, kind and length are; a reader ends
// the conversation at the first invalid one. The controller routes by this header and never reads payloads
// of envelopes.

/// What a frame carries.
package enum FrameKind: UInt8, Sendable, CaseIterable {
  // Any worker.
  /// Worker -> controller: what it loaded; payload is JSON.
  case hello = 1
  /// Controller -> worker: a task's `RunContext`; payload is JSON.
  case context = 2
  /// Worker -> controller: the last context could be used.
  case ready = 3
  /// Worker -> controller: it cannot go on; payload is the reason.
  case failed = 4
  /// Worker -> controller: alive.
  case heartbeat = 5
  /// Controller -> worker: finish what is in flight, start nothing new.
  case drain = 6
  /// Worker -> controller: nothing is in flight any more.
  case drained = 7
  /// Worker -> controller: a line for the event log.
  case log = 8

  // The way of a try.
  /// Controller -> evaluator worker (through the writer where stored stages may exist): tries to do.
  case lease = 16
  /// Evaluator worker -> controller: every try of the lease has its verdict or error on the way.
  case leaseDone = 17
  /// Evaluator worker -> generation worker.
  case request = 18
  /// Generation worker -> writer and evaluator worker.
  case completion = 19
  /// Evaluator worker -> writer.
  case verdict = 20
  /// Evaluator worker or controller -> writer.
  case dataError = 21
  /// Writer -> evaluator worker: a stored completion; the payload is a completion's.
  case stored = 22

  // The writer's own conversation.
  /// Controller -> writer: get or create a task; payload is JSON.
  case openTask = 32
  /// Writer -> controller: what the task has; payload is `TaskState`.
  case taskState = 33
  /// Writer -> controller: everything up to the ticket is committed.
  case ack = 34
  /// Scorer -> writer through the controller: a score; payload is JSON.
  case score = 35
  /// Controller -> scorer: the score is committed.
  case scoreStored = 36
  /// Controller -> writer: how a task ended; payload is a word.
  case taskEnd = 37
  /// Controller -> writer: how the attempt ended; payload is a word.
  case attemptEnd = 38
  /// Controller -> writer: commit now, nothing more comes for the moment.
  case flush = 39
}

/// Bits of a frame's `flags`.
package enum FrameFlags {
  /// A completion that failed: for the evaluator worker alone, never stored.
  package static let failure: UInt8 = 1
  /// A lease whose tries are suspected to end a worker.
  package static let suspect: UInt8 = 2
}

/// The fixed part of a frame.
package struct FrameHeader: Equatable, Sendable {
  package var kind: FrameKind
  package var stage: UInt8
  package var flags: UInt8
  package var worker: UInt16
  package var task: UInt32
  package var sample: UInt32
  package var repetition: UInt32
  package var route: UInt32
  package var ticket: UInt64

  /// Makes a header; what does not apply stays 0.
  package init(
    _ kind: FrameKind, task: UInt32 = 0, sample: UInt32 = 0, repetition: UInt32 = 0,
    stage: UInt8 = 0, flags: UInt8 = 0, worker: UInt16 = 0, route: UInt32 = 0, ticket: UInt64 = 0
  ) {
    self.kind = kind
    self.stage = stage
    self.flags = flags
    self.worker = worker
    self.task = task
    self.sample = sample
    self.repetition = repetition
    self.route = route
    self.ticket = ticket
  }
}

/// Why bytes are not a frame or a payload.
package enum WireError: Error, Equatable, Sendable, CustomStringConvertible {
  case badMagic
  case badVersion(UInt8)
  case unknownKind(UInt8)
  case tooLong(Int)
  case truncatedPayload(FrameKind)
  case malformedPayload(FrameKind, String)
  /// The other side closed the socket.
  case closed
  /// A socket call failed with this text.
  case broken(String)

  /// One line for the log.
  package var description: String {
    switch self {
    case .badMagic: "not an evalhost frame (bad magic)"
    case .badVersion(let version): "frame version \(version) is not supported"
    case .unknownKind(let kind): "unknown frame kind \(kind)"
    case .tooLong(let length): "frame of \(length) bytes is over \(Frame.maximumPayload)"
    case .truncatedPayload(let kind): "\(kind) frame ends early"
    case .malformedPayload(let kind, let reason): "\(kind) frame: \(reason)"
    case .closed: "the other side closed the connection"
    case .broken(let reason): reason
    }
  }
}

/// One received frame; the payload is valid until the buffer it came from is read into again.
package struct Frame {
  /// Bytes of a header.
  package static let headerSize = 40
  /// Longest payload: a prompt may have 64 MiB, and a frame holds some text beside it.
  package static let maximumPayload = 160 << 20

  package var header: FrameHeader
  package var payload: UnsafeRawBufferPointer

  /// Pairs a header with its payload.
  package init(header: FrameHeader, payload: UnsafeRawBufferPointer) {
    self.header = header
    self.payload = payload
  }
}

extension FrameHeader {
  private static let magic: UInt16 = 0x4845
  private static let version: UInt8 = 1

  /// Writes the forty bytes.
  ///
  /// `memory` has room for them.
  package func encode(length: Int, to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: Self.magic.littleEndian, as: UInt16.self)
    memory.storeBytes(of: Self.version, toByteOffset: 2, as: UInt8.self)
    memory.storeBytes(of: kind.rawValue, toByteOffset: 3, as: UInt8.self)
    memory.storeBytes(of: UInt32(length).littleEndian, toByteOffset: 4, as: UInt32.self)
    memory.storeBytes(of: task.littleEndian, toByteOffset: 8, as: UInt32.self)
    memory.storeBytes(of: sample.littleEndian, toByteOffset: 12, as: UInt32.self)
    memory.storeBytes(of: repetition.littleEndian, toByteOffset: 16, as: UInt32.self)
    memory.storeBytes(of: route.littleEndian, toByteOffset: 20, as: UInt32.self)
    memory.storeBytes(of: ticket.littleEndian, toByteOffset: 24, as: UInt64.self)
    memory.storeBytes(of: stage, toByteOffset: 32, as: UInt8.self)
    memory.storeBytes(of: flags, toByteOffset: 33, as: UInt8.self)
    memory.storeBytes(of: worker.littleEndian, toByteOffset: 34, as: UInt16.self)
    memory.storeBytes(of: 0, toByteOffset: 36, as: UInt32.self)
  }

  /// Reads a header and the length of its payload.
  ///
  /// `memory` holds at least forty bytes.
  package static func decode(
    _ memory: UnsafeRawPointer
  ) throws(WireError) -> (header: FrameHeader, length: Int) {
    func number<N: FixedWidthInteger>(_ offset: Int, _ type: N.Type) -> N {
      N(littleEndian: memory.loadUnaligned(fromByteOffset: offset, as: N.self))
    }
    guard number(0, UInt16.self) == magic else { throw .badMagic }
    guard number(2, UInt8.self) == version else { throw .badVersion(number(2, UInt8.self)) }
    guard let kind = FrameKind(rawValue: number(3, UInt8.self)) else {
      throw .unknownKind(number(3, UInt8.self))
    }
    let length = Int(number(4, UInt32.self))
    guard length <= Frame.maximumPayload else { throw .tooLong(length) }
    let header = FrameHeader(
      kind, task: number(8, UInt32.self), sample: number(12, UInt32.self),
      repetition: number(16, UInt32.self), stage: number(32, UInt8.self),
      flags: number(33, UInt8.self), worker: number(34, UInt16.self),
      route: number(20, UInt32.self), ticket: number(24, UInt64.self))
    return (header, length)
  }
}
