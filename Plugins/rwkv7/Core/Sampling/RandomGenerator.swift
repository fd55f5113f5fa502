// The random numbers of one request: xoshiro256++, its state filled by SplitMix64.
//
// D. Blackman, S. Vigna: "Scrambled linear pseudorandom number generators", ACM TOMS 47 (2021);
// G. Steele, D. Lea, C. Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014. SplitMix64
// spreads seeds that differ in few bits, as those of neighbouring samples do, over the whole state.

/// SplitMix64: turns a seed into the state of another generator.
package struct SplitMix64: Sendable {
  private var state: UInt64

  /// Starts at `seed`.
  package init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// xoshiro256++: 64 random bits at a time, with a period of 2^256 - 1.
package struct RandomGenerator: Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// The generator of a request's seed; any seed will do.
  package init(seed: UInt64) {
    var seeds = SplitMix64(seed: seed)
    state = (seeds.next(), seeds.next(), seeds.next(), seeds.next())
  }

  /// Starts from a state of its own, which must not be all zeros.
  package init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    let sum = state.0 &+ state.3
    let result = (sum << 23 | sum >> 41) &+ state.0
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = state.3 << 45 | state.3 >> 19
    return result
  }

  /// The next number from 0 to less than 1, a multiple of 2^-53.
  package mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
