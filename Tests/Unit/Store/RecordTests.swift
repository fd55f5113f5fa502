// Runs, tasks, judgings and the streams over tries.

import Model
import Store
import Testing

@Suite struct RecordTests {
  @Test func `get-or-create gives one row`() throws {
    let store = try StoreFixture()
    let records = store.records
    let other = try Connection.writer(path: store.path)
    for records in [records, RunRecords(other)] {
      #expect(try records.model(name: "rwkv7-g1", signature: "sha256:aa") == 1)
      #expect(try records.model(name: "rwkv7-g1", signature: "sha256:bb") == 2)
      #expect(try records.benchmark(name: "gsm8k", split: "test") == 1)
      #expect(try records.benchmark(name: "gsm8k", split: "train") == 2)
      #expect(try records.plugin(plugin("rwkv7")) == 1)
      #expect(try records.manifest(exampleSpec().manifest) == 1)
    }
    #expect(
      try !records.openRun(id: "r1", configTOML: "y = 2", hostVersion: "2", time: 300),
      "a run that exists is not made again")
    #expect(
      try store.connection.text(
        """
        SELECT (SELECT count(*) FROM models) || (SELECT count(*) FROM benchmarks)
          || (SELECT count(*) FROM manifests) || (SELECT count(*) FROM runs)
        """) == "2211")
  }

  @Test func `attempts count from one and end once`() throws {
    let store = try StoreFixture()
    let second = try store.records.startAttempt(run: "r1", time: 400)
    #expect(second.number == 2)
    try store.records.endAttempt(second.id, outcome: .interrupted, time: 500)
    try store.records.endAttempt(second.id, outcome: .done, time: 600)
    let run = try store.queries.run(id: "r1")
    #expect(run?.attempts == 2 && run?.endedAt == 500 && run?.outcome == .interrupted)
    #expect(
      try store.number("SELECT count(*) FROM attempts WHERE ended_at IS NULL") == 1,
      "the first attempt has no end of its own")
    #expect(try store.queries.run(id: "none") == nil)
    #expect(storeError { _ = try store.records.startAttempt(run: "none", time: 1) } != nil)
    #expect(storeError { _ = try store.queries.tasks(run: "none") }?.kind == .notFound)
  }

  @Test func `a task is reused only with its key and says what differs`() throws {
    let store = try StoreFixture()
    var more = exampleSpec()
    more.repeats = 8
    let same = try store.records.openTask(StoreFixture.opening(more, position: 3, key: 1))
    #expect(same == OpenedTask(id: store.task, existed: true, differing: []))
    let stored = try store.queries.tasks(run: "r1")
    #expect(stored.map(\.repeats) == [8] && stored.map(\.position) == [3])

    let hotter = exampleSpec(temperature: "0.9")
    let other = try store.records.openTask(StoreFixture.opening(hotter, key: 2))
    #expect(!other.existed && other.id != store.task)
    #expect(
      other.differing == [
        DifferingTask(id: store.task, status: .pending, fields: ["sampling.cot"])
      ])
    try store.records.setStatus(.superseded, ofTask: store.task)
    #expect(try store.queries.tasks(run: "r1").map(\.id) == [other.id])
    let again = try store.records.openTask(StoreFixture.opening(exampleSpec(), key: 1))
    #expect(again.id == store.task && again.existed && again.differing.map(\.id) == [other.id])
    #expect(try store.queries.tasks(run: "r1").map(\.status) == [.pending, .pending])
    #expect(try store.queries.identity(ofTask: store.task) == exampleSpec().generationIdentity)
    // Another benchmark is another task, not a differing one.
    let third = try store.records.openTask(
      StoreFixture.opening(exampleSpec(benchmark: "math"), key: 3))
    #expect(third.differing.isEmpty)
    #expect(storeError { try store.records.setStatus(.done, ofTask: 99) }?.kind == .notFound)
  }

  @Test func `a judging goes on, and a newer one takes over when it is complete`() throws {
    let store = try StoreFixture()
    let records = store.records
    let same = try records.openJudging(StoreFixture.judging(task: store.task))
    #expect(same == OpenedJudging(id: store.judging, existed: true, isComplete: false))
    let newer = try records.openJudging(
      StoreFixture.judging(task: store.task, evaluator: "2.0.0"))
    #expect(!newer.existed)
    #expect(try store.queries.tasks(run: "r1").first?.currentJudging == store.judging)
    try records.completeJudging(newer.id)
    #expect(try store.queries.tasks(run: "r1").first?.currentJudging == newer.id)
    try records.completeJudging(store.judging)
    let fresh = try records.openJudging(StoreFixture.judging(task: store.task, isFresh: true))
    #expect(!fresh.existed)
    #expect(
      try records.openJudging(StoreFixture.judging(task: store.task, isFresh: true)).id == fresh.id,
      "a fresh judging that has not ended goes on")
    try records.reopenJudging(newer.id)
    #expect(try store.number("SELECT count(*) FROM judgings WHERE complete = 1") == 1)
  }

  @Test func `a score is one row that scoring again replaces`() throws {
    let store = try StoreFixture()
    let other = try store.records.openJudging(
      StoreFixture.judging(task: store.task, evaluator: "2.0.0"))
    let kept = try store.records.recordScore(judging: other.id, scoreJSON: "{}", time: 1)
    let ids = try [(#"{"a":1}"#, 10), (#"{"a":1}"#, 20), (#"{"a":2}"#, 30)].map {
      try store.records.recordScore(judging: store.judging, scoreJSON: $0.0, time: $0.1)
    }
    #expect(Set(ids).count == 1 && ids.first != kept)
    let score = try store.queries.score(judging: store.judging)
    #expect(score?.json == #"{"a":2}"# && score?.createdAt == 30)
    #expect(try store.queries.score(judging: other.id)?.createdAt == 1)
    #expect(
      storeError {
        try store.records.recordScore(judging: store.judging, scoreJSON: "{", time: 1)
      }?.kind == .constraint)
  }

  @Test func `tries stream in order and unfinished ones by their highest whole stage`() throws {
    let store = try StoreFixture()
    try store.batch {
      // Arrival is not the order of the keys.
      for (sample, repetition, stages) in [
        (3, 0, [1, 2]), (0, 1, [1]), (0, 0, [1, 2]), (2, 0, [2, 1, 4]), (2, 1, [2]),
      ] {
        for stage in stages {
          _ = try Completion(
            sample: UInt32(sample), repetition: UInt32(repetition), stage: UInt8(stage)
          ).offer(to: store)
        }
      }
      _ = try Verdict(sample: 3, group: "b").offer(to: store)
      _ = try Verdict(sample: 0, outcome: .fail, failReason: "no", group: "a").offer(to: store)
      _ = try Verdict(sample: 1, outcome: .unparsed).offer(to: store)
    }
    var done: [String] = []
    try store.queries.forEachDoneTry(judging: store.judging) { done.append("\($0)/\($1)") }
    #expect(done == ["0/0", "1/0", "3/0"])
    var open: [String] = []
    try store.queries.forEachStoredTry(task: store.task, judging: store.judging) {
      open.append("\($0)/\($1)/\($2)")
    }
    #expect(open == ["0/1/1", "2/0/2"])
    try store.queries.forEachStoredTry(task: store.task, judging: nil) {
      open.append("\($0)\($1)\($2)")
    }
    #expect(open.dropFirst(2) == ["002", "011", "202", "302"])
    let names = try store.queries.groupNames(task: store.task)
    var verdicts: [String] = []
    try store.queries.forEachVerdict(judging: store.judging) { verdict in
      let group = verdict.group.flatMap { names[$0] } ?? "-"
      verdicts.append("\(verdict.sample) \(verdict.outcome.word) \(group)")
    }
    #expect(verdicts == ["0 fail a", "1 unparsed -", "3 pass b"])
    let counts = try store.queries.counts(task: store.task)
    #expect(counts.completions == 9 && counts.judged == 3 && counts.passed == 1)
  }
}
