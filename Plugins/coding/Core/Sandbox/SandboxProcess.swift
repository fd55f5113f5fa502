// One process outside the plugin: started with a channel at descriptor 3 and nothing else of ours, ended with all
// that it started.
internal import CPosix
internal import Glibc

/// A started sandbox and our ends of its channel and of what it prints.
///
/// Owned by one `Sandbox`; used by the thread that opened it.
final class SandboxProcess {
  private let pid: pid_t
  /// Readable when the process has ended.
  private let exitNotice: CInt
  /// Our end of the channel; does not block.
  let channel: CInt
  private let printed: CInt
  private var isReaped = false

  /// Starts `command`, whose first word is a path.
  ///
  /// It gets no environment, /dev/null as standard input, and is the leader of a process group of its own.
  init(_ command: [String]) throws(SandboxError) {
    var sockets: [CInt] = [-1, -1]
    var pipe: [CInt] = [-1, -1]
    guard evh_socketpair(&sockets) == 0 else { throw SandboxError("no channel could be made") }
    guard evh_pipe(&pipe) == 0 else {
      close(sockets[0])
      close(sockets[1])
      throw SandboxError("no pipe could be made")
    }
    var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    var environment: [UnsafeMutablePointer<CChar>?] = [nil]
    var pid: pid_t = 0
    let code = evh_spawn(command[0], &words, &environment, pipe[1], pipe[1], sockets[1], &pid)
    for word in words { free(word) }
    close(sockets[1])
    close(pipe[1])
    let notice = code == 0 ? evh_pidfd_open(pid) : -1
    guard notice >= 0 else {
      if code == 0 {
        // Ours and not yet waited for: the number cannot belong to another process.
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
      }
      close(sockets[0])
      close(pipe[0])
      throw SandboxError("\(command[0]) could not be started (error \(code))")
    }
    self.pid = pid
    exitNotice = notice
    channel = sockets[0]
    printed = pipe[0]
  }

  /// The last line that it printed, which is bubblewrap's or Python's complaint; empty when there is none.
  func lastLine() -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 16 {
      let count = read(printed, &chunk, chunk.count)
      if count <= 0 { break }
      bytes += chunk[0..<count]
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    return String(decoding: lines.last ?? [], as: UTF8.self)
  }

  /// Waits until the process has ended by itself, at most for so long.
  func hasEnded(within milliseconds: CInt) -> Bool {
    var item = pollfd(fd: exitNotice, events: Int16(POLLIN), revents: 0)
    return poll(&item, 1, milliseconds) == 1
  }

  /// Ends it, if it runs, and waits until it is gone; bubblewrap takes everything inside with it.
  private func end() {
    guard !isReaped else { return }
    var code: CInt = 0
    var signal: CInt = 0
    while evh_reap(pid, &code, &signal) == 0 {
      _ = evh_pidfd_signal(exitNotice, SIGKILL)
      _ = hasEnded(within: 1000)
    }
    isReaped = true
  }

  deinit {
    // What runs without bubblewrap ends when its channel closes, and removes its folder then.
    close(channel)
    if !hasEnded(within: 500) { end() }
    end()
    close(exitNotice)
    close(printed)
  }
}

/// The sandbox cannot be had, or has broken.
package struct SandboxError: Error {
  /// One line: what, and what to do.
  package let message: String

  init(_ message: String) { self.message = message }
}
