// Draws the next token of one text from its logits.
//
// The order of things is that of rwkv-skills' engine (src/infer/engine.py and
// src/infer/rapid_sampling/sampling.cu at c690716, which the old system runs on): penalties, banned
// tokens, temperature, softmax over the whole vocabulary, and then top_k and top_p both on that one
// distribution. With the tokens in order of descending logit, the mass that may be drawn from is
//
//   min(top_p * (mass of all tokens), mass of the best top_k tokens)
//
// and it is taken from the start: the last token that top_p lets in counts only with the share that is
// still missing, as in that kernel. Others differ: BlinkDL's `sample_logits` cuts by top_p before the
// temperature and lets the last token in whole; flashinfer, which older versions of the engine used,
// cuts by top_k, divides by what is left, and cuts that by top_p. The one thing done otherwise here is
// that of equal logits the lower id comes first, where the kernel lets all of them share.
//
// So a token is the inverse of the cumulative distribution at one random number, and nothing ever needs
// to be sorted: the best few tokens, or the few of one bin of a histogram, are enough to find it.

/// Why there is no next token.
package enum SamplingFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// There are not as many logits as tokens.
  case wrongCount(expected: Int, found: Int)
  /// A logit is NaN.
  case notANumber
  /// A logit is +infinity.
  case infinite(token: Int)
  /// Every token is banned or impossible.
  case nothingLeft

  /// One line for people.
  package var description: String {
    switch self {
    case .wrongCount(let expected, let found):
      "\(found) logits came for a vocabulary of \(expected) tokens"
    case .notANumber:
      "the model gave NaN logits: its weights are damaged, or their type is too narrow for it"
    case .infinite(let token):
      "the model gave an infinite logit for token \(token): its weights are damaged, or their type "
        + "is too narrow for it"
    case .nothingLeft:
      "no token is left to choose: all are in ban_tokens or have a logit of -infinity"
    }
  }
}

