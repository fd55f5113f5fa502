// A store in a folder of its own with one task, and a scorer asked over a real socket.

import Foundation
import JSONFormat
import Model
import Posix
import Score
import Store
import Wire

/// A task for tests: 4 samples, 2 tries each.
func exampleSpec(evaluator: String = "free_response", mode: String = "cot") -> TaskSpec {
  TaskSpec(
    model: "rwkv7-g1", modelSignature: "sha256:aa",
    backend: PluginIdentity(id: "rwkv7", version: "1.0.0", sha256: "01"), backendBuild: "b1",
    manifest: DatasetManifest(
      benchmark: "gsm8k", split: "test", sourceDataset: "openai/gsm8k", sourceSplit: "test",
      revision: "abc", checksum: "sha256:01", rowCount: 9),
    evaluator: PluginIdentity(id: evaluator, version: "1.2.0", sha256: "02"), mode: mode,
    evaluatorConfig: "{}", metrics: [], decide: "", sampling: [], seed: 0, sampleCount: 4,
    repeats: 2, passK: [1], avgK: [2], majK: [], passHatK: [], allowIncomplete: false,
    shotsDigest: "")
}

/// One verdict as the tests write it; the answer is `outcome`'s word unless it is given.
struct Judged {
  var sample: UInt32
  var repetition: UInt32
  var outcome: Outcome
  var answer: String?
  var group = ""
  var values = ""
}

/// The verdicts of a table of words: P pass, F fail, U unparsed, a dot for none.
func judged(_ samples: [String], groups: [String] = []) -> [Judged] {
  let outcomes: [Character: Outcome] = ["P": .pass, "F": .fail, "U": .unparsed]
  return samples.enumerated().flatMap { sample, word in
    word.enumerated().compactMap { repetition, letter in
      outcomes[letter].map {
        Judged(
          sample: UInt32(sample), repetition: UInt32(repetition), outcome: $0,
          group: groups.isEmpty ? "" : groups[sample])
      }
    }
  }
}

/// What a scorer sent, and how it ended.
struct ScorerAnswer {
  var exitCode: Int32
  var score: [UInt8]?
  var flags: UInt8?
  var failure: WorkerFailure?

  /// A part of the score by its path.
  subscript(path: String...) -> JSONValue? {
    var value = score.flatMap { try? JSONValue.parse($0) }
    for key in path { value = value?[key] }
    return value
  }
}

/// A store with one run, attempt, task and judging.
final class ScoredStore {
  let folder: String
  let spec: TaskSpec
  private let connection: Connection
  private let records: RunRecords
  private let ingest: ResultIngest
  private let attempt: Int64
  private let task: Int64
  private let judging: Int64

  init(_ spec: TaskSpec = exampleSpec()) throws {
    let name = "evalhost-score-\(UUID().uuidString)"
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.spec = spec
    connection = try Connection.writer(path: "\(folder)/evalhost.db")
    records = RunRecords(connection)
    _ = try records.openRun(id: "r1", configTOML: "", hostVersion: "0.9.0", time: 100)
    attempt = try records.startAttempt(run: "r1", time: 101).id
    task = try records.openTask(
      TaskOpening(
        runID: "r1", position: 0, spec: spec, specJSON: spec.jsonText,
        generationKey: [UInt8](repeating: 1, count: 32), time: 102)
    ).id
    judging = try records.openJudging(
      JudgingOpening(
        task: task, evaluator: spec.evaluator, decide: "", metrics: [], time: 103)
    ).id
    ingest = try ResultIngest(connection)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func add(_ verdicts: [Judged]) throws {
    try ingest.begin()
    for verdict in verdicts {
      let texts = [
        verdict.answer ?? verdict.outcome.word, verdict.group, verdict.values,
      ].map { Array($0.utf8) }
      try texts[0].withUnsafeBufferPointer { answer in
        try texts[1].withUnsafeBufferPointer { group in
          try texts[2].withUnsafeBufferPointer { values in
            _ = try ingest.insert(
              VerdictRow(
                judging: judging, sample: verdict.sample, repetition: verdict.repetition,
                outcome: verdict.outcome, answer: answer, reference: noBytes, group: group,
                values: values, attempt: attempt), time: 200)
          }
        }
      }
    }
    try ingest.commit()
  }

  func addError(
    _ place: ErrorPlace, sample: UInt32?, repetition: UInt32?, line: UInt64? = nil
  ) throws {
    _ = try ingest.insert(
      ErrorRow(
        task: task, place: place, sample: sample, repetition: repetition, line: line,
        reason: "it broke", attempt: attempt))
  }

  /// Stores a score as the writer does.
  func store(_ score: [UInt8]) throws {
    try records.recordScore(
      judging: judging, scoreJSON: String(decoding: score, as: UTF8.self), time: 1_700_000_000)
    try records.completeJudging(judging)
  }

  func exportScores() throws -> String {
    var bytes: [UInt8] = []
    try Exports(connection).write(.scores, run: "r1", format: .jsonl) { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Runs a scorer in this thread with both of its messages sent beforehand, or one and the end.
  func score(as spec: TaskSpec? = nil, stored: Bool = false) throws -> ScorerAnswer {
    let (mine, theirs) = try socketPair()
    let link = FrameLink(socket: mine)
    let start = ScorerStart(
      artifactRoot: folder, runID: "r1", taskID: Int(task), judgingID: Int(judging),
      spec: spec ?? self.spec, createdAt: 0)
    link.send(FrameHeader(.context), start.encoded)
    if stored { link.send(FrameHeader(.scoreStored)) }
    try link.flush()
    if !stored { shutdown(mine.number, Int32(SHUT_WR)) }
    return try answer(of: link, exitCode: ScorerProcess.run(socket: theirs, hostVersion: "1.0.0"))
  }

  private func answer(of link: FrameLink, exitCode: Int32) throws -> ScorerAnswer {
    var answer = ScorerAnswer(exitCode: exitCode)
    _ = try link.receive()
    while let frame = try link.peek() {
      switch frame.header.kind {
      case .score:
        answer.score = Array(frame.payload)
        answer.flags = frame.header.flags
      case .failed: answer.failure = WorkerFailure(frame.payload)
      default: break
      }
      link.consume(frame)
    }
    return answer
  }
}

/// Two connected sockets that do not block.
func socketPair() throws -> (Descriptor, Descriptor) {
  var numbers: [Int32] = [-1, -1]
  let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
  guard socketpair(AF_UNIX, kind, 0, &numbers) == 0 else {
    throw PosixError(call: "socketpair", subject: "", code: errno)
  }
  return (Descriptor(owning: numbers[0]), Descriptor(owning: numbers[1]))
}
