// The commands beside `run`: what they print, with which exit status.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite(.enabled(if: Evalhost.isBuilt))
struct CommandTests {
  /// A run of 200 samples that takes about a second and a half, started and under way.
  private func underWay(_ space: Workspace) throws -> StartedProgram {
    let program = try space.start()
    let isUnderWay = try Waiting.until(within: 20) {
      try space.count("SELECT count(*) FROM verdicts") >= 10
    }
    #expect(isUnderWay, "\(program.stderrSoFar)")
    return program
  }

  private func slow() throws -> Workspace {
    let space = try Workspace.sums(200, options: ["latency_ms = 60"])
    space.config.sections = ["[batch]", "size = 8"]
    return space
  }

  /// A drained run that is resumed has the exports of one that was never interrupted.
  private func expectWhole(_ space: Workspace) throws {
    let done = try space.count("SELECT count(*) FROM completions")
    #expect(done < 200)
    let resumed = try space.run()
    #expect(resumed.exitCode == 0, "\(resumed)")
    #expect(try space.count("SELECT count(*) FROM completions WHERE attempt_id = 1") == done)
    let undisturbed = try slow()
    #expect(try undisturbed.run().exitCode == 0)
    for what in ["completions", "eval", "scores"] {
      #expect(try space.export(what).rawOutput == undisturbed.export(what).rawOutput, "\(what)")
    }
  }

  @Test func `the first interrupt drains, and the same command resumes`() throws {
    let space = try slow()
    let program = try underWay(space)
    program.signal(SIGINT)
    let result = program.wait()
    #expect(result.exitCode == 4, "\(result)")
    #expect(result.stderr.contains("interrupted; the same command resumes run 'test-run'"))
    #expect(program.leftovers() == [])
    try expectWhole(space)
  }

  @Test func `stop drains a running run`() throws {
    let space = try slow()
    let program = try underWay(space)
    let running = try Evalhost.run(["status", "--artifacts", space.artifacts, "--json"])
    #expect(running.stdout.contains("\"process\":\(program.pid)"), "\(running)")
    let stop = ["stop", "--artifacts", space.artifacts, "--run", "test-run"]
    let stopped = try Evalhost.run(stop)
    #expect(stopped.exitCode == 0, "\(stopped)")
    #expect(program.wait().exitCode == 4)
    #expect(program.leftovers() == [])
    let again = try Evalhost.run(stop)
    #expect(again.exitCode == 1)
    #expect(again.stderr.contains("run 'test-run' is not running"))
    try expectWhole(space)
  }

  @Test func `a second interrupt ends the run at once`() throws {
    // Sample 15 is never answered: a drain would wait for it until the heartbeat is missed.
    let space = try Workspace.sums(20, options: ["hang_on_sample = 15"])
    space.config.sections = ["[batch]", "size = 10"]
    let program = try space.start()
    let isUnderWay = try Waiting.until(within: 20) {
      try space.count("SELECT count(*) FROM completions") >= 10
    }
    #expect(isUnderWay)
    program.signal(SIGINT)
    #expect(!Waiting.until(within: 0.5) { !program.isRunning }, "it waits for what is in flight")
    program.signal(SIGINT)
    let result = program.wait(timeout: 30)
    #expect(!result.timedOut, "\(result)")
    #expect(result.exitCode != 0, "\(result)")
    #expect(program.leftovers() == [])
    #expect(try space.query("PRAGMA integrity_check") == ["ok"])
  }

  @Test func `every export is the same bytes each time, in both formats`() throws {
    let space = try Workspace.sums(25) { sample, _ in sample == 4 }
    #expect(try space.run(["--set", "models.0.options.crash_on_sample=9"]).exitCode == 1)
    for what in ["completions", "eval", "scores", "errors"] {
      for format in ["jsonl", "csv"] {
        let first = try space.export(what, format: format)
        #expect(first.exitCode == 0, "\(first)")
        #expect(!first.rawOutput.isEmpty)
        #expect(try space.export(what, format: format).rawOutput == first.rawOutput)
        let file = space.folder.file("\(what).\(format)")
        let written = try Evalhost.run([
          "export", "--artifacts", space.artifacts, "--run", "test-run", "--what", what,
          "--format", format, "--out", file.path,
        ])
        #expect(written.exitCode == 0, "\(written)")
        #expect(try Data(contentsOf: file) == first.rawOutput)
      }
    }
    let none = try Evalhost.run([
      "export", "--artifacts", space.artifacts, "--run", "nope", "--what", "eval", "--format",
      "csv",
    ])
    #expect(none.exitCode == 2)
    #expect(none.stderr.contains("nope"))
  }

  @Test func `score judges again without the model and keeps the first judging`() throws {
    let space = try Workspace.sums(25) { sample, _ in sample == 4 }
    #expect(try space.run().exitCode == 0)
    let eval = try space.export("eval").rawOutput
    try FileManager.default.removeItem(at: space.folder.file("recordings/adder.jsonl"))
    let result = try Evalhost.run([
      "score", "--plugins", space.plugins.path, "--run", "test-run", "--artifacts", space.artifacts,
    ])
    #expect(result.exitCode == 0, "\(result)")
    #expect(try space.query("SELECT ordinal, complete FROM judgings ORDER BY 1") == ["1|1", "2|1"])
    #expect(try space.count("SELECT count(*) FROM verdicts") == 50)
    #expect(try space.count("SELECT count(*) FROM scores") == 2)
    #expect(try space.count("SELECT count(*) FROM completions") == 25)
    #expect(try space.export("eval").rawOutput == eval)
  }

