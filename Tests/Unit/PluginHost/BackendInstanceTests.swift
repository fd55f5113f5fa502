// Calls into a backend and a dataset: back-pressure, deliveries, descriptions.

import Model
import Testing

@testable import PluginHost

struct BackendInstanceTests {
  /// What a delivery says, copied out of its view.
  struct Delivery: Equatable {
    var id: UInt64
    var finish: StopReason
    var text: String
    var scores: [ChoiceScore]
    var failure: String
  }

  private func load(_ word: String) throws -> BackendModel {
    let library = try Probe.sound.get().load()
    let backend = try BackendInstance(
      library, component: library.component(.backend), configuration: doing(word),
      observer: CallObserver())
    #expect(
      try String(decoding: backend.devices(), as: UTF8.self)
        == #"{"devices":[{"id":"cpu","slots":1}]}"#)
    #expect(throws: CallFailure.self) { try backend.load(modelJSON: [], device: "tpu") }
    return try backend.load(modelJSON: Array("{}".utf8), device: "cpu")
  }

  private func submit(_ model: BackendModel, _ id: UInt64, _ choices: [String]) -> SubmitResult {
    var values = SamplingValues(maxGenerateTokens: 64)
    values.stopTokens = [0, 261]
    values.noPenaltyTokenIDs = [33]
    values.stops = ["</s>"]
    let block = SamplingBlock(values, additionalStops: ByteList(["\n\n", "User"]))
    return bytes("cot") { stage in
      bytes("2+2?") { prompt in
        bytes("gsm8k_test/cot") { task in
          model.submit(
            RequestView(
              kind: choices.isEmpty ? .generate : .choose, requestID: id, sampleIndex: id,
              repeatIndex: 0, stageIndex: 1, seed: 1, stage: stage, prompt: prompt,
              choices: ByteList(choices), sampling: block, workKey: task, task: task))
        }
      }
    }
  }

  private func pump(_ model: BackendModel) -> ([Delivery], CallFailure?) {
    var deliveries: [Delivery] = []
    do throws(CallFailure) {
      try model.pump(timeoutNanoseconds: 0) { view in
        deliveries.append(
          Delivery(
            id: view.requestID, finish: view.finish,
            text: String(decoding: view.text, as: UTF8.self), scores: view.scores,
            failure: view.failure?.message ?? ""))
      }
      return (deliveries, nil)
    } catch {
      return (deliveries, error)
    }
  }

