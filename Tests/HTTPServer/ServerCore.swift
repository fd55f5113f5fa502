// What the server's threads share.
internal import Glibc
internal import Synchronization

/// The listening socket, the open connections and what came in.
final class ServerCore: Sendable {
  private struct State {
    var threads: [ServerThread] = []
    var open: Set<Int32> = []
    var requests: [ReceivedRequest] = []
    var connections = 0
    var isStopped = false
  }

  let greet: @Sendable (Int) -> ServerReply?
  let answer: @Sendable (ReceivedRequest) -> ServerReply
  /// The port that the system chose.
  let port: UInt16
  private let listener: Int32
  /// Its reading end reports the end of the stream when the server stops.
  private let stopReader: Int32
  private let stopWriter: Int32
  private let tls: ServerTLS?
  private let state = Mutex(State())

  init(
    family: TestHTTPServer.Family, tls: ServerTLS?,
    greet: @escaping @Sendable (Int) -> ServerReply?,
    answer: @escaping @Sendable (ReceivedRequest) -> ServerReply
  ) throws(TestServerError) {
    self.greet = greet
    self.answer = answer
    self.tls = tls
    (listener, port) = try bound(on: family)
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      close(listener)
      throw TestServerError(description: "socketpair: error \(errno)")
    }
    (stopReader, stopWriter) = (ends[0], ends[1])
  }

  deinit {
    close(stopReader)
    close(stopWriter)
  }

  var requests: [ReceivedRequest] { state.withLock { $0.requests } }
  var connectionCount: Int { state.withLock { $0.connections } }
  var openConnections: Int { state.withLock { $0.open.count } }

  /// Begins to listen and to accept; connections are refused before.
  func start() throws(TestServerError) {
    guard listen(listener, 1024) == 0 else {
      throw TestServerError(description: "listen: error \(errno)")
    }
    let acceptor = try ServerThread { self.acceptAll() }
    state.withLock { $0.threads.append(acceptor) }
  }

  /// Ends everything and waits for the threads; the second call does nothing.
  func stop() {
    let isFirst = state.withLock { state in
      defer { state.isStopped = true }
      // The threads close their sockets under this lock, so these numbers are still theirs.
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
      return !state.isStopped
    }
    guard isFirst else { return }
    shutdown(stopWriter, Int32(SHUT_RDWR))
    shutdown(listener, Int32(SHUT_RDWR))
    while let thread = state.withLock({ $0.threads.popLast() }) { thread.join() }
    close(listener)
  }

  /// Waits; false when the server stops meanwhile.
  func pause(milliseconds: Int) -> Bool {
    var item = pollfd(fd: stopReader, events: Int16(POLLIN), revents: 0)
    return poll(&item, 1, Int32(clamping: milliseconds)) == 0
  }

  /// Numbers a request and keeps it.
  func record(_ request: ReceivedRequest) -> ReceivedRequest {
    state.withLock { state in
      var numbered = request
      numbered.number = state.requests.count
      state.requests.append(numbered)
      return numbered
    }
  }

  private func acceptAll() {
    while true {
      let descriptor = accept(listener, nil, nil)
      if descriptor < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      var yes: Int32 = 1
      setsockopt(
        descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
      state.withLock { state in
        let number = state.connections
        state.connections += 1
        state.open.insert(descriptor)
        let thread = try? ServerThread { self.serve(descriptor, number) }
        if let thread, !state.isStopped {
          state.threads.append(thread)
        } else if let thread {
          // The stop has shut the others down already; this one is joined like them.
          shutdown(descriptor, Int32(SHUT_RDWR))
          state.threads.append(thread)
        } else {
          state.open.remove(descriptor)
          close(descriptor)
        }
      }
    }
  }

  private func serve(_ descriptor: Int32, _ number: Int) {
    if let stream = ServerStream(descriptor, tls) {
      var connection = ServerConnection(stream, self, number: number)
      connection.serve()
    }
    state.withLock { state in
      state.open.remove(descriptor)
      close(descriptor)
    }
  }
}

/// A socket with a free port of the loopback interface, which does not listen yet.
private func bound(
  on family: TestHTTPServer.Family
) throws(TestServerError) -> (descriptor: Int32, port: UInt16) {
  let domain = family == .v4 ? AF_INET : AF_INET6
  let descriptor = socket(domain, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw TestServerError(description: "socket: error \(errno)") }
  var storage = sockaddr_storage()
  // sockaddr_storage has room and alignment for each of the two, which are read and written in place.
  let port = withUnsafeMutablePointer(to: &storage) { storage -> UInt16? in
    let raw = UnsafeMutableRawPointer(storage)
    let address = raw.assumingMemoryBound(to: sockaddr.self)
    var size: socklen_t
    if family == .v4 {
      var here = sockaddr_in()
      here.sin_family = sa_family_t(AF_INET)
      here.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      raw.storeBytes(of: here, as: sockaddr_in.self)
      size = socklen_t(MemoryLayout<sockaddr_in>.size)
    } else {
      var here = sockaddr_in6()
      here.sin6_family = sa_family_t(AF_INET6)
      here.sin6_addr = in6addr_loopback
      raw.storeBytes(of: here, as: sockaddr_in6.self)
      size = socklen_t(MemoryLayout<sockaddr_in6>.size)
    }
    guard bind(descriptor, address, size) == 0,
      getsockname(descriptor, address, &size) == 0
    else { return nil }
    // Both have the port at the same place.
    return raw.load(as: sockaddr_in.self).sin_port.bigEndian
  }
  guard let port else {
    close(descriptor)
    throw TestServerError(description: "cannot listen on the loopback interface")
  }
  return (descriptor, port)
}
