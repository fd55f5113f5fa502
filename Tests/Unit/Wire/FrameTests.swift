// Frames over a real socket pair: whole, in pieces, cut off, and with every bit of the header flipped.

import CPosix
import Glibc
import Posix
import Testing
import Wire

@Suite struct FrameTests {
  @Test(arguments: FrameKind.allCases)
  func `every field of a header comes back`(kind: FrameKind) throws {
    let header = wholeHeader(kind)
    var bytes = [UInt8](repeating: 0xff, count: Frame.headerSize)
    bytes.withUnsafeMutableBytes { memory in
      guard let start = memory.baseAddress else { return }
      header.encode(length: 0x0102_0304, to: start)
    }
    let number = kind.rawValue
    #expect(
      bytes == [
        0x45, 0x48, 1, number, 4, 3, 2, 1, 0x11, 0x22, 0x33, 0x44, 0x21, 0x22, 0x23, 0x24, 0x31,
        0x32, 0x33, 0x34, 0x41, 0x42, 0x43, 0x44, 1, 2, 3, 4, 5, 6, 7, 8, 0x51, 0x52, 0x61, 0x62,
        0, 0, 0, 0,
      ])
    let (found, length) = try decode(bytes)
    #expect(found == header && length == 0x0102_0304)
  }

  @Test func `numbers that name a kind are fixed`() {
    #expect(
      FrameKind.allCases.map(\.rawValue)
        == Array(1...8) + Array(16...22) + Array(32...(31 + UInt8(FrameKind.allCases.count - 15))))
  }

  @Test func `what is no header is refused by name`() {
    let right = encoded(wholeHeader(.lease), length: 0)
    func changed(_ offset: Int, _ values: [UInt8]) -> [UInt8] {
      var bytes = right
      bytes.replaceSubrange(offset..<offset + values.count, with: values)
      return bytes
    }
    let over = UInt32(Frame.maximumPayload + 1).littleEndian
    let tooLong = withUnsafeBytes(of: over) { Array($0) }
    let rows: [([UInt8], WireError)] = [
      (changed(0, [0]), .badMagic), (changed(1, [0]), .badMagic),
      (changed(2, [2]), .badVersion(2)), (changed(3, [0]), .unknownKind(0)),
      (changed(3, [255]), .unknownKind(255)),
      (changed(4, tooLong), .tooLong(Frame.maximumPayload + 1)),
      (changed(4, [255, 255, 255, 255]), .tooLong(Int(UInt32.max))),
    ]
    for (bytes, error) in rows {
      #expect(throws: error) { try decode(bytes) }
      #expect(!error.description.isEmpty)
    }
  }

  @Test(arguments: [1, 7, 40, 41, 1 << 20])
  func `frames arrive whole however they are cut`(piece: Int) throws {
    let pair = try Pair()
    let sent = [[], Array("x".utf8), [UInt8](repeating: 7, count: 1000), Array("end".utf8)]
    let stream = sent.enumerated().flatMap { encoded(wholeHeader(.log, $0), $1) }
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: stream.count, by: piece) {
      pair.write(Array(stream[start..<min(start + piece, stream.count)]))
      #expect(try pair.link.receive())
      while let frame = try pair.link.peek() {
        #expect(frame.header == wholeHeader(.log, found.count))
        found.append(Array(frame.payload))
        pair.link.consume(frame)
      }
    }
    #expect(try found == sent && !pair.link.receive())
    pair.close()
    #expect(throws: WireError.closed) { try pair.link.receive() }
  }

  @Test func `a stream that ends anywhere gives no half frame`() throws {
    let stream = encoded(wholeHeader(.verdict), Array("payload".utf8))
    for length in 0..<stream.count {
      let pair = try Pair()
      pair.write(Array(stream[..<length]))
      pair.close()
      #expect(throws: WireError.closed) {
        while true {
          _ = try pair.link.receive()
          #expect(try pair.link.peek() == nil)
        }
      }
    }
  }

  @Test func `a flipped bit is refused, seen, or waits for bytes that never come`() throws {
    let header = wholeHeader(.verdict)
    let stream = encoded(header, Array("payload".utf8))
    for bit in 0..<Frame.headerSize * 8 {
      var broken = stream
      broken[bit / 8] ^= 1 << (bit % 8)
      let pair = try Pair()
      pair.write(broken)
      pair.close()
      do {
        while true {
          _ = try pair.link.receive()
          guard let frame = try pair.link.peek() else { continue }
          let isZeroField = bit >= 36 * 8
          let isShorter = frame.payload.count < 7
          #expect(isShorter || (frame.header == header) == isZeroField, "bit \(bit)")
          break
        }
      } catch {
        // Only the first eight bytes decide whether it is a frame.
        #expect(bit < 64 && error != .truncatedPayload(.verdict), "bit \(bit): \(error)")
      }
    }
  }

  @Test(arguments: [(1 << 20) - 40, 1 << 20, (1 << 20) + 1, 3 << 20])
  func `a long frame arrives, and the one after it`(size: Int) throws {
    let pair = try Pair()
    let other = FrameLink(socket: pair.far)
    let payload = [UInt8](repeating: 0xa5, count: size)
    other.send(FrameHeader(.request), payload)
    other.send(FrameHeader(.heartbeat))
    var kinds: [FrameKind] = []
    var rounds = 0
    while kinds.count < 2, rounds < 10_000 {
      rounds += 1
      try other.flush()
      _ = try pair.link.receive()
      while let frame = try pair.link.peek() {
        if frame.header.kind == .request {
          #expect(payload.withUnsafeBytes { equalBytes($0, frame.payload) })
        }
        kinds.append(frame.header.kind)
        pair.link.consume(frame)
      }
    }
    #expect(kinds == [.request, .heartbeat])
  }

  @Test func `sending to nobody is an error, not a signal`() throws {
    let pair = try Pair()
    pair.close()
    pair.link.send(FrameHeader(.heartbeat), [1])
    #expect(throws: WireError.closed) { try pair.link.flush() }
    pair.link.socket.shutDown()
  }

  private func decode(_ bytes: [UInt8]) throws -> (header: FrameHeader, length: Int) {
    try bytes.withUnsafeBytes { memory in
      try FrameHeader.decode(try #require(memory.baseAddress))
    }
  }
}

