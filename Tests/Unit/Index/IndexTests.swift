// The index of real stores.

import Foundation
import Index
import JSONFormat
import Model
import Posix
import Store
import Testing

@Suite struct IndexTests {
  @Test func `lines have the contract's keys in order, sorted by time, run and task`() throws {
    let store = try ScoreStore()
    try store.addTask(run: "b", benchmark: "gsm8k", time: 300, score: Self.whole)
    try store.addTask(run: "a", benchmark: "math", time: 300, score: Self.partial)
    try store.addTask(run: "c", benchmark: "mmlu", time: 200, score: "{}")
    let unscored = try store.addTask(run: "a", benchmark: "aime", time: 100, score: nil)
    let superseded = try store.addTask(run: "a", benchmark: "ifeval", time: 100, score: "{}")
    try store.records.setStatus(.superseded, ofTask: superseded)
    #expect(unscored != superseded)
    #expect(try IndexBuilder.rebuild(artifactRoot: store.folder) == 3)
    let lines = try store.lines()
    #expect(lines.map { $0["run_id"]?.string } == ["c", "a", "b"])
    let keys = [
      "run_id", "task_id", "created_at", "model", "model_signature", "benchmark", "split", "mode",
      "evaluator", "metrics", "stderr", "samples", "problems", "errors", "groups", "manifest",
      "host_version",
    ]
    #expect(lines[0].members?.map(\.key) == keys)
    #expect(lines[2].members?.map(\.key) == keys)
    #expect(lines[1].members?.map(\.key) == keys + ["coverage"])
    #expect(lines[0]["metrics"] == .object([]) && lines[0]["host_version"] == .string("0.9.0"))
    #expect(lines[1]["coverage"]?["error"] == .integer(2) && lines[1]["errors"] == .integer(2))
    let line = lines[2]
    #expect(line["created_at"] == .string("1970-01-01T00:05:00Z"))
    #expect(line["evaluator"]?.members?.map(\.key) == ["id", "version"])
    #expect(line["metrics"]?["pass@1"] == .null && line["metrics"]?["accuracy"] == .number(0.5))
    #expect(line["groups"]?["x"] == .number(0.5) && line["stderr"]?["accuracy"] == .number(0.1))
    #expect(line["manifest"]?["checksum"] == .string("sha256:gsm8k"))
    #expect(line["samples"] == .integer(8) && line["host_version"] == .string("1.0.0"))
  }

  @Test func `rebuilding replaces the file whole, with the same bytes, and needs a store`() throws {
    let store = try ScoreStore()
    #expect(try IndexBuilder.rebuild(artifactRoot: store.folder) == 0)
    #expect(try Files.read(store.indexPath).isEmpty)
    try store.addTask(run: "a", benchmark: "gsm8k", time: 300, score: Self.whole)
    try IndexBuilder.rebuild(artifactRoot: store.folder)
    let bytes = try Files.read(store.indexPath)
    try FileManager.default.removeItem(atPath: store.indexPath)
    try IndexBuilder.rebuild(artifactRoot: store.folder)
    #expect(try Files.read(store.indexPath) == bytes)
    let names = try FileManager.default.contentsOfDirectory(atPath: store.folder)
    #expect(!names.contains { $0.hasSuffix(".tmp") })
    #expect(throws: StoreError.self) {
      try IndexBuilder.rebuild(artifactRoot: "\(store.folder)/nowhere")
    }
  }

  private static let whole = """
    {"metrics":{"accuracy":0.5,"pass@1":null},"samples":8,"problems":4,"task_details":\
    {"accuracy_by_subject":{"x":0.5},"coverage":{"error":0,"whole":true},\
    "stderr":{"accuracy":0.1,"pass@1":null}},"errors":{},"host_version":"1.0.0"}
    """

  private static let partial = """
    {"metrics":{"accuracy":0.5},"samples":6,"problems":4,"task_details":\
    {"coverage":{"error":2,"whole":false},"stderr":{"accuracy":0.1}},"host_version":"1.0.0"}
    """
}

/// A store in a folder of its own.
private final class ScoreStore {
  let folder: String
  let records: RunRecords
  private let connection: Connection
  var indexPath: String { "\(folder)/score_index.jsonl" }

  init() throws {
    let name = "evalhost-index-\(UUID().uuidString)"
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    connection = try Connection.writer(path: "\(folder)/evalhost.db")
    records = RunRecords(connection)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Adds a task whose judging has this score, or none; the time is the score's.
  @discardableResult
  func addTask(run: String, benchmark: String, time: Int64, score: String?) throws -> Int64 {
    let plugin = PluginIdentity(id: "free_response", version: "1.2.0", sha256: "02")
    let spec = TaskSpec(
      model: "rwkv7-g1", modelSignature: "sha256:aa", backend: plugin, backendBuild: "b1",
      manifest: DatasetManifest(
        benchmark: benchmark, split: "test", sourceDataset: "hub", sourceSplit: "test",
        revision: "abc", checksum: "sha256:\(benchmark)", rowCount: 4),
      evaluator: plugin, mode: "cot", evaluatorConfig: "{}", metrics: [], decide: "",
      sampling: [], seed: 0, sampleCount: 4, repeats: 2, passK: [1], avgK: [], majK: [],
      passHatK: [], allowIncomplete: false, shotsDigest: "")
    _ = try records.openRun(id: run, configTOML: "", hostVersion: "0.9.0", time: 1)
    let task = try records.openTask(
      TaskOpening(
        runID: run, position: 0, spec: spec, specJSON: "{}",
        generationKey: [UInt8](repeating: 1, count: 32), time: 2)
    ).id
    let judging = try records.openJudging(
      JudgingOpening(task: task, evaluator: plugin, decide: "", metrics: [], time: 3)
    ).id
    if let score { try records.recordScore(judging: judging, scoreJSON: score, time: time) }
    return task
  }

  /// The index's lines.
  func lines() throws -> [JSONValue] {
    try Files.read(indexPath).split(separator: UInt8(ascii: "\n")).map {
      try JSONValue.parse(Array($0))
    }
  }
}
