// A worker's own model server: started, waited for, told of, ended; and what is said when it cannot be had.
// Fault/ModelServerFaultTests.swift has the ends that nobody wishes for.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// A server program of the tests, in Python.
enum ServerProgram {
  /// Whether there is a Python to run it.
  static let canRun: Bool = {
    let result = try? Program.run("/usr/bin/env", ["python3", "-c", "print('here')"])
    return result?.exitCode == 0
  }()

  /// Arguments: the port, then `late=N`, which says 503 to the first N questions, `die=TEXT`, which prints a
  /// line and the text and exits with 3, `path=/P`, which is ready at P and knows no other path, and
  /// `show=FILE`, which writes arguments and variables to a file.
  private static let text = """
    import http.server, os, sys

    port, options = int(sys.argv[1]), dict(word.partition("=")[::2] for word in sys.argv[2:])
    if "show" in options:
        with open(options["show"], "w") as file:
            variables = {k: v for k, v in os.environ.items() if k.startswith("T_")}
            print(sys.argv[2:], variables, sorted(os.listdir("/proc/self/fd")), file=file)
    if "die" in options:
        print("first line\\n" + options["die"], flush=True)
        sys.exit(3)
    late, path = int(options.get("late", 0)), options.get("path", "/health")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            global late
            self.send_response(404 if self.path != path else 503 if late > 0 else 200)
            late -= 1
            self.send_header("Content-Length", "0")
            self.end_headers()

    print("listening at", port, flush=True)
    http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()
    """

  /// A workspace of additions whose model has this program as its server; `lines` are of [models.server].
  ///
  /// `command` takes the place of the program. Replay takes no address: none is set unless `lines` say so.
  static func space(
    _ samples: Int, _ arguments: [String] = [], lines: [String] = [], command: String? = nil,
    options: [String] = []
  ) throws -> Workspace {
    let space = try Workspace.sums(samples)
    let file = try space.folder.write(text, to: "server.py")
    let words = (["python3", file.path, "{port}"] + arguments).map { "'\($0)'" }
    let set = lines.contains { $0.hasPrefix("sets") } ? [] : ["sets = \"\""]
    space.config.models[0].options =
      options + ["[models.server]", command ?? "command = [\(words.joined(separator: ", "))]"]
      + set + lines
    return space
  }
}

/// A server that does not come up, and what is said of it.
struct ServerFault: CustomTestStringConvertible, Sendable {
  let testDescription: String
  var arguments: [String] = []
  var lines: [String] = []
  /// Takes the place of the command of the tests' server.
  var command: String?
  let says: [String]

  static let all = [
    ServerFault(
      testDescription: "no such program", command: "command = \"no-such-server {port}\"",
      says: ["the model server 'no-such-server' cannot be started: No such file or directory"]),
    ServerFault(
      testDescription: "an early end", arguments: ["die=out of memory"],
      says: [
        "the model server has ended: exit code 3", "first line | out of memory",
        "server-adder-0.log",
      ]),
    ServerFault(
      testDescription: "a server that leaves the foreground", command: "command = \"true {port}\"",
      says: ["exit code 0 (it must stay in the foreground); it printed nothing"]),
    ServerFault(
      testDescription: "never ready", arguments: ["late=1000000"], lines: ["start_timeout_s = 2"],
      says: ["was not ready within 2 s: GET /health answered 503"]),
    ServerFault(
      testDescription: "no such path", arguments: ["path=/up"], lines: ["start_timeout_s = 2"],
      says: ["was not ready within 2 s: GET /v1/models answered 404"]),
    ServerFault(
      testDescription: "a variable that is not set",
      lines: ["environment = {T_A_env = \"EVALHOST_NOT_SET\"}"],
      says: ["T_A_env of [models.server] names the environment variable EVALHOST_NOT_SET"]),
    ServerFault(
      testDescription: "a table without a place for the port", command: "command = \"serve\"",
      says: ["config.toml:", "put {port} into the command or the environment"]),
  ]
}

