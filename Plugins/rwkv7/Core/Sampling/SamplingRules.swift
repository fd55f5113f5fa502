// How to sample, checked against the vocabulary once per request.

package import PluginKit

/// A wish of how to sample, as a request states it.
package struct SamplingSettings: Sendable, Equatable {
  /// Most tokens to generate.
  package var maxTokens: UInt32 = 4096
  /// Divides the logits; 0 = greedy.
  package var temperature: Double = 0
  /// 0 = all.
  package var topK: UInt32 = 0
  /// 1 = all.
  package var topP: Double = 1
  /// Subtracted once from the logit of each token that has occurred.
  package var presencePenalty: Double = 0
  /// Subtracted for each occurrence.
  package var frequencyPenalty: Double = 0
  /// Factor on the counts of occurrences after each token, 0 to 1.
  package var penaltyDecay: Double = 1
  /// Tokens that end the text.
  package var stopTokens: [Int32] = []
  /// Tokens that are never sampled.
  package var banTokens: [Int32] = []
  /// Tokens that no penalty applies to.
  package var noPenaltyTokens: [Int32] = []

  /// Greedy, without penalties.
  package init() {}

  /// What the host asks for.
  package init(_ sampling: Sampling) {
    maxTokens = sampling.maxTokens
    temperature = sampling.temperature
    topK = sampling.topK
    topP = sampling.topP
    presencePenalty = sampling.presencePenalty
    frequencyPenalty = sampling.frequencyPenalty
    penaltyDecay = sampling.penaltyDecay
    stopTokens = sampling.stopTokens
    banTokens = sampling.banTokens
    noPenaltyTokens = sampling.noPenaltyTokens
  }
}

/// A wish of how to sample that cannot be fulfilled.
package struct SamplingRuleError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The setting's name in a run configuration.
  package let setting: String
  /// What it may be.
  package let expected: String
  /// What it is.
  package let found: Double

  /// One line for people.
  package var description: String { "\(setting) must be \(expected), not \(found)" }
}

/// How to sample from a vocabulary of a certain size.
package struct SamplingRules: Sendable, Equatable {
  /// How many logits there are.
  package let vocabularySize: Int
  /// Most tokens to generate, exactly: the old system's one token more was a fault.
  package let maxTokens: Int
  /// Whether the best token is always taken.
  package let isGreedy: Bool
  /// From above 0; of no meaning when greedy.
  let temperature: Double
  /// How many of the best tokens may be drawn, 1 to the vocabulary's size.
  let topK: Int
  /// Which share of the whole probability may be drawn from, above 0 to 1.
  let topP: Double
  let presencePenalty: Double
  let frequencyPenalty: Double
  let penaltyDecay: Double
  /// In order, each once.
  let stopTokens: [UInt32]
  /// In order, each once.
  let banTokens: [UInt32]
  /// In order, each once.
  let noPenaltyTokens: [UInt32]

  /// Checks `settings`; ids that the vocabulary does not have are left out.
  ///
  /// Temperature 0, `top_k` 1 and a `top_p` of 0 or less are greedy. (The old system read temperature 0 as
  /// 1, a fault of `temperature or 1.0`.) Penalties may be negative, as the run configuration allows.
  package init(
    _ settings: SamplingSettings, vocabularySize: Int
  ) throws(SamplingRuleError) {
    try Self.check("temperature", settings.temperature, "a finite number, 0 or more") {
      $0.isFinite && $0 >= 0
    }
    try Self.check("top_p", settings.topP, "a number from 0 to 1") { !$0.isNaN }
    try Self.check("alpha_presence", settings.presencePenalty, "a finite number") { $0.isFinite }
    try Self.check("alpha_frequency", settings.frequencyPenalty, "a finite number") { $0.isFinite }
    try Self.check("alpha_decay", settings.penaltyDecay, "a number from 0 to 1") {
      $0 >= 0 && $0 <= 1
    }
    self.vocabularySize = vocabularySize
    maxTokens = Int(settings.maxTokens)
    isGreedy = settings.temperature == 0 || settings.topK == 1 || settings.topP <= 0
    temperature = settings.temperature
    topK = settings.topK == 0 ? vocabularySize : min(Int(settings.topK), vocabularySize)
    topP = min(settings.topP, 1)
    presencePenalty = settings.presencePenalty
    frequencyPenalty = settings.frequencyPenalty
    penaltyDecay = settings.penaltyDecay
    stopTokens = Self.known(settings.stopTokens, vocabularySize)
    banTokens = Self.known(settings.banTokens, vocabularySize)
    noPenaltyTokens = Self.known(settings.noPenaltyTokens, vocabularySize)
  }

  private static func check(
    _ setting: String, _ value: Double, _ expected: String, _ isFine: (Double) -> Bool
  ) throws(SamplingRuleError) {
    guard isFine(value) else {
      throw SamplingRuleError(setting: setting, expected: expected, found: value)
    }
  }

  private static func known(_ tokens: [Int32], _ vocabularySize: Int) -> [UInt32] {
    Set(tokens.filter { $0 >= 0 && Int($0) < vocabularySize }).map(UInt32.init).sorted()
  }

  /// Whether a token ends the text; it is then no part of it.
  package func isStop(_ token: UInt32) -> Bool { stopTokens.contains(token) }
}
