// Log-probabilities against sums in the plainest order.

import Foundation
import RWKV7Core
import Testing

struct LogProbabilitiesTests {
  @Test func `probabilities sum up to 1 and follow the definition`() throws {
    var random = RandomGenerator(seed: 71)
    for (size, deviation, offset) in [(1, 1, 0), (3, 50, 0), (752, 3, 1000), (2001, 1, -3e4)]
      as [(Int, Float, Float)]
    {
      let logits = normalLogits(size, deviation: deviation, &random).map { $0 + offset }
      let best = Double(logits.max() ?? 0)
      let total = logits.reduce(0.0) { $0 + exp(Double($1) - best) }
      let scores = try logits.withUnsafeBufferPointer { try LogProbabilities($0) }
      var sum = 0.0
      for logit in logits {
        let expected = Double(logit) - best - log(total)
        #expect(abs(scores.of(logit: logit) - expected) <= 1e-11 * max(1, abs(Double(offset))))
        sum += exp(scores.of(logit: logit))
      }
      #expect(abs(sum - 1) < 1e-10)
    }
  }

  @Test func `what cannot be scored says so`() throws {
    func score(_ token: UInt32, _ logits: [Float]) throws -> Double? {
      try logits.withUnsafeBufferPointer {
        try LogProbabilities.logProbability(of: token, in: $0)
      }
    }
    #expect(try score(3, [1, 2, 3]) == nil)
    #expect(try score(0, [-.infinity, 2]) == -.infinity)
    #expect(try score(1, [-.infinity, 2]) == 0)
    #expect(throws: SamplingFailure.notANumber) { try score(0, [1, .nan]) }
    #expect(throws: SamplingFailure.infinite(token: 1)) { try score(0, [1, .infinity]) }
    #expect(throws: SamplingFailure.nothingLeft) { try score(0, [-.infinity]) }
    #expect(try score(0, [1e38, -1e38]) == 0)
  }
}
