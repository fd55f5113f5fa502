// The JSON control messages: back and forth, and with every member gone or of another type.

import JSONFormat
internal import Posix
import Model
import Testing
import Wire

@Suite struct ContextTests {
  /// One kind of control message: its bytes and how they are read; `isSame` compares what came back.
  private struct Sample {
    var name: String
    var bytes: [UInt8]
    var isSame: ([UInt8]) throws -> Bool
  }

  @Test func `every control message comes back`() throws {
    for sample in samples() { #expect(try sample.isSame(sample.bytes), "\(sample.name)") }
    for kind in WorkerFailure.Kind.allCases {
      let failure = WorkerFailure(kind, "line \"1\"\n2")
      #expect(failure.encoded.withUnsafeBytes { WorkerFailure($0) } == failure)
    }
    let unknown = Array("{\"version\":1,\"kind\":\"new\",\"message\":\"m\"}".utf8)
    #expect(unknown.withUnsafeBytes { WorkerFailure($0) } == WorkerFailure(.other, "m"))
    let broken = [UInt8](0..<4).withUnsafeBytes { WorkerFailure($0) }
    #expect(broken.kind == .other && broken.message.hasPrefix("worker failure: "))
  }

  @Test func `a member that is missing or of another type is named`() throws {
    for sample in samples() {
      let value = try JSONValue.parse(sample.bytes)
      let broken = mutations(of: value)
      #expect(broken.count >= 4)
      for (key, value) in broken {
        let bytes = try value.serialized()
        let failure = #expect(throws: ContextError.self, "\(sample.name) without \(key)") {
          try sample.isSame(bytes)
        }
        #expect(
          failure?.description.contains(key) == true, "\(sample.name): \(failure as Any), \(key)")
      }
    }
  }

  @Test func `another version and what is no object are refused`() throws {
    for sample in samples() {
      guard case .object(var members) = try JSONValue.parse(sample.bytes) else {
        Issue.record("\(sample.name) is no object")
        continue
      }
      members[0].value = .integer(2)
      let later = try JSONValue.object(members).serialized()
      let failure = #expect(throws: ContextError.self) { try sample.isSame(later) }
      #expect(failure?.description == "\(sample.name): version 2 is not 1")
      for text in ["", "[]", "{", "{\"version\":1,\"version\":1}"] {
        let failure = #expect(throws: ContextError.self) { try sample.isSame(Array(text.utf8)) }
        #expect(failure?.description.hasPrefix("\(sample.name): ") == true)
      }
    }
  }

  /// Members that stores of an earlier version do not have.
  private static let newer = ["metric_options", "provenance"]

  /// The value once without each of its members, at every depth, and once with each made null.
  private func mutations(of value: JSONValue) -> [(key: String, value: JSONValue)] {
    var found: [(String, JSONValue)] = []
    switch value {
    case .object(let members):
      for (index, member) in members.enumerated() {
        var others = members
        others.remove(at: index)
        if !Self.newer.contains(member.key) { found.append((member.key, .object(others))) }
        others = members
        others[index].value = .null
        found.append((member.key, .object(others)))
        for inner in mutations(of: member.value) {
          others[index].value = inner.value
          found.append((inner.key, .object(others)))
        }
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        for inner in mutations(of: element) {
          var others = elements
          others[index] = inner.value
          found.append((inner.key, .array(others)))
        }
      }
    case .null, .bool, .integer, .number, .string: break
    }
    return found
  }

  private func samples() -> [Sample] {
    let plugin = PluginIdentity(id: "free_response", version: "1.2.3", sha256: "00ff")
    let spec = wholeTask(plugin)
    let start = EvaluatorStart(
      evaluatorFolder: "/p/é", metricFolders: ["/m1", "/m2"],
      digests: ["ab", "", "cd"])
    let context = RunContext(
      spec: spec, datasetPath: "/d.jsonl",
      datasetStamp: FileStamp(size: 7, modified: 8, inode: .max, changed: 9), shotCount: 1,
      shots: ["{\"q\":\"\\n\"}", "{}"],
      judgesOnly: true, window: 64)
    let model = GenerationStart(
      backendFolder: "/b", backendDigest: "ef", modelJSON: "{\"name\":\"m\"}", device: "cuda:1",
      batchSize: 0)
    let writer = WriterStart(
      artifactRoot: "/a", runID: "r", configText: "[run]\nid = \"r\"\n", durability: "full",
      createdAt: 5, attemptID: 0)
    let open = OpenTask(spec: spec, maxAttempts: 3, judgesAgain: false, taskID: 9, supersedes: true)
    let scorer = ScorerStart(
      artifactRoot: "/a", runID: "r", taskID: 1, judgingID: 2, spec: spec, createdAt: 0)
    let loaded = EvaluatorHello(evaluator: plugin, metrics: [plugin])
    let ready = GenerationHello(backend: plugin, signature: "s", build: "b", batchSize: 8)
    let attempt = WriterHello(attemptID: 1, attemptNumber: 2)
    return [
      Sample(name: "task", bytes: Array(spec.jsonText.utf8)) { bytes in
        try TaskSpec(jsonText: String(decoding: bytes, as: UTF8.self)) == spec
      },
      sample("evaluator start", start, start.encoded) { try EvaluatorStart($0) },
      sample("run context", context, context.encoded) { try RunContext($0) },
      sample("generation start", model, model.encoded) { try GenerationStart($0) },
      sample("writer start", writer, writer.encoded) { try WriterStart($0) },
      sample("open task", open, open.encoded) { try OpenTask($0) },
      sample("scorer start", scorer, scorer.encoded) { try ScorerStart($0) },
      sample("evaluator hello", loaded, loaded.encoded) { try EvaluatorHello($0) },
      sample("generation hello", ready, ready.encoded) { try GenerationHello($0) },
      sample("writer hello", attempt, attempt.encoded) { try WriterHello($0) },
    ]
  }

  @Test func `a task of an earlier version's store reads without what it did not have`() throws {
    let spec = wholeTask(PluginIdentity(id: "p", version: "1.2.3", sha256: "00ff"))
    var text = spec.jsonText
    for member in [#","metric_options":"{}""#, #","provenance":"{}""#] {
      let range = try #require(text.firstRange(of: member))
      text.removeSubrange(range)
    }
    #expect(try TaskSpec(jsonText: text) == spec)
  }

  private func sample<Message: Equatable>(
    _ name: String, _ message: Message, _ bytes: [UInt8],
    _ read: @escaping (UnsafeRawBufferPointer) throws -> Message
  ) -> Sample {
    Sample(name: name, bytes: bytes) { try $0.withUnsafeBytes { try read($0) } == message }
  }

  private func wholeTask(_ plugin: PluginIdentity) -> TaskSpec {
    TaskSpec(
      model: "m \"1\"", modelSignature: "sha256:m", backend: plugin, backendBuild: "b1",
      manifest: DatasetManifest(
        benchmark: "gsm8k", split: "test", sourceDataset: "hub", sourceSplit: "main",
        revision: "r", checksum: "sha256:d", rowCount: 20),
      evaluator: plugin, mode: "cot", evaluatorConfig: "{\"mode\":\"cot\"}", metrics: [plugin],
      decide: "numeric",
      sampling: [StageSampling(stage: "cot", json: "{}"), StageSampling(stage: "final", json: "")],
      seed: .max, sampleCount: 20, repeats: 2, passK: [1, 2], avgK: [2], majK: [], passHatK: [2],
      allowIncomplete: true, shotsDigest: "ab")
  }
}
