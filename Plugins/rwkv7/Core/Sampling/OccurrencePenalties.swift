// What has been generated makes itself less likely.
//
// The rule of rwkv-skills' engine (the end of src/infer/rapid_sampling/sampling.cu at c690716): each token has
// one number that its logit is lowered by. After each token all numbers are multiplied with the decay, and then
// that of the token itself grows: by the presence penalty the first time, by the frequency penalty each further
// time. So presence decays as well, which other RWKV samplers (BlinkDL's `rwkv` package) do not do.
//
// That kernel tells "the first time" by the number being zero, so that without a presence penalty a frequency
// penalty never begins; here it begins with the second time, as whoever sets it means.

/// The tokens that one text holds up to now, and what their logits are lowered by.
struct OccurrencePenalties: Sendable {
  private let presence: Double
  private let frequency: Double
  private let decay: Double
  private let exempt: [UInt32]
  /// Whether any logit would ever change.
  private let isIdle: Bool
  private var tokens: [UInt32] = []
  /// As many as `tokens`.
  private var penalties: [Double] = []

  init(_ rules: SamplingRules) {
    presence = rules.presencePenalty
    frequency = rules.frequencyPenalty
    decay = rules.penaltyDecay
    exempt = rules.noPenaltyTokens
    isIdle = presence == 0 && frequency == 0
  }

  /// Lowers the logits of all tokens that have occurred.
  func apply(to logits: UnsafeMutableBufferPointer<Float>) {
    for index in tokens.indices {
      let token = Int(tokens[index])
      logits[token] = Float(Double(logits[token]) - penalties[index])
    }
  }

  /// Counts one more token.
  mutating func record(_ token: UInt32) {
    if isIdle { return }
    if decay != 1 {
      for index in penalties.indices { penalties[index] *= decay }
    }
    if exempt.contains(token) { return }
    if let index = tokens.firstIndex(of: token) {
      penalties[index] += frequency
    } else {
      tokens.append(token)
      penalties.append(presence)
    }
  }
}
