// The weights of all logits by size, for when many tokens may be drawn.

/// How many tokens weigh how much, in bins of a sixteenth of an octave, the heaviest first.
struct WeightHistogram: Sendable {
  private static let binsPerOctave: Float = 16
  private static let binCount = Int(-SamplingWeights.lowestExponent * binsPerOctave) + 1
  /// All exponents from here down have the bin behind the last.
  private static let nothing = SamplingWeights.lowestExponent - 1 / binsPerOctave
  /// Adding it to a number rounds that to an integer, which then stands in the lowest bits.
  private static let roundingShift: Float = 8_388_608

  /// How many tokens are in each bin.
  private(set) var counts: [Int] = []
  /// The sum of the weights in each bin.
  private(set) var masses: [Double] = []

  /// The bins of eight exponents; greater ones never have a greater bin.
  @inline(__always)
  private static func bins(_ exponents: SIMD8<Float>) -> SIMD8<UInt32> {
    let lowest = SIMD8(repeating: nothing)
    let kept = lowest.replacing(with: exponents, where: exponents .> lowest)
    let shifted = kept * SIMD8(repeating: -binsPerOctave) + SIMD8(repeating: roundingShift)
    return SIMD8<UInt32>(bits: shifted) & SIMD8(repeating: 0x7F_FFFF)
  }

  /// Counts all logits that weigh anything.
  mutating func read(
    _ logits: UnsafeBufferPointer<Float>, blocks: LogitScan, _ weights: SamplingWeights
  ) {
    counts.removeAll(keepingCapacity: true)
    masses.removeAll(keepingCapacity: true)
    counts.append(contentsOf: repeatElement(0, count: Self.binCount + 1))
    masses.append(contentsOf: repeatElement(0, count: Self.binCount + 1))
    counts.withUnsafeMutableBufferPointer { counts in
      masses.withUnsafeMutableBufferPointer { masses in
        for (block, blockMaximum) in blocks.blockMaxima.enumerated()
        where weights.isHeavy(blockMaximum: blockMaximum) {
          logits.visitBlock(block) { _, values in
            let exponents = weights.exponents(values)
            let bins = Self.bins(exponents)
            let added = SamplingWeights.weights(exponents: exponents)
            for lane in 0..<8 {
              let bin = Int(truncatingIfNeeded: bins[lane])
              counts[bin] &+= 1
              masses[bin] += Double(added[lane])
            }
          }
        }
      }
    }
    counts.removeLast()
    masses.removeLast()
  }

  /// Appends the tokens of one bin to `candidates`.
  static func gather(
    bin: Int, _ logits: UnsafeBufferPointer<Float>, blocks: LogitScan, _ weights: SamplingWeights,
    into candidates: inout RankedCandidates
  ) {
    let wanted = UInt32(truncatingIfNeeded: bin)
    for (block, blockMaximum) in blocks.blockMaxima.enumerated()
    where weights.isHeavy(blockMaximum: blockMaximum) {
      logits.visitBlock(block) { offset, values in
        let bins = Self.bins(weights.exponents(values))
        // Less than 2^31, so that only 0 has the highest bit set when 1 is taken from it.
        let differences = bins ^ SIMD8(repeating: wanted)
        guard (differences &- SIMD8(repeating: 1)).hasHighBit else { return }
        for lane in 0..<8 where bins[lane] == wanted {
          candidates.append(token: offset + lane, logit: logits[offset + lane])
        }
      }
    }
  }
}
