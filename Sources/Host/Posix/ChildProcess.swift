// Child processes by posix_spawn and pidfd: a child's death is its own event, seen even when a
// grandchild lives on, and a signal can never reach a process that took over the number.
internal import CPosix
internal import Glibc

/// How a process ended.
package enum ProcessEnd: Equatable, Sendable, CustomStringConvertible {
  case exited(Int32)
  case signalled(Int32)

  /// For example `SIGSEGV (signal 11)` or `exit code 1`.
  package var description: String {
    switch self {
    case .exited(let code): "exit code \(code)"
    case .signalled(let number): "\(Self.name(of: number)) (signal \(number))"
    }
  }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case SIGSEGV: "SIGSEGV"
    case SIGABRT: "SIGABRT"
    case SIGILL: "SIGILL"
    case SIGTRAP: "SIGTRAP"
    case SIGBUS: "SIGBUS"
    case SIGFPE: "SIGFPE"
    case SIGKILL: "SIGKILL"
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case SIGPIPE: "SIGPIPE"
    case SIGXFSZ: "SIGXFSZ"
    case SIGXCPU: "SIGXCPU"
    default: "signal"
    }
  }
}

/// A started child with its control socket and its captured output.
package final class ChildProcess {
  package let pid: Int32
  /// Our end of the control socket; does not block.
  package let control: Descriptor
  /// What the child prints, stdout and stderr together; does not block.
  package let output: Descriptor
  /// Readable when the child has ended.
  package let exitNotice: Descriptor
  private var end: ProcessEnd?

  private init(pid: Int32, control: Descriptor, output: Descriptor, exitNotice: Descriptor) {
    self.pid = pid
    self.control = control
    self.output = output
    self.exitNotice = exitNotice
  }

  /// Starts a program; `arguments` begins with its name.
  ///
  /// The environment is inherited, with changes.
  package static func start(
    _ path: String, arguments: [String], environment changes: [String: String] = [:]
  ) throws(PosixError) -> ChildProcess {
    // A parent that ignores SIGCHLD hands that on, and then the ends of children are lost.
    Glibc.signal(SIGCHLD, SIG_DFL)
    var sockets: [Int32] = [-1, -1]
    var pipes: [Int32] = [-1, -1]
    try checkCode("socketpair", evh_socketpair(&sockets))
    let (ours, theirs) = (Descriptor(owning: sockets[0]), Descriptor(owning: sockets[1]))
    try checkCode("pipe", evh_pipe(&pipes))
    let (output, sink) = (Descriptor(owning: pipes[0]), Descriptor(owning: pipes[1]))
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] = environment(with: changes).map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    try checkCode(
      "posix_spawn \(path)",
      evh_spawn(path, &argv, &envp, sink.number, sink.number, theirs.number, &pid))
    let notice = evh_pidfd_open(pid)
    guard notice >= 0 else {
      let code = errno
      // Ours, unreaped: the number cannot belong to anybody else yet.
      _ = Glibc.kill(pid, SIGKILL)
      waitpid(pid, nil, 0)
      throw PosixError(call: "pidfd_open", subject: path, code: code)
    }
    return ChildProcess(
      pid: pid, control: ours, output: output, exitNotice: Descriptor(owning: notice))
  }

  /// Nobody can print any more: the child and all it started have closed their ends.
  package private(set) var outputIsClosed = false

  /// What the child has printed and nobody has read yet, up to `limit` bytes.
  package func readOutput(limit: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      let got = Glibc.read(output.number, buffer.baseAddress, limit)
      if got == 0 { outputIsClosed = true }
      count = max(0, got)
    }
  }

  /// Sends a signal; nothing happens when the child has ended.
  package func signal(_ number: Int32) {
    if end == nil { _ = evh_pidfd_signal(exitNotice.number, number) }
  }

  /// Ends the child at once.
  package func kill() { signal(SIGKILL) }

  /// How the child ended, nil while it runs; collects it the first time.
  package func reap() -> ProcessEnd? {
    if let end { return end }
    var code: Int32 = 0
    var number: Int32 = 0
    switch evh_reap(pid, &code, &number) {
    case 0: return nil
    case 1: end = number != 0 ? .signalled(number) : .exited(code)
    // Somebody else has collected it: it is gone, and nobody knows how.
    default: end = .exited(-1)
    }
    return end
  }

  /// Ends the child if it runs and waits until it has gone.
  package func end(within nanoseconds: UInt64 = 0) -> ProcessEnd {
    let deadline = Clock.monotonic() + nanoseconds
    while true {
      if let end = reap() { return end }
      let now = Clock.monotonic()
      if now >= deadline { kill() }
      var item = pollfd(fd: exitNotice.number, events: Int16(POLLIN), revents: 0)
      let wait = now >= deadline ? 1000 : Int32((deadline - now) / 1_000_000 + 1)
      poll(&item, 1, wait)
    }
  }

  deinit { if end == nil { _ = end(within: 0) } }

  /// The environment of this process as `NAME=value` lines, with changes.
  static func environment(with changes: [String: String]) -> [String] {
    var lines: [String] = []
    var cursor = evh_environment()
    while let entry = cursor, let text = entry.pointee {
      let line = String(cString: text)
      let name = line.prefix { $0 != "=" }
      if changes[String(name)] == nil { lines.append(line) }
      cursor = entry + 1
    }
    return lines + changes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  private static func checkCode(_ call: String, _ code: Int32) throws(PosixError) {
    if code != 0 { throw PosixError(call: call, subject: "", code: code) }
  }
}

/// What a worker does first: ends with its parent, whatever happens to that.
package func dieWithParent(_ parent: Int32) -> Bool { evh_die_with_parent(parent) == 0 }

/// Largest resident set of this process so far, in bytes.
package func peakResidentBytes() -> Int { Int(evh_peak_rss()) }

/// Pid of this process.
package func ownPID() -> Int32 { getpid() }

/// Pid of the process that this one belongs to now.
package func parentPID() -> Int32 { getppid() }
