// kill -9 of whoever stands between a run and its model server: of the server's children, grandchildren and
// daemons none is left, and where somebody is there to go on, the run does.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// Who is killed.
enum ServerPrey: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case controller
  /// The generation worker.
  case worker
  case keeper
  /// The server's own process, whose offspring lives on.
  case server
  /// Every process that `pkill evalhost` finds, at once.
  case everybody

  var testDescription: String { rawValue }
}

/// A server with offspring, in Python: a child that has a child, and a daemon that forked twice.
enum ServerFamily {
  static let canRun: Bool = {
    let result = try? Program.run("/usr/bin/env", ["python3", "-c", "print('here')"])
    return result?.exitCode == 0
  }()

  /// Server, child, grandchild and daemon.
  static let size = 4

  /// Arguments: the port, and `deaf` for a family that ignores the request to end.
  private static let text = """
    import http.server, os, signal, subprocess, sys

    nap = "import time; time.sleep(600)"
    if "deaf" in sys.argv:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        nap = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    subprocess.Popen([sys.executable, "-c",
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "subprocess.Popen([sys.executable, '-c', sys.argv[1]]).wait()", nap])
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", nap])
        os._exit(0)
    os.wait()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """

  /// A slow run with such a server.
  static func space(_ arguments: [String] = [], lines: [String] = []) throws -> Workspace {
    let space = try Workspace.sums(300, options: ["latency_ms = 100"])
    let file = try space.folder.write(text, to: "server.py")
    let words = (["python3", file.path, "{port}"] + arguments).map { "'\($0)'" }
    space.config.models[0].options +=
      ["[models.server]", "command = [\(words.joined(separator: ", "))]", "sets = \"\""] + lines
    space.config.sections = ["[batch]", "size = 8"]
    return space
  }

  /// The living processes of servers in a run, whoever their parents are.
  static func living(_ program: StartedProgram) -> [ProcessFacts] {
    program.descendants().filter { $0.role == nil && !$0.arguments.isEmpty }
  }

  /// Waits until a server's whole family lives and the run has something done.
  static func isUp(_ program: StartedProgram, _ space: Workspace, done: Int = 0) throws -> Bool {
    try Waiting.until(within: 60) {
      try living(program).count == size
        && space.count("SELECT count(*) FROM completions") > done
    }
  }
}

extension FaultTests {
  @Suite(.enabled(if: ServerFamily.canRun, "needs python3"))
  struct ModelServerFaultTests {
    @Test(arguments: ServerPrey.allCases, [[], ["deaf"]])
    func `nothing is left of a server, whoever is killed`(
      prey: ServerPrey, arguments: [String]
    ) throws {
      let space = try ServerFamily.space(arguments, lines: ["stop_timeout_s = 1"])
      let program = try space.start()
      try #require(try ServerFamily.isUp(program, space), "\(program.stderrSoFar)")
      let family = Set(ServerFamily.living(program).map(\.pid))
      try kill(prey, of: program)
      let isGone = Waiting.until(within: 20) {
        family.isDisjoint(with: ServerFamily.living(program).map(\.pid))
      }
      #expect(isGone, "\(ServerFamily.living(program))")
      let isOver = prey == .controller || prey == .everybody
      if !isOver {
        // The next worker starts the next server and goes on.
        let done = try space.count("SELECT count(*) FROM completions")
        #expect(try ServerFamily.isUp(program, space, done: done), "\(program.stderrSoFar)")
        program.signal(SIGTERM)
      }
      let result = program.wait()
      #expect(isOver || result.exitCode == 4, "\(result)")
      #expect(program.leftovers(after: 15) == [])
      // What is stored is whole, and the run goes on from there.
      space.config.models[0].options[0] = "latency_ms = 0"
      let resumed = try space.start()
      #expect(resumed.wait().exitCode == 0)
      #expect(resumed.leftovers(after: 15) == [])
      #expect(try space.count("SELECT count(*) FROM completions") == 300)
    }

    @Test func `a run that is aborted leaves no server`() throws {
      let space = try ServerFamily.space(["deaf"], lines: ["stop_timeout_s = 1"])
      let program = try space.start()
      try #require(try ServerFamily.isUp(program, space), "\(program.stderrSoFar)")
      program.signal(SIGTERM)
      _ = Waiting.until(within: 5) { program.stderrSoFar.contains("draining") }
      program.signal(SIGTERM)
      let result = program.wait()
      #expect(result.exitCode == 4, "\(result)")
      #expect(program.leftovers(after: 15) == [])
    }

    @Test func `a controller that dies while its server starts leaves nothing`() throws {
      let space = try ServerFamily.space()
      let program = try space.start()
      let isStarted = Waiting.until(within: 30) {
        program.descendants().contains { $0.role == "keeper" }
      }
      try #require(isStarted)
      program.signal(SIGKILL)
      _ = program.wait()
      #expect(program.leftovers(after: 20) == [])
    }

    private func kill(_ prey: ServerPrey, of program: StartedProgram) throws {
      switch prey {
      case .controller: program.signal(SIGKILL)
      case .everybody:
        let named = program.descendants().filter { process in
          let name = FileManager.default.contents(atPath: "/proc/\(process.pid)/comm")
          return name.map { String(decoding: $0, as: UTF8.self) } == "evalhost\n"
        }
        try #require(named.count >= 2)
        program.signal(SIGKILL)
        for process in named { process.signal(SIGKILL) }
      case .worker: try one("generation", of: program).signal(SIGKILL)
      case .keeper: try one("keeper", of: program).signal(SIGKILL)
      case .server:
        let server = ServerFamily.living(program).first { process in
          process.arguments.contains { $0.hasSuffix("/server.py") }
        }
        try #require(server).signal(SIGKILL)
      }
    }

    private func one(_ role: String, of program: StartedProgram) throws -> ProcessFacts {
      try #require(program.descendants().first { $0.role == role })
    }
  }
}
