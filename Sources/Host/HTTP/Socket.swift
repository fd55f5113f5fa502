// A non-blocking TCP socket with one owner; every call here returns at once.
#if canImport(Glibc)
internal import Glibc
#endif

/// One address of the server, as the kernel wants it.
struct SocketAddress: Equatable, Sendable {
  /// AF_INET or AF_INET6.
  var family: Int32
  /// The bytes of a sockaddr of that family.
  var bytes: [UInt8]
}

/// Owns a socket and closes it when the last reference goes.
final class Socket {
  /// What became of an attempt to move bytes.
  enum Transfer {
    case bytes(Int)
    case end
    case blocked
    case failed(Int32)
  }

  /// The descriptor, for poll.
  let number: Int32

  /// Opens a socket and begins to connect it; nil and an errno value when that fails at once.
  static func connecting(to address: SocketAddress) -> Result<Socket, SystemFailure> {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(address.family, kind, 0)
    guard number >= 0 else { return .failure(SystemFailure(call: "socket", code: errno)) }
    let opened = Socket(owning: number)
    var yes: Int32 = 1
    // Requests are written whole; waiting to join them would only add latency.
    setsockopt(
      number, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    let status = address.bytes.withUnsafeBytes { bytes -> Int32 in
      // The array holds a sockaddr of bytes.count bytes; connect(2) copies it before it returns.
      guard let start = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
      return connect(number, start, socklen_t(bytes.count))
    }
    let code = errno
    guard status == 0 || code == EINPROGRESS || code == EINTR else {
      return .failure(SystemFailure(call: "connect", code: code))
    }
    return .success(opened)
  }

  private init(owning number: Int32) { self.number = number }

  deinit { close(number) }

  /// How the attempt to connect ended, once poll says that it did: 0 or an errno value.
  func connectError() -> Int32 {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return errno }
    return code
  }

  /// Sends what fits of `bytes` from `offset` on; a broken connection is an errno value, never a signal.
  func send(_ bytes: [UInt8], from offset: Int) -> Transfer {
    bytes.withUnsafeBytes { buffer in
      while true {
        let count = Glibc.send(
          number, buffer.baseAddress?.advanced(by: offset), buffer.count - offset,
          Int32(MSG_NOSIGNAL))
        if count >= 0 { return .bytes(count) }
        let code = errno
        if code == EINTR { continue }
        return code == EAGAIN || code == EWOULDBLOCK ? .blocked : .failed(code)
      }
    }
  }

  /// Reads what is there into `buffer`, up to its size.
  func receive(into buffer: inout [UInt8]) -> Transfer {
    buffer.withUnsafeMutableBytes { buffer in
      while true {
        let count = recv(number, buffer.baseAddress, buffer.count, 0)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        let code = errno
        if code == EINTR { continue }
        return code == EAGAIN || code == EWOULDBLOCK ? .blocked : .failed(code)
      }
    }
  }
}

/// A system call that failed.
struct SystemFailure: Error, Equatable {
  var call: String
  var code: Int32

  /// The system's words.
  var words: String { String(cString: strerror(code)) }
}

/// Nanoseconds on CLOCK_MONOTONIC.
func monotonicNow() -> UInt64 {
  var now = timespec()
  clock_gettime(CLOCK_MONOTONIC, &now)
  return UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
}

/// A point in time `span` nanoseconds after `start`, or the end of time.
func after(_ start: UInt64, _ span: UInt64) -> UInt64 {
  let (sum, overflow) = start.addingReportingOverflow(span)
  return overflow ? .max : sum
}

extension SystemFailure {
  var isRefusal: Bool { code == ECONNREFUSED }
  var isTimeout: Bool { code == ETIMEDOUT }
  var isReset: Bool { code == ECONNRESET }
}
