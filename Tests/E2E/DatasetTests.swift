// Datasets as a user has them: prepared by a run or by the command, over a real server, traced into the score, carried
// to another machine, and refused where anything about them is in doubt.

internal import Foundation
internal import Glibc
internal import Synchronization
internal import TestHTTPServer
internal import TestSupport
internal import Testing

/// Files by path behind a loopback server that stands for every https address.
final class Sources: Sendable {
  private final class Table: Sendable {
    let files = Mutex<[String: [UInt8]]>([:])
  }

  private let table: Table
  private let server: TestHTTPServer

  /// Serves `files`, each after a pause; a path is the address without `https://`.
  init(_ files: [String: [UInt8]], pauseMilliseconds: Int = 0) throws {
    let table = Table()
    table.files.withLock { $0 = files }
    self.table = table
    server = try TestHTTPServer { request in
      let path = String(request.target.dropFirst())
      guard let body = table.files.withLock({ $0[path] }) else {
        return .text("no such file", status: 404)
      }
      let head =
        "HTTP/1.1 200 OK\r\nContent-Length: \(body.count)\r\nETag: \"\(body.count)\"\r\n\r\n"
      let reply = ServerReply([.send(Array(head.utf8)), .send(body)])
      return pauseMilliseconds > 0 ? reply.after(milliseconds: pauseMilliseconds) : reply
    }
  }

  var mirror: [String] { ["--mirror", "https://=\(server.url)/"] }
  var paths: [String] { server.requests.map { String($0.target.dropFirst()) } }
  var tokens: [String] { server.requests.compactMap { $0.header("Authorization") } }

  func set(_ path: String, _ bytes: [UInt8]) { table.files.withLock { $0[path] = bytes } }
  func stop() { server.stop() }
}

private let toyManifest = """
  id = "toy"
  version = "1.0.0"
  kind = ["dataset"]
  license = "CC0-1.0"
  [task]
  evaluator = "free_response"
  mode = "direct"
  [dataset]
  source = "lab/toy"
  format = "csv"
  gated = "ask the lab"
  [[dataset.splits]]
  split = "test"
  source_split = "train"
  url = "https://lab.example/toy.csv"
  [dataset.row]
  question = "problem"
  expected_answer = { from = "solution", steps = [{ after = "=" }, "strip"] }
  """
private let toyRows = "problem,solution\nWhat is 1+1?,1+1 = 2\nWhat is 2+2?,2+2 = 4\n"

@Suite(.enabled(if: Evalhost.isBuilt))
struct DatasetTests {
  /// A workspace with the plugin `toy` and a model that answers its questions.
  private func toySpace(_ manifest: String = toyManifest) throws -> Workspace {
    let space = try Workspace("datasets")
    try space.plugins.writeManifest(manifest, of: "datasets/toy")
    space.config.datasets.append(ConfigText.Dataset("toy_test", evaluator: "", mode: nil))
    try space.addModel(
      "adder",
      [
        (
          "toy",
          [2, 4, 6].enumerated().map { RecordedTry($0, [RecordedStage("The answer is \($1).")]) }
        )
      ])
    return space
  }

  private func prepare(
    _ space: Workspace, _ more: [String], environment: [String: String] = [:]
  ) throws -> RunResult {
    try Evalhost.run(prepareArguments(space, more), environment: environment)
  }

  private func prepareArguments(_ space: Workspace, _ more: [String]) -> [String] {
    [
      "datasets", "prepare", "--plugins", space.plugins.path, "--data", space.config.dataRoot,
      "--cache", space.config.cacheRoot,
    ] + more
  }

