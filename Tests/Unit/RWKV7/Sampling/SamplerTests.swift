// What the sampler draws, against the definition and against its probabilities.

import RWKV7Core
import Testing

struct SamplerTests {
  static func settings(_ change: (inout SamplingSettings) -> Void) -> SamplingSettings {
    var settings = SamplingSettings()
    settings.temperature = 1
    change(&settings)
    return settings
  }

  static func sampler(
    _ count: Int, seed: UInt64 = 1, _ change: (inout SamplingSettings) -> Void
  ) throws -> Sampler {
    Sampler(try SamplingRules(settings(change), vocabularySize: count), seed: seed)
  }

  @Test func `the token is the one that sorting everything gives`() throws {
    var random = RandomGenerator(seed: 51)
    let sizes = [1, 2, 7, 63, 64, 65, 752, 3000, 9000]
    let limits: [UInt32] = [0, 1, 2, 50, 66, 500, 1500, 8999]
    let shares = [0.05, 0.3, 0.79, 0.999, 1]
    for size in sizes {
      for deviation: Float in [0, 0.2, 1, 4] {
        var logits = normalLogits(size, deviation: deviation, &random)
        if deviation == 0.2 { logits = logits.map { ($0 * 8).rounded() } }
        for round in 0..<10 {
          let settings = Self.settings {
            $0.topK = limits[Int(random.next() % UInt64(limits.count))]
            $0.topP = shares[Int(random.next() % UInt64(shares.count))]
            $0.temperature = [0.3, 0.55, 1, 2.5][round % 4]
          }
          let seed = random.next()
          var sampler = Sampler(try SamplingRules(settings, vocabularySize: size), seed: seed)
          let token = try draw(&sampler, logits)
          var units = RandomGenerator(seed: seed)
          let unit = settings.topK == 1 ? 0 : units.nextUnit()
          if !SamplerReference(logits, settings).isRight(token, at: unit) {
            Issue.record("\(size) tokens, deviation \(deviation), \(settings): drew \(token)")
          }
        }
      }
    }
  }

  @Test func `tokens are drawn as often as they are likely`() throws {
    let logits: [Float] = [2, 1.5, 1.4, 0.3, 0, -0.1, -1, -2, -2.5, -3, -4, 1.5]
    let wishes: [SamplingSettings] = [
      Self.settings { _ in },
      Self.settings { $0.temperature = 0.5 },
      Self.settings { $0.topK = 4 },
      Self.settings { $0.topP = 0.7 },
      Self.settings { ($0.topK, $0.topP, $0.temperature) = (6, 0.9, 1.7) },
      Self.settings { ($0.topK, $0.topP) = (2, 0.9) },
    ]
    for settings in wishes {
      let reference = SamplerReference(logits, settings)
      var sampler = Sampler(try SamplingRules(settings, vocabularySize: 12), seed: 77)
      var counts = [Int](repeating: 0, count: 12)
      let draws = 20_000
      for _ in 0..<draws { counts[Int(try draw(&sampler, logits))] += 1 }
      var deviation = 0.0
      for choice in reference.choices {
        let expected = Double(draws) * choice.probability
        let difference = Double(counts[Int(choice.token)]) - expected
        deviation += difference * difference / expected
        counts[Int(choice.token)] = 0
      }
      // With 11 degrees of freedom one of ten thousand seeds exceeds 37.4.
      #expect(deviation < 37.4)
      #expect(counts.allSatisfy { $0 == 0 })
    }
  }

  @Test func `top_p counts the last token only with the share that is missing`() throws {
    // 0.5, 0.25, 0.125, 0.125 of the whole; 0.6 lets in all of the first and 0.1 of the second.
    let logits: [Float] = [0.6931472, 0, -0.6931472, -0.6931472]
    var sampler = try Self.sampler(4) { $0.topP = 0.6 }
    var counts = [0, 0, 0, 0]
    for _ in 0..<12_000 { counts[Int(try draw(&sampler, logits))] += 1 }
    #expect(abs(counts[0] - 10_000) < 200)
    #expect(counts[0] + counts[1] == 12_000)
  }

  @Test func `greedy rules take the best token and the lowest id of equals`() throws {
    let wishes: [SamplingSettings] = [
      Self.settings { $0.temperature = 0 },
      Self.settings { $0.topK = 1 },
      Self.settings { $0.topP = 0 },
      Self.settings { $0.topP = -3 },
      Self.settings { ($0.temperature, $0.topK, $0.topP) = (0, 50, 0.3) },
      Self.settings { $0.topP = 1e-300 },
    ]
    var random = RandomGenerator(seed: 52)
    for settings in wishes {
      for size in [1, 5, 64, 700] {
        let logits = normalLogits(size, deviation: 2, &random).map { ($0 * 2).rounded() }
        var sampler = Sampler(try SamplingRules(settings, vocabularySize: size), seed: 9)
        let best = try #require(logits.max())
        #expect(try draw(&sampler, logits) == UInt32(try #require(logits.firstIndex(of: best))))
      }
    }
  }

