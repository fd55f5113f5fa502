// A program that is run for what it prints: with a deadline, its output drained while it runs.
internal import Glibc
package import Posix

/// How a short program ended and what it printed.
package struct ToolRun: Sendable {
  /// Nil when it did not end in time, and was ended.
  package var end: ProcessEnd?
  /// What it printed, stdout and stderr together, at most 1 MiB of it.
  package var output: String

  private static let outputLimit = 1 << 20

  /// Runs a program with the deadline in milliseconds; the environment is inherited.
  ///
  /// Throws when it cannot be started.
  package static func run(
    _ program: String, _ arguments: [String], milliseconds: UInt64
  ) throws(PosixError) -> ToolRun {
    let child = try ChildProcess.start(program, arguments: [program] + arguments)
    let deadline = Clock.monotonic() + milliseconds * 1_000_000
    var output: [UInt8] = []
    var poller = Poller()
    while true {
      // Asked before reading: what a program that has ended printed is then all there.
      let end = child.reap()
      drain(child, into: &output)
      let now = Clock.monotonic()
      if end != nil || now >= deadline {
        if end == nil { abandon(child) }
        return ToolRun(end: end, output: String(decoding: output, as: UTF8.self))
      }
      poller.removeAll()
      _ = poller.add(child.exitNotice.number, read: true, write: false)
      if !child.outputIsClosed {
        _ = poller.add(child.output.number, read: true, write: false)
      }
      try poller.wait(milliseconds: Int32(min((deadline - now) / 1_000_000 + 1, 1000)))
    }
  }

  private static func drain(_ child: ChildProcess, into output: inout [UInt8]) {
    // Bounded: a program that prints for ever must not hold the caller here.
    for _ in 0..<64 where !child.outputIsClosed {
      let more = child.readOutput(limit: 1 << 16)
      if more.isEmpty { return }
      output += more.prefix(max(0, outputLimit - output.count))
    }
  }

  /// Ends a program that took too long, and waits for it for a second at most.
  private static func abandon(_ child: ChildProcess) {
    child.kill()
    var poller = Poller()
    let slot = poller.add(child.exitNotice.number, read: true, write: false)
    try? poller.wait(milliseconds: 1000)
    guard !poller.canRead(slot) else {
      _ = child.reap()
      return
    }
    // A process that hangs in a broken driver cannot be ended, and `deinit` would wait for it: this object is
    // given up on purpose, and init inherits the process.
    _ = Unmanaged.passRetained(child)
  }
}

/// The path of a program that can be started, looked for as a shell does; nil when there is none.
///
/// `path` is a list of folders as in `PATH`.
package func findProgram(_ name: String, path: String) -> String? {
  for folder in path.split(separator: ":") {
    let file = "\(folder)/\(name)"
    var status = Glibc.stat()
    if stat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(file, X_OK) == 0 {
      return file
    }
  }
  return nil
}