  @Test func `a run prepares what is missing, and its score says where the rows came from`() throws
  {
    let sources = try Sources(["lab.example/toy.csv": Array(toyRows.utf8)])
    let space = try toySpace()
    let dry = try space.run(["--dry-run"] + sources.mirror)
    #expect(dry.exitCode == 0, "\(dry)")
    #expect(dry.says("an unknown number, not there yet: a run would prepare"))
    #expect(dry.says("lab/toy, split 'train'; warning: not pinned"))
    #expect(sources.paths.isEmpty)
    let first = try space.run(sources.mirror)
    #expect(first.exitCode == 0, "\(first)")
    #expect(first.says("dataset toy_test: lab/toy is not pinned; another day may give other rows"))
    #expect(first.says("dataset toy_test: made from the source's split 'train'"))
    let score = try #require(try space.exported("scores").first)
    let manifest = try #require(score["manifest"] as? [String: Any])
    #expect(manifest["source_dataset"] as? String == "lab/toy")
    #expect(manifest["source_split"] as? String == "train")
    #expect(manifest["source_urls"] as? [String] == ["https://lab.example/toy.csv"])
    #expect(manifest["licence"] as? String == "CC0-1.0" && manifest["pinned"] as? Bool == false)
    #expect((score["metrics"] as? [String: Any])?["accuracy"] as? Double == 1)
    let index = try String(contentsOfFile: "\(space.artifacts)/score_index.jsonl", encoding: .utf8)
    #expect(index.contains("\"licence\":\"CC0-1.0\""))
    // Everything is here now: no connection is needed, and none is made.
    sources.stop()
    space.config.run = "again"
    let offline = try space.run(["--offline"])
    #expect(offline.exitCode == 0, "\(offline)")
    #expect(sources.paths == ["lab.example/toy.csv"])
  }

  @Test
  func `what the plugin says of prompts is what the model gets, and a configuration goes first`()
    throws
  {
    let sources = try Sources(["lab.example/toy.csv": Array(toyRows.utf8)])
    let template = "options = { template = \"Sum: <Q>\\n\\nAnswer:\" }\n[dataset]"
    let space = try toySpace(toyManifest.replacing("[dataset]\n", with: template + "\n"))
    #expect(try prepare(space, ["toy_test"] + sources.mirror).exitCode == 0)
    let show = [
      "datasets", "show", "toy_test", "--plugins", space.plugins.path, "--data",
      space.config.dataRoot,
    ]
    let prompt = try Evalhost.run(show + ["--prompt", "1"])
    #expect(prompt.stdout == "Sum: What is 2+2?\n\nAnswer:", "\(prompt)")
    #expect(try space.run().exitCode == 0)
    let exported = try space.exported("completions").map { $0["prompt1"] as? String }
    #expect(exported.last == prompt.stdout)
    space.config.datasets[0].options = ["template = \"<Q> =\""]
    space.config.datasets[0].lines = ["shots = 1", "shots_split = \"test\""]
    space.config.run = "other"
    #expect(try space.run().exitCode == 0)
    let other = try Evalhost.run(show + ["--prompt", "0", "--config", space.configFile.path])
    #expect(other.stdout == "What is 1+1? =", "\(other)")
    #expect(try space.exported("completions").first?["prompt1"] as? String == other.stdout)
    let beyond = try Evalhost.run(show + ["--prompt", "2"])
    #expect(beyond.exitCode == 2 && beyond.says("toy_test has 2 samples, the last is 1"))
    let facts = try Evalhost.run(show)
    #expect(facts.says("https://lab.example/toy.csv") && facts.says("CC0-1.0"))
    #expect(facts.says("evaluator") && facts.says("free_response"))
  }

