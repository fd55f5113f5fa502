// Threads and other processes, for what only they can show.

import Foundation
import Posix

/// Names in a folder, sorted.
func folderNames(_ path: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}

/// Runs the same work on so many threads at once, each with its number, and waits for all.
func onThreads(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) {
  let done = DispatchGroup()
  for number in 0..<count {
    done.enter()
    Thread {
      work(number)
      done.leave()
    }.start()
  }
  done.wait()
}

/// Where python3 is, if this machine has it.
let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/bin/python3"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

/// Another process that holds the lock of a file until it is killed.
final class LockHolder {
  private let process: ChildProcess

  /// Returns when the lock is held.
  init(_ path: String) throws {
    // It holds the lock until the test ends it; the minute only bounds a test that was itself killed.
    // 37 is F_OFD_SETLK; a struct flock of l_type, l_whence, l_start, l_len and l_pid.
    let program = """
      import fcntl, struct, sys, time
      file = open(sys.argv[1], 'w')
      fcntl.fcntl(file, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))
      print('held', flush=True)
      time.sleep(60)
      """
    process = try ChildProcess.start(
      python ?? "", arguments: ["python3", "-c", program, path])
    var said = ""
    while !said.contains("held"), !process.outputIsClosed {
      var item = pollfd(fd: process.output.number, events: Int16(POLLIN), revents: 0)
      poll(&item, 1, 10_000)
      said += String(decoding: process.readOutput(limit: 4096), as: UTF8.self)
    }
    guard said.contains("held") else { throw PosixError(call: said, subject: "python3", code: 0) }
  }

  func kill() { _ = process.end() }
}
