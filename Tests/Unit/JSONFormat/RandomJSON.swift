// Random JSON values from a seed, the same on every machine.

import JSONFormat

/// Steele, Lea and Flood's generator: small, and good enough to make test values.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}

extension JSONValue {
  /// A value of at most `depth` levels with everything that a writer must get right.
  static func random(depth: Int, using generator: inout SplitMix64) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 6), using: &generator) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &generator))
    case 2:
      return .integer(
        Int64(bitPattern: generator.next()) >> Int64.random(in: 0..<64, using: &generator))
    case 3: return .number(.randomFinite(using: &generator))
    case 4, 5: return .string(.random(using: &generator))
    case 6, 7:
      let count = Int.random(in: 0..<5, using: &generator)
      return .array((0..<count).map { _ in random(depth: depth - 1, using: &generator) })
    default:
      let count = Int.random(in: 0..<(depth == 1 ? 40 : 5), using: &generator)
      return .object(
        (0..<count).map { index in
          // The number keeps the keys apart.
          let key = String.random(using: &generator) + "\(index)"
          return JSONMember(key: key, value: random(depth: depth - 1, using: &generator))
        })
    }
  }
}

extension Double {
  /// Any bit pattern but NaN and infinity, so mostly numbers of 17 digits.
  static func randomFinite(using generator: inout SplitMix64) -> Double {
    while true {
      let value = Double(bitPattern: generator.next())
      if value.isFinite { return value }
    }
  }
}

extension String {
  /// Up to 40 scalars, many of which need escapes or several bytes.
  fileprivate static func random(using generator: inout SplitMix64) -> String {
    let ranges: [ClosedRange<UInt32>] = [
      0...0x1f, 0x20...0x7f, 0x20...0x7f, 0x22...0x22, 0x5c...0x5c, 0x80...0x7ff, 0x800...0xd7ff,
      0xe000...0xffff, 0x1_0000...0x10_ffff,
    ]
    var string = ""
    for _ in 0..<Int.random(in: 0..<40, using: &generator) {
      let range = ranges[Int.random(in: ranges.indices, using: &generator)]
      if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &generator)) {
        string.unicodeScalars.append(scalar)
      }
    }
    return string
  }
}
