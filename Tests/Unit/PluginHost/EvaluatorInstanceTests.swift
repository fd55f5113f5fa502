// Calls into an evaluator and a metric: results, and every rule a plugin can break in a sink.

import Model
import Testing

@testable import PluginHost

struct EvaluatorInstanceTests {
  private func open(
    _ word: String, observer: CallObserver = CallObserver()
  ) throws -> EvaluatorInstance {
    let library = try Probe.sound.get().load()
    return try EvaluatorInstance(
      library, component: library.component(.evaluator), configuration: doing(word),
      observer: observer)
  }

  private static func output(
    _ stage: String, _ text: String, _ finish: StopReason, _ scores: [ChoiceScore] = []
  ) -> StageOutput {
    bytes(stage) { stage in
      bytes(text) { text in
        StageOutput(
          finish: finish, stage: stage, text: text, scores: scores,
          counts: CompletionCounts(
            promptTokens: 3, completionTokens: 42, latencyNanoseconds: 9))
      }
    }
  }

  @Test func `a try goes through its stages to a verdict`() throws {
    let evaluator = try open("plain")
    let request = StageRequestBuffer()
    let verdict = VerdictBuffer()
    let row = #"{"question":"é?"}"#
    bytes(row) { row in
      #expect(evaluator.next(index: 5, row: row, outputs: [], into: request) == .ok)
      #expect(request.isPresent && request.kind == .generate && !request.isFinal)
      #expect(request.stage == Array("cot".utf8) && request.prompt == Array(row))
      #expect(request.stops == ByteList(["\n\n", "User"]) && request.choices.isEmpty)
      let cot = Self.output("cot", "so it is", .stopToken)
      #expect(evaluator.next(index: 5, row: row, outputs: [cot], into: request) == .ok)
      #expect(request.kind == .choose && request.isFinal)
      #expect(request.prompt == Array("so it is".utf8))
      #expect(request.choices == ByteList([" A", " B"]) && request.stops.isEmpty)
      let score = ChoiceScore(logProbability: -0.5, tokenCount: 1, isGreedy: true)
      let final = Self.output("final", " A", .choice, [score, score])
      #expect(evaluator.next(index: 5, row: row, outputs: [cot, final], into: request) == .ok)
      #expect(!request.isPresent)
      for _ in 0..<2 {
        #expect(evaluator.score(index: 5, row: row, outputs: [cot, final], into: verdict) == .ok)
        #expect(verdict.hasVerdict && verdict.outcome == .pass)
        #expect(verdict.text(verdict.answer) == " A" && verdict.text(verdict.reference) == "A")
        #expect(verdict.failReason.isEmpty && verdict.text(verdict.group) == "algebra")
        #expect(verdict.text(verdict.details) == #"{"n":2}"#)
        #expect(verdict.values.map { verdict.text($0.name) } == ["logprob", "tokens"])
        #expect(verdict.values.map(\.value) == [-0.5, 42])
      }
      #expect(cot.text.elementsEqual("so it is".utf8) && cot.stage.elementsEqual("cot".utf8))
    }
  }