  @Test func `the index is rebuilt as the run wrote it`() throws {
    let space = try Workspace.sums(15)
    #expect(try space.run().exitCode == 0)
    let index = space.folder.file("results/score_index.jsonl")
    let written = try Data(contentsOf: index)
    try FileManager.default.removeItem(at: index)
    let result = try Evalhost.run(["index", "rebuild", "--artifacts", space.artifacts])
    #expect(result.exitCode == 0, "\(result)")
    #expect(try Data(contentsOf: index) == written)
    #expect(!written.isEmpty)
  }

  @Test func `plugins are listed and inspected`() throws {
    let space = try Workspace("plugins")
    let folder = ["--plugins", space.plugins.path]
    let list = try Evalhost.run(["plugins", "list"] + folder)
    for name in PluginFolder.firstParty { #expect(list.stdout.contains(name)) }
    let json = try Evalhost.run(["plugins", "list", "--json"] + folder)
    let listed = try #require(
      try JSONSerialization.jsonObject(with: json.rawOutput) as? [String: Any])
    #expect((listed["plugins"] as? [Any])?.count == 4)
    let facts = try Evalhost.run(["plugins", "inspect", "--json"] + folder + ["token_f1"])
    let inspected = try #require(
      try JSONSerialization.jsonObject(with: facts.rawOutput) as? [[String: Any]])
    #expect(inspected.first?["exported_symbols"] as? [String] == ["evalhost_plugin_v1"])
    #expect(try Evalhost.run(["plugins", "verify"] + folder).exitCode == 0)
    let none = try Evalhost.run(["plugins", "inspect"] + folder + ["nope"])
    #expect(none.exitCode == 3)
    #expect(none.stderr.contains("no plugin 'nope'"))
  }

  @Test func `configurations are checked and decoded`() throws {
    let space = try Workspace.sums(5)
    try Data(space.config.text.utf8).write(to: space.configFile)
    let good = try Evalhost.run(["config", "check", space.configFile.path])
    #expect(good.exitCode == 0)
    #expect(good.stdout.contains("seed = 0  # default"), "\(good)")
    // What is printed is itself a configuration.
    let again = try Evalhost.run(["config", "check", "-"], input: good.stdout)
    #expect(again.exitCode == 0, "\(again)")
    let bad = try Evalhost.run(["config", "check", space.configFile.path, "--set", "run.sed=1"])
    #expect(bad.exitCode == 2)
    #expect(bad.stderr.contains("did you mean 'seed'?"))
    let decoded = try Evalhost.run(["config", "decode"], input: "a = 0x10\n")
    #expect(decoded.stdout == "{\"a\":{\"type\":\"integer\",\"value\":\"16\"}}\n")
    let refused = try Evalhost.run(["config", "decode"], input: "a = \n")
    #expect(refused.exitCode == 1)
    #expect(refused.stderr.contains("stdin:1:5: expected a value"))
  }

  @Test func `doctor says what is there and checks the store`() throws {
    let space = try Workspace.sums(5)
    #expect(try space.run().exitCode == 0)
    let doctor = [
      "doctor", "--artifacts", space.artifacts, "--plugins", space.plugins.path,
    ]
    let result = try Evalhost.run(doctor)
    #expect(result.exitCode == 0, "\(result)")
    #expect(result.stdout.contains("store            whole"), "\(result)")
    #expect(result.stdout.contains("5 of 5 tries judged"))
    try Data(repeating: 7, count: 5000).write(to: URL(fileURLWithPath: space.store))
    let damaged = try Evalhost.run(doctor)
    #expect(damaged.exitCode == 5, "\(damaged)")
  }

  @Test(arguments: [
    ["run"], ["score"], ["status"], ["stop"], ["export"], ["plugins", "list"],
    ["plugins", "inspect"], ["plugins", "verify"], ["datasets", "list"], ["config", "check"],
    ["config", "decode"], ["index", "rebuild"], ["doctor"],
  ])
  func `a command explains itself and refuses unknown options`(command: [String]) throws {
    let name = command.joined(separator: " ")
    let help = try Evalhost.run(command + ["--help"])
    #expect(help.exitCode == 0)
    #expect(help.stdout.hasPrefix("evalhost \(name): "), "\(help)")
    #expect(help.stdout.contains("Usage: evalhost \(name)"), "\(help)")
    #expect(help.stderr.isEmpty)
    let unknown = try Evalhost.run(command + ["--bogus"])
    #expect(unknown.exitCode == 2)
    #expect(unknown.stderr.contains("unknown option '--bogus'"), "\(unknown)")
    #expect(unknown.stdout.isEmpty)
  }

  @Test func `words that are no command are refused`() throws {
    for arguments in [[], ["frobnicate"], ["plugins"], ["config", "chek"]] {
      let result = try Evalhost.run(arguments)
      #expect(result.exitCode == 2, "\(arguments): \(result)")
      #expect(result.stderr.hasPrefix("evalhost"), "\(result)")
    }
    let all = try Evalhost.run(["--help"])
    #expect(all.exitCode == 0)
    #expect(all.stdout.contains("Exit status: 0 done"))
  }
}
