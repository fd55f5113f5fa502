// Penalties step by step.

import RWKV7Core
import Testing

struct PenaltyTests {
  /// Greedy, with presence 1, frequency 0.5, decay 0.5, from equal logits; token 3 is exempt but lower.
  ///
  ///     step  penalties before  logits after the penalties  taken
  ///     1     -                 4      4      4     1       0
  ///     2     1     -     -     3      4      4     1       1
  ///     3     .5    1     -     3.5    3      4     1       2
  ///     4     .25   .5    1     3.75   3.5    3     1       0
  ///     5     .625  .25   .5    3.375  3.75   3.5   1       1
  ///     6     .3125 .625  .25   3.6875 3.375  3.75  1       2
  @Test func `penalties decay first; the first time counts as presence, others as frequency`()
    throws
  {
    let expected: [(logits: [Float], token: UInt32)] = [
      ([4, 4, 4, 1], 0), ([3, 4, 4, 1], 1), ([3.5, 3, 4, 1], 2), ([3.75, 3.5, 3, 1], 0),
      ([3.375, 3.75, 3.5, 1], 1), ([3.6875, 3.375, 3.75, 1], 2),
    ]
    var settings = SamplingSettings()
    settings.presencePenalty = 1
    settings.frequencyPenalty = 0.5
    settings.penaltyDecay = 0.5
    settings.noPenaltyTokens = [3]
    var sampler = Sampler(try SamplingRules(settings, vocabularySize: 4), seed: 0)
    for step in expected {
      var logits: [Float] = [4, 4, 4, 1]
      let token = try logits.withUnsafeMutableBufferPointer { try sampler.next($0) }
      #expect(logits == step.logits)
      #expect(token == step.token)
    }
  }

  @Test func `tokens without penalty are never lowered`() throws {
    var settings = SamplingSettings()
    settings.presencePenalty = 5
    settings.frequencyPenalty = 5
    settings.noPenaltyTokens = [1, -4, 99]
    var sampler = Sampler(try SamplingRules(settings, vocabularySize: 3), seed: 0)
    #expect(try (0..<4).map { _ in try draw(&sampler, [1, 2, 3]) } == [2, 1, 1, 1])
  }

  @Test func `each penalty works alone and may be negative`() throws {
    let cases: [(presence: Double, frequency: Double, decay: Double, third: Float)] = [
      (2, 0, 1, 8), (2, 0, 0, 10), (0, 1, 1, 9), (0, 1, 0, 9), (2, 1, 0.5, 8), (-1, 0, 1, 11),
      (0, 0, 0.5, 10),
    ]
    for (presence, frequency, decay, third) in cases {
      var settings = SamplingSettings()
      settings.presencePenalty = presence
      settings.frequencyPenalty = frequency
      settings.penaltyDecay = decay
      var sampler = Sampler(try SamplingRules(settings, vocabularySize: 2), seed: 0)
      var logits: [Float] = []
      for _ in 0..<3 {
        logits = [10, 0]
        let token = try logits.withUnsafeMutableBufferPointer { try sampler.next($0) }
        #expect(token == 0)
      }
      #expect(logits == [third, 0])
    }
  }

  @Test func `a long text keeps every penalty of the definition`() throws {
    var settings = SamplingSettings()
    settings.temperature = 1
    settings.presencePenalty = 0.14
    settings.frequencyPenalty = 0.01
    settings.penaltyDecay = 0.997
    settings.noPenaltyTokens = [33, 10, 49, 50]
    settings.banTokens = [7]
    var sampler = Sampler(try SamplingRules(settings, vocabularySize: 90), seed: 4)
    var penalties: [Int: Double] = [:]
    var random = RandomGenerator(seed: 61)
    for _ in 0..<1500 {
      let before = normalLogits(90, deviation: 1, &random)
      var expected = before
      for (token, penalty) in penalties {
        expected[token] = Float(Double(expected[token]) - penalty)
      }
      expected[7] = -.infinity
      var logits = before
      let token = Int(try logits.withUnsafeMutableBufferPointer { try sampler.next($0) })
      #expect(logits == expected)
      penalties = penalties.mapValues { $0 * 0.997 }
      guard ![33, 10, 49, 50].contains(token) else { continue }
      penalties[token] = penalties[token].map { $0 + 0.01 } ?? 0.14
    }
    #expect(penalties.count > 70)
  }
}
