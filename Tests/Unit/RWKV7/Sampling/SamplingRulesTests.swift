// Wishes of how to sample: what is refused, and what is left out.

import RWKV7Core
import Testing

struct SamplingRulesTests {
  @Test func `numbers that mean nothing are refused by name`() {
    let cases: [(change: (inout SamplingSettings) -> Void, message: String)] = [
      ({ $0.temperature = .nan }, "temperature must be a finite number, 0 or more, not nan"),
      ({ $0.temperature = .infinity }, "temperature must be a finite number, 0 or more, not inf"),
      ({ $0.temperature = -0.1 }, "temperature must be a finite number, 0 or more, not -0.1"),
      ({ $0.topP = .nan }, "top_p must be a number from 0 to 1, not nan"),
      ({ $0.presencePenalty = .nan }, "alpha_presence must be a finite number, not nan"),
      ({ $0.presencePenalty = -.infinity }, "alpha_presence must be a finite number, not -inf"),
      ({ $0.frequencyPenalty = .infinity }, "alpha_frequency must be a finite number, not inf"),
      ({ $0.penaltyDecay = .nan }, "alpha_decay must be a number from 0 to 1, not nan"),
      ({ $0.penaltyDecay = -0.5 }, "alpha_decay must be a number from 0 to 1, not -0.5"),
      ({ $0.penaltyDecay = 1.5 }, "alpha_decay must be a number from 0 to 1, not 1.5"),
    ]
    for (change, message) in cases {
      var settings = SamplingSettings()
      change(&settings)
      let error = #expect(throws: SamplingRuleError.self) {
        try SamplingRules(settings, vocabularySize: 10)
      }
      #expect(error?.description == message)
    }
  }

  @Test func `ids that the vocabulary lacks are left out`() throws {
    var settings = SamplingSettings()
    settings.stopTokens = [0, 5, 10, -1, 24_281, .max, .min, 5]
    let rules = try SamplingRules(settings, vocabularySize: 10)
    #expect((0..<20).filter { rules.isStop($0) } == [0, 5])
    #expect(!rules.isStop(.max))
    #expect(!rules.isStop(24_281))
  }

  @Test func `a share above 1 and a limit above the vocabulary are all`() throws {
    var all = SamplingSettings()
    all.temperature = 1
    let plain = try SamplingRules(all, vocabularySize: 10)
    for (limit, share) in [(UInt32(10), 1.0), (.max, 7), (0, .infinity)] {
      var settings = all
      settings.topK = limit
      settings.topP = share
      #expect(try SamplingRules(settings, vocabularySize: 10) == plain)
    }
  }

  @Test func `the number of tokens is what was asked for`() throws {
    var settings = SamplingSettings()
    for count: UInt32 in [0, 1, 4096, .max] {
      settings.maxTokens = count
      #expect(try SamplingRules(settings, vocabularySize: 10).maxTokens == Int(count))
    }
  }
}
