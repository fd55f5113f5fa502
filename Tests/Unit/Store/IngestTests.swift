// What the writer may do to the store: every row once, nothing overwritten, one row an update.

import Model
import Store
import Testing

/// A second completion for a taken key, and what must become of it.
struct SecondCompletion: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var change: @Sendable (inout Completion) -> Void
  var expected: IngestResult

  static let all = [
    Self(testDescription: "the same again", change: { _ in }, expected: .duplicate),
    Self(
      testDescription: "slower",
      change: {
        $0.latency = 99
        $0.completionTokens = 6
      }, expected: .duplicate),
    Self(testDescription: "another text", change: { $0.text = " 3." }, expected: .conflict),
    Self(testDescription: "no text", change: { $0.text = "" }, expected: .conflict),
    Self(testDescription: "another work key", change: { $0.workKey = 8 }, expected: .conflict),
    Self(
      testDescription: "another end", change: { $0.stopReason = .maxLength }, expected: .conflict),
    Self(
      testDescription: "other choices",
      change: { $0.choices = [ChoiceScore(logProbability: -1, tokenCount: 1, isGreedy: false)] },
      expected: .conflict),
    Self(testDescription: "another stage", change: { $0.stage = 2 }, expected: .stored),
    Self(testDescription: "another repeat", change: { $0.repetition = 1 }, expected: .stored),
  ]
}

