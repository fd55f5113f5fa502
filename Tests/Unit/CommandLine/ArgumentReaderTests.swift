// The command line: what is understood, what is refused, and the words of each refusal.
import Arguments
import Testing

@Suite struct ArgumentReaderTests {
  /// A command line that is understood.
  struct Accepted: CustomTestStringConvertible, Sendable {
    var line: [String]
    var name: CommandName
    var values: [String: [String]]
    var operand: String?
    var testDescription: String { line.joined(separator: " ") }

    init(
      _ line: String, _ name: CommandName, _ values: [String: [String]] = [:],
      operand: String? = nil
    ) {
      self.line = line.split(separator: " ").map(String.init)
      self.name = name
      self.values = values
      self.operand = operand
    }
  }

  static let accepted = [
    Accepted(
      "run --plugins P --config=c.toml --set a.b=1 --set=c=d=e --dry-run", .run,
      [
        "plugins": ["P"], "config": ["c.toml"], "set": ["a.b=1", "c=d=e"], "dry-run": [""],
        "progress": [],
      ]),
    Accepted(
      "run --plugins P --config - --progress=json", .run,
      ["config": ["-"], "progress": ["json"]]),
    Accepted(
      "score --plugins P --run r --artifacts A", .score, ["run": ["r"], "artifacts": ["A"]]),
    Accepted("status --artifacts A --json", .status, ["json": [""], "run": []]),
    Accepted("stop --run=--odd --artifacts A", .stop, ["run": ["--odd"]]),
    Accepted(
      "export --run r --what eval --format csv --artifacts A --task 3", .export,
      ["what": ["eval"], "format": ["csv"], "task": ["3"], "out": []]),
    Accepted("plugins list --plugins P", .pluginsList, ["plugins": ["P"]]),
    Accepted("plugins verify x --plugins P", .pluginsVerify, ["plugins": ["P"]], operand: "x"),
    Accepted("plugins inspect -- --odd", .pluginsInspect, ["plugins": []], operand: "--odd"),
    Accepted("config check -", .configCheck, operand: "-"),
    Accepted("config decode", .configDecode),
    Accepted("index rebuild --artifacts A", .indexRebuild, ["artifacts": ["A"]]),
    Accepted("doctor", .doctor, ["artifacts": []]),
  ]

  @Test(arguments: accepted)
  func `a command line is understood`(_ line: Accepted) throws {
    guard case .command(let command) = try ArgumentReader.read(line.line) else {
      Issue.record("not a command")
      return
    }
    let values = line.values.keys.reduce(into: [:]) { $0[$1] = command.values($1) }
    #expect((command.name, command.operand) == (line.name, line.operand))
    #expect(values == line.values)
  }

  /// A command line and the one line it is refused with.
  struct Refused: CustomTestStringConvertible, Sendable {
    var line: [String]
    var message: String
    var testDescription: String { line.joined(separator: " ") }

    init(_ line: String, _ message: String) {
      self.line = line.split(separator: " ").map(String.init)
      self.message = message
    }

    init(_ line: [String], _ message: String) {
      self.line = line
      self.message = message
    }
  }

  static let refused = [
    Refused("", "evalhost: a command is missing; `evalhost --help` lists them"),
    Refused("rnu", "evalhost: unknown command 'rnu'; did you mean 'run'?"),
    Refused("frobnicate", "evalhost: unknown command 'frobnicate'; `evalhost --help` lists them"),
    Refused("statsu", "evalhost: unknown command 'statsu'; did you mean 'status'?"),
    Refused("plugins", "evalhost plugins: one of list, inspect, verify is missing"),
    Refused(
      "plugins --json", "evalhost plugins: one of list, inspect, verify is missing"),
    Refused(
      "plugins lsit", "evalhost plugins: unknown command 'lsit'; did you mean 'list'?"),
    Refused(
      "plugins x",
      "evalhost plugins: unknown command 'x'; known are list, inspect, verify"),
    Refused(
      "--json status",
      "evalhost: '--json' stands before the command; write the command first, "
        + "`evalhost --help` lists them"),
    Refused(
      "status --artifcats A",
      "evalhost status: unknown option '--artifcats'; did you mean '--artifacts'?"),
    Refused(
      "status --zzzzz", "evalhost status: unknown option '--zzzzz'; see `evalhost status --help`"),
    Refused(
      "status -a",
      "evalhost status: unknown option '-a'; options are written out, see "
        + "`evalhost status --help`"),
    Refused(
      "status",
      "evalhost status: --artifacts DIR is missing: folder of the store and the runs "
        + "(artifact_root)"),
    Refused(
      "status --artifacts",
      "evalhost status: --artifacts needs a value: --artifacts DIR, folder of the store and the "
        + "runs (artifact_root)"),
    Refused(
      "status --artifacts --json",
      "evalhost status: --artifacts needs a value: --artifacts DIR, folder of the store and the "
        + "runs (artifact_root)"),
    Refused(
      "status --artifacts=",
      "evalhost status: --artifacts is empty: folder of the store and the runs (artifact_root)"),
    Refused(
      "status --artifacts A --artifacts B",
      "evalhost status: --artifacts is given twice; leave one of the two"),
    Refused(
      "status --artifacts A --json=yes", "evalhost status: --json is a flag and takes no value"),
    Refused(
      "status --artifacts A more",
      "evalhost status: 'more' is one word too many; see `evalhost status --help`"),
    Refused(
      "export --artifacts A --run r --format jsonl --what scroes",
      "evalhost export: --what 'scroes' is not one of completions, eval, scores, errors; "
        + "did you mean 'scores'?"),
    Refused(
      "config check",
      "evalhost config check: FILE is missing: run configuration in TOML, - for stdin"),
    Refused(
      ["status", "--artifacts", "A", "a\u{1b}[31m"],
      "evalhost status: 'a\\u{1b}[31m' is one word too many; see `evalhost status --help`"),
  ]

  @Test(arguments: refused)
  func `a refusal says what to type`(_ line: Refused) {
    #expect(throws: UsageError(line.message)) { try ArgumentReader.read(line.line) }
  }

  @Test func `help and version are found wherever they stand`() throws {
    func help(_ line: String) throws -> String? {
      let words = line.split(separator: " ").map(String.init)
      guard case .help(let text) = try ArgumentReader.read(words) else { return nil }
      return text
    }
    #expect(try ArgumentReader.read(["--version"]) == .version)
    for line in ["--help", "-h", "help"] { #expect(try help(line) == HelpText.all) }
    for line in ["plugins --help", "help plugins"] {
      #expect(try help(line) == HelpText.group("plugins"))
    }
    for line in ["run --config --help", "help run", "run -h", "run --wrong --help"] {
      #expect(try help(line) == HelpText.command(CommandName.run.spec))
    }
    #expect(try help("plugins list -h") == HelpText.command(CommandName.pluginsList.spec))
    // After `--` it is a word like any other.
    #expect(throws: UsageError.self) { try ArgumentReader.read(["doctor", "--", "--help"]) }
  }

  @Test(arguments: CommandName.allCases)
  func `every command's help names all of it within 100 columns`(_ name: CommandName) {
    let spec = name.spec
    let text = HelpText.command(spec)
    #expect(spec.name == name)
    #expect(spec.options.allSatisfy { text.contains("--\($0.name)") })
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(HelpText.all.contains(spec.summary))
    #expect(HelpText.all.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }
}
