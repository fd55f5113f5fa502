// Payloads of the hot frames: fixed numbers and length-prefixed bytes, no text format.

/// Writes a payload straight into a queue.
package struct PayloadWriter {
  private let queue: ByteQueue

  init(queue: ByteQueue) { self.queue = queue }

  /// A little-endian number.
  package func integer<N: FixedWidthInteger>(_ value: N) {
    let size = MemoryLayout<N>.size
    queue.room(for: size).storeBytes(of: value.littleEndian, as: N.self)
    queue.advance(size)
  }

  /// A double by its bits.
  package func double(_ value: Double) { integer(value.bitPattern) }

  /// Bytes without a length: the reader knows it.
  package func raw(_ bytes: UnsafeRawBufferPointer) { queue.append(bytes) }

  /// A 32-bit length and the bytes.
  package func bytes(_ bytes: UnsafeRawBufferPointer) {
    integer(UInt32(bytes.count))
    queue.append(bytes)
  }

  /// A 32-bit length and the bytes.
  package func bytes(_ bytes: [UInt8]) { bytes.withUnsafeBytes { self.bytes($0) } }

  /// A 32-bit length and the text's UTF-8.
  package func text(_ text: String) {
    var text = text
    text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
  }
}

/// Reads a payload front to back; a read over the end fails and leaves the reader at the end.
package struct PayloadReader {
  private let kind: FrameKind
  private let memory: UnsafeRawBufferPointer
  private var offset = 0

  /// Reads the payload of a frame.
  package init(_ frame: Frame) {
    kind = frame.header.kind
    memory = frame.payload
  }

  /// True when nothing is left.
  package var isAtEnd: Bool { offset == memory.count }

  /// A little-endian number.
  package mutating func integer<N: FixedWidthInteger>(_ type: N.Type) throws(WireError) -> N {
    let size = MemoryLayout<N>.size
    guard memory.count - offset >= size else { throw .truncatedPayload(kind) }
    let value = memory.loadUnaligned(fromByteOffset: offset, as: N.self)
    offset += size
    return N(littleEndian: value)
  }

  /// A double by its bits.
  package mutating func double() throws(WireError) -> Double {
    Double(bitPattern: try integer(UInt64.self))
  }

  /// A known number of bytes; a view into the frame.
  package mutating func raw(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
    guard count >= 0, memory.count - offset >= count else { throw .truncatedPayload(kind) }
    let view = UnsafeRawBufferPointer(rebasing: memory[offset..<offset + count])
    offset += count
    return view
  }

  /// Length-prefixed bytes; a view into the frame.
  package mutating func bytes() throws(WireError) -> UnsafeRawBufferPointer {
    try raw(Int(try integer(UInt32.self)))
  }

  /// Length-prefixed UTF-8; ill-formed text is refused.
  package mutating func text() throws(WireError) -> String {
    let view = try bytes()
    guard let text = String(validating: view, as: UTF8.self) else {
      throw .malformedPayload(kind, "text is not UTF-8")
    }
    return text
  }

  /// Everything that is left.
  package mutating func rest() -> UnsafeRawBufferPointer {
    let view = UnsafeRawBufferPointer(rebasing: memory[offset...])
    offset = memory.count
    return view
  }
}
