// Payloads of the frames on a try's way. Each type here says its own byte order; numbers are little-endian,
// `bytes` means a 32-bit length and that many bytes.
package import Model

/// Tries to do: rows of one block of the prepared file and a mask over their tries.
///
///     u64 file offset of the first row of the block   u64 end of the block
///     u32 rows to skip   u32 sample count   then u64 words: bit (row x repeats + repeat)
package struct LeaseMessage: Equatable, Sendable {
  /// Bytes `offset ..< end` of the prepared file hold the rows, after `skippedRows` others.
  package var offset: UInt64
  package var end: UInt64
  package var skippedRows: UInt32
  package var sampleCount: UInt32
  /// One bit a try; set = to be done.
  package var mask: [UInt64]

  /// Describes one lease; its first sample is in the frame's header.
  package init(
    offset: UInt64, end: UInt64, skippedRows: UInt32, sampleCount: UInt32, mask: [UInt64]
  ) {
    self.offset = offset
    self.end = end
    self.skippedRows = skippedRows
    self.sampleCount = sampleCount
    self.mask = mask
  }

  /// Appends the frame.
  package func write(_ header: FrameHeader, to queue: ByteQueue) {
    queue.appendFrame(header) { payload in
      payload.integer(offset)
      payload.integer(end)
      payload.integer(skippedRows)
      payload.integer(sampleCount)
      for word in mask { payload.integer(word) }
    }
  }

  /// Reads the payload of a lease frame.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    offset = try reader.integer(UInt64.self)
    end = try reader.integer(UInt64.self)
    skippedRows = try reader.integer(UInt32.self)
    sampleCount = try reader.integer(UInt32.self)
    mask = []
    while !reader.isAtEnd { mask.append(try reader.integer(UInt64.self)) }
  }
}

/// A view of one request; every part points into the frame.
///
///     u32 kind   u32 flags   16 work key   16 prompt hash   u32 start of the part that is new
///     bytes stage   bytes prompt   u32 n, n x bytes choices   u32 n, n x bytes stops
package struct RequestMessage {
  package var kind: UInt32
  package var flags: UInt32
  package var workKey: UnsafeRawBufferPointer
  package var promptHash: UnsafeRawBufferPointer
  /// Where the part of the prompt begins that no earlier stage holds.
  package var newPart: Int
  package var stage: UnsafeRawBufferPointer
  package var prompt: UnsafeRawBufferPointer
  package var choices: [UnsafeRawBufferPointer]
  package var stops: [UnsafeRawBufferPointer]

  /// Makes a request of views that stay valid until it is written.
  package init(
    kind: UInt32, flags: UInt32, workKey: UnsafeRawBufferPointer,
    promptHash: UnsafeRawBufferPointer, newPart: Int, stage: UnsafeRawBufferPointer,
    prompt: UnsafeRawBufferPointer, choices: [UnsafeRawBufferPointer],
    stops: [UnsafeRawBufferPointer]
  ) {
    self.kind = kind
    self.flags = flags
    self.workKey = workKey
    self.promptHash = promptHash
    self.newPart = newPart
    self.stage = stage
    self.prompt = prompt
    self.choices = choices
    self.stops = stops
  }

  /// Appends the frame.
  package func write(_ header: FrameHeader, to queue: ByteQueue) {
    queue.appendFrame(header) { payload in
      payload.integer(kind)
      payload.integer(flags)
      payload.raw(workKey)
      payload.raw(promptHash)
      payload.integer(UInt32(newPart))
      payload.bytes(stage)
      payload.bytes(prompt)
      payload.integer(UInt32(choices.count))
      for choice in choices { payload.bytes(choice) }
      payload.integer(UInt32(stops.count))
      for stop in stops { payload.bytes(stop) }
    }
  }

  /// Reads the payload of a request frame; the views live as long as the frame.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    kind = try reader.integer(UInt32.self)
    flags = try reader.integer(UInt32.self)
    workKey = try reader.raw(16)
    promptHash = try reader.raw(16)
    newPart = Int(try reader.integer(UInt32.self))
    stage = try reader.bytes()
    prompt = try reader.bytes()
    guard newPart <= prompt.count else {
      throw .malformedPayload(.request, "the new part begins after the prompt's end")
    }
    choices = []
    for _ in 0..<(try reader.integer(UInt32.self)) { choices.append(try reader.bytes()) }
    stops = []
    for _ in 0..<(try reader.integer(UInt32.self)) { stops.append(try reader.bytes()) }
  }
}

