// The generator of random numbers behind the official language detector, so that its draws can be repeated.

internal import Glibc

/// MT19937 with the draws that the detector makes, from seed 0.
struct MersenneTwister: Sendable {
  private var state: [UInt32]
  private var index = 624
  private var nextNormal: Double?

  /// A generator as Python's `random.seed(0)` leaves it.
  init() {
    var state = [UInt32](repeating: 0, count: 624)
    state[0] = 19_650_218
    for index in 1..<624 {
      let last = state[index - 1]
      state[index] = 1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index)
    }
    // Initialisation by an array of the one number 0.
    var index = 1
    for _ in 0..<624 {
      let last = state[index - 1]
      state[index] = (state[index] ^ ((last ^ (last >> 30)) &* 1_664_525))
      index += 1
      if index >= 624 {
        state[0] = state[623]
        index = 1
      }
    }
    for _ in 0..<623 {
      let last = state[index - 1]
      state[index] = (state[index] ^ ((last ^ (last >> 30)) &* 1_566_083_941)) &- UInt32(index)
      index += 1
      if index >= 624 {
        state[0] = state[623]
        index = 1
      }
    }
    state[0] = 0x8000_0000
    self.state = state
    // Copies share this state as long as its 624 numbers suffice, which is nearly always.
    refill()
  }

  /// 32 random bits.
  mutating func bits() -> UInt32 {
    if index >= 624 { refill() }
    var value = state[index]
    index += 1
    value ^= value >> 11
    value ^= (value << 7) & 0x9D2C_5680
    value ^= (value << 15) & 0xEFC6_0000
    return value ^ (value >> 18)
  }

  private mutating func refill() {
    for place in 0..<624 {
      let joined = (state[place] & 0x8000_0000) | (state[(place + 1) % 624] & 0x7FFF_FFFF)
      let twisted = state[(place + 397) % 624] ^ (joined >> 1)
      state[place] = joined & 1 == 1 ? twisted ^ 0x9908_B0DF : twisted
    }
    index = 0
  }

  /// A number from 0 up to 1, 1 not included.
  mutating func unit() -> Double {
    let high = Double(bits() >> 5)
    let low = Double(bits() >> 6)
    return (high * 67_108_864 + low) * (1 / 9_007_199_254_740_992)
  }

  /// A number below `limit`, which is 1 to 2^31.
  mutating func below(_ limit: Int) -> Int {
    let width = Int.bitWidth - limit.leadingZeroBitCount
    while true {
      let value = Int(bits() >> UInt32(32 - width))
      if value < limit { return value }
    }
  }

  /// A normally distributed number of mean 0 and deviation 1.
  mutating func normal() -> Double {
    if let normal = nextNormal {
      nextNormal = nil
      return normal
    }
    let angle = unit() * (2 * Double.pi)
    let radius = (-2 * log(1 - unit())).squareRoot()
    nextNormal = sin(angle) * radius
    return cos(angle) * radius
  }
}
