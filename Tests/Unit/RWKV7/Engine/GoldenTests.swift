// The engine against what an independent implementation computed from the formulas.
import Foundation
import JSONFormat
import Testing

@testable import RWKV7Core

@Suite struct GoldenTests {
  @Test(
    .enabled(if: TinyModel.isShared, "needs ../shared/rwkv"),
    arguments: ["bf16.pth", "bf16.safetensors", "fp16.pth", "fp16.safetensors"])
  func `logits and greedy texts are those of the reference`(file: String) throws {
    let type = file.prefix(4)
    let golden = try JSONValue.parse(
      Array(Data(contentsOf: TinyModel.shared.appending(path: "model/golden-\(type).json"))))
    var setup = TinyModel.Setup()
    setup.weights = TinyModel.shared.appending(path: "model/tiny-rwkv7-\(file)").path
    let forward = try TinyModel.forward(setup)
    let state = try AlignedFloats(count: forward.stateCount)
    var largest: Float = 0
    for item in try #require(golden["items"]?.elements) {
      let prompt = try #require(item["token_ids"]?.elements).map { UInt32($0.integer ?? -1) }
      let wanted = try #require(item["logits_fp32"]?.elements).map { Float($0.double ?? .nan) }
      state.clear()
      var logits = forward.read(prompt, state)
      #expect(logits.count == wanted.count)
      for (found, wanted) in zip(logits, wanted) { largest = max(largest, abs(found - wanted)) }
      var text: [UInt32] = []
      for _ in 0..<32 {
        let best = UInt32(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
        text.append(best)
        logits = forward.read([best], state)
      }
      let greedy = try #require(item["greedy_32"]?.elements).map { UInt32($0.integer ?? -1) }
      #expect(text == greedy)
    }
    // The reference in float32 differs by 4e-6 from itself in float64.
    #expect(largest < 3e-5, "largest difference of a logit: \(largest)")
    print("\(file): largest difference of a logit \(largest)")
  }

  @Test(.enabled(if: TinyModel.isShared, "needs ../shared/rwkv"))
  func `weights of 8 bits move logits by little against their spread`() throws {
    let golden = try JSONValue.parse(
      Array(Data(contentsOf: TinyModel.shared.appending(path: "model/golden-bf16.json"))))
    var setup = TinyModel.Setup()
    setup.type = .int8
    let forward = try TinyModel.forward(setup)
    let state = try AlignedFloats(count: forward.stateCount)
    var squares = 0.0, spread = 0.0, count = 0, sameBest = 0
    let items = try #require(golden["items"]?.elements)
    for item in items {
      let prompt = try #require(item["token_ids"]?.elements).map { UInt32($0.integer ?? -1) }
      let wanted = try #require(item["logits_fp32"]?.elements).map { $0.double ?? .nan }
      state.clear()
      let logits = forward.read(prompt, state).map(Double.init)
      let mean = wanted.reduce(0, +) / Double(wanted.count)
      for (found, wanted) in zip(logits, wanted) {
        squares += (found - wanted) * (found - wanted)
        spread += (wanted - mean) * (wanted - mean)
        count += 1
      }
      let best = { (values: [Double]) in values.indices.max { values[$0] < values[$1] } }
      if best(logits) == best(wanted) { sameBest += 1 }
    }
    let error = (squares / Double(count)).squareRoot()
    let deviation = (spread / Double(count)).squareRoot()
    print(
      "int8: root mean square error of a logit \(error), their deviation \(deviation), "
        + "\(sameBest) of \(items.count) best tokens the same")
    #expect(error < 0.05 * deviation)
    #expect(sameBest >= items.count - 1)
  }
}
