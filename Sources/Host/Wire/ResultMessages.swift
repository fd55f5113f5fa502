// Payloads of verdicts, data errors and the writer's answers.
package import Model

/// A view of one verdict; every part points into the frame.
///
///     u8 outcome   bytes answer, reference, fail reason, group, details   u32 n, n x (bytes name, f64)
package struct VerdictMessage {
  package var outcome: Outcome
  package var answer: UnsafeRawBufferPointer
  package var reference: UnsafeRawBufferPointer
  package var failReason: UnsafeRawBufferPointer
  package var group: UnsafeRawBufferPointer
  package var details: UnsafeRawBufferPointer
  package var values: [(name: UnsafeRawBufferPointer, value: Double)]

  /// A verdict of views that stay valid until it is written.
  package init(
    outcome: Outcome, answer: UnsafeRawBufferPointer, reference: UnsafeRawBufferPointer,
    failReason: UnsafeRawBufferPointer, group: UnsafeRawBufferPointer,
    details: UnsafeRawBufferPointer, values: [(name: UnsafeRawBufferPointer, value: Double)]
  ) {
    self.outcome = outcome
    self.answer = answer
    self.reference = reference
    self.failReason = failReason
    self.group = group
    self.details = details
    self.values = values
  }

  /// Appends the frame.
  package func write(_ header: FrameHeader, to queue: ByteQueue) {
    queue.appendFrame(header) { payload in
      payload.integer(outcome.rawValue)
      payload.bytes(answer)
      payload.bytes(reference)
      payload.bytes(failReason)
      payload.bytes(group)
      payload.bytes(details)
      payload.integer(UInt32(values.count))
      for item in values {
        payload.bytes(item.name)
        payload.double(item.value)
      }
    }
  }

  /// Reads the payload of a verdict frame; the views live as long as the frame.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    let code = try reader.integer(UInt8.self)
    guard let outcome = Outcome(rawValue: code) else {
      throw .malformedPayload(.verdict, "unknown outcome \(code)")
    }
    self.outcome = outcome
    answer = try reader.bytes()
    reference = try reader.bytes()
    failReason = try reader.bytes()
    group = try reader.bytes()
    details = try reader.bytes()
    values = []
    for _ in 0..<(try reader.integer(UInt32.self)) {
      values.append((name: try reader.bytes(), value: try reader.double()))
    }
  }
}

/// Why one try has no verdict.
///
///     u8 place   u32 line, from 1; 0 = none   bytes reason   bytes plugin
package struct DataErrorMessage: Equatable, Sendable {
  package var place: ErrorPlace
  /// Line of the prepared file, from 1; 0 when the row is not at fault.
  package var line: UInt32
  /// One line for the user.
  package var reason: String
  /// `id version` of the plugin involved; empty without.
  package var plugin: String

  /// Describes one error.
  package init(place: ErrorPlace, line: UInt32, reason: String, plugin: String) {
    self.place = place
    self.line = line
    self.reason = reason
    self.plugin = plugin
  }

  /// Appends the frame.
  package func write(_ header: FrameHeader, to queue: ByteQueue) {
    queue.appendFrame(header) { payload in
      payload.integer(place.rawValue)
      payload.integer(line)
      payload.text(reason)
      payload.text(plugin)
    }
  }

  /// Reads the payload of a data error frame.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    let code = try reader.integer(UInt8.self)
    guard let place = ErrorPlace(rawValue: code) else {
      throw .malformedPayload(.dataError, "unknown place \(code)")
    }
    self.place = place
    line = try reader.integer(UInt32.self)
    reason = try reader.text()
    plugin = try reader.text()
  }
}

/// What the store holds of a task: the writer's answer to `openTask`.
///
///     u64 task id   u64 judging id   u8 scored   bytes note   then two masks over all tries, in u64 words:
///     finished (verdict, or an error that is not tried again) and started (stored stages, no verdict)
package struct TaskState: Equatable, Sendable {
  package var taskID: UInt64
  package var judgingID: UInt64
  /// The current judging has a score.
  package var isScored: Bool
  /// Why earlier work of this run is not used, in words; empty when all of it is.
  package var note: String
  package var finished: [UInt64]
  package var started: [UInt64]

  /// Describes one task's stored part.
  package init(
    taskID: UInt64, judgingID: UInt64, isScored: Bool, note: String, finished: [UInt64],
    started: [UInt64]
  ) {
    self.taskID = taskID
    self.judgingID = judgingID
    self.isScored = isScored
    self.note = note
    self.finished = finished
    self.started = started
  }

  /// Appends the frame.
  package func write(_ header: FrameHeader, to queue: ByteQueue) {
    queue.appendFrame(header) { payload in
      payload.integer(taskID)
      payload.integer(judgingID)
      payload.integer(UInt8(isScored ? 1 : 0))
      payload.text(note)
      payload.integer(UInt32(finished.count))
      for word in finished { payload.integer(word) }
      for word in started { payload.integer(word) }
    }
  }

  /// Reads the payload of a task state frame.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    taskID = try reader.integer(UInt64.self)
    judgingID = try reader.integer(UInt64.self)
    isScored = try reader.integer(UInt8.self) == 1
    note = try reader.text()
    let count = Int(try reader.integer(UInt32.self))
    // No room is kept by a number that the bytes behind it do not bear out.
    finished = []
    started = []
    for _ in 0..<count { finished.append(try reader.integer(UInt64.self)) }
    for _ in 0..<count { started.append(try reader.integer(UInt64.self)) }
  }
}

/// What the writer says after a commit.
///
///     u64 stored   u64 duplicates   u64 conflicts, all since the writer started
package struct AckMessage: Equatable, Sendable {
  package var stored: UInt64
  package var duplicates: UInt64
  package var conflicts: UInt64

  /// Counts since the writer started.
  package init(stored: UInt64, duplicates: UInt64, conflicts: UInt64) {
    self.stored = stored
    self.duplicates = duplicates
    self.conflicts = conflicts
  }

  /// Appends the frame; the ticket is the last committed sequence number.
  package func write(ticket: UInt64, to queue: ByteQueue) {
    queue.appendFrame(FrameHeader(.ack, ticket: ticket)) { payload in
      payload.integer(stored)
      payload.integer(duplicates)
      payload.integer(conflicts)
    }
  }

  /// Reads the payload of an acknowledgement.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    stored = try reader.integer(UInt64.self)
    duplicates = try reader.integer(UInt64.self)
    conflicts = try reader.integer(UInt64.self)
  }
}