  @Test(arguments: [
    ("two_requests", "asked for a second stage in one call"),
    ("bad_utf8", "gave a prompt that is not UTF-8"),
    ("no_stage", "gave a stage without a name"),
    ("null_prompt", "gave a prompt without bytes"),
    ("huge_prompt", "gave a prompt over 64 MiB"),
    ("choices", "gave choices with a GENERATE request"),
    ("no_choices", "gave a CHOOSE request without choices"),
    ("unknown_kind", "gave a stage request of unknown kind"),
    ("short_request", "gave a stage request shorter than version 1.0's"),
    ("null_request", "gave a null stage request"),
  ])
  func `a stage that breaks the header fails the call`(word: String, reason: String) throws {
    let request = StageRequestBuffer()
    let evaluator = try open(word)
    let result = bytes("{}") { evaluator.next(index: 0, row: $0, outputs: [], into: request) }
    let message = "plugin 'probe' 1.2.3, next(): broke the ABI: \(reason)"
    #expect(
      result
        == .failed(CallFailure(status: .internalFailure, message: message, brokeContract: true)))
    #expect(!request.isPresent)
  }

  @Test(arguments: [
    ("no_verdict", "returned OK without a verdict"),
    ("two_verdicts", "gave a second verdict in one call"),
    ("not_finite", "gave a value that is not finite"),
    ("two_names", "gave two values of one name"),
    ("no_name", "gave a value without a name"),
    ("bad_outcome", "gave a verdict of unknown outcome"),
    ("bad_details", "gave details that are not a JSON object"),
    ("list_details", "gave details that are not a JSON object"),
    ("bad_answer", "gave a verdict text that is not UTF-8"),
    ("short_verdict", "gave a verdict shorter than version 1.0's"),
  ])
  func `a verdict that breaks the header fails the call`(word: String, reason: String) throws {
    let verdict = VerdictBuffer()
    let evaluator = try open(word)
    let result = bytes("{}") { evaluator.score(index: 0, row: $0, outputs: [], into: verdict) }
    let message = "plugin 'probe' 1.2.3, score(): broke the ABI: \(reason)"
    #expect(
      result
        == .failed(CallFailure(status: .internalFailure, message: message, brokeContract: true)))
    #expect(!verdict.hasVerdict && verdict.values.isEmpty)
  }

  @Test func `what a plugin says of a failure arrives`() throws {
    let cases: [(String, CallResult)] = [
      ("plain", .ok),
      ("bad_record", .badRecord("no field 'question'")),
      (
        "retry",
        .failed(
          CallFailure(
            status: .io, message: "plugin 'probe' 1.2.3, validate(): disk is away (io)",
            isRetryable: true))
      ),
      (
        "unknown_status",
        .failed(
          CallFailure(
            status: .internalFailure,
            message: "plugin 'probe' 1.2.3, validate(): no reason given (unknown status 77)",
            brokeContract: true))
      ),
    ]
    for (word, expected) in cases {
      let evaluator = try open(word)
      #expect(bytes("{}") { evaluator.validate(index: 0, row: $0) } == expected)
    }
    let long = try open("long_message")
    guard case .failed(let failure) = bytes("{}", { long.validate(index: 0, row: $0) }) else {
      Issue.record("a call that fails was taken for a success")
      return
    }
    #expect(failure.message.utf8.count < 600)
    let fickle = try open("then_fails")
    let request = StageRequestBuffer()
    let result = bytes("{}") { fickle.next(index: 0, row: $0, outputs: [], into: request) }
    #expect(!result.isOK && !request.isPresent)
  }

  @Test func `a poisoned instance is not called again`() throws {
    let evaluator = try open("poison")
    for part in ["lost my mind", "not called, the instance is poisoned"] {
      guard case .failed(let failure) = bytes("{}", { evaluator.validate(index: 0, row: $0) })
      else {
        Issue.record("a poisoned instance answered")
        return
      }
      #expect(failure.isPoisoned && failure.message.contains(part))
    }
  }

  @Test func `open refuses, logs and is watched`() throws {
    for (word, part) in [
      ("refuse", "open(): key 'do' is refused (badConfig)"),
      ("nothing", "open(): broke the ABI: returned OK without an instance"),
    ] {
      let error = #expect(throws: CallFailure.self) { try open(word) }
      #expect(error?.message == "plugin 'probe' 1.2.3, \(part)")
    }
    let observer = CallObserver(deadlineNanoseconds: 11)
    var lines: [String] = []
    var progress: [UInt64] = []
    observer.onLog = { lines.append("\($0) \($1)") }
    observer.onProgress = { progress += [$0, $1] }
    let evaluator = try open("plain", observer: observer)
    #expect(bytes("a\nb") { evaluator.validate(index: 3, row: $0) } == .ok)
    #expect(lines == ["info a b"] && progress == [3, 11])
    observer.isCancelled = { true }
    guard case .failed(let failure) = bytes("{}", { evaluator.validate(index: 0, row: $0) }) else {
      Issue.record("cancellation was not seen")
      return
    }
    #expect(failure.status == .cancelled)
  }

  @Test func `a metric gives values and a verdict where it can`() throws {
    let library = try Probe.sound.get().load()
    let buffer = VerdictBuffer()
    for (word, answer, outcome) in [
      ("plain", "7", nil), ("decide", "7", Outcome.pass), ("decide", "8", Outcome.unparsed),
    ] {
      let metric = try MetricInstance(
        library, component: library.component(.metric), configuration: doing(word),
        observer: CallObserver())
      bytes(answer) { answer in
        bytes("text") { text in
          let item = JudgedTry(
            index: 1, row: text, prediction: text, answer: answer,
            references: ByteList(["7", "seven", "7"]), outcome: .unparsed)
          #expect(metric.score(item, into: buffer) == .ok)
        }
      }
      #expect(buffer.values.map { buffer.text($0.name) } == ["equal", "of"])
      #expect(buffer.values.map(\.value) == [answer == "7" ? 2 : 0, 3])
      #expect((buffer.hasVerdict ? buffer.outcome : nil) == outcome)
    }
  }

  @Test func `UTF-8 is judged as the standard library judges it`() {
    let samples: [[UInt8]] = [
      [], [0x7f], [0x80], [0xc1, 0x80], [0xc2, 0x80], [0xc2], [0xe0, 0x9f, 0x80],
      [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbf],
      [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf],
      [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xe2, 0x82, 0x41],
    ]
    for sample in samples {
      for padding in 0..<18 {
        let text = [UInt8](repeating: 0x61, count: padding) + sample + [0x62]
        for bytes in [text, Array(text.dropLast())] {
          let expected = String(validating: bytes, as: UTF8.self) != nil
          #expect(bytes.withUnsafeBufferPointer(isUTF8) == expected, "\(bytes)")
        }
      }
    }
  }
}
