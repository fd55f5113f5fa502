// The definition of the sampler, by sorting everything.

import Foundation
import RWKV7Core

/// What a sampler may draw from some logits, in the order of the definition.
struct SamplerReference {
  /// Token and probability of being drawn, best first.
  let choices: [(token: UInt32, probability: Double)]

  /// Works out the probabilities from the definition.
  init(_ logits: [Float], _ settings: SamplingSettings) {
    let banned = Set(settings.banTokens)
    let ranked = logits.indices.filter { !banned.contains(Int32($0)) && logits[$0] > -.infinity }
      .sorted { logits[$0] > logits[$1] || (logits[$0] == logits[$1] && $0 < $1) }
    let best = Double(ranked.first.map { logits[$0] } ?? 0)
    let weights = ranked.map { exp((Double(logits[$0]) - best) / settings.temperature) }
    let limit = settings.topK == 0 ? ranked.count : min(Int(settings.topK), ranked.count)
    let mass = min(
      settings.topP * weights.reduce(0, +), weights.prefix(limit).reduce(0, +))
    var choices: [(UInt32, Double)] = []
    var before = 0.0
    for (token, weight) in zip(ranked, weights) where before < mass && choices.count < limit {
      choices.append((UInt32(token), min(weight, mass - before) / mass))
      before += weight
    }
    self.choices = choices
  }

  /// Whether `token` is the one at `unit`, up to a rounding error of the weights.
  func isRight(_ token: UInt32, at unit: Double) -> Bool {
    var before = 0.0
    for choice in choices {
      let after = before + choice.probability
      if choice.token == token { return before - 1e-5 <= unit && unit <= after + 1e-5 }
      before = after
    }
    return false
  }
}

/// Draws one token from a copy of `logits`.
func draw(_ sampler: inout Sampler, _ logits: [Float]) throws -> UInt32 {
  var logits = logits
  return try logits.withUnsafeMutableBufferPointer { try sampler.next($0) }
}

/// `count` normal random numbers.
func normalLogits(_ count: Int, deviation: Float, _ random: inout RandomGenerator) -> [Float] {
  (0..<count).map { _ in
    let radius = (-2 * log(1 - random.nextUnit())).squareRoot()
    return Float(radius * cos(2 * .pi * random.nextUnit())) * deviation
  }
}
