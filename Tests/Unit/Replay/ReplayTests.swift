// The replay backend over the ABI: what it answers from an export, and what it says when it cannot.
internal import PluginAPI
internal import Testing

/// A line of an export with one stage, or two.
private func line(
  _ sample: Int, _ repetition: Int = 0, _ text: String, benchmark: String = "gsm8k",
  more: String = ""
) -> String {
  #"{"benchmark_name":"\#(benchmark)","dataset_split":"test","sample_index":\#(sample),"#
    + #""repeat_index":\#(repetition),"sampling_config":{"stage1":{"temperature":0.3}},"#
    + #""prompt1":"Q\n","completion1":"\#(text)","stop_reason1":"stop_token"\#(more)}"# + "\n"
}

@Suite struct ReplayTests {
  @Test func `completions come back by sample, repeat and stage`() throws {
    let second = #","prompt2":"so","completion2":"4\"2","stop_reason2":"max_length""#
    let lines =
      line(0, 0, "a", more: second) + line(0, 1, "b") + line(2, 0, "c\\u00e9") + line(1, 0, "late")
      + line(0, 1, "again") + line(9, 3, "far") + line(0, 0, "other", benchmark: "math")
      + line(3, 0, "last").dropLast()
    try withFile(lines) { path in
      let session = try Session(#"{"source":"\#(path)"}"#)
      try #require(session.model != nil, "\(session.message)")
      let asks: [(Ask, String)] = [
        (Ask(sample: 2), "0 1 cé"), (Ask(sample: 0, repetition: 1), "0 1 b"),
        (Ask(sample: 0), "0 1 a"), (Ask(sample: 0, stage: 2), "0 2 4\"2"),
        (Ask(sample: 3), "0 1 last"), (Ask(sample: 1), "0 1 late"),
        (Ask(sample: 9, repetition: 3), "0 1 far"),
        (Ask(task: "math_test/cot"), "0 1 other"),
        (
          Ask(sample: 1, stage: 2),
          "0 4 \(path):4: the record of gsm8k_test, sample 1, repeat 0 has no stage 2"
        ),
        (Ask(sample: 5), "0 4 no record of gsm8k_test, sample 5, repeat 0 in '\(path)'"),
        (
          Ask(task: "aime_test/cot"),
          "0 4 no record of aime_test, sample 0, repeat 0 in '\(path)'; it has those of "
            + "gsm8k_test, math_test: set ignore_task to use them"
        ),
      ]
      for (ask, expected) in asks { #expect(session.answer(ask) == expected) }
      let any = try Session(#"{"source":"\#(path)","ignore_task":true}"#)
      #expect(any.answer(Ask(sample: 2, task: "x")) == "0 1 cé")
    }
  }

  @Test func `a broken line is named and spoils no other`() throws {
    let lines =
      line(0, 0, "a") + "{\"sample_index\": 1.5}\n\n" + line(1, 0, "b")
      + "{\"sample_index\":2,\"repeat_index\":0,\"completion1\":\"torn"
    try withFile(lines) { path in
      let session = try Session(#"{"source":"\#(path)"}"#)
      #expect(session.answer(Ask(sample: 1)) == "0 1 b")
      #expect(
        session.answer(Ask(sample: 7))
          == "0 4 no record of gsm8k_test, sample 7, repeat 0 in '\(path)', but it has a broken "
          + "line 2: JSON byte 17: expected a whole number without fraction or exponent")
      #expect(session.answer(Ask()) == "0 1 a")
    }
  }

  @Test func `choices are answered from scores or from the choice alone`() throws {
    let scores = #","choices1":[[-1.5,1,true],[-2.25,2,false]]"#
    let lines = line(0, 0, " A", more: scores) + line(1, 0, " B")
    try withFile(lines) { path in
      let session = try Session(#"{"source":"\#(path)"}"#)
      let two = [" A", " B"]
      #expect(session.answer(Ask(choices: two)) == "0 3  A [-1.5,1,1] [-2.25,2,0]")
      #expect(session.answer(Ask(sample: 1, choices: two)) == "0 3  B [-100.0,1,0] [0.0,1,1]")
      #expect(
        session.answer(Ask(choices: [" A", " B", " C"]))
          == "0 4 sample 0 was recorded with 2 scores, which does not fit the 3 choices asked for")
    }
  }

  @Test func `completions come back by work key`() throws {
    let key = String(repeating: "0123456789abcdef", count: 4)
    let bytes: [UInt8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]
    let full = bytes + bytes + bytes + bytes
    let none = #","work_key1":null,"completion2":null"#
    let lines =
      line(0, 0, "a", more: none) + line(5, 1, "b", more: #","work_key1":"\#(key)""#)
    try withFile(lines) { path in
      let session = try Session(#"{"source":"\#(path)","by":"work_key"}"#)
      #expect(session.answer(Ask(sample: 77, workKey: full)) == "0 1 b")
      let other = Array(full.reversed())
      #expect(
        session.answer(Ask(sample: 5, repetition: 1, workKey: other))
          == "0 4 no record of the work key of gsm8k_test, sample 5, repeat 1 in '\(path)'")
    }
  }

  @Test func `back-pressure, failures on demand and cancellation`() throws {
    try withFile((0..<10).map { line($0, 0, "t\($0)") }.joined()) { path in
      let session = try Session(#"{"source":"\#(path)","max_batch":4,"fail_every":3}"#)
      let accepted = (0..<6).map { session.submit(Ask(sample: $0), id: $0) }
      #expect(accepted == [true, true, true, true, false, false])
      session.table.pointee.cancel(session.model, 1)
      session.pump()
      #expect(session.done == ["0 1 t0", "1 5 ", "2 4 told to fail by fail_every", "3 1 t3"])
      let slow = try Session(#"{"source":"\#(path)","latency_ms":30}"#)
      #expect(slow.submit(Ask(sample: 4), id: 4))
      slow.pump(1_000_000)
      #expect(slow.done.isEmpty, "not due yet")
      slow.pump()
      #expect(slow.done == ["4 1 t4"])
    }
  }

  @Test(arguments: [
    ("{}", "replay needs the option 'source': a completions export (JSONL) or a store (.db)"),
    (
      #"{"source":"/nonexistent/x.jsonl"}"#,
      "cannot open the source '/nonexistent/x.jsonl': No such file or directory"
    ),
    (#"{"source":"/tmp"}"#, "the source '/tmp' is not a regular file"),
    (#"{"source":"x","by":"luck"}"#, "option 'by' is 'luck'; it must be one of sample, work_key"),
  ])
  func `a model is refused with its reason`(options: String, message: String) throws {
    let session = try Session(options)
    #expect(session.model == nil)
    #expect(session.message == message)
  }

  @Test func `a file far larger than the windows is read in any order`() throws {
    let filler = String(repeating: "x", count: 3000)
    let count: UInt64 = 2500
    let lines = (0..<Int(count)).map { line($0, 0, "\($0) \(filler)") }.joined()
    try withFile(lines) { path in
      let session = try Session(#"{"source":"\#(path)"}"#)
      var sample: UInt64 = 1
      for step in 0..<count {
        // In order, and from time to time anywhere: 1117 is prime to 2500.
        let wanted = step % 3 == 0 ? step : (sample * 1117) % count
        sample += 1
        #expect(session.answer(Ask(sample: wanted)) == "0 1 \(wanted) \(filler)")
      }
    }
  }
}
