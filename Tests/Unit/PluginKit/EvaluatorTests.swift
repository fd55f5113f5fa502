// An evaluator written with the kit, driven over the ABI as a host drives it.
internal import PluginAPI
internal import PluginKit
internal import Synchronization
internal import Testing

// Serial: rows parsed are counted in the whole process.
@Suite(.serialized) struct EvaluatorTests {
  static let row = #"{"question": "2 + 2?", "answer": "four"}"#

  @Test func `a descriptor is constant and negotiated`() throws {
    let plugin = Plugin(
      id: "p", version: "1.2.3", components: [.evaluator(TwoStages.self), .metric(Characters.self)])
    let first = try #require(plugin.descriptor(forHostMinor: 0))
    #expect(plugin.descriptor(forHostMinor: 0) == first)
    #expect(plugin.descriptor(forHostMinor: .max)?.pointee.abi_minor == EVH_ABI_MINOR)
    #expect(first.pointee.abi_minor == 0 && first.pointee.abi_major == 1)
    #expect(string(first.pointee.id) == "p" && string(first.pointee.version) == "1.2.3")
    #expect(first.pointee.component_count == 2)
    let evaluator = try #require(first.pointee.components?[0])
    #expect(evaluator.pointee.kind == 1 && string(evaluator.pointee.id) == "two_stages")
    #expect(string(evaluator.pointee.version) == "1.2.3")
    #expect(evaluator.pointee.caps == UInt64(EVH_CAP_DETERMINISTIC))
    let metric = try #require(first.pointee.components?[1])
    #expect(metric.pointee.kind == 2 && string(metric.pointee.version) == "0.9.0")
  }

  @Test func `a try goes through its stages and is judged`() {
    let evaluator = OpenComponent(.evaluator(TwoStages.self))
    defer { evaluator.close() }
    let before = TwoStages.parsed.load(ordering: .relaxed)
    #expect(evaluator.call(.validate, row: Self.row).status == 0)
    let cot = evaluator.call(.next, row: Self.row).got
    #expect(cot.stage == "cot" && cot.prompt == "2 + 2?" && cot.flags == 0)
    #expect(cot.stops == ["\n\n", "User:"] && cot.choices.isEmpty)
    let final = evaluator.call(.next, row: Self.row, outputs: [" Hm."]).got
    #expect(final.prompt == "2 + 2? Hm." && final.choices == [" A", "", " Čtyři"])
    #expect(final.flags == UInt32(EVH_REQF_FINAL | EVH_REQF_MESSAGES))
    #expect(evaluator.call(.next, row: Self.row, outputs: ["a", "b"]).got.stage.isEmpty)
    let right = evaluator.call(.score, row: Self.row, outputs: ["", "four"]).got
    #expect(right.outcome == 1 && right.verdicts == 1 && right.group == "g")
    #expect(right.values == ["length=4.0", "value=1.5"] && right.details == "{}")
    let wrong = evaluator.call(.score, row: Self.row, outputs: ["", "five"]).got
    #expect(wrong.outcome == 2 && wrong.answer == "five" && wrong.reference == "four")
    #expect(wrong.failReason == "differs")
    #expect(TwoStages.parsed.load(ordering: .relaxed) == before + 1, "a row is parsed once")
  }

