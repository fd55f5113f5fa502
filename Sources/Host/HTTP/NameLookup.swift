// getaddrinfo blocks, so a name is looked up on a thread of its own.
#if canImport(Glibc)
internal import Glibc
#endif
internal import Synchronization

/// The addresses of a host, or the resolver's words.
enum LookupAnswer: Equatable, Sendable {
  case addresses([SocketAddress])
  case failed(String)
}

/// One question to the resolver under way.
///
/// May be dropped at any time; the thread then ends by itself when the resolver has answered.
final class NameLookup {
  /// What the thread works on.
  private final class Question: Sendable {
    let host: String
    let port: UInt16
    let notice: Int32
    let answer = Mutex<LookupAnswer?>(nil)

    init(host: String, port: UInt16, notice: Int32) {
      self.host = host
      self.port = port
      self.notice = notice
    }

    func work() {
      let found = lookUp(host: host, port: port, isAddress: false)
      answer.withLock { $0 = found }
      // The asker reads the end of the stream. Nobody else knows this number.
      close(notice)
    }
  }

  /// At its end, so readable, when the answer is there.
  let descriptor: Int32
  private let question: Question

  /// Begins to look the host up.
  init(host: String, port: UInt16) throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw SystemFailure(call: "socketpair", code: errno)
    }
    descriptor = ends[0]
    question = Question(host: host, port: port, notice: ends[1])
    let code = Self.startThread(for: question)
    guard code == 0 else {
      close(ends[1])
      throw SystemFailure(call: "pthread_create", code: code)
    }
  }

  deinit { close(descriptor) }

  /// The answer, nil while there is none.
  func answer() -> LookupAnswer? { question.answer.withLock { $0 } }

  /// Starts a detached thread that takes no signals: those are for the thread that waits for them.
  private static func startThread(for question: Question) -> Int32 {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    // The reference goes to the thread, which gives it back; when there is no thread, it comes back here.
    let handed = Unmanaged.passRetained(question)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Question>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, handed.toOpaque())
    if code != 0 { handed.release() }
    return code
  }
}

/// Asks the resolver and waits; an address is only read, which does not wait.
func lookUp(host: String, port: UInt16, isAddress: Bool) -> LookupAnswer {
  var hints = addrinfo()
  hints.ai_family = AF_UNSPEC
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  hints.ai_flags = AI_NUMERICSERV | (isAddress ? AI_NUMERICHOST : 0)
  var list: UnsafeMutablePointer<addrinfo>?
  let code = getaddrinfo(host, "\(port)", &hints, &list)
  guard code == 0 else {
    let words =
      code == EAI_SYSTEM ? strerror(errno) : gai_strerror(code).map { .init(mutating: $0) }
    return .failed(words.map { String(cString: $0) } ?? "error \(code)")
  }
  defer { freeaddrinfo(list) }
  var found: [SocketAddress] = []
  var next = list
  while let entry = next?.pointee {
    if let address = entry.ai_addr, entry.ai_family == AF_INET || entry.ai_family == AF_INET6 {
      // The resolver's list says how many bytes each address has; they are copied before it is freed.
      let bytes = UnsafeRawBufferPointer(start: address, count: Int(entry.ai_addrlen))
      let copy = SocketAddress(family: entry.ai_family, bytes: Array(bytes))
      if !found.contains(copy) { found.append(copy) }
    }
    next = entry.ai_next
  }
  return found.isEmpty ? .failed("it has no IPv4 or IPv6 address") : .addresses(found)
}