@Suite(.enabled(if: Evalhost.isBuilt && ServerProgram.canRun, "needs the built program, python3"))
struct ModelServerTests {
  @Test func `a run starts its server, waits until it is ready, and leaves nothing of it`() throws {
    let file = try TemporaryFolder("shown")
    let space = try ServerProgram.space(
      20,
      [
        "late=3", "show=\(file.path)/shown", "device={device}", "index={device_index}", "of={name}",
      ],
      lines: ["environment = {T_PORT = \"p{port}\", T_COPY_env = \"T_GIVEN\"}"])
    let program = try start(space, environment: ["T_GIVEN": "{port} stays"])
    let result = program.wait()
    #expect(result.exitCode == 0, "\(result)")
    #expect(program.leftovers() == [])
    #expect(try space.count("SELECT count(*) FROM scores") == 1)
    let shown = try file.read("shown")
    let port = try #require(shown.firstMatch(of: /'T_PORT': 'p(\d+)'/)?.1, "\(shown)")
    // Of the host's descriptors it has none: the file is number 3, and 4 is the folder that it lists.
    for part in [
      "'device=cpu'", "'index=0'", "'of=adder'", "'T_COPY': '{port} stays'",
      "['0', '1', '2', '3', '4']",
    ] {
      #expect(shown.contains(part), "\(part) in \(shown)")
    }
    let log = try space.folder.read("results/runs/test-run/server-adder-0.log")
    #expect(log.contains("listening at \(port)\n") && log.contains("ended, as its worker has"))
    #expect(log.contains("GET /health HTTP/1.1\" 503") && !log.contains("stays"))
  }

  @Test(arguments: [
    ["path=/v1/models"], ["path=/up", "health = \"/up\""],
  ])
  func `a server is asked at the usual paths or at its own`(words: [String]) throws {
    let space = try ServerProgram.space(5, [words[0]], lines: Array(words.dropFirst()))
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
  }

  @Test func `the backend is given the address, unless it has one`() throws {
    // Replay knows no such option, and says so when it is given.
    let space = try ServerProgram.space(5, lines: ["sets = \"base_url\""])
    let program = try space.start()
    let result = program.wait()
    #expect(result.exitCode == 2 && result.says("base_url"), "\(result)")
    #expect(program.leftovers() == [])
    // Of this one it takes two words, of which an address is neither.
    let given = try ServerProgram.space(
      5, lines: ["sets = \"by\""], options: ["by = \"sample\""])
    let second = try given.run()
    #expect(second.exitCode == 0, "\(second)")
  }

  @Test func `two workers have a server each`() throws {
    let space = try ServerProgram.space(40, options: ["latency_ms = 20"])
    space.config.sections = ["[devices]", "use = [\"cpu\"]", "slots = 2"]
    let program = try space.start()
    let result = program.wait()
    #expect(result.exitCode == 0, "\(result)")
    #expect(program.leftovers() == [])
    let files = try FileManager.default.contentsOfDirectory(
      atPath: "\(space.artifacts)/runs/test-run")
    #expect(
      files.filter { $0.hasSuffix(".log") }.sorted() == [
        "server-adder-0.log", "server-adder-1.log",
      ])
  }

  @Test(arguments: ServerFault.all)
  func `a server that cannot be had is named with the reason`(fault: ServerFault) throws {
    let space = try ServerProgram.space(
      5, fault.arguments, lines: fault.lines, command: fault.command)
    let program = try space.start()
    let result = program.wait()
    #expect(result.exitCode == 2, "\(result)")
    for text in fault.says { #expect(result.says(text), "\(text): \(result)") }
    #expect(program.leftovers() == [])
  }

  @Test func `a port that is taken is refused with its number`() throws {
    let (descriptor, port) = try listenAnywhere()
    defer { close(descriptor) }
    let space = try ServerProgram.space(5, lines: ["port = \(port)"])
    let result = try space.run()
    #expect(result.exitCode == 2, "\(result)")
    let sentence = "port \(port) of [models.server] cannot be used: Address already in use"
    #expect(result.says(sentence), "\(result)")
  }

  private func start(_ space: Workspace, environment: [String: String]) throws -> StartedProgram {
    try Data(space.config.text.utf8).write(to: space.configFile)
    return try Evalhost.start(
      [
        "run", "--plugins", space.plugins.path, "--config", space.configFile.path, "--progress",
        "none",
      ], environment: environment)
  }
}

/// Opens a socket that listens at 127.0.0.1, at a port that the kernel chooses; the caller closes it.
private func listenAnywhere() throws -> (descriptor: Int32, port: Int) {
  let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { throw POSIXError(.EMFILE) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  // sockaddr_in is what the calls want where they say sockaddr; the length says so.
  let isListening = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
      bind(descriptor, address, length) == 0 && listen(descriptor, 1) == 0
        && getsockname(descriptor, address, &length) == 0
    }
  }
  guard isListening else {
    close(descriptor)
    throw POSIXError(.EADDRINUSE)
  }
  return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
}