  @Test func `a cached row serves only the very same bytes`() {
    let evaluator = OpenComponent(.evaluator(TwoStages.self))
    defer { evaluator.close() }
    func prompt(_ question: String, _ index: UInt64) -> String {
      let row = #"{"question": "\#(question)", "answer": "x"}"#
      return evaluator.call(.next, row: row, index: index).got.prompt
    }
    let long = String(repeating: "long ", count: 40)
    for round in 0..<2 {
      for (question, index) in [
        ("one", 7), ("two", 7), (long + "a", 7), (long + "b", 7), ("one", 7 + 4096),
        ("one", UInt64.max),
      ] {
        #expect(prompt(question, index) == question, "round \(round)")
      }
    }
    // More text than is kept: rows come and go, answers stay right.
    let huge = String(repeating: "x", count: 100_000)
    for index in 0..<200 { #expect(prompt("\(huge)\(index)", UInt64(index)).hasSuffix("\(index)")) }
    #expect(prompt("\(huge)0", 0).hasSuffix("x0"))
  }

  @Test(arguments: [
    ("", "{", EVH_E_BAD_RECORD, "JSON byte 1: the text ends inside a value"),
    ("", "{}", EVH_E_BAD_RECORD, "field 'answer' is missing or empty"),
    (#"{"failure":"late"}"#, EvaluatorTests.row, EVH_E_DEADLINE, "late"),
    (#"{"nan":true}"#, EvaluatorTests.row, EVH_E_INTERNAL, "the value 'value' is nan, not finite"),
  ])
  func `a failure becomes a status and a message`(
    configuration: String, row: String, status: Int, message: String
  ) {
    let evaluator = OpenComponent(.evaluator(TwoStages.self), configuration)
    defer { evaluator.close() }
    let hook: OpenComponent.Hook = configuration.contains("nan") ? .score : .next
    let answer = evaluator.call(hook, row: row, outputs: hook == .score ? ["a"] : [])
    #expect(answer.status == evh_status(status))
    #expect(answer.message == message)
    #expect(answer.got.verdicts == 0 && answer.got.values.isEmpty)
    #expect(answer.flags == (message == "late" ? 3 : 0))
  }

  @Test func `a long message is cut between characters`() {
    for length in 490..<500 {
      let text = String(repeating: "x", count: length) + "€€€"
      let evaluator = OpenComponent(.evaluator(TwoStages.self), #"{"failure":"\#(text)"}"#)
      let said = evaluator.call(.next, row: Self.row).message
      evaluator.close()
      #expect(said.utf8.count <= 496 && said.utf8.count > 493)
      #expect(text.hasPrefix(said))
    }
  }

  @Test func `a struct shorter than ABI 1 had it is refused`() {
    let evaluator = OpenComponent(.evaluator(TwoStages.self))
    defer { evaluator.close() }
    let changes: [(String, WritableKeyPath<Sizes, UInt32>, UInt32, OpenComponent.Hook)] = [
      ("evh_call", \.call, 55, .next), ("evh_record", \.record, 31, .validate),
      ("evh_output", \.output, 103, .score), ("evh_stage_sink", \.sink, 23, .next),
      ("evh_verdict_sink", \.verdictSink, 31, .score),
    ]
    for (name, size, short, hook) in changes {
      var sizes = Sizes()
      sizes[keyPath: size] = short
      let outputs = hook == .score ? ["a"] : []
      let refused = evaluator.call(hook, row: Self.row, outputs: outputs, sizes: sizes)
      #expect(refused.status == evh_status(EVH_E_INVALID_ARG), "\(name)")
      #expect(refused.message.hasPrefix("the host's \(name) has \(short) bytes"))
      sizes[keyPath: size] = short + 1
      #expect(evaluator.call(hook, row: Self.row, outputs: outputs, sizes: sizes).status == 0)
    }
    var sizes = Sizes()
    sizes.sinkStatus = evh_status(EVH_E_STOP)
    #expect(evaluator.call(.score, row: Self.row, outputs: ["a"], sizes: sizes).status == 0)
    sizes.sinkStatus = evh_status(EVH_E_INVALID_ARG)
    let refused = evaluator.call(.next, row: Self.row, sizes: sizes)
    #expect(
      refused.status == 1 && refused.message == "the host refused the stage request with status 1")
  }

  @Test(arguments: [
    ("[]", "the configuration is not a JSON object: JSON byte 0: expected an object"),
    ("{", "the configuration is not a JSON object: JSON byte 1: the text ends inside a value"),
    (#"{"nan": 1}"#, "option 'nan' must be true or false"),
    (#"{"name": 1}"#, "unknown option 'name'; the options are nan, failure"),
  ])
  func `a configuration is refused with its reason`(configuration: String, message: String) {
    let refused = OpenComponent(.evaluator(TwoStages.self), configuration)
    #expect(refused.status == evh_status(EVH_E_BAD_CONFIG) && refused.instance == nil)
    #expect(refused.message == message)
  }
}