  @Test func `bad rows are refused, or counted, listed and shown in the score`() throws {
    let bad = toyRows + "What is 3+3?,six\n"
    let sources = try Sources(["lab.example/toy.csv": Array(bad.utf8)])
    let space = try toySpace()
    let refused = try space.run(sources.mirror)
    #expect(refused.exitCode == 2, "\(refused)")
    #expect(
      refused.says(
        "dataset toy_test: 1 bad row, 0 allowed; toy.csv line 4: field 'expected_answer': '=' does not "
          + "stand in 'six'"))
    space.config.datasets[0].lines = ["max_bad_rows = 1"]
    let allowed = try space.run(sources.mirror)
    #expect(allowed.exitCode == 0 && allowed.says("1 row left out as faulty"), "\(allowed)")
    let errors = try space.exported("errors")
    #expect(errors.count == 1 && errors[0]["where"] as? String == "source row", "\(errors)")
    #expect(errors[0]["line"] as? Int == 4)
    let score = try #require(try space.exported("scores").first)
    #expect((score["manifest"] as? [String: Any])?["bad_rows"] as? Int == 1)
    // What was prepared with a row left out is not used where none may be.
    space.config.datasets[0].lines = []
    space.config.run = "strict"
    let strict = try space.run(sources.mirror)
    #expect(
      strict.exitCode == 2
        && strict.says("1 bad rows were left out when it was prepared, 0 allowed"))
    #expect(try prepare(space, ["toy_test"] + sources.mirror).exitCode == 1)
  }

  @Test func `a prepared file that is not its manifest's is refused, whoever changed it`() throws {
    let sources = try Sources(["lab.example/toy.csv": Array(toyRows.utf8)])
    let space = try toySpace()
    #expect(try prepare(space, ["toy"] + sources.mirror).exitCode == 0)
    let path = "\(space.config.dataRoot)/toy/test.jsonl"
    let rows = try String(contentsOfFile: path, encoding: .utf8)
    try Data(rows.replacing("2+2", with: "2+3").utf8).write(to: URL(fileURLWithPath: path))
    let run = try space.run(["--offline"])
    #expect(run.exitCode == 2 && run.says("its manifest says sha256:"), "\(run)")
    let forced = try prepare(space, ["toy_test", "--force", "--offline"])
    #expect(forced.exitCode == 0, "\(forced)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == rows)
  }

  @Test func `a file of one's own is used as it is and never overwritten`() throws {
    let sources = try Sources(["lab.example/toy.csv": Array(toyRows.utf8)])
    let space = try toySpace()
    try space.writeSplit("toy_test", "{\"question\":\"What is 1+1?\",\"answer\":\"2\"}\n")
    let run = try space.run(sources.mirror)
    #expect(run.exitCode == 0, "\(run)")
    #expect(sources.paths.isEmpty)
    #expect(try space.exported("eval").count == 1)
    // Not even by force.
    let forced = try prepare(space, ["toy_test", "--force"] + sources.mirror)
    #expect(forced.exitCode == 1 && forced.says("it is your own and stays as it is"), "\(forced)")
    let path = "\(space.config.dataRoot)/toy/test.jsonl"
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("\"answer\":\"2\""))
    // The same rows with a word of where they come from: each run's score has its own.
    let sum = try Program.run("/usr/bin/env", ["sha256sum", path]).stdout.prefix(64)
    let manifest = """
      {"checksum":"sha256:\(sum)","row_count":1,"source_dataset":"mine","source_split":"train","revision":"r9",\
      "licence":"CC0-1.0","pinned":true,"bad_rows":0,"plugin":{"id":"own","version":"1.0.0"}}
      """
    try Data(manifest.utf8).write(
      to: URL(fileURLWithPath: "\(space.config.dataRoot)/toy/test.manifest.json"))
    space.config.run = "told"
    #expect(try space.run().exitCode == 0)
    let told = try #require(try space.exported("scores").first?["manifest"] as? [String: Any])
    #expect(told["source_dataset"] as? String == "mine" && told["licence"] as? String == "CC0-1.0")
    #expect(told["revision"] as? String == "r9" && told["source_split"] as? String == "train")
    space.config.run = "test-run"
    let untold = try #require(try space.exported("scores").first?["manifest"] as? [String: Any])
    #expect(untold["licence"] == nil && untold["source_dataset"] as? String == "test.jsonl")
  }

  @Test func `many processes prepare one split at once, and one of them does the work`() throws {
    let rows = toyRows + String(repeating: "What is 1+1?,1+1 = 2\n", count: 20_000)
    let sources = try Sources(["lab.example/toy.csv": Array(rows.utf8)], pauseMilliseconds: 300)
    let space = try toySpace()
    let started = try (0..<8).map { _ in
      try Evalhost.start(prepareArguments(space, ["toy_test"] + sources.mirror))
    }
    let results = started.map { $0.wait() }
    #expect(results.allSatisfy { $0.exitCode == 0 }, "\(results)")
    #expect(results.filter { $0.says("20002 rows prepared") }.count == 1)
    #expect(results.filter { $0.says("another process prepares it; waiting") }.count >= 1)
    #expect(sources.paths == ["lab.example/toy.csv"])
  }

  @Test func `whoever holds the lock may be killed at any moment, and another goes on`() throws {
    let rows = toyRows + String(repeating: "What is 1+1?,1+1 = 2\n", count: 20_000)
    let sources = try Sources(["lab.example/toy.csv": Array(rows.utf8)], pauseMilliseconds: 50)
    let space = try toySpace()
    for moment in 0..<8 {
      let first = try Evalhost.start(
        prepareArguments(space, ["toy_test", "--force"] + sources.mirror))
      let second = try Evalhost.start(prepareArguments(space, ["toy_test"] + sources.mirror))
      // No synchronisation: the kill is to fall at eight different moments of the preparation.
      usleep(useconds_t(moment * 15_000))
      first.signal(SIGKILL)
      _ = first.wait()
      let result = second.wait()
      #expect(result.exitCode == 0, "\(result)")
    }
    let whole = try prepare(space, ["toy_test", "--force"] + sources.mirror)
    #expect(whole.exitCode == 0)
    let folder = "\(space.config.dataRoot)/toy"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names == [".test.lock", "test.index", "test.jsonl", "test.manifest.json"])
  }

  @Test func `a run that is interrupted while it fetches ends with 4 and goes on the next time`()
    throws
  {
    let sources = try Sources(["lab.example/toy.csv": Array(toyRows.utf8)], pauseMilliseconds: 700)
    let space = try toySpace()
    let run = try space.start(sources.mirror)
    #expect(Waiting.until(within: 10) { !sources.paths.isEmpty })
    run.signal(SIGINT)
    let result = run.wait()
    #expect(result.exitCode == 4 && result.says("the same command goes on"), "\(result)")
    #expect(try space.run(sources.mirror).exitCode == 0)
  }

  @Test func `offline, gated and missing sources say what to do, and a token goes nowhere else`()
    throws
  {
    let sources = try Sources([:])
    let space = try toySpace()
    let offline = try prepare(space, ["toy_test", "--offline"])
    #expect(offline.exitCode == 1 && offline.says("datasets bundle import"), "\(offline)")
    let missing = try prepare(
      space, ["toy_test"] + sources.mirror, environment: ["HF_TOKEN": "hf_secret"])
    #expect(
      missing.exitCode == 1 && missing.says("dataset toy_test: https://lab.example/toy.csv"),
      "\(missing)")
    #expect(sources.tokens.isEmpty && !missing.says("hf_secret"))
    let unknown = try prepare(space, ["toi_test"])
    #expect(unknown.exitCode == 2 && unknown.says("did you mean 'toy_test'?"), "\(unknown)")
    let wrong = try prepare(space, ["toy_test", "--mirror", "here=there"])
    #expect(wrong.exitCode == 2 && wrong.says("is not FROM=TO"))
  }

  @Test func `a bundle carries splits to a machine without network, and a changed one is refused`()
    throws
  {
    let sources = try Sources(["lab.example/toy.csv": Array(toyRows.utf8)])
    let space = try toySpace()
    #expect(try prepare(space, ["--all"] + sources.mirror).exitCode == 0)
    let file = space.folder.file("sets.tar").path
    let export = try Evalhost.run([
      "datasets", "bundle", "export", "--data", space.config.dataRoot, "--file", file,
    ])
    #expect(
      export.exitCode == 0 && export.stdout.hasPrefix("toy_test\t2 rows\tsha256:"), "\(export)")
    let listed = try Program.run("/usr/bin/env", ["tar", "tf", file])
    #expect(listed.stdout == "toy/test.manifest.json\ntoy/test.jsonl\n")
    let elsewhere = space.folder.file("elsewhere").path
    let imports = ["datasets", "bundle", "import", "--data", elsewhere, "--file"]
    for note in ["", "\tis there"] {
      let result = try Evalhost.run(imports + [file])
      #expect(result.exitCode == 0 && result.stdout.hasSuffix("\(note)\n"), "\(result)")
    }
    for name in ["test.jsonl", "test.manifest.json"] {
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: "\(elsewhere)/toy/\(name)"))
          == Data(contentsOf: URL(fileURLWithPath: "\(space.config.dataRoot)/toy/\(name)")))
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let place = try #require(bytes.range(of: Data("2+2".utf8)))
    bytes[place.lowerBound] = UInt8(ascii: "7")
    let changed = space.folder.file("changed.tar")
    try bytes.write(to: changed)
    let third = space.folder.file("third").path
    let refused = try Evalhost.run([
      "datasets", "bundle", "import", "--data", third, "--file", changed.path,
    ])
    #expect(refused.exitCode == 2 && refused.says("its manifest says"), "\(refused)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: third).isEmpty)
  }

  @Test func `compiled plugins join files in a process of their own, through the host's downloads`()
    throws
  {
    let folder =
      "raw.githubusercontent.com/lmarena/arena-hard-auto/6c82720015d5da7b8795b809b91f63ef74abbf6a"
      + "/data/arena-hard-v0.1"
    let sources = try Sources([
      "\(folder)/question.jsonl": Array(
        """
        {"question_id":"a","cluster":"x","turns":[{"content":"Q1"}]}
        {"uid":"b","cluster":"y","prompt":"Q2"}
        """.utf8),
      "\(folder)/model_answer/gpt-4-0314.jsonl": Array(
        """
        {"uid":"b","messages":[{"role":"user","content":"Q2"},{"role":"assistant","content":{"answer":"A2"}}]}
        {"question_id":"a","choices":[{"turns":[{"content":"A1"}]}]}
        """.utf8),
    ])
    let space = try Workspace("compiled")
    try space.plugins.addDataset("arena_hard")
    let manifest = space.plugins.url.appendingPathComponent("datasets/arena_hard/plugin.toml")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    let counted = try prepare(space, ["arena_hard_test"] + sources.mirror)
    #expect(
      counted.exitCode == 1 && counted.says("2 rows, where plugin.toml says 500"), "\(counted)")
    try Data(text.replacing("rows = 500\n", with: "").utf8).write(to: manifest)
    let result = try prepare(space, ["arena_hard_test"] + sources.mirror)
    #expect(result.exitCode == 0, "\(result)")
    let rows = try String(
      contentsOfFile: "\(space.config.dataRoot)/arena_hard/test.jsonl", encoding: .utf8)
    #expect(
      rows == """
        {"question":"Q1","reference_answer":"A1","subject":"x","id":"a"}
        {"question":"Q2","reference_answer":"A2","subject":"y","id":"b"}

        """)
    let facts = try String(
      contentsOfFile: "\(space.config.dataRoot)/arena_hard/test.manifest.json", encoding: .utf8)
    #expect(facts.contains("\"plugin\":{\"id\":\"arena_hard\""))
    #expect(facts.contains("question.jsonl") && facts.contains("gpt-4-0314.jsonl"))
    sources.set("\(folder)/model_answer/gpt-4-0314.jsonl", Array("{}".utf8))
    let broken = try Evalhost.run(
      [
        "datasets", "prepare", "arena_hard", "--plugins", space.plugins.path, "--data",
        space.folder.file("d2").path, "--cache", space.folder.file("c2").path,
      ] + sources.mirror)
    #expect(broken.exitCode == 1 && broken.says("an answer has no id or no text"), "\(broken)")
  }

  @Test func `pages of the Hub's rows become sentences in every pair of languages`() throws {
    var files: [String: [UInt8]] = [:]
    for config in ["eng_Latn", "deu_Latn", "spa_Latn", "fra_Latn", "ita_Latn", "jpn_Jpan"] {
      for offset in [0, 100] {
        let count = offset == 0 ? 100 : 1
        let rows = (0..<count).map {
          "{\"row_idx\":\(offset + $0),\"row\":{\"text\":\"\(config) \(offset + $0)\"},\"truncated_cells\":[]}"
        }
        let page =
          "{\"rows\":[\(rows.joined(separator: ","))],\"num_rows_total\":101,\"partial\":false}"
        let query =
          "dataset=openlanguagedata%2Fflores_plus&config=\(config)&split=dev&offset=\(offset)&length=100"
        files["datasets-server.huggingface.co/rows?\(query)"] = Array(page.utf8)
      }
    }
    let sources = try Sources(files)
    let space = try Workspace("flores")
    try space.plugins.addDataset("flores200")
    let manifest = space.plugins.url.appendingPathComponent("datasets/flores200/plugin.toml")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    try Data(text.replacing("rows = 29910\n", with: "rows = 3030\n").utf8).write(to: manifest)
    let result = try prepare(space, ["flores200_dev"] + sources.mirror)
    #expect(result.exitCode == 0, "\(result)")
    let rows = try String(
      contentsOfFile: "\(space.config.dataRoot)/flores200/dev.jsonl", encoding: .utf8
    ).split(separator: "\n")
    #expect(rows.count == 3030)
    #expect(
      rows[100] == """
        {"question":"Translate the following text from English to German.\\neng_Latn 100",\
        "expected_answer":"deu_Latn 100","subject":"eng_Latn-deu_Latn","id":100}
        """)
  }
}
