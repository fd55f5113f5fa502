// Scores of real stores, asked of a scorer over a socket.

import Foundation
import JSONFormat
import Model
import Posix
import Score
import Testing
import Wire

@Suite struct ScorerTests {
  @Test func `a whole score has the old shape, groups, values and error bars`() throws {
    var spec = exampleSpec()
    spec.passK = [1, 2]
    spec.majK = [2]
    spec.passHatK = [2]
    let store = try ScoredStore(spec)
    var verdicts = judged(["PP", "PF", "FF", "PU"], groups: ["b", "a", "b", "a"])
    verdicts[0].values = #"{"f1":1.0,"accuracy":0.5}"#
    verdicts[1].values = #"{"f1":0.5,"accuracy":null}"#
    verdicts[2].values = #"{"accuracy":0.25,"f1":0}"#
    try store.add(verdicts)
    let answer = try store.score()
    #expect(answer.exitCode == 0 && answer.flags == 0)
    let keys = try JSONValue.parse(#require(answer.score)).members?.map(\.key)
    #expect(
      keys == [
        "dataset", "model", "cot", "metrics", "samples", "problems", "task", "task_details",
        "errors", "host_version",
      ])
    #expect(answer["dataset"] == .string("gsm8k_test"))
    #expect(answer["task"] == .string("free_response") && answer["cot"] == .bool(true))
    #expect(answer["samples"] == .integer(8) && answer["problems"] == .integer(4))
    // P then F: the first of the equally many wins.
    let metrics =
      #"{"accuracy":0.5,"exact_accuracy":0.5,"pass@1":0.5,"pass@2":0.75,"pass^2":0.25,"#
      + #""avg@2":0.5,"maj@2":0.75,"f1":0.5,"accuracy_mean":0.375}"#
    #expect(try answer["metrics"] == JSONValue.parse(Array(metrics.utf8)))
    let details = try #require(answer["task_details"])
    #expect(
      try details["accuracy_by_subject"] == JSONValue.parse(Array(#"{"a":0.5,"b":0.5}"#.utf8)))
    #expect(details["coverage"]?["unparsed"] == .integer(1))
    #expect(details["values"]?["f1"]?["missing"] == .integer(5))
    #expect(
      details["stderr"]?["accuracy"]?.double.map { abs($0 - 0.2041241452319315) < 1e-12 } == true)
    #expect(details["ci95"]?["accuracy"]?.elements?.count == 2)
    #expect(details["refused"] == nil && details["missing_tries"] == nil)
    #expect(answer["errors"] == .object([]))
  }

  @Test func `a value with a weight is a weighted mean, and the weight is no metric`() throws {
    let store = try ScoredStore()
    var verdicts = judged(["PP", "PP", "PP", "PP"])
    for place in verdicts.indices { verdicts[place].values = #"{"part":1,"weight:other":2}"# }
    verdicts[0].values = #"{"part":0.5,"weight:part":4,"weight:other":2}"#
    verdicts[1].values = #"{"weight:part":2,"part":0,"weight:other":2}"#
    try store.add(verdicts)
    let answer = try store.score()
    // (4 * 0.5 + 2 * 0 + 6 * 1) / 12; a weight of nothing is a value like others.
    #expect(answer["metrics", "part"]?.double.map { abs($0 - 8.0 / 12) < 1e-15 } == true)
    #expect(answer["metrics", "weight:part"] == nil)
    #expect(answer["metrics", "weight:other"] == .number(2))
    #expect(answer["task_details", "values", "weight:part"] == nil)
    #expect(answer["task_details", "values", "part", "tries"] == .integer(8))
  }

  @Test func `a partial score says so, and errors are no wrong answers`() throws {
    let store = try ScoredStore()
    try store.add(judged(["PP", "P.", "..", ".F"], groups: ["x", "x", "y", "y"]))
    // Two places that failed at one try are one error try, and one with a verdict is none.
    try store.addError(.worker, sample: 1, repetition: 1)
    try store.addError(.backend, sample: 1, repetition: 1)
    try store.addError(.plugin, sample: 0, repetition: nil)
    try store.addError(.datasetRow, sample: 2, repetition: nil)
    let answer = try store.score()
    #expect(answer.exitCode == 0 && answer.flags == 1)
    let coverage =
      #"{"expected":8,"present":7,"missing":1,"duplicate":0,"conflicting":0,"bad":0,"unparsed":0,"#
      + #""error":3,"unasked":0,"whole":false}"#
    #expect(try answer["task_details", "coverage"] == JSONValue.parse(Array(coverage.utf8)))
    #expect(answer["metrics", "accuracy"] == .number(0.75))
    #expect(answer["samples"] == .integer(4))
    #expect(
      answer["task_details", "missing_tries"] == .array([.array([.integer(3), .integer(0)])]))
    let errors = #"{"dataset row":1,"worker":1,"backend":1}"#
    #expect(try answer["errors"] == JSONValue.parse(Array(errors.utf8)))
    // The error of sample 1 does not put it into a second group.
    let groups = #"{"x":1.0,"y":0.0}"#
    #expect(
      try answer["task_details", "accuracy_by_subject"] == JSONValue.parse(Array(groups.utf8)))
    // Sample 2 was never judged, so no metric of k repeats can be had of it.
    #expect(answer["metrics", "pass@1"] == .null && answer["metrics", "avg@2"] == .null)
    let reason = answer["task_details", "refused", "pass@1"]?.string ?? ""
    #expect(reason.contains("sample 2 has 0"), "\(reason)")
    #expect(answer["task_details", "stderr", "pass@1"] == .null)

    try store.addError(.datasetRow, sample: nil, repetition: nil, line: 7)
    #expect(try store.score()["task_details", "coverage", "bad"] == .integer(1))
  }

