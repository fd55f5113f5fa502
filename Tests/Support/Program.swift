// Running a program from a test: by posix_spawn, its output in files without a name, so that neither a
// full pipe nor a grandchild that keeps one open can hold the test up.

package import Foundation
internal import Glibc

/// How a program ended and what it said.
package struct RunResult: CustomStringConvertible, Sendable {
  /// The exit status; nil when a signal ended it.
  package let exitCode: Int32?
  /// The signal that ended it, nil when it exited.
  package let signal: Int32?
  /// Standard output, byte for byte.
  package let rawOutput: Data
  /// Standard output; bytes that are not UTF-8 are replaced.
  package let stdout: String
  /// Standard error; bytes that are not UTF-8 are replaced.
  package let stderr: String
  /// Wall time from start to end, in seconds.
  package let seconds: Double
  /// Whether it was ended because its time was over.
  package let timedOut: Bool

  /// The whole of it, for the comment of an expectation.
  package var description: String {
    let ending = exitCode.map { "exit \($0)" } ?? "signal \(signal ?? 0)"
    let late = timedOut ? " (time over)" : ""
    return "\(ending)\(late) after \(seconds) s\n--- stdout\n\(stdout)\n--- stderr\n\(stderr)"
  }

  /// Whether both streams together hold a text.
  package func says(_ text: String) -> Bool { stdout.contains(text) || stderr.contains(text) }
}

/// Starting programs.
package enum Program {
  /// Runs a program to its end.
  ///
  /// `input` is its standard input, `environment` is added to that of the test. It is killed after
  /// `timeout` seconds. Throws the error of `posix_spawn`.
  package static func run(
    _ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:],
    timeout: Double = 60
  ) throws -> RunResult {
    try start(path, arguments, input: input, environment: environment).wait(timeout: timeout)
  }

  /// Starts a program and returns at once; as `run` otherwise.
  package static func start(
    _ path: String, _ arguments: [String], input: String = "", environment: [String: String] = [:]
  ) throws -> StartedProgram {
    let mark = "\(getpid())-\(UUID().uuidString)"
    var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    variables[Processes.markVariable] = mark
    let streams = try (0..<3).map { _ in try unnamedFile() }
    try streams[0].write(contentsOf: Data(input.utf8))
    try streams[0].seek(toOffset: 0)

    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (number, stream) in streams.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, stream.fileDescriptor, Int32(number))
    }
    setDefaultSignals(&attributes)
    var argv: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    var envp: [UnsafeMutablePointer<CChar>?] =
      variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    return StartedProgram(pid: pid, mark: mark, output: streams[1], errors: streams[2])
  }

  /// The test runner may block or ignore signals; the program starts as from a shell.
  private static func setDefaultSignals(_ attributes: inout posix_spawnattr_t) {
    var all = sigset_t()
    var none = sigset_t()
    sigfillset(&all)
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
  }

  private static func unnamedFile() throws -> FileHandle {
    let folder = FileManager.default.temporaryDirectory.path
    var template = Array("\(folder)/evalhost-stream-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    // Other programs that tests start have no business with it.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unlink(template)
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }
}

/// A program that was started; it is killed when the value is given up before its end.
package final class StartedProgram {
  /// Its process.
  package let pid: Int32
  /// What it and all its descendants carry in their environment (see `Processes.carrying`).
  package let mark: String
  private let output: FileHandle
  private let errors: FileHandle
  private let started = ContinuousClock.now
  private var result: RunResult?

  init(pid: Int32, mark: String, output: FileHandle, errors: FileHandle) {
    self.pid = pid
    self.mark = mark
    self.output = output
    self.errors = errors
  }

  deinit {
    guard result == nil else { return }
    kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  /// What it has written to standard output so far.
  package var stdoutSoFar: String { String(decoding: Self.contents(output), as: UTF8.self) }
  /// What it has written to standard error so far.
  package var stderrSoFar: String { String(decoding: Self.contents(errors), as: UTF8.self) }

  /// Whether it has not ended yet.
  package var isRunning: Bool { poll() == nil }

  /// Sends a signal; nothing happens once it has ended.
  package func signal(_ number: Int32) {
    // Not reaped yet, so the number is still this process's.
    if poll() == nil { kill(pid, number) }
  }

  /// Waits for its end; kills it after `timeout` seconds.
  package func wait(timeout: Double = 60) -> RunResult {
    if let ended = Waiting.value(within: timeout, { poll() }) { return ended }
    kill(pid, SIGKILL)
    var status: Int32 = 0
    waitpid(pid, &status, 0)
    return record(status, timedOut: true)
  }

  /// The living processes that it started, and those that these started, orphans too.
  package func descendants() -> [ProcessFacts] {
    Processes.carrying(mark: mark).filter { $0.pid != pid }
  }

  /// The descendants that are still there `seconds` after this call; empty as soon as all are gone.
  package func leftovers(after seconds: Double = 5) -> [ProcessFacts] {
    _ = Waiting.until(within: seconds) { descendants().isEmpty }
    return descendants()
  }

  private func poll() -> RunResult? {
    if let result { return result }
    var status: Int32 = 0
    return waitpid(pid, &status, WNOHANG) == pid ? record(status, timedOut: false) : nil
  }

  private func record(_ status: Int32, timedOut: Bool) -> RunResult {
    let signal = status & 0x7f
    let elapsed = ContinuousClock.now - started
    let written = Self.contents(output)
    let ended = RunResult(
      exitCode: signal == 0 ? (status >> 8) & 0xff : nil, signal: signal == 0 ? nil : signal,
      rawOutput: written, stdout: String(decoding: written, as: UTF8.self), stderr: stderrSoFar,
      seconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18,
      timedOut: timedOut)
    result = ended
    return ended
  }

  /// The file from its start; the offset belongs to the program, so `pread`.
  private static func contents(_ file: FileHandle) -> Data {
    var data = Data()
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file.fileDescriptor, &chunk, chunk.count, off_t(data.count))
      if count <= 0 { return data }
      data.append(contentsOf: chunk[..<count])
    }
  }
}

/// Waiting for what another process does.
package enum Waiting {
  /// Asks every 10 ms until the condition holds; false when it did not within `seconds`.
  package static func until(within seconds: Double, _ condition: () throws -> Bool) rethrows -> Bool
  {
    try value(within: seconds) { try condition() ? true : nil } ?? false
  }

  /// Asks every 10 ms until there is a value; nil when there was none within `seconds`.
  package static func value<Value>(
    within seconds: Double, _ find: () throws -> Value?
  ) rethrows -> Value? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      if let found = try find() { return found }
      if ContinuousClock.now >= deadline { return nil }
      // What is waited for happens in another process, which sends no event here.
      usleep(10_000)
    }
  }
}
