// A socket with its two queues: frames in, frames out.
package import Posix

/// One end of the conversation between the controller and a worker.
package final class FrameLink {
  /// How much one `receive` takes from the socket before the frames are handled.
  private static let readLimit = 1 << 20

  package let socket: Descriptor
  package let outgoing: ByteQueue
  private let incoming = ByteQueue()

  /// Speaks over a connected socket that does not block.
  package init(socket: Descriptor, outgoing: ByteQueue = ByteQueue()) {
    self.socket = socket
    self.outgoing = outgoing
  }

  /// Reads what has come; false when nothing had.
  package func receive() throws(WireError) -> Bool {
    try incoming.fill(from: socket.number, limit: max(Self.readLimit, awaited))
  }

  /// Bytes of the frame that is on its way: a long one is read whole, whatever the usual limit is.
  private var awaited: Int {
    guard incoming.count >= Frame.headerSize,
      // What is no header is refused by `peek`.
      let (_, length) = try? FrameHeader.decode(incoming.pointer(at: 0))
    else { return 0 }
    return Frame.headerSize + length
  }

  /// The next whole frame, nil when there is none yet.
  ///
  /// Its payload is valid until `consume()`.
  package func peek() throws(WireError) -> Frame? {
    guard incoming.count >= Frame.headerSize else { return nil }
    let start = incoming.pointer(at: 0)
    let (header, length) = try FrameHeader.decode(start)
    guard incoming.count >= Frame.headerSize + length else { return nil }
    let payload = UnsafeRawBufferPointer(start: start + Frame.headerSize, count: length)
    return Frame(header: header, payload: payload)
  }

  /// Frees the frame that `peek` returned.
  package func consume(_ frame: Frame) { incoming.drop(Frame.headerSize + frame.payload.count) }

  /// Sends as much as the socket takes.
  package func flush() throws(WireError) { try outgoing.flush(to: socket.number) }

  /// Queues a frame with a payload that is at hand.
  package func send(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) {
    outgoing.append(header, payload)
  }

  /// Queues a frame with a small payload.
  package func send(_ header: FrameHeader, _ payload: [UInt8] = []) {
    payload.withUnsafeBytes { outgoing.append(header, $0) }
  }
}

extension ByteQueue {
  /// Appends a whole frame.
  package func append(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer) {
    header.encode(length: payload.count, to: room(for: Frame.headerSize))
    advance(Frame.headerSize)
    append(payload)
  }

  /// Appends a frame whose payload is written piece by piece; the length is put in at the end.
  package func appendFrame(_ header: FrameHeader, _ write: (inout PayloadWriter) -> Void) {
    let start = count
    header.encode(length: 0, to: room(for: Frame.headerSize))
    advance(Frame.headerSize)
    var writer = PayloadWriter(queue: self)
    write(&writer)
    header.encode(length: count - start - Frame.headerSize, to: pointer(at: start))
  }
}
