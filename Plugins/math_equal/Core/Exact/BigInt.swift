// Whole numbers of any size up to a declared limit. Most answers are small: one machine word, no allocation.

/// A whole number; small ones live in one word, others in sign and limbs.
package struct BigInt: Sendable {
  /// The value when `limbs` is empty.
  let small: Int
  /// The magnitude in base 2^32, least significant first; empty for a value that fits `small`.
  let limbs: [UInt32]
  /// The sign of a value in limbs.
  let isLargeNegative: Bool

  /// A machine integer.
  package init(_ value: Int) {
    // The one word without a counterpart of the other sign is kept in limbs, so that each value has one form.
    let isLeast = value == Int.min
    small = isLeast ? 0 : value
    limbs = isLeast ? [0, 0x8000_0000] : []
    isLargeNegative = isLeast
  }

  /// A sign and a magnitude, brought into the one form that each value has.
  init(magnitude: [UInt32], negative: Bool) {
    var magnitude = magnitude
    while magnitude.last == 0 { magnitude.removeLast() }
    var value: UInt64 = 0
    if magnitude.count <= 2 {
      for limb in magnitude.reversed() { value = value << 32 | UInt64(limb) }
    }
    let isSmall = magnitude.count <= 2 && value <= UInt64(Int.max)
    small = isSmall ? (negative ? -Int(value) : Int(value)) : 0
    limbs = isSmall ? [] : magnitude
    isLargeNegative = !isSmall && negative
  }

  /// Reads digits of a base up to 36; nothing for an empty text or a digit that the base does not have.
  package init?(digits: some Sequence<UInt8>, radix: UInt32 = 10) {
    var magnitude: [UInt32] = []
    var chunk: UInt32 = 0
    var scale: UInt32 = 1
    var count = 0
    func append(_ magnitude: inout [UInt32]) {
      var carry = UInt64(chunk)
      for i in magnitude.indices {
        let wide = UInt64(magnitude[i]) * UInt64(scale) + carry
        magnitude[i] = UInt32(truncatingIfNeeded: wide)
        carry = wide >> 32
      }
      if carry > 0 { magnitude.append(UInt32(carry)) }
    }
    for byte in digits {
      guard let digit = Self.digit(byte), digit < radix else { return nil }
      chunk = chunk * radix + digit
      scale *= radix
      count += 1
      if scale > 10_000_000 {
        append(&magnitude)
        chunk = 0
        scale = 1
      }
    }
    guard count > 0 else { return nil }
    append(&magnitude)
    self.init(magnitude: magnitude, negative: false)
  }

  private static func digit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A")) + 10
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a")) + 10
    default: nil
    }
  }

  /// The number zero.
  static let zero = BigInt(0)
  /// The number one.
  static let one = BigInt(1)

  var isZero: Bool { limbs.isEmpty && small == 0 }
  var isOne: Bool { limbs.isEmpty && small == 1 }
  var isNegative: Bool { limbs.isEmpty ? small < 0 : isLargeNegative }
  var isEven: Bool { limbs.isEmpty ? small & 1 == 0 : limbs[0] & 1 == 0 }
  /// The value as a machine integer, when it is one.
  var int: Int? { limbs.isEmpty ? small : nil }

  /// The magnitude in limbs, whichever form the value has.
  var magnitude: [UInt32] {
    if !limbs.isEmpty { return limbs }
    let value = small.magnitude
    if value == 0 { return [] }
    let high = UInt32(truncatingIfNeeded: value >> 32)
    let low = UInt32(truncatingIfNeeded: value)
    return high == 0 ? [low] : [low, high]
  }

  /// The number of bits of the magnitude; 0 for zero.
  var bitWidth: Int {
    if limbs.isEmpty { return Int.bitWidth - small.magnitude.leadingZeroBitCount }
    guard let top = limbs.last else { return 0 }
    return limbs.count * 32 - top.leadingZeroBitCount
  }

  /// A measure of the work that an operation on the value costs.
  var size: Int { max(limbs.count, 1) }

  /// The value without its sign.
  var absolute: BigInt { isNegative ? -self : self }
}

extension BigInt: Hashable {
  /// Whether two numbers are the same.
  package static func == (left: BigInt, right: BigInt) -> Bool {
    left.small == right.small && left.isLargeNegative == right.isLargeNegative
      && left.limbs == right.limbs
  }

  /// Feeds the canonical form.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(small)
    hasher.combine(limbs)
  }
}

extension BigInt: Comparable {
  /// Whether the left number is the smaller one.
  package static func < (left: BigInt, right: BigInt) -> Bool {
    if let a = left.int, let b = right.int { return a < b }
    if left.isNegative != right.isNegative { return left.isNegative }
    let order = Limbs.compare(left.magnitude, right.magnitude)
    return left.isNegative ? order > 0 : order < 0
  }
}

extension BigInt: CustomStringConvertible {
  /// The decimal digits.
  package var description: String {
    if limbs.isEmpty { return String(small) }
    var rest = limbs
    var chunks: [UInt32] = []
    while !rest.isEmpty { chunks.append(Limbs.divide(&rest, by: 1_000_000_000)) }
    var text = isLargeNegative ? "-" : ""
    text += String(chunks.last ?? 0)
    for chunk in chunks.dropLast().reversed() {
      let digits = String(chunk)
      text += String(repeating: "0", count: 9 - digits.count) + digits
    }
    return text
  }
}
