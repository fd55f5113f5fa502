// A foreign program that leads a session of its own. It gets no control socket and no descriptor of ours;
// should this process end unasked, the kernel ends it.
internal import CPosix
internal import Glibc

/// A started program with its captured output.
package final class SessionLeader {
  package let pid: Int32
  /// What it and its descendants print, stdout and stderr together; does not block.
  package let output: Descriptor
  /// Nobody can print any more.
  package private(set) var outputIsClosed = false

  private init(pid: Int32, output: Descriptor) {
    self.pid = pid
    self.output = output
  }

  /// Starts the program that the first argument names, looked up in PATH.
  ///
  /// The environment is inherited, with changes. Only for a process of one thread. Throws what the
  /// program cannot be started for, such as that there is none.
  package static func start(
    _ arguments: [String], environment changes: [String: String] = [:]
  ) throws(PosixError) -> SessionLeader {
    var pipes: [Int32] = [-1, -1]
    let code = evh_pipe(&pipes)
    guard code == 0 else { throw PosixError(call: "pipe", subject: "", code: code) }
    let (output, sink) = (Descriptor(owning: pipes[0]), Descriptor(owning: pipes[1]))
    var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] =
      ChildProcess.environment(with: changes).map { strdup($0) } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let failure = evh_spawn_session(&argv, &envp, sink.number, &pid)
    guard failure == 0 else {
      throw PosixError(call: "start", subject: arguments.first ?? "", code: failure)
    }
    return SessionLeader(pid: pid, output: output)
  }

  /// What was printed and nobody has read yet, up to `limit` bytes.
  package func readOutput(limit: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      let got = Glibc.read(output.number, buffer.baseAddress, limit)
      if got == 0 { outputIsClosed = true }
      count = max(0, got)
    }
  }
}

/// The value of a variable of this process's environment; nil when it is not set.
package func environmentValue(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// Takes another name, of at most 15 bytes, for `ps`, `pkill` and their like; the arguments stay.
package func nameThisProcess(_ name: String) { _ = evh_name_process(name) }

/// TCP ports of this machine.
package enum LocalPort {
  /// A port that nobody listens at, chosen by the kernel.
  ///
  /// Nothing keeps others from taking it before it is used.
  package static func choose() throws(PosixError) -> Int {
    var port: Int32 = 0
    let code = evh_local_port(0, &port)
    guard code == 0 else { throw PosixError(call: "bind", subject: "any port", code: code) }
    return Int(port)
  }

  /// Throws when this process could not listen at the port, for example as somebody does.
  package static func check(_ number: Int) throws(PosixError) {
    var port: Int32 = 0
    let code = evh_local_port(Int32(clamping: number), &port)
    guard code == 0 else { throw PosixError(call: "bind", subject: "port \(number)", code: code) }
  }
}
