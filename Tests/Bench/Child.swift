// A started program: waited for through its pidfd, so that its end is known at once and exactly, and
// collected by wait4, which returns the CPU time
// of it and of all whom it waited for.
internal import CPosix
internal import Glibc
internal import Posix

/// A program that runs.
struct Child {
  let pid: Int32
  /// Nanoseconds on the monotonic clock, taken just before it was started.
  let started: UInt64
  /// The same moment in nanoseconds since 1970.
  let startedWall: UInt64
  private let notice: Descriptor
  private let program: String
  private let log: String

  /// Starts a program; what it prints goes to the file `log`, or its data to `output` if given.
  init(
    _ program: String, _ arguments: [String], log: String, output: Descriptor? = nil
  ) throws {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    if let output { posix_spawn_file_actions_adddup2(&actions, output.number, 1) }
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    (started, startedWall) = (Clock.monotonic(), Clock.wall())
    var pid: pid_t = 0
    let code = posix_spawn(&pid, program, &actions, nil, &words, evh_environment())
    guard code == 0 else { throw PosixError(call: "posix_spawn", subject: program, code: code) }
    let notice = evh_pidfd_open(pid)
    guard notice >= 0 else { throw BenchFailure("pidfd_open: this kernel has none") }
    self.pid = pid
    self.notice = Descriptor(owning: notice)
    self.program = ([program] + arguments).joined(separator: " ")
    self.log = log
  }

  /// Waits for the end, at most that long; true when it has ended and is to be collected.
  func waitForEnd(milliseconds: Int32?) throws -> Bool {
    var poller = Poller()
    let slot = poller.add(notice.number, read: true, write: false)
    try poller.wait(milliseconds: milliseconds)
    return poller.canRead(slot)
  }

  /// Collects the ended program; throws, with the end of its log, unless its status was 0.
  ///
  /// Returns the CPU seconds, user and system, of it and all whom it waited for.
  @discardableResult
  func collect() throws -> Double {
    var status: Int32 = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) < 0 {
      guard errno == EINTR else { throw BenchFailure("wait4: lost the child") }
    }
    guard status == 0 else {
      let words = (try? Files.read(log)).map { String(decoding: $0.suffix(2000), as: UTF8.self) }
      throw BenchFailure("\(program) failed (wait status \(status)):\n\(words ?? "")")
    }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