/// Draws the tokens of one text.
///
/// What it draws depends on the rules, the seed and the logits of this text alone, never on the batch, the
/// thread or the machine. Of use to one thread at a time.
package struct Sampler: Sendable {
  /// What it follows.
  package let rules: SamplingRules
  private var generator: RandomGenerator
  private var penalties: OccurrencePenalties
  // Kept only so that no token allocates.
  private var scan = LogitScan()
  private var blocks = RankedCandidates()
  private var candidates = RankedCandidates()
  private var histogram = WeightHistogram()

  /// The sampler of a text that has no token yet.
  package init(_ rules: SamplingRules, seed: UInt64) {
    self.rules = rules
    generator = RandomGenerator(seed: seed)
    penalties = OccurrencePenalties(rules)
  }

  /// The next token; it counts as occurred from then on.
  ///
  /// Greedy rules take the greatest logit, the lowest id among equals, and no random number; others take
  /// one random number a token.
  ///
  /// - Parameter logits: One for each token of the vocabulary; penalties and bans are written into them.
  /// - Returns: The token, less than the vocabulary's size.
  /// - Throws: What is wrong with the logits; the sampler is then of no more use.
  package mutating func next(
    _ logits: UnsafeMutableBufferPointer<Float>
  ) throws(SamplingFailure) -> UInt32 {
    guard logits.count == rules.vocabularySize else {
      throw .wrongCount(expected: rules.vocabularySize, found: logits.count)
    }
    penalties.apply(to: logits)
    for token in rules.banTokens { logits[Int(token)] = -.infinity }
    let logits = UnsafeBufferPointer(logits)
    if scan.read(logits) { throw .notANumber }
    if scan.maximum == -.infinity { throw .nothingLeft }
    if scan.maximum == .infinity { throw .infinite(token: scan.firstMaximum(logits)) }

    let token: UInt32
    if rules.isGreedy {
      token = UInt32(scan.firstMaximum(logits))
    } else {
      guard let drawn = draw(logits) else { throw .nothingLeft }
      token = drawn
    }
    penalties.record(token)
    return token
  }

  private mutating func draw(_ logits: UnsafeBufferPointer<Float>) -> UInt32? {
    let unit = generator.nextUnit()
    let weights = SamplingWeights(maximum: scan.maximum, temperature: rules.temperature)
    let isLimited = rules.topK < rules.vocabularySize
    // The mass that top_p allows; top_k alone never needs to know the mass of all.
    let allowed =
      isLimited && rules.topP >= 1
      ? .infinity : rules.topP * weights.total(logits, blocks: scan)

    var looked = 0
    while let count = selection(after: looked) {
      gatherBest(count, logits)
      let mass = candidates.mass(weights)
      if count == rules.topK {
        return candidates.token(beyond: unit * min(mass, allowed), weights)
      }
      // Without a limit the token itself decides whether these are enough, with one all of the mass does.
      if isLimited ? mass >= allowed : mass > unit * allowed {
        return candidates.token(beyond: unit * allowed, weights)
      }
      // So far away that the next selection would not reach it either.
      if !isLimited && mass * 16 < unit * allowed { break }
      looked = count
    }
    return drawFromMany(logits, weights, unit: unit, allowed: allowed)
  }

  /// How many of the best tokens to look at when the best `count` did not decide.
  ///
  /// Nil when it is time to look at all. Thirty-two are nearly always enough for the `top_p` of a config.
  private func selection(after count: Int) -> Int? {
    if count == 0 && rules.topP < 1 && rules.topK > 128 { return 32 }
    if rules.topK <= max(scan.blockMaxima.count, 1024) { return rules.topK }
    return count == 0 ? 32 : count == 32 ? 512 : nil
  }

  /// Makes the best `count` tokens the candidates.
  ///
  /// They lie in the `count` blocks with the greatest maxima, and none is less than the least of these
  /// maxima; among equals the earlier block and the lower id come first in both.
  private mutating func gatherBest(_ count: Int, _ logits: UnsafeBufferPointer<Float>) {
    blocks.removeAll()
    for (block, maximum) in scan.blockMaxima.enumerated() where maximum > -.infinity {
      blocks.append(token: block, logit: maximum)
    }
    let isEnough = blocks.count >= count
    blocks.keepBest(count)
    let bound = isEnough ? blocks.leastLogit.nextDown : -Float.infinity
    candidates.removeAll()
    for block in blocks.tokens {
      logits.visitBlock(block) { offset, values in
        // The difference is negative, or no number, where a value may be above the bound.
        guard SIMD8<UInt32>(bits: SIMD8(repeating: bound) - values).hasHighBit else { return }
        for lane in 0..<8 where values[lane] > bound {
          candidates.append(token: offset + lane, logit: values[lane])
        }
      }
    }
    candidates.keepBest(count)
  }

  /// Draws when the best few tokens do not decide: from a histogram of all.
  private mutating func drawFromMany(
    _ logits: UnsafeBufferPointer<Float>, _ weights: SamplingWeights, unit: Double,
    allowed: Double
  ) -> UInt32? {
    histogram.read(logits, blocks: scan, weights)

    // Where top_k ends: in which bin, and how many of its tokens are let in.
    var limitBin = histogram.counts.count
    var letIn = rules.topK
    var mass = 0.0
    if letIn < rules.vocabularySize {
      for (bin, count) in histogram.counts.enumerated() {
        if count >= letIn {
          limitBin = bin
          gather(bin, limitedTo: letIn, logits, weights)
          mass += candidates.mass(weights)
          break
        }
        letIn -= count
        mass += histogram.masses[bin]
      }
    } else {
      mass = .infinity
    }

    let bound = unit * min(mass, allowed)
    var before = 0.0
    var last: (bin: Int, before: Double)?
    for (bin, count) in histogram.counts.enumerated() where count > 0 && bin <= limitBin {
      last = (bin, before)
      before += histogram.masses[bin]
      if before > bound { break }
    }
    guard let last else { return nil }
    gather(last.bin, limitedTo: last.bin == limitBin ? letIn : .max, logits, weights)
    return candidates.token(beyond: bound - last.before, weights)
  }

  /// Makes the best tokens of a bin the candidates.
  private mutating func gather(
    _ bin: Int, limitedTo limit: Int, _ logits: UnsafeBufferPointer<Float>,
    _ weights: SamplingWeights
  ) {
    candidates.removeAll()
    WeightHistogram.gather(bin: bin, logits, blocks: scan, weights, into: &candidates)
    candidates.keepBest(limit)
  }
}
