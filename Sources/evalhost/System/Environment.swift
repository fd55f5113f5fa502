// What the process is given: variables, its number, programs on the path.
internal import Glibc
internal import Posix

/// The value of an environment variable, nil when it is not set.
func environmentVariable(_ name: String) -> String? {
  // One thread, and nothing in the program sets variables: the pointer holds still.
  getenv(name).map { String(cString: $0) }
}

/// This process's number.
func ownProcessID() -> Int32 { getpid() }

/// The path of a program that can be started, looked for as a shell does; nil when there is none.
func findProgram(_ name: String) -> String? {
  let path = environmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin"
  for folder in path.split(separator: ":") {
    let file = "\(folder)/\(name)"
    if FileKind.of(file) == .regular, access(file, X_OK) == 0 { return file }
  }
  return nil
}

/// Ends the process at once.
func end(_ status: Int32) -> Never { exit(status) }

/// The end of a program that was started to see whether it works.
struct ProbeResult {
  /// Nil when it did not end in time.
  var end: ProcessEnd?
  /// What it printed, stdout and stderr together, at most 64 KiB.
  var output: String
}

/// Runs a program with stdin at the end of file and waits for it, `seconds` at most.
func probe(
  _ program: String, _ arguments: [String], seconds: UInt64
) throws(PosixError) -> ProbeResult {
  let child = try ChildProcess.start(program, arguments: [program] + arguments)
  let deadline = Clock.monotonic() + seconds * 1_000_000_000
  var poller = Poller()
  while true {
    if let end = child.reap() {
      return ProbeResult(end: end, output: text(child.readOutput(limit: 1 << 16)))
    }
    let now = Clock.monotonic()
    guard now < deadline else {
      _ = child.end(within: 0)
      return ProbeResult(end: nil, output: text(child.readOutput(limit: 1 << 16)))
    }
    poller.removeAll()
    _ = poller.add(child.exitNotice.number, read: true, write: false)
    try poller.wait(milliseconds: Int32((deadline - now) / 1_000_000 + 1))
  }
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension PosixError {
  /// True when the reader of a pipe has gone.
  var isBrokenPipe: Bool { code == EPIPE }
}
