// The demo as a user runs it: a real model, evaluated in process, on the rows that ship here.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite struct DemoModelTests {
  /// A run of the demo's configuration over some rows of each benchmark, in an artifact folder of its own.
  private struct Demo {
    let folder: TemporaryFolder
    let arguments: [String]

    init(_ more: [String]) throws {
      folder = try TemporaryFolder("demo")
      let plugins = try PluginFolder(
        at: folder.file("plugins"), ["free_response", "multi_choice", "rwkv7"])
      let demo = Repository.root.appending(path: "configs/demo")
      var settings = [
        "paths.data_root=\(demo.path)/data", "paths.cache_root=\(folder.path)/cache",
        "paths.artifact_root=\(folder.path)/results",
        "models.0.weights=\(demo.path)/model/tiny-rwkv7-bf16.safetensors",
        "models.0.options.vocabulary=\(demo.path)/model/tiny_vocab.txt",
      ]
      for dataset in 0..<4 { settings.append("datasets.\(dataset).limit=12") }
      arguments =
        [
          "run", "--plugins", plugins.path, "--config",
          "\(demo.path)/rwkv7.toml", "--progress", "none",
        ] + (settings + more).flatMap { ["--set", $0] }
    }

    func export(_ what: String) throws -> Data {
      let result = try Evalhost.run([
        "export", "--artifacts", "\(folder.path)/results", "--run", "demo-rwkv7", "--what", what,
      ])
      #expect(result.exitCode == 0, "\(result)")
      return result.rawOutput
    }

    var committed: Int {
      let result = try? Program.run(
        "/usr/bin/env",
        [
          "sqlite3", "-readonly", "\(folder.path)/results/evalhost.db",
          "SELECT count(*) FROM completions",
        ])
      return result.flatMap { Int($0.stdout.dropLast()) } ?? 0
    }
  }

  @Test func `its texts are the same in any batch, and when the run is killed and resumed`() throws
  {
    let plain = try Demo([])
    let result = try Evalhost.run(plain.arguments, timeout: 120)
    #expect(result.exitCode == 0, "\(result)")
    let completions = try plain.export("completions")
    let verdicts = try plain.export("eval")
    #expect(completions.split(separator: UInt8(ascii: "\n")).count == 4 * 12 * 4)

    let alone = try Demo(["batch.size=1", "models.0.options.threads=1", "models.0.options.chunk=5"])
    #expect(try Evalhost.run(alone.arguments, timeout: 240).exitCode == 0)
    #expect(try alone.export("completions") == completions)
    #expect(try alone.export("eval") == verdicts)

    let killed = try Demo(["models.0.options.max_batch=7"])
    let program = try Evalhost.start(killed.arguments)
    #expect(Waiting.until(within: 60) { killed.committed > 30 || !program.isRunning })
    program.signal(SIGKILL)
    _ = program.wait()
    #expect(program.leftovers() == [])
    #expect(try Evalhost.run(killed.arguments, timeout: 240).exitCode == 0)
    #expect(try killed.export("completions") == completions)
    #expect(try killed.export("eval") == verdicts)
  }

  @Test func `status shows the scores of a run in percent with their standard errors`() throws {
    let demo = try Demo(["datasets.0.limit=4", "datasets.2.limit=4"])
    #expect(try Evalhost.run(demo.arguments, timeout: 120).exitCode == 0)
    let status = try Evalhost.run(["status", "--artifacts", "\(demo.folder.path)/results"])
    #expect(status.stdout.contains("accuracy"), "\(status)")
    #expect(status.stdout.contains("100.0 ±0.0"), "\(status)")
  }

  @Test(arguments: [
    ("models.0.options.vocabulary=/nowhere/words.txt", "the vocabulary '/nowhere/words.txt'"),
    ("models.0.options.threads=0", "threads"), ("models.0.options.weight_type=int4", "int8"),
    ("models.0.weights=/nowhere/x.pth", "/nowhere/x.pth"),
  ])
  func `what the backend cannot use ends the run with a line that names it`(
    setting: String, part: String
  ) throws {
    let demo = try Demo([setting])
    let result = try Evalhost.run(demo.arguments)
    #expect(result.exitCode == 2, "\(result)")
    #expect(result.stderr.contains(part), "\(result)")
  }
}