/// A header in which every field has its own bytes; `number` makes it another one.
private func wholeHeader(_ kind: FrameKind, _ number: Int = 0) -> FrameHeader {
  FrameHeader(
    kind, task: 0x4433_2211, sample: 0x2423_2221 + UInt32(number), repetition: 0x3433_3231,
    stage: 0x51, flags: 0x52, worker: 0x6261, route: 0x4443_4241, ticket: 0x0807_0605_0403_0201)
}

private func encoded(_ header: FrameHeader, length: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: Frame.headerSize)
  bytes.withUnsafeMutableBytes { memory in
    if let start = memory.baseAddress { header.encode(length: length, to: start) }
  }
  return bytes
}

private func encoded(_ header: FrameHeader, _ payload: [UInt8]) -> [UInt8] {
  encoded(header, length: payload.count) + payload
}

/// Two connected sockets: raw bytes go in at one, frames come out at the other.
private final class Pair {
  let far: Descriptor
  let link: FrameLink

  init() throws {
    var numbers: [Int32] = [-1, -1]
    try #require(evh_socketpair(&numbers) == 0)
    far = Descriptor(owning: numbers[0])
    link = FrameLink(socket: Descriptor(owning: numbers[1]))
  }

  func write(_ bytes: [UInt8]) {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(far.number, buffer.baseAddress.map { $0 + done }, bytes.count - done, 0)
      }
      guard count > 0 else {
        Issue.record("the socket took \(done) of \(bytes.count) bytes")
        return
      }
      done += count
    }
  }

  /// The reader finds the end after what was written.
  func close() { Glibc.shutdown(far.number, Int32(SHUT_RDWR)) }
}