/// A view of one completion; every part points into the frame.
///
///     u8 finish   u32 prompt tokens   u32 completion tokens   u64 latency ns   i32 error code
///     u32 error flags   16 work key   16 prompt hash   bytes stage   bytes prompt (the new part)
///     bytes text   u32 n, n x (f64, u32, u32) scores   bytes error
package struct CompletionMessage {
  package var finish: StopReason
  package var promptTokens: UInt32
  package var completionTokens: UInt32
  package var latency: UInt64
  package var errorCode: Int32
  package var errorFlags: UInt32
  package var workKey: UnsafeRawBufferPointer
  package var promptHash: UnsafeRawBufferPointer
  package var stage: UnsafeRawBufferPointer
  package var prompt: UnsafeRawBufferPointer
  package var text: UnsafeRawBufferPointer
  package var scores: [ChoiceScore]
  package var error: UnsafeRawBufferPointer

  /// A completion of views that stay valid until it is written.
  package init(
    finish: StopReason, workKey: UnsafeRawBufferPointer, promptHash: UnsafeRawBufferPointer,
    stage: UnsafeRawBufferPointer, prompt: UnsafeRawBufferPointer, text: UnsafeRawBufferPointer
  ) {
    self.finish = finish
    promptTokens = 0
    completionTokens = 0
    latency = 0
    errorCode = 0
    errorFlags = 0
    self.workKey = workKey
    self.promptHash = promptHash
    self.stage = stage
    self.prompt = prompt
    self.text = text
    scores = []
    error = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Appends the frame.
  package func write(_ header: FrameHeader, to queue: ByteQueue) {
    queue.appendFrame(header) { payload in
      payload.integer(finish.rawValue)
      payload.integer(promptTokens)
      payload.integer(completionTokens)
      payload.integer(latency)
      payload.integer(errorCode)
      payload.integer(errorFlags)
      payload.raw(workKey)
      payload.raw(promptHash)
      payload.bytes(stage)
      payload.bytes(prompt)
      payload.bytes(text)
      payload.integer(UInt32(scores.count))
      for score in scores {
        payload.double(score.logProbability)
        payload.integer(score.tokenCount)
        payload.integer(UInt32(score.isGreedy ? 1 : 0))
      }
      payload.bytes(error)
    }
  }

  /// Reads the payload of a completion or stored frame; the views live as long as the frame.
  package init(_ frame: Frame) throws(WireError) {
    var reader = PayloadReader(frame)
    let code = try reader.integer(UInt8.self)
    guard let reason = StopReason(rawValue: code) else {
      throw .malformedPayload(frame.header.kind, "unknown stop reason \(code)")
    }
    finish = reason
    promptTokens = try reader.integer(UInt32.self)
    completionTokens = try reader.integer(UInt32.self)
    latency = try reader.integer(UInt64.self)
    errorCode = try reader.integer(Int32.self)
    errorFlags = try reader.integer(UInt32.self)
    workKey = try reader.raw(16)
    promptHash = try reader.raw(16)
    stage = try reader.bytes()
    prompt = try reader.bytes()
    text = try reader.bytes()
    scores = []
    for _ in 0..<(try reader.integer(UInt32.self)) {
      scores.append(
        ChoiceScore(
          logProbability: try reader.double(), tokenCount: try reader.integer(UInt32.self),
          isGreedy: try reader.integer(UInt32.self) & 1 == 1))
    }
    error = try reader.bytes()
  }
}
