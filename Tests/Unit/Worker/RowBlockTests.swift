// The rows of a lease, and the keys of completions.

import Foundation
import Model
import Posix
import Testing

@testable import Worker

@Suite struct RowBlockTests {
  @Test(
    arguments: [
      ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\r\nb\r", ["a", "b"]),
      ("\n", [""]), ("\r\n\n", ["", ""]), ("a\n\nb\n", ["a", "", "b"]), ("a\rb\n", ["a\rb"]),
    ] as [(String, [String])])
  func `a block holds its lines without their ends`(text: String, lines: [String]) throws {
    let (file, path) = try file("##" + text + "##")
    defer { try? FileManager.default.removeItem(at: path) }
    let end = UInt64(2 + text.utf8.count)
    let block = try RowBlock(file: file, offset: 2, end: end)
    #expect((0..<block.count).map { String(decoding: block[$0], as: UTF8.self) } == lines)
  }

  @Test func `a file that became shorter gives the lines it still has`() throws {
    let (file, path) = try file("one\ntwo\nthr")
    defer { try? FileManager.default.removeItem(at: path) }
    let block = try RowBlock(file: file, offset: 4, end: 100)
    #expect((0..<block.count).map { String(decoding: block[$0], as: UTF8.self) } == ["two", "thr"])
    #expect(try RowBlock(file: file, offset: 50, end: 100).count == 0)
  }

  private func file(_ text: String) throws -> (Descriptor, URL) {
    let path = FileManager.default.temporaryDirectory.appending(path: "rows-\(UUID().uuidString)")
    try Data(text.utf8).write(to: path)
    return (try Descriptor.reading(path.path(percentEncoded: false)), path)
  }
}

@Suite struct WorkKeyTests {
  @Test func `a stage's key begins with what decides it, and nothing else`() {
    let task = sampleTask()
    func key(_ stage: String, _ change: (inout TaskSpec) -> Void = { _ in }) -> Digest256 {
      var task = task
      change(&task)
      var seeds = WorkKeySeeds(task)
      let first = seeds.state(stage: Array(stage.utf8))
      // The second answer comes from memory and is the same.
      #expect(seeds.state(stage: Array(stage.utf8)).finish() == first.finish())
      return first.finish()
    }
    let cot = key("cot")
    #expect(cot != key("final") && cot == key("cot") { $0.sampling[1].json = "{}" })
    #expect(cot != key("cot") { $0.sampling[0].json = "{}" })
    #expect(cot == key("cot") { $0.repeats = 9 } && cot == key("cot") { $0.decide = "x" })
    #expect(cot == key("cot") { $0.metrics = [] } && cot == key("cot") { $0.sampleCount = 1 })
    let changes: [(inout TaskSpec) -> Void] = [
      { $0.model = "n" }, { $0.modelSignature = "n" }, { $0.backend.id = "n" },
      { $0.backend.version = "n" }, { $0.backendBuild = "n" }, { $0.manifest.checksum = "n" },
      { $0.evaluator.id = "n" }, { $0.evaluator.version = "n" }, { $0.evaluatorConfig = "n" },
      { $0.mode = "n" }, { $0.seed = 1 }, { $0.shotsDigest = "n" },
    ]
    var seen = [cot.hex]
    for change in changes { seen.append(key("cot", change).hex) }
    #expect(Set(seen).count == changes.count + 1)
  }

  @Test func `a key is the first half of a digest, byte for byte`() {
    var state = SHA256()
    state.update([1, 2, 3])
    let digest = state.finish()
    let key = WorkKey(digest)
    #expect(key.withBytes { Array($0) } == Array(digest.bytes.prefix(16)))
    #expect(key.withBytes { WorkKey($0) } == key && key != WorkKey())
  }

  private func sampleTask() -> TaskSpec {
    let plugin = PluginIdentity(id: "p", version: "1.0.0", sha256: "ab")
    return TaskSpec(
      model: "m", modelSignature: "s", backend: plugin, backendBuild: "b",
      manifest: DatasetManifest(
        benchmark: "gsm8k", split: "test", sourceDataset: "s", sourceSplit: "test", revision: "",
        checksum: "sha256:d", rowCount: 20),
      evaluator: plugin, mode: "cot", evaluatorConfig: "{}", metrics: [plugin], decide: "",
      sampling: [
        StageSampling(stage: "cot", json: "{\"k\":1}"),
        StageSampling(stage: "final", json: "{\"k\":2}"),
      ], seed: 0, sampleCount: 20, repeats: 2, passK: [1], avgK: [], majK: [], passHatK: [],
      allowIncomplete: false, shotsDigest: "")
  }
}