  /// What a score of eight passes looks like for other tasks and plans.
  struct Plan: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var path: [String]
    var wanted: JSONValue?
    var flags: UInt8 = 0
    var change: @Sendable (inout TaskSpec) -> Void
  }

  static let plans = [
    Plan(
      testDescription: "more repeats asked than made", path: ["metrics", "pass@4"], wanted: .null,
      flags: 1
    ) {
      $0.passK = [4]
      $0.repeats = 4
    },
    Plan(testDescription: "n below k is refused", path: ["metrics", "pass@3"], wanted: .null) {
      $0.passK = [3]
    },
    Plan(
      testDescription: "a lowered limit", path: ["task_details", "coverage", "unasked"],
      wanted: .integer(6)
    ) {
      $0.sampleCount = 1
    },
    Plan(
      testDescription: "plain multiple choice", path: ["task"], wanted: .string("multiple_choice")
    ) {
      $0.evaluator.id = "multi_choice"
      $0.mode = "direct"
    },
    Plan(
      testDescription: "multiple choice with thought", path: ["task"],
      wanted: .string("multiple_choice_cot")
    ) {
      $0.evaluator.id = "multi_choice"
    },
    Plan(
      testDescription: "only free response has the alias", path: ["metrics", "exact_accuracy"],
      wanted: nil
    ) {
      $0.evaluator.id = "multi_choice"
    },
    Plan(testDescription: "no thought", path: ["cot"], wanted: .bool(false)) { $0.mode = "direct" },
    Plan(testDescription: "no samples at all", path: ["metrics", "accuracy"], wanted: .null) {
      $0.sampleCount = 0
    },
  ]

  @Test(arguments: plans)
  func `a score follows its plan`(_ plan: Plan) throws {
    let store = try ScoredStore()
    try store.add(judged(["PP", "PP", "PP", "PP"]))
    var spec = store.spec
    plan.change(&spec)
    let answer = try store.score(as: spec)
    var value = try JSONValue.parse(#require(answer.score))
    for key in plan.path.dropLast() { value = try #require(value[key]) }
    #expect(value[try #require(plan.path.last)] == plan.wanted)
    #expect(answer.flags == plan.flags)
  }

  @Test func `a majority needs answers, and a contradicted verdict is seen`() throws {
    var spec = exampleSpec()
    spec.majK = [2]
    let store = try ScoredStore(spec)
    var verdicts = judged(["PP", "PF", "FP", "UP"])
    try store.add(verdicts)
    #expect(try store.score()["metrics", "maj@2"] == .number(0.75))
    verdicts[3].answer = "another"
    try store.add([verdicts[3], verdicts[0]])
    let contradicted = try store.score()
    #expect(contradicted.flags == 1)
    #expect(contradicted["task_details", "coverage", "conflicting"] == .integer(1))
    #expect(
      contradicted["task_details", "conflicting_tries"]
        == .array([.array([.integer(1), .integer(1)])]))

    let silent = try ScoredStore(spec)
    verdicts[0].answer = ""
    try silent.add(verdicts)
    #expect(try silent.score()["metrics", "maj@2"] == .null)
  }

  @Test func `the order of arrival changes no byte, and a stored score is exported and indexed`()
    throws
  {
    let verdicts = judged(["PP", "PF", "FF", "PU"], groups: ["b", "a", "b", "c"])
    let first = try ScoredStore()
    try first.add(verdicts)
    let second = try ScoredStore()
    try second.add(verdicts.reversed())
    let score = try #require(try first.score().score)
    #expect(try first.score().score == score)
    #expect(try second.score().score == score)
    let index = "\(first.folder)/score_index.jsonl"
    #expect(!Files.exists(index))
    try first.store(score)
    #expect(try first.score(stored: true).exitCode == 0)
    let line = String(decoding: try Files.read(index), as: UTF8.self)
    #expect(line.hasPrefix(#"{"run_id":"r1","task_id":1,"created_at":"2023-11-14T22:13:20Z","#))
    let exported = try JSONValue.parse(Array(try first.exportScores().utf8.dropLast()))
    #expect(
      exported.members?.map(\.key) == [
        "dataset", "model", "cot", "metrics", "samples", "problems", "created_at", "task",
        "task_details", "manifest", "plugins", "errors",
      ])
    let recorded = try JSONValue.parse(score)
    for key in ["metrics", "samples", "problems", "task", "task_details", "errors"] {
      #expect(exported[key] == recorded[key], "\(key)")
    }
  }

  @Test func `what cannot be scored is reported, not guessed`() throws {
    let broken = try ScoredStore()
    var verdicts = judged(["PP"])
    verdicts[1].values = #"{"f1":}"#
    try broken.add(verdicts)
    let answer = try broken.score()
    #expect(answer.exitCode == 1 && answer.score == nil)
    #expect(answer.failure?.kind == .store)
    #expect(answer.failure?.message.contains("sample 0, repeat 1") == true)

    let missing = try ScoredStore()
    try FileManager.default.removeItem(atPath: "\(missing.folder)/evalhost.db")
    #expect(try missing.score().failure?.kind == .store)

    var tooLarge = exampleSpec()
    tooLarge.repeats = 1 << 29
    #expect(try broken.score(as: tooLarge).failure?.kind == .configuration)

    let (mine, theirs) = try socketPair()
    shutdown(mine.number, Int32(SHUT_RDWR))
    #expect(ScorerProcess.run(socket: theirs, hostVersion: "1.0.0") == 0)
  }
}
