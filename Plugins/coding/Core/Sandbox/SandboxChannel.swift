// Frames over the channel: four bytes of length, little-endian, then JSON. Waiting is cut into short pieces, so that
// the host sees that the plugin is alive.
internal import Glibc

/// Sends and receives frames on a descriptor that does not block and belongs to somebody else.
struct SandboxChannel {
  private let descriptor: CInt

  /// The longest frame that is taken: results are cut long before that.
  private static let longestResult = 1 << 24

  /// Milliseconds after which waiting shows a sign of life.
  private static let pieceOfWaiting: CInt = 500

  init(_ descriptor: CInt) { self.descriptor = descriptor }

  /// What went wrong on the channel.
  enum Failure: Error {
    /// The other end is closed.
    case closed
    /// The deadline has passed.
    case late
    /// A length that no result has.
    case broken
  }

  /// Sends a frame.
  func send(
    _ payload: [UInt8], until deadline: UInt64, tick: () -> Void
  ) throws(Failure) {
    let length = UInt32(payload.count).littleEndian
    try write(withUnsafeBytes(of: length) { Array($0) }, until: deadline, tick: tick)
    try write(payload, until: deadline, tick: tick)
  }

  /// Waits for a frame.
  func receive(until deadline: UInt64, tick: () -> Void) throws(Failure) -> [UInt8] {
    let head = try read(4, until: deadline, tick: tick)
    let length = head.indices.reduce(0) { $0 | Int(head[$1]) << (8 * $1) }
    guard length > 0, length <= Self.longestResult else { throw .broken }
    return try read(length, until: deadline, tick: tick)
  }

  private func write(
    _ bytes: [UInt8], until deadline: UInt64, tick: () -> Void
  ) throws(Failure) {
    var sent = 0
    while sent < bytes.count {
      // MSG_NOSIGNAL: a sandbox that has ended is an error here, not a signal to the worker.
      let count = bytes.withUnsafeBytes { raw in
        let rest = UnsafeRawBufferPointer(rebasing: raw[sent...])
        return Glibc.send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN {
        try wait(for: POLLOUT, until: deadline, tick: tick)
      } else if errno != EINTR {
        throw .closed
      }
    }
  }

  private func read(
    _ count: Int, until deadline: UInt64, tick: () -> Void
  ) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let received = bytes.withUnsafeMutableBytes { raw in
        let rest = UnsafeMutableRawBufferPointer(rebasing: raw[got...])
        return recv(descriptor, rest.baseAddress, rest.count, 0)
      }
      if received > 0 {
        got += received
      } else if received == 0 {
        throw .closed
      } else if errno == EAGAIN {
        try wait(for: POLLIN, until: deadline, tick: tick)
      } else if errno != EINTR {
        throw .closed
      }
    }
    return bytes
  }

  private func wait(
    for event: Int32, until deadline: UInt64, tick: () -> Void
  ) throws(Failure) {
    while true {
      let now = MonotonicClock.now
      guard now < deadline else { throw .late }
      let left = (deadline - now) / 1_000_000 + 1
      var item = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let ready = poll(&item, 1, CInt(min(left, UInt64(Self.pieceOfWaiting))))
      if ready > 0 { return }
      if ready < 0 && errno != EINTR { throw .closed }
      tick()
    }
  }
}

/// The clock that deadlines are in.
enum MonotonicClock {
  /// Nanoseconds of CLOCK_MONOTONIC.
  static var now: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
