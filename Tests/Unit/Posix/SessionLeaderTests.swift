// Programs in sessions of their own, and ports. What ends whole families of processes is tested with the whole
// program (Tests/Fault): orphans become children of the process that asks for them, which no test runner wants.

import Foundation
import Posix
import Testing

@Suite struct SessionLeaderTests {
  @Test func `it leads a session, knows its variables, and has no descriptor of ours`() throws {
    let leader = try SessionLeader.start(
      [
        "sh", "-c", "ps -o sid= -p $$ | tr -d ' '; echo $$ $EVH_A; ls /proc/self/fd | tr '\\n' ' '",
      ],
      environment: ["EVH_A": "{x}"])
    let words = try output(of: leader).split(whereSeparator: \.isWhitespace).map(String.init)
    // The last number is the folder that ls reads.
    #expect(words == ["\(leader.pid)", "\(leader.pid)", "{x}", "0", "1", "2", "3"])
    collect(leader.pid)
  }

  @Test(arguments: [("no-such-program", ENOENT), ("/etc/passwd", EACCES), ("/", EACCES)])
  func `what cannot be started is named`(program: String, code: Int32) {
    #expect(throws: PosixError(call: "start", subject: program, code: code)) {
      try SessionLeader.start([program])
    }
  }

  @Test func `the path of the new environment is searched`() {
    #expect(throws: PosixError.self) {
      try SessionLeader.start(["true"], environment: ["PATH": "/nonexistent"])
    }
  }

  @Test func `a port that somebody listens at is refused`() throws {
    let free = try LocalPort.choose()
    #expect((1...65_535).contains(free))
    try LocalPort.check(free)
    let listener = try #require(Listener())
    #expect(throws: PosixError(call: "bind", subject: "port \(listener.port)", code: EADDRINUSE)) {
      try LocalPort.check(listener.port)
    }
  }

  private func output(of leader: SessionLeader) throws -> String {
    var bytes: [UInt8] = []
    var poller = Poller()
    while !leader.outputIsClosed {
      poller.removeAll()
      _ = poller.add(leader.output.number, read: true, write: false)
      try poller.wait(milliseconds: 1000)
      bytes += leader.readOutput(limit: 4096)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func collect(_ pid: Int32) { waitpid(pid, nil, 0) }
}

/// A socket that listens as long as the value lives.
private final class Listener {
  let port: Int
  private let descriptor: Int32

  init?() {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    // sockaddr_in is what the calls want where they say sockaddr; the length says so.
    let isListening = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && listen(descriptor, 1) == 0
          && getsockname(descriptor, address, &length) == 0
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    if !isListening { return nil }
  }

  deinit { close(descriptor) }
}