  @Test func `requests are accepted until there is no room and each is delivered once`() throws {
    let model = try load("plain")
    #expect(try model.describe() == Array(#"{"max_batch":2}"#.utf8))
    #expect(submit(model, 1, []) == .accepted)
    guard case .failed = submit(model, 1, []) else {
      Issue.record("an id in flight was accepted again")
      return
    }
    #expect(submit(model, 2, [" A", " B"]) == .accepted)
    #expect(submit(model, 3, []) == .full)
    #expect(model.inFlightCount == 2)
    let (deliveries, failure) = pump(model)
    #expect(failure == nil && model.inFlightCount == 0)
    #expect(
      deliveries == [
        Delivery(
          id: 1, finish: .stopToken, text: "gsm8k_test/cot|cot|2+2?|cot|</s>|", scores: [],
          failure: ""),
        Delivery(
          id: 2, finish: .choice, text: "gsm8k_test/cot|cot|2+2?| B|</s>|",
          scores: [
            ChoiceScore(logProbability: -1.5, tokenCount: 3, isGreedy: true),
            ChoiceScore(logProbability: -2.5, tokenCount: 4, isGreedy: false),
          ], failure: ""),
      ])
    #expect(submit(model, 3, []) == .accepted)
    model.cancel(3)
    var tokens: UInt32 = 0
    try model.pump(timeoutNanoseconds: 5) { tokens = $0.counts.completionTokens }
    // 64 tokens, 2 stop tokens, 1 without penalty, 3 stop strings: see the probe.
    #expect(tokens == 312_064)
    #expect(pump(model).0.isEmpty)
  }

  /// Configuration, failure of the pump, failure of the completion, refused deliveries.
  @Test(
    arguments: [
      ("deliver_twice", "delivered a request that is not in flight, or twice", "", 1),
      ("unknown_id", "delivered a request that is not in flight, or twice", nil, 1),
      ("bad_text", "", "done(): broke the ABI: delivered a text that is not UTF-8", 0),
      ("unknown_finish", "", "done(): broke the ABI: delivered unknown finish 17", 0),
      ("wrong_scores", "", "done(): broke the ABI: delivered 1 scores for 2 choices", 0),
      ("error", "", "done(): card fell off", 0),
    ] as [(String, String, String?, Int)])
  func `a wrong delivery is refused and counted`(
    word: String, pumpFailure: String, failure: String?, refused: Int
  ) throws {
    let model = try load(word)
    #expect(submit(model, 1, [" A", " B"]) == .accepted)
    let (deliveries, error) = pump(model)
    let prefix = "plugin 'probe' 1.2.3, "
    #expect(
      (error?.message ?? "")
        == (pumpFailure.isEmpty ? "" : "\(prefix)pump(): broke the ABI: \(pumpFailure)"))
    #expect(
      deliveries.map(\.failure)
        == (failure.map { [$0.isEmpty ? "" : "\(prefix)\($0)"] } ?? []))
    #expect(model.refusedDeliveryCount == refused)
    #expect(model.inFlightCount == (failure == nil ? 1 : 0))
  }

  @Test func `a submit that fails or lies is a failure`() throws {
    for (word, part) in [
      ("lies", "broke the ABI: returned OK and accepted 0 of 1"),
      ("breaks", "out of order (internalFailure)"),
    ] {
      let model = try load(word)
      guard case .failed(let failure) = submit(model, 1, []) else {
        Issue.record("\(word) was accepted")
        continue
      }
      #expect(failure.message == "plugin 'probe' 1.2.3, submit(): \(part)")
      #expect(model.inFlightCount == 0)
    }
  }

  @Test func `a dataset is described and prepared`() throws {
    let library = try Probe.sound.get().load()
    func open(_ word: String) throws -> DatasetInstance {
      try DatasetInstance(
        library, component: library.component(.dataset), configuration: doing(word),
        observer: CallObserver())
    }
    let dataset = try open("plain")
    #expect(try String(decoding: dataset.describe(), as: UTF8.self) == #"{"splits":["té"]}"#)
    for (word, part) in [
      ("silent", "returned OK and wrote nothing"), ("bad_utf8", "wrote what is not UTF-8"),
    ] {
      let broken = try open(word)
      let error = #expect(throws: CallFailure.self) { try broken.describe() }
      #expect(error?.message == "plugin 'probe' 1.2.3, describe(): broke the ABI: \(part)")
    }
    let job = DatasetPreparation(split: "test", cacheRoot: "c", outputPath: "out.jsonl")
    let offline = #expect(throws: CallFailure.self) { try dataset.prepare(job, fetch: nil) }
    #expect(offline?.isRetryable == true)
    var asked: [String] = []
    let fetch = FetchService { url, sha256 throws(CallFailure) in
      asked += [url, sha256]
      return "cache/x"
    }
    let manifest = try dataset.prepare(job, fetch: fetch)
    #expect(String(decoding: manifest, as: UTF8.self) == "test|cache/x|out.jsonl")
    #expect(asked == ["https://example.org/x", "00ff"])
    let denied = FetchService { _, _ throws(CallFailure) in
      throw CallFailure(status: .io, message: String(repeating: "é", count: 400), isRetryable: true)
    }
    let error = #expect(throws: CallFailure.self) { try dataset.prepare(job, fetch: denied) }
    #expect(error?.status == .io && error?.message.contains("éé (io)") == true)
  }
}