@Suite struct IngestTests {
  @Test(arguments: SecondCompletion.all)
  func `a second completion for a key changes nothing`(second: SecondCompletion) throws {
    let store = try StoreFixture()
    let choices = [
      ChoiceScore(logProbability: -0.25, tokenCount: 1, isGreedy: true),
      ChoiceScore(logProbability: -.infinity, tokenCount: 2, isGreedy: false),
    ]
    let first = Completion(choices: choices)
    var other = first
    second.change(&other)
    let results = try store.batch {
      [try first.offer(to: store), try other.offer(to: store), try other.offer(to: store)]
    }
    let again: IngestResult = second.expected == .stored ? .duplicate : second.expected
    #expect(results == [.stored, second.expected, again])
    #expect(
      try store.connection.text(
        """
        SELECT group_concat(completion || hex(work_key) || choice_scores || latency_us)
        FROM completions WHERE stage = 1 AND repeat_index = 0
        """) == " It is 2.\(String(repeating: "07", count: 16))[[-0.25,1,true],[null,2,false]]10")
    // The same content twice is one conflict.
    let isConflict = second.expected == .conflict
    #expect(try store.number("SELECT count(*) FROM conflicts") == (isConflict ? 1 : 0))
    if isConflict {
      #expect(
        try store.number(
          """
          SELECT count(*) FROM conflicts WHERE json_valid(offered) AND kind = 'completion'
            AND existing_digest <> offered_digest
          """) == 1)
    }
  }

  @Test func `a second verdict for a key changes nothing`() throws {
    let store = try StoreFixture()
    let first = Verdict(outcome: .fail, answer: "3", failReason: "wrong", group: "sums")
    var offers: [(Verdict, IngestResult)] = [(first, .stored), (first, .duplicate)]
    func add(_ expected: IngestResult, _ change: (inout Verdict) -> Void) {
      var other = first
      change(&other)
      offers.append((other, expected))
    }
    add(.duplicate) { $0.details = "took 3 ms" }
    add(.conflict) { $0.outcome = .pass }
    add(.conflict) { $0.answer = "4" }
    add(.conflict) { $0.group = "" }
    add(.conflict) { $0.values = "[1]" }
    add(.stored) { $0.sample = 1 }
    for (verdict, expected) in offers {
      #expect(try store.batch { try verdict.offer(to: store) } == expected, "\(verdict)")
    }
    #expect(try store.number("SELECT count(*) FROM conflicts") == 4)
    #expect(try store.number("SELECT count(*) FROM groups") == 1)
    #expect(
      try store.connection.text(
        "SELECT group_concat(outcome || answer || fail_reason) FROM verdicts") == "23wrong,23wrong")
  }

  @Test func `a verdict of one try leaves the others as they are`() throws {
    let store = try StoreFixture()
    func note(sample: UInt32, _ repetition: UInt32) throws {
      _ = try store.ingest.insert(
        ErrorRow(
          task: store.task, place: .worker, sample: sample, repetition: repetition,
          reason: "SIGSEGV", attempt: store.attempt))
    }
    try store.batch {
      for sample in UInt32(0)..<3 {
        try note(sample: sample, 0)
        try note(sample: sample, 1)
      }
    }
    _ = try store.batch { try Verdict(sample: 1, repetition: 1).offer(to: store) }
    #expect(
      try store.connection.text(
        "SELECT group_concat(sample_index || '/' || repeat_index) FROM errors WHERE resolved = 1")
        == "1/1")
    // An error that comes after the verdict needs no further attempt.
    try store.batch { try note(sample: 1, 1) }
    #expect(try store.number("SELECT count(*) FROM errors WHERE resolved = 0") == 5)
    // A judging that has not judged the try yet has the error for itself.
    let second = try store.records.openJudging(
      StoreFixture.judging(task: store.task, evaluator: "2.0.0"))
    _ = try store.batch {
      try store.ingest.insert(
        ErrorRow(
          task: store.task, place: .plugin, sample: 1, repetition: 1, reason: "crash",
          judging: second.id, attempt: store.attempt))
    }
    #expect(try store.number("SELECT resolved FROM errors WHERE place = 3") == 0)
  }

  @Test func `an error counts each failure once`() throws {
    let store = try StoreFixture()
    let next = try store.records.startAttempt(run: "r1", time: 400).id
    func note(
      _ number: UInt32, line: UInt64? = nil, in attempt: Int64? = nil
    ) throws -> IngestResult {
      try store.batch {
        try store.ingest.insert(
          ErrorRow(
            task: store.task, place: line == nil ? .backend : .datasetRow,
            sample: line == nil ? 2 : nil, repetition: line == nil ? 0 : nil, line: line,
            reason: "no answer \(number)", plugin: "rwkv7 1.0.0", failureNumber: number,
            attempt: attempt ?? store.attempt))
      }
    }
    let failures = try [note(1), note(1), note(2), note(1), note(0)]
    #expect(failures == [.stored, .duplicate, .stored, .duplicate, .duplicate])
    // Without a number an attempt counts one failure, however often its envelope is sent.
    let unnumbered = try [note(0, in: next), note(0, in: next)]
    #expect(unnumbered == [.stored, .duplicate])
    let lines = try [note(1, line: 7), note(1, line: 7), note(1, line: 8)]
    #expect(lines == [.stored, .duplicate, .stored])
    #expect(
      try store.connection.text(
        "SELECT group_concat(attempts || ':' || ifnull(line, '')) FROM errors") == "3:,1:7,1:8")
    var exhausted: [String] = []
    for limit in [3, 4] {
      try store.queries.forEachExhaustedTry(task: store.task, maxAttempts: limit) {
        exhausted.append("\(limit): \($0)/\($1 ?? 9)")
      }
    }
    #expect(exhausted == ["3: 2/0"])
  }

  @Test func `rows that break a rule are refused and leave nothing`() throws {
    let store = try StoreFixture()
    let refused: [Completion] = [
      Completion(sample: 1 << 31), Completion(repetition: 1 << 24), Completion(stage: 0),
      Completion(stopReason: .error), Completion(stopReason: .cancelled),
    ]
    for row in refused {
      #expect(storeError { _ = try store.batch { try row.offer(to: store) } }?.kind == .constraint)
    }
    let strange = storeError { _ = try store.batch { try Completion().offer(to: store, task: 99) } }
    #expect(strange?.kind == .constraint)
    #expect(
      storeError { _ = try store.batch { try Verdict(outcome: .error).offer(to: store) } }?.kind
        == .constraint)
    #expect(
      storeError { _ = try store.batch { try Verdict().offer(to: store, judging: 99) } }?.kind
        == .notFound)
    for table in ["completions", "prompts", "stages", "verdicts", "groups", "conflicts"] {
      #expect(try store.number("SELECT count(*) FROM \(table)") == 0, "\(table)")
    }
    // After a rollback the ids in the caches are no more: the rows have to come anew.
    _ = try store.batch { try Completion().offer(to: store) }
    #expect(try store.number("SELECT count(*) FROM completions") == 1)
    #expect(try StoreCheck(store.connection).run().isWhole)
  }

  @Test func `texts keep every byte and prompts are stored once`() throws {
    let store = try StoreFixture()
    let text = "a\u{0}b\n\"\\ \u{1F600} é"
    try store.batch {
      for sample in UInt32(0)..<3 {
        _ = try Completion(sample: sample, prompt: text, text: text).offer(to: store)
        _ = try Completion(sample: sample, stage: 2, prompt: "", text: "").offer(to: store)
      }
    }
    var texts: [String] = []
    try store.queries.forEachCompletion(task: store.task, samples: 1...1) {
      texts.append(String(decoding: $0.prompt, as: UTF8.self))
      texts.append(String(decoding: $0.text, as: UTF8.self))
    }
    #expect(texts == [text, text, "", ""])
    #expect(try store.number("SELECT count(*) FROM prompts") == 2)
    #expect(try store.number("SELECT count(*) FROM completions") == 6)
  }
}
