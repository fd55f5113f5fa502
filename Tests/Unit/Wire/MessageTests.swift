// The payloads of the hot frames: back and forth, and cut off at every byte.

import Model
import Testing
import Wire

@Suite struct MessageTests {
  private let queue = ByteQueue()
  private let header = FrameHeader(.lease, task: 1, sample: 2, ticket: 3)

  @Test func `a lease comes back`() throws {
    let lease = LeaseMessage(
      offset: 1 << 40, end: .max, skippedRows: 63, sampleCount: 9, mask: [0, .max, 1 << 63])
    lease.write(header, to: queue)
    let frame = try sentFrame()
    #expect(try LeaseMessage(frame) == lease && frame.header == header)
    // A mask may have any number of words; half a word is no mask.
    for length in 0..<frame.payload.count {
      let isWhole = length >= 24 && length % 8 == 0
      #expect(
        (try? LeaseMessage(cut(frame, length)))?.mask.count == (isWhole ? length / 8 - 3 : nil))
    }
  }

  @Test func `a request comes back`() throws {
    let key = Bytes(0..<16)
    let hash = Bytes(100..<116)
    let (stage, prompt) = (Bytes("cot".utf8), Bytes("Q: π?\0A:".utf8))
    let (empty, choice) = (Bytes([]), Bytes(" B".utf8))
    RequestMessage(
      kind: 2, flags: 5, workKey: key.view, promptHash: hash.view, newPart: 9, stage: stage.view,
      prompt: prompt.view, choices: [choice.view, empty.view], stops: [prompt.view]
    ).write(header, to: queue)
    let frame = try sentFrame()
    let found = try RequestMessage(frame)
    #expect(found.kind == 2 && found.flags == 5 && found.newPart == 9)
    #expect(key == found.workKey && hash == found.promptHash)
    #expect(stage == found.stage && prompt == found.prompt)
    #expect(found.choices.map { Array($0) } == [choice.bytes, []])
    #expect(found.stops.map { Array($0) } == [prompt.bytes])
    expectCutRefused(frame) { try RequestMessage($0) }
    // The new part may be empty but not begin after the end.
    for (place, isRight) in [(prompt.bytes.count, true), (prompt.bytes.count + 1, false)] {
      queue.drop(queue.count)
      RequestMessage(
        kind: 1, flags: 0, workKey: key.view, promptHash: hash.view, newPart: place,
        stage: stage.view, prompt: prompt.view, choices: [], stops: []
      ).write(header, to: queue)
      let frame = try sentFrame()
      #expect(((try? RequestMessage(frame)) != nil) == isRight)
    }
  }

  @Test func `a completion comes back`() throws {
    let (key, hash) = (Bytes(1..<17), Bytes(200..<216))
    let (stage, prompt) = (Bytes("final".utf8), Bytes([]))
    let (text, error) = (Bytes([0xff, 0, 0x80]), Bytes("no".utf8))
    var sent = CompletionMessage(
      finish: .maxLength, workKey: key.view, promptHash: hash.view, stage: stage.view,
      prompt: prompt.view, text: text.view)
    sent.promptTokens = 7
    sent.completionTokens = .max
    sent.latency = 1 << 50
    sent.errorCode = -3
    sent.errorFlags = 9
    sent.scores = [
      ChoiceScore(logProbability: -0.25, tokenCount: 2, isGreedy: true),
      ChoiceScore(logProbability: -.infinity, tokenCount: 0, isGreedy: false),
    ]
    sent.error = error.view
    sent.write(header, to: queue)
    let frame = try sentFrame()
    let found = try CompletionMessage(frame)
    #expect(found.finish == .maxLength && found.promptTokens == 7 && found.latency == 1 << 50)
    #expect(found.completionTokens == .max && found.errorCode == -3 && found.errorFlags == 9)
    #expect(key == found.workKey && hash == found.promptHash && stage == found.stage)
    #expect(prompt == found.prompt && text == found.text && error == found.error)
    #expect(found.scores == sent.scores)
    expectCutRefused(frame) { try CompletionMessage($0) }
    try expectFirstByteRefused("unknown stop reason 99") { try CompletionMessage($0) }
  }

  @Test func `a verdict comes back`() throws {
    let parts = ["42", "", "wrong", "algebra", "{}", "f1"].map { Bytes($0.utf8) }
    VerdictMessage(
      outcome: .unparsed, answer: parts[0].view, reference: parts[1].view,
      failReason: parts[2].view, group: parts[3].view, details: parts[4].view,
      values: [(parts[5].view, 0.5), (parts[1].view, -0.0)]
    ).write(header, to: queue)
    let frame = try sentFrame()
    let found = try VerdictMessage(frame)
    #expect(found.outcome == .unparsed && parts[0] == found.answer && parts[1] == found.reference)
    #expect(parts[2] == found.failReason && parts[3] == found.group && parts[4] == found.details)
    #expect(found.values.map { Array($0.name) } == [parts[5].bytes, []])
    let values: [Double] = [0.5, -0.0]
    #expect(found.values.map(\.value.bitPattern) == values.map(\.bitPattern))
    expectCutRefused(frame) { try VerdictMessage($0) }
    try expectFirstByteRefused("unknown outcome 99") { try VerdictMessage($0) }
  }

  @Test(arguments: ErrorPlace.allCases)
  func `a data error comes back`(place: ErrorPlace) throws {
    let sent = DataErrorMessage(place: place, line: .max, reason: "né\0", plugin: "")
    sent.write(header, to: queue)
    let frame = try sentFrame()
    #expect(try DataErrorMessage(frame) == sent)
    expectCutRefused(frame) { try DataErrorMessage($0) }
    // Text that is not UTF-8 is not repaired.
    queue.pointer(at: Frame.headerSize + 9).storeBytes(of: 0xff, as: UInt8.self)
    #expect(throws: WireError.malformedPayload(.lease, "text is not UTF-8")) {
      try DataErrorMessage(sentFrame())
    }
    try expectFirstByteRefused("unknown place 99") { try DataErrorMessage($0) }
  }

  @Test func `a task's state and an acknowledgement come back`() throws {
    let state = TaskState(
      taskID: 1, judgingID: .max, isScored: true, note: "model.signature differs",
      finished: [1, 2], started: [3, 4])
    state.write(header, to: queue)
    let frame = try sentFrame()
    #expect(try TaskState(frame) == state)
    expectCutRefused(frame) { try TaskState($0) }
    // A count that the bytes do not bear out asks for no memory.
    let count = Frame.headerSize + 17 + 4 + state.note.utf8.count
    queue.pointer(at: count).storeBytes(of: UInt32.max, as: UInt32.self)
    #expect(throws: WireError.truncatedPayload(.lease)) { try TaskState(sentFrame()) }
    queue.drop(queue.count)
    let ack = AckMessage(stored: 1, duplicates: 1 << 40, conflicts: .max)
    ack.write(ticket: 77, to: queue)
    let answer = try sentFrame()
    #expect(answer.header == FrameHeader(.ack, ticket: 77))
    #expect(try AckMessage(answer) == ack)
    expectCutRefused(answer) { try AckMessage($0) }
  }

  @Test func `a reader stays within its frame`() throws {
    queue.appendFrame(header) { payload in
      payload.integer(Int16(-2))
      payload.bytes([1, 2, 3])
      payload.text("é")
    }
    var reader = PayloadReader(try sentFrame())
    #expect(try reader.integer(Int16.self) == -2)
    #expect(try Array(reader.bytes()) == [1, 2, 3])
    #expect(try reader.text() == "é" && reader.isAtEnd)
    #expect(throws: WireError.truncatedPayload(.lease)) { try reader.raw(1) }
    #expect(throws: WireError.truncatedPayload(.lease)) { try reader.raw(-1) }
    #expect(try reader.raw(0).isEmpty && reader.rest().isEmpty)
  }

  /// The first frame of the queue, as a receiver has it.
  private func sentFrame() throws -> Frame {
    let (header, length) = try FrameHeader.decode(queue.pointer(at: 0))
    #expect(length == queue.count - Frame.headerSize)
    return Frame(
      header: header,
      payload: UnsafeRawBufferPointer(
        start: queue.pointer(at: Frame.headerSize), count: length))
  }

  private func cut(_ frame: Frame, _ length: Int) -> Frame {
    Frame(header: frame.header, payload: UnsafeRawBufferPointer(rebasing: frame.payload[..<length]))
  }

  private func expectCutRefused<Message>(_ frame: Frame, _ read: (Frame) throws -> Message) {
    for length in 0..<frame.payload.count {
      #expect(throws: WireError.truncatedPayload(frame.header.kind)) {
        try read(cut(frame, length))
      }
    }
  }

  private func expectFirstByteRefused<Message>(
    _ reason: String, _ read: (Frame) throws -> Message
  ) throws {
    queue.pointer(at: Frame.headerSize).storeBytes(of: 99, as: UInt8.self)
    let failure = try #require(throws: WireError.self) { try read(sentFrame()) }
    #expect(failure.description.hasSuffix(reason))
  }
}

/// Bytes that stay put while a message looks at them.
private final class Bytes {
  let bytes: [UInt8]
  let view: UnsafeRawBufferPointer
  private let memory: UnsafeMutableRawBufferPointer

  init(_ bytes: some Sequence<UInt8>) {
    self.bytes = Array(bytes)
    memory = .allocate(byteCount: self.bytes.count, alignment: 1)
    memory.copyBytes(from: self.bytes)
    view = UnsafeRawBufferPointer(memory)
  }

  deinit { memory.deallocate() }

  static func == (left: Bytes, right: UnsafeRawBufferPointer) -> Bool {
    right.elementsEqual(left.bytes)
  }
}
