// The exports, byte for byte.

import Model
import Store
import Testing

@Suite struct ExportTests {
  private func export(
    _ store: StoreFixture, _ content: ExportContent, _ format: ExportFormat = .jsonl,
    task: Int64? = nil
  ) throws -> [String] {
    var bytes: [UInt8] = []
    try Exports(store.connection).write(content, run: "r1", task: task, format: format) {
      bytes += $0
    }
    #expect(bytes.isEmpty || bytes.last == UInt8(ascii: "\n"))
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Two samples: the first with two stages and a verdict, the second scored by choices.
  private func filled() throws -> StoreFixture {
    let store = try StoreFixture()
    try store.batch {
      _ = try Completion(
        sample: 1, stageName: "choose", workKey: 0, prompt: "Pick:", text: " A",
        stopReason: .choice,
        choices: [ChoiceScore(logProbability: -0.5, tokenCount: 1, isGreedy: true)]
      ).offer(to: store)
      _ = try Completion(
        repetition: 1, stage: 2, stageName: "final", prompt: "\nSo \"", text: "2\"",
        stopReason: .maxLength
      ).offer(to: store)
      _ = try Completion(repetition: 1).offer(to: store)
      _ = try Verdict(sample: 1, outcome: .unparsed, answer: "", failReason: "no, answer")
        .offer(to: store)
      _ = try Verdict(repetition: 1, failReason: "left over").offer(to: store)
    }
    return store
  }

  @Test func `completions and eval lines have the keys of the old files`() throws {
    let store = try filled()
    let key = String(repeating: "07", count: 16)
    let start = #"{"benchmark_name":"gsm8k","dataset_split":"test","sample_index":"#
    #expect(
      try export(store, .completions) == [
        start + #"0,"repeat_index":1,"sampling_config":{"stage1":{"temperature":0.3},"#
          + #""stage2":{"temperature":1.0}},"prompt1":"User: 1+1?","completion1":" It is 2.","#
          + #""stop_reason1":"stop_token","work_key1":"\#(key)","prompt2":"\nSo \"","#
          + #""completion2":"2\"","stop_reason2":"max_length","work_key2":"\#(key)"}"#,
        start + #"1,"repeat_index":0,"sampling_config":{},"prompt1":"Pick:","completion1":" A","#
          + #""stop_reason1":"logits_only","choices1":[[-0.5,1,true]]}"#,
      ])
    #expect(
      try export(store, .eval) == [
        start + #"0,"repeat_index":1,"context":"User: 1+1? It is 2.\nSo \"2\"","answer":"2","#
          + #""ref_answer":"2","is_passed":true,"fail_reason":""}"#,
        start + #"1,"repeat_index":0,"context":"Pick: A","answer":"","ref_answer":"2","#
          + #""is_passed":false,"fail_reason":"no, answer"}"#,
      ])
  }

  @Test func `CSV rows have every column`() throws {
    let store = try filled()
    let key = String(repeating: "07", count: 16)
    #expect(
      try export(store, .completions, .csv) == [
        "benchmark_name,dataset_split,sample_index,repeat_index,sampling_config,"
          + "prompt1,completion1,stop_reason1,choices1,work_key1,"
          + "prompt2,completion2,stop_reason2,choices2,work_key2",
        #""gsm8k","test",0,1,"{""stage1"":{""temperature"":0.3},""stage2"":{""temperature"":1.0}}","#
          + #""User: 1+1?"," It is 2.","stop_token",,"\#(key)",""#,
        #"So ""","2""","max_length",,"\#(key)""#,
        #""gsm8k","test",1,0,"{}","Pick:"," A","logits_only","[[-0.5,1,true]]",,,,,,"#,
      ])
    #expect(
      try export(store, .eval, .csv).last
        == #""gsm8k","test",1,0,"Pick: A","","2",false,"no, answer""#)
  }

  @Test func `scores are the old payload with where they came from`() throws {
    let store = try filled()
    #expect(try export(store, .scores).isEmpty)
    let score =
      #"{"stderr":{"x":1},"cot":true,"metrics":{"pass@1":0.5,"exact_accuracy":1e-3},"#
      + #""samples":8,"problems":4,"task":"free_response","errors":{"worker":1}}"#
    try store.records.recordScore(judging: store.judging, scoreJSON: score, time: 1_772_714_096)
    #expect(
      try export(store, .scores) == [
        #"{"dataset":"gsm8k_test","model":"rwkv7-g1","cot":true,"#
          + #""metrics":{"pass@1":0.5,"exact_accuracy":1e-3},"samples":8,"problems":4,"#
          + #""created_at":"2026-03-05T12:34:56Z","task":"free_response","#
          + #""manifest":{"source_dataset":"openai/gsm8k","source_split":"test","#
          + #""revision":"abc","checksum":"sha256:01"},"#
          + #""plugins":[{"id":"rwkv7","version":"1.0.0","sha256":"00rwkv7"},"#
          + #"{"id":"free_response","version":"1.0.0","sha256":"00free_response"},"#
          + #"{"id":"token_f1","version":"1.0.0","sha256":"00token_f1"}],"errors":{"worker":1}}"#
      ])
    try store.records.recordScore(judging: store.judging, scoreJSON: "{}", time: -1)
    let bare = try export(store, .scores).first ?? ""
    #expect(
      bare.contains(#""cot":false,"metrics":{},"samples":8,"created_at":"1969-12-31T23:59:59Z""#))
    #expect(bare.hasSuffix(#""errors":{}}"#))
    #expect(try export(store, .scores, .csv).count == 2)
  }

  @Test func `errors name a sample or a line, resolved ones are left out`() throws {
    let store = try filled()
    try store.batch {
      for (place, sample, line) in [
        (ErrorPlace.worker, 3 as UInt32?, nil as UInt64?), (.datasetRow, nil, 2), (.plugin, 2, nil),
      ] {
        _ = try store.ingest.insert(
          ErrorRow(
            task: store.task, place: place, sample: sample, repetition: sample.map { _ in 1 },
            line: line, reason: "why", attempt: store.attempt))
      }
      _ = try Verdict(sample: 3, repetition: 1).offer(to: store)
    }
    #expect(
      try export(store, .errors) == [
        #"{"where":"dataset row","line":2,"reason":"why","attempts":1}"#,
        #"{"where":"plugin","sample_index":2,"repeat_index":1,"reason":"why","attempts":1}"#,
      ])
    #expect(
      try export(store, .errors, .csv) == [
        "where,sample_index,repeat_index,line,reason,attempts",
        #""dataset row",,,2,"why",1"#, #""plugin",2,1,,"why",1"#,
      ])
  }

  @Test func `tasks follow the plan, one can be chosen, superseded ones are left out`() throws {
    let store = try filled()
    let second = try store.records.openTask(
      StoreFixture.opening(exampleSpec(benchmark: "math"), position: 1, key: 2))
    _ = try store.batch { try Completion().offer(to: store, task: second.id) }
    func benchmarks(_ task: Int64? = nil) throws -> [Bool] {
      try export(store, .completions, task: task).map { $0.contains(#""benchmark_name":"math""#) }
    }
    #expect(try benchmarks() == [false, false, true])
    _ = try store.records.openTask(StoreFixture.opening(exampleSpec(), position: 2, key: 1))
    #expect(try benchmarks() == [true, false, false])
    #expect(try benchmarks(second.id) == [true])
    try store.records.setStatus(.superseded, ofTask: second.id)
    #expect(try benchmarks() == [false, false])
    #expect(
      storeError {
        try Exports(store.connection).write(.eval, run: "none", format: .csv) { _ in }
      }?.kind == .notFound)
  }

  @Test func `times are ISO 8601 in UTC`() {
    let times: [(Int64, String)] = [
      (0, "1970-01-01T00:00:00Z"), (951_782_400, "2000-02-29T00:00:00Z"),
      (4_107_542_399, "2100-02-28T23:59:59Z"), (4_107_542_400, "2100-03-01T00:00:00Z"),
      (-62_167_219_200, "0000-01-01T00:00:00Z"),
    ]
    for (seconds, text) in times { #expect(timestamp(seconds) == text) }
  }
}
