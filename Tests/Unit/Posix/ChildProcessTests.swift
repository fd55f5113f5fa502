// Real children: how they end, what they print, what they inherit.

import Foundation
import Posix
import Testing

@Suite struct ChildProcessTests {
  @Test(arguments: [
    ("exit 0", ProcessEnd.exited(0), "exit code 0"), ("exit 7", .exited(7), "exit code 7"),
    ("kill -SEGV $$", .signalled(11), "SIGSEGV (signal 11)"),
    ("kill -TERM $$", .signalled(15), "SIGTERM (signal 15)"),
    ("kill -USR1 $$", .signalled(10), "signal (signal 10)"),
  ])
  func `the end of a child is known`(script: String, end: ProcessEnd, text: String) throws {
    let child = try shell(script)
    #expect(child.end(within: 5_000_000_000) == end && end.description == text)
    // Asked again, it says the same; a signal then goes nowhere.
    child.kill()
    #expect(child.reap() == end && child.end() == end)
  }

  @Test func `both outputs are captured and nothing else is inherited`() throws {
    // This number has no close-on-exec flag, as a library's may not have.
    let leak = dup(2)
    defer { close(leak) }
    let child = try shell("echo out; echo err >&2; cat; ls /proc/self/fd | tr '\\n' ' '; echo $EVH")
    #expect(child.end(within: 5_000_000_000) == .exited(0))
    // The last number is the folder that ls reads.
    #expect(text(child) == "out\nerr\n0 1 2 3 4 changed\n")
    #expect(child.readOutput(limit: 10).isEmpty)
  }

  @Test func `the control socket goes both ways and ends with its owner`() throws {
    let child = try shell("printf hello >&3; exec sleep 30")
    var bytes = [UInt8](repeating: 0, count: 10)
    #expect(try waitToRead(child.control))
    #expect(read(child.control.number, &bytes, 10) == 5 && bytes[4] == UInt8(ascii: "o"))
    #expect(child.reap() == nil)
    child.signal(SIGTERM)
    #expect(try waitToRead(child.exitNotice))
    #expect(child.end() == .signalled(SIGTERM))
    #expect(try waitToRead(child.control) && read(child.control.number, &bytes, 10) == 0)
  }

  @Test func `a child that ignores the request is ended`() throws {
    let child = try shell("trap '' TERM; echo ready; exec sleep 30")
    #expect(try nextText(child) == "ready\n")
    child.signal(SIGTERM)
    let start = Clock.monotonic()
    #expect(child.end(within: 50_000_000) == .signalled(SIGKILL))
    let took = Clock.monotonic() - start
    #expect(took >= 50_000_000 && took < 5_000_000_000)
  }

  @Test func `a child that somebody else collected is gone`() throws {
    let child = try shell("exit 3")
    #expect(try waitToRead(child.exitNotice))
    var status: Int32 = 0
    #expect(waitpid(child.pid, &status, 0) == child.pid)
    #expect(child.end() == .exited(-1))
  }

  @Test func `a child that is dropped is ended`() throws {
    var child: ChildProcess? = try shell("exec sleep 30")
    let pid = try #require(child?.pid)
    let other = try #require(try RunningProcess.open(pid))
    #expect(try !other.waitForEnd(milliseconds: 0))
    child = nil
    #expect(try child == nil && other.waitForEnd(milliseconds: 1000))
    #expect(try other.askToEnd() == .hasEnded)
    #expect(try RunningProcess.open(pid) == nil)
  }

  @Test func `a process that is no child can be asked to end`() throws {
    let child = try shell("exec sleep 30")
    let other = try #require(try RunningProcess.open(child.pid))
    #expect(try other.askToEnd() == .sent && other.waitForEnd(milliseconds: 5000))
    #expect(child.end(within: 1_000_000_000) == .signalled(SIGTERM))
  }

  @Test func `a program that is not there is named`() {
    let failure = #expect(throws: PosixError.self) {
      try ChildProcess.start("/nowhere/at/all", arguments: ["x"])
    }
    #expect(failure?.description == "posix_spawn /nowhere/at/all: No such file or directory")
    #expect(failure?.isMissing == true)
  }

  // Python is the one common program that takes a record lock; without it nothing holds the lock.
  @Test(.enabled(if: Files.exists("/usr/bin/python3")))
  func `a lock belongs to one process and goes with it`() throws {
    let folder = try Scratch()
    let path = folder.path("lock")
    let script = """
      import fcntl, select, sys
      try:
        fcntl.lockf(open(sys.argv[1], "a+"), fcntl.LOCK_EX | fcntl.LOCK_NB)
        kept = open(sys.argv[1], "a+"); fcntl.lockf(kept, fcntl.LOCK_EX | fcntl.LOCK_NB)
        print("held\\n", end="", flush=True)
        select.select([3], [], [])
      except BlockingIOError:
        print("refused\\n", end="", flush=True)
      """
    #expect(RecordLock.holder(path) == nil)
    let holder = try ChildProcess.start(
      "/usr/bin/python3", arguments: ["python3", "-c", script, path])
    let said = try nextText(holder)
    #expect(said == "held\n")
    #expect(RecordLock.holder(path) == holder.pid)
    guard case .held(let pid) = try RecordLock.take(path) else {
      Issue.record("the lock was given twice")
      return
    }
    #expect(pid == holder.pid)
    holder.kill()
    #expect(holder.end() == .signalled(SIGKILL))
    guard case .taken(let lock) = try RecordLock.take(path) else {
      Issue.record("a dead process holds the lock")
      return
    }
    let second = try ChildProcess.start(
      "/usr/bin/python3", arguments: ["python3", "-c", script, path])
    let answer = try nextText(second)
    #expect(answer == "refused\n")
    withExtendedLifetime(lock) {}
  }

  private func shell(_ script: String) throws -> ChildProcess {
    try ChildProcess.start(
      "/bin/sh", arguments: ["sh", "-c", script], environment: ["EVH": "changed"])
  }

  private func text(_ child: ChildProcess) -> String {
    String(decoding: child.readOutput(limit: 1 << 12), as: UTF8.self)
  }

  private func nextText(_ child: ChildProcess) throws -> String {
    #expect(try waitToRead(child.output))
    return text(child)
  }

  private func waitToRead(_ descriptor: Descriptor) throws -> Bool {
    var poller = Poller()
    let slot = poller.add(descriptor.number, read: true, write: false)
    try poller.wait(milliseconds: 5000)
    return poller.canRead(slot)
  }
}