  @Test func `a limit cuts equal logits at the lower ids`() throws {
    for limit: UInt32 in [3, 40, 2000] {
      var sampler = try Self.sampler(4000) { $0.topK = limit }
      let logits = [Float](repeating: 0.5, count: 4000)
      let tokens = try (0..<200).map { _ in try draw(&sampler, logits) }
      #expect(tokens.allSatisfy { $0 < limit })
      #expect(Set(tokens).count >= min(3, Int(limit)))
    }
  }

  @Test func `banned tokens and those at -infinity are never drawn`() throws {
    var random = RandomGenerator(seed: 53)
    for size in [8, 100, 5000] {
      for change: (inout SamplingSettings) -> Void in [
        { _ in }, { $0.temperature = 1e300 }, { $0.temperature = 1e-300 }, { $0.topK = 3 },
      ] {
        var sampler = try Self.sampler(size) {
          change(&$0)
          $0.banTokens = [0, 2, -1, 1_000_000, .max, .min]
        }
        for _ in 0..<40 {
          var logits = normalLogits(size, deviation: 1, &random)
          logits[2] = 100
          logits[5] = -.infinity
          let token = try draw(&sampler, logits)
          #expect(![0, 2, 5].contains(token))
        }
      }
    }
  }

  @Test func `logits that nothing can be drawn from are a failure that says why`() throws {
    func failure(_ logits: [Float], _ change: (inout SamplingSettings) -> Void = { _ in })
      throws -> SamplingFailure?
    {
      var sampler = try Self.sampler(4, change)
      return #expect(throws: SamplingFailure.self) { try draw(&sampler, logits) }
    }
    #expect(try failure([1, .nan, 2, 3]) == .notANumber)
    #expect(try failure([1, -.nan, 2, 3]) { $0.temperature = 0 } == .notANumber)
    #expect(try failure([1, .infinity, 2, 3]) == .infinite(token: 1))
    #expect(try failure([1, 2, 3]) == .wrongCount(expected: 4, found: 3))
    #expect(try failure([]) == .wrongCount(expected: 4, found: 0))
    #expect(try failure([1, 2, 3, 4]) { $0.banTokens = [0, 1, 2, 3] } == .nothingLeft)
    #expect(try failure(Array(repeating: -.infinity, count: 4)) == .nothingLeft)
    // What is banned may be anything.
    var sampler = try Self.sampler(4) { $0.banTokens = [1, 2] }
    #expect(try [0, 3].contains(draw(&sampler, [1, .nan, .infinity, 1])))
  }

  @Test func `extreme but finite logits are drawn from`() throws {
    let huge = Float.greatestFiniteMagnitude
    for change: (inout SamplingSettings) -> Void in [
      { $0.temperature = 0 }, { _ in }, { $0.topK = 2 }, { $0.topP = 0.5 },
    ] {
      var sampler = try Self.sampler(3, change)
      #expect(try draw(&sampler, [-huge, huge, -huge]) == 1)
      #expect(try [0, 1, 2].contains(draw(&sampler, [-huge, -huge, -huge])))
    }
  }

  @Test func `a text does not depend on what is drawn between its tokens`() throws {
    var random = RandomGenerator(seed: 54)
    let steps = (0..<30).map { _ in normalLogits(300, deviation: 1.5, &random) }
    func start(_ seed: UInt64) throws -> Sampler {
      try Self.sampler(300, seed: seed) {
        ($0.topK, $0.topP, $0.presencePenalty, $0.frequencyPenalty) = (50, 0.9, 0.5, 0.3)
        $0.penaltyDecay = 0.99
      }
    }
    var alone = try start(5)
    let text = try steps.map { try draw(&alone, $0) }
    var inBatch = try (0..<4).map { try start(UInt64($0) + 3) }
    var texts: [[UInt32]] = [[], [], [], []]
    for step in steps {
      for slot in inBatch.indices { texts[slot].append(try draw(&inBatch[slot], step)) }
    }
    #expect(texts[2] == text)
    #expect(texts[1] != text)
  }

  /// The tokens that a program in another language with the same definition gives.
  @Test func `a seed gives the same text everywhere`() throws {
    let logits = (0..<200).map { Float(($0 * 37) % 101) / 16 }
    var sampler = try Self.sampler(200, seed: 3 << 32 | 1 << 8 | 1) {
      ($0.temperature, $0.topK, $0.topP) = (0.55, 66, 0.79)
      ($0.presencePenalty, $0.frequencyPenalty, $0.penaltyDecay) = (0.14, 0.01, 0.997)
    }
    let tokens = try (0..<24).map { _ in try draw(&sampler, logits) }
    #expect(
      tokens
        == [
          49, 191, 68, 161, 131, 180, 19, 90, 19, 49, 191, 169, 169, 131, 38, 120, 60, 30, 150, 16,
          131, 158, 30, 158,
        ])
  }
}
