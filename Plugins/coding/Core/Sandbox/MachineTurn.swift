// Who may run now: many programs at once, or one alone on the whole machine. A program that the wall clock ended is
// run again alone before that counts against it.
internal import Glibc

/// Two files that every worker of the machine can open; locks on them say who runs.
///
/// Nothing is written, and a lock ends with its holder, however that ends.
struct MachineTurn {
  /// Held shared by each running program, exclusively by one that runs alone.
  private let gate: CInt
  /// Passed through before the gate, and held by who waits to be alone, so that others do not go before it.
  private let queue: CInt

  /// Opens the two files; `program` is the interpreter's path.
  init(program: String) {
    gate = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
    queue = open(program, O_RDONLY | O_CLOEXEC)
  }

  /// Closes both files.
  func close() {
    Glibc.close(gate)
    Glibc.close(queue)
  }

  /// Runs `work` beside others, or alone; `tick` is called while it waits for its turn.
  func take<Result>(alone: Bool, tick: () -> Void, _ work: () -> Result) -> Result {
    lock(queue, LOCK_EX, tick)
    if !alone { flock(queue, LOCK_UN) }
    lock(gate, alone ? LOCK_EX : LOCK_SH, tick)
    defer {
      flock(gate, LOCK_UN)
      flock(queue, LOCK_UN)
    }
    return work()
  }

  /// Waits for a lock in short pieces: the kernel has no wait for one that ends after a while, and the host must see
  /// that the plugin is alive.
  private func lock(_ file: CInt, _ kind: CInt, _ tick: () -> Void) {
    while flock(file, kind | LOCK_NB) != 0 && errno == EWOULDBLOCK {
      poll(nil, 0, 20)
      tick()
    }
  }
}
