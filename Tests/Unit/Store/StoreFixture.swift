// A store in a folder of its own, with one run, attempt, task and judging, and short ways to offer
// rows to it.

import Glibc
import Model
import Store

/// A folder that goes with the value.
final class TemporaryFolder {
  let path: String

  init() {
    var template = Array("/tmp/evalhost-store-XXXXXX".utf8CString)
    path = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) } ?? ""
    }
    precondition(!path.isEmpty, "no temporary folder: errno \(errno)")
  }

  deinit {
    chmod(path, 0o755)
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        unlink(file(name))
      }
      closedir(folder)
    }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// The bytes of a file; empty when it is not there.
func contents(of path: String) -> [UInt8] {
  let descriptor = open(path, O_RDONLY)
  guard descriptor >= 0 else { return [] }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 1 << 16)
  while case let count = read(descriptor, &piece, piece.count), count > 0 {
    bytes += piece[..<count]
  }
  return bytes
}

/// Makes a file of these bytes.
func write(_ bytes: some Collection<UInt8>, to path: String) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
  precondition(descriptor >= 0, "cannot write \(path)")
  let bytes = Array(bytes)
  precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
  close(descriptor)
}

/// A plugin's build for tests.
func plugin(_ id: String, _ version: String = "1.0.0") -> PluginIdentity {
  PluginIdentity(id: id, version: version, sha256: "00\(id)")
}

/// A task for tests.
func exampleSpec(benchmark: String = "gsm8k", temperature: String = "0.3") -> TaskSpec {
  TaskSpec(
    model: "rwkv7-g1", modelSignature: "sha256:aa", backend: plugin("rwkv7"), backendBuild: "b1",
    manifest: DatasetManifest(
      benchmark: benchmark, split: "test", sourceDataset: "openai/gsm8k", sourceSplit: "test",
      revision: "abc", checksum: "sha256:01", rowCount: 4),
    evaluator: plugin("free_response"), mode: "cot", evaluatorConfig: "{}",
    metrics: [plugin("token_f1")], decide: "numeric",
    sampling: [
      StageSampling(stage: "cot", json: #"{"temperature":\#(temperature)}"#),
      StageSampling(stage: "final", json: #"{"temperature":1.0}"#),
    ],
    seed: 0, sampleCount: 4, repeats: 2, passK: [1], avgK: [2], majK: [], passHatK: [],
    allowIncomplete: false, shotsDigest: "")
}

/// An open store with one run, attempt, task and judging.
final class StoreFixture {
  let folder = TemporaryFolder()
  let connection: Connection
  let records: RunRecords
  let queries: ResultQueries
  let ingest: ResultIngest
  let attempt: Int64
  let task: Int64
  let judging: Int64

  init(tuning: StoreTuning = StoreTuning()) throws {
    connection = try Connection.writer(path: folder.file("evalhost.db"), tuning: tuning)
    records = RunRecords(connection)
    queries = ResultQueries(connection)
    _ = try records.openRun(id: "r1", configTOML: "x = 1", hostVersion: "1.0", time: 100)
    attempt = try records.startAttempt(run: "r1", time: 101).id
    task = try records.openTask(Self.opening(exampleSpec(), key: 1)).id
    judging = try records.openJudging(Self.judging(task: task)).id
    ingest = try ResultIngest(connection)
  }

  var path: String { connection.path }

  static func opening(_ spec: TaskSpec, position: Int = 0, key: UInt8) -> TaskOpening {
    TaskOpening(
      runID: "r1", position: position, spec: spec, specJSON: #"{"version":1}"#,
      generationKey: [UInt8](repeating: key, count: 32), time: 102)
  }

  static func judging(
    task: Int64, evaluator: String = "1.0.0", isFresh: Bool = false
  ) -> JudgingOpening {
    JudgingOpening(
      task: task, evaluator: plugin("free_response", evaluator), decide: "numeric",
      metrics: [plugin("token_f1")], isFresh: isFresh, time: 103)
  }

  /// Runs `body` as one batch.
  func batch<Value>(_ body: () throws -> Value) throws -> Value {
    try ingest.begin()
    do {
      let value = try body()
      try ingest.commit()
      return value
    } catch {
      ingest.rollBack()
      throw error
    }
  }

  func number(_ sql: String) throws -> Int64 { try connection.integer(sql) ?? -1 }
}

/// A completion with texts of its own, to change and offer.
struct Completion {
  var sample: UInt32 = 0
  var repetition: UInt32 = 0
  var stage: UInt8 = 1
  var stageName = "cot"
  var workKey: UInt8 = 7
  var prompt = "User: 1+1?"
  var text = " It is 2."
  var stopReason = StopReason.stopToken
  var latency: UInt64 = 10
  var completionTokens: UInt32 = 5
  var choices: [ChoiceScore] = []

  func offer(to store: StoreFixture, task: Int64? = nil) throws -> IngestResult {
    var hash: UInt64 = 5381
    for byte in prompt.utf8 { hash = hash &* 33 &+ UInt64(byte) }
    let key = [UInt8](repeating: workKey, count: 16)
    return try Array(stageName.utf8).withUnsafeBufferPointer { stageName in
      try Array(prompt.utf8).withUnsafeBufferPointer { prompt in
        try Array(text.utf8).withUnsafeBufferPointer { text in
          try key.withUnsafeBytes { key in
            try [hash, 0].withUnsafeBytes { hash in
              try store.ingest.insert(
                CompletionRow(
                  task: task ?? store.task, sample: sample, repetition: repetition, stage: stage,
                  stageName: stageName, workKey: key, promptHash: hash, prompt: prompt, text: text,
                  stopReason: stopReason, promptTokens: 3, completionTokens: completionTokens,
                  latencyMicroseconds: latency, choices: choices, attempt: store.attempt),
                time: 200)
            }
          }
        }
      }
    }
  }
}

/// A verdict with texts of its own, to change and offer.
struct Verdict {
  var sample: UInt32 = 0
  var repetition: UInt32 = 0
  var outcome = Outcome.pass
  var answer = "2"
  var reference = "2"
  var failReason = ""
  var group = ""
  var details = ""
  var values = ""

  func offer(to store: StoreFixture, judging: Int64? = nil) throws -> IngestResult {
    let texts = [answer, reference, failReason, group, details, values].map { Array($0.utf8) }
    // One allocation that all buffers point into, alive until the call returns.
    let whole = texts.flatMap { $0 }
    return try whole.withUnsafeBufferPointer { whole in
      var start = 0
      let parts = texts.map { text in
        defer { start += text.count }
        return Bytes(rebasing: whole[start..<start + text.count])
      }
      return try store.ingest.insert(
        VerdictRow(
          judging: judging ?? store.judging, sample: sample, repetition: repetition,
          outcome: outcome, answer: parts[0], reference: parts[1], failReason: parts[2],
          group: parts[3], details: parts[4], values: parts[5], attempt: store.attempt),
        time: 200)
    }
  }
}

/// The error that `body` throws, or nil.
func storeError(_ body: () throws -> Void) -> StoreError? {
  do {
    try body()
    return nil
  } catch {
    return error as? StoreError
  }
}
