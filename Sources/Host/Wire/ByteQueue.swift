// A queue of bytes in one block of memory: what waits to be sent, or has come and is not used yet.
//
//   0 ........ head ........ sent ........ tail ........ capacity
//     free          sent, kept     to send        free
//
// A plain queue frees what it has sent. A keeping queue frees only what is released: the controller keeps
// what the writer has not acknowledged, and sends it again to the next writer.
internal import Glibc

/// Bytes on their way through a socket.
package final class ByteQueue {
  private var memory: UnsafeMutableRawPointer
  private var capacity: Int
  private var head = 0
  private var sent = 0
  private var tail = 0
  private let keepsSent: Bool
  /// Bytes ever released: the absolute position of `head`.
  package private(set) var released: UInt64 = 0

  /// An empty queue.
  package init(keepsSent: Bool = false, capacity: Int = 1 << 16) {
    self.keepsSent = keepsSent
    self.capacity = capacity
    memory = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// Bytes held, sent or not.
  package var count: Int { tail - head }
  /// Bytes that wait to be sent.
  package var unsent: Int { tail - sent }
  /// Absolute position of the end: what `release(through:)` takes once these bytes are done with.
  package var end: UInt64 { released + UInt64(tail - head) }

  /// Room for `count` more bytes at the end; they count once `advance(_:)` is called.
  package func room(for count: Int) -> UnsafeMutableRawPointer {
    if capacity - tail < count { makeRoom(count) }
    return memory + tail
  }

  /// Makes bytes written into `room(for:)` part of the queue.
  package func advance(_ count: Int) { tail += count }

  /// Appends a copy of bytes.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    room(for: bytes.count).copyMemory(from: source, byteCount: bytes.count)
    tail += bytes.count
  }

  /// Memory of a byte of the queue, by its distance from the first held one.
  ///
  /// Valid until the next change.
  package func pointer(at offset: Int) -> UnsafeMutableRawPointer { memory + head + offset }

  /// Frees the first bytes.
  package func drop(_ count: Int) {
    head += count
    released += UInt64(count)
    if sent < head { sent = head }
    if head == tail {
      head = 0
      sent = 0
      tail = 0
    }
  }

  /// Frees everything before an absolute position.
  package func release(through position: UInt64) {
    if position > released { drop(Int(position - released)) }
  }

  /// Everything held counts as unsent again: the receiver is a new one.
  package func rewind() { sent = head }

  /// Sends as much as the socket takes now.
  package func flush(to socket: Int32) throws(WireError) {
    while sent < tail {
      let count = send(socket, memory + sent, tail - sent, Int32(MSG_NOSIGNAL))
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN { return }
        if code == EPIPE || code == ECONNRESET { throw .closed }
        throw .broken("send: \(String(cString: strerror(code)))")
      }
      sent += count
    }
    if !keepsSent { drop(sent - head) }
  }

  /// Reads what the socket has, up to about `limit` bytes.
  ///
  /// Returns false when nothing was there.
  package func fill(from socket: Int32, limit: Int) throws(WireError) -> Bool {
    var any = false
    while count < limit {
      let space = max(1 << 16, limit - count)
      let count = recv(socket, room(for: space), space, 0)
      if count < 0 {
        let code = errno
        if code == EINTR { continue }
        if code == EAGAIN { return any }
        if code == ECONNRESET {
          if any { return true }
          throw .closed
        }
        throw .broken("recv: \(String(cString: strerror(code)))")
      }
      if count == 0 {
        // What came before the end is still to be read; the next call reports the end.
        if any { return true }
        throw .closed
      }
      tail += count
      any = true
      if count < space { return true }
    }
    return any
  }

  private func makeRoom(_ count: Int) {
    let held = tail - head
    if head > 0, held + count <= capacity - capacity / 4, held <= head || held <= capacity / 2 {
      memory.copyMemory(from: memory + head, byteCount: held)
    } else {
      while capacity < held + count { capacity *= 2 }
      let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
      larger.copyMemory(from: memory + head, byteCount: held)
      memory.deallocate()
      memory = larger
    }
    sent -= head
    tail = held
    head = 0
  }
}
