// Magnitudes in base 2^32, least significant limb first: the schoolbook methods, and Knuth's division (TAOCP
// 4.3.1, algorithm D). Sizes are limited by the callers, so nothing faster is needed.

/// Arithmetic on magnitudes.
enum Limbs {
  /// Negative, zero or positive as `left` is less, equal or greater; neither has leading zero limbs.
  static func compare(_ left: [UInt32], _ right: [UInt32]) -> Int {
    if left.count != right.count { return left.count - right.count }
    for i in left.indices.reversed() where left[i] != right[i] {
      return left[i] < right[i] ? -1 : 1
    }
    return 0
  }

  static func add(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var sum = left.count >= right.count ? left : right
    let other = left.count >= right.count ? right : left
    var carry: UInt64 = 0
    for i in sum.indices {
      if i >= other.count && carry == 0 { break }
      let wide = UInt64(sum[i]) + (i < other.count ? UInt64(other[i]) : 0) + carry
      sum[i] = UInt32(truncatingIfNeeded: wide)
      carry = wide >> 32
    }
    if carry > 0 { sum.append(UInt32(carry)) }
    return sum
  }

  /// `left - right`, where left is not the smaller one.
  static func subtract(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    var rest = left
    var borrow: Int64 = 0
    for i in rest.indices {
      if i >= right.count && borrow == 0 { break }
      let wide = Int64(rest[i]) - (i < right.count ? Int64(right[i]) : 0) - borrow
      rest[i] = UInt32(truncatingIfNeeded: wide)
      borrow = wide < 0 ? 1 : 0
    }
    return rest
  }

  static func multiply(_ left: [UInt32], _ right: [UInt32]) -> [UInt32] {
    if left.isEmpty || right.isEmpty { return [] }
    var product = [UInt32](repeating: 0, count: left.count + right.count)
    for i in left.indices {
      var carry: UInt64 = 0
      let factor = UInt64(left[i])
      for j in right.indices {
        let wide = factor * UInt64(right[j]) + UInt64(product[i + j]) + carry
        product[i + j] = UInt32(truncatingIfNeeded: wide)
        carry = wide >> 32
      }
      product[i + right.count] = UInt32(carry)
    }
    return product
  }

  /// Divides in place by one limb and gives the remainder.
  static func divide(_ number: inout [UInt32], by divisor: UInt32) -> UInt32 {
    var rest: UInt64 = 0
    for i in number.indices.reversed() {
      let wide = rest << 32 | UInt64(number[i])
      number[i] = UInt32(wide / UInt64(divisor))
      rest = wide % UInt64(divisor)
    }
    while number.last == 0 { number.removeLast() }
    return UInt32(rest)
  }

  static func shiftLeft(_ number: [UInt32], by bits: Int) -> [UInt32] {
    if number.isEmpty { return [] }
    var shifted = [UInt32](repeating: 0, count: bits / 32)
    let part = UInt64(bits % 32)
    var carry: UInt64 = 0
    for limb in number {
      let wide = UInt64(limb) << part | carry
      shifted.append(UInt32(truncatingIfNeeded: wide))
      carry = wide >> 32
    }
    shifted.append(UInt32(carry))
    while shifted.last == 0 { shifted.removeLast() }
    return shifted
  }

  static func shiftRight(_ number: [UInt32], by bits: Int) -> [UInt32] {
    var shifted = Array(number.dropFirst(bits / 32))
    let part = UInt64(bits % 32)
    if part > 0 {
      for i in shifted.indices {
        let above = i + 1 < shifted.count ? UInt64(shifted[i + 1]) : 0
        shifted[i] = UInt32(truncatingIfNeeded: (above << 32 | UInt64(shifted[i])) >> part)
      }
    }
    while shifted.last == 0 { shifted.removeLast() }
    return shifted
  }

  /// Quotient and remainder; the divisor is not zero.
  static func divide(
    _ number: [UInt32], by divisor: [UInt32]
  ) -> (quotient: [UInt32], remainder: [UInt32]) {
    if compare(number, divisor) < 0 { return ([], number) }
    if divisor.count == 1 {
      var quotient = number
      let rest = divide(&quotient, by: divisor[0])
      return (quotient, rest == 0 ? [] : [rest])
    }
    // D1: the top limb of the divisor gets its top bit, so that a quotient digit is off by two at most.
    let shift = divisor[divisor.count - 1].leadingZeroBitCount
    let low = shiftLeft(divisor, by: shift)
    var high = shiftLeft(number, by: shift)
    while high.count <= number.count { high.append(0) }
    let n = low.count
    var quotient = [UInt32](repeating: 0, count: high.count - n)
    let top = UInt64(low[n - 1])
    let next = UInt64(low[n - 2])
    for j in quotient.indices.reversed() {
      let wide = UInt64(high[j + n]) << 32 | UInt64(high[j + n - 1])
      var digit = wide / top
      var rest = wide % top
      while digit >> 32 != 0 || digit * next > rest << 32 | UInt64(high[j + n - 2]) {
        digit -= 1
        rest += top
        if rest >> 32 != 0 { break }
      }
      if !subtract(low, times: digit, from: &high, at: j) { digit -= 1 }
      quotient[j] = UInt32(truncatingIfNeeded: digit)
    }
    while quotient.last == 0 { quotient.removeLast() }
    var remainder = Array(high.prefix(n))
    while remainder.last == 0 { remainder.removeLast() }
    return (quotient, shiftRight(remainder, by: shift))
  }

  /// D4 to D6: takes `digit` times `low` away; false when that was once too often, which is then put right.
  private static func subtract(
    _ low: [UInt32], times digit: UInt64, from high: inout [UInt32], at offset: Int
  ) -> Bool {
    let n = low.count
    var borrow: Int64 = 0
    var carry: UInt64 = 0
    for i in 0..<n {
      let product = digit * UInt64(low[i]) + carry
      carry = product >> 32
      let wide = Int64(high[offset + i]) - borrow - Int64(product & 0xFFFF_FFFF)
      high[offset + i] = UInt32(truncatingIfNeeded: wide)
      borrow = wide < 0 ? 1 : 0
    }
    let wide = Int64(high[offset + n]) - borrow - Int64(carry)
    high[offset + n] = UInt32(truncatingIfNeeded: wide)
    if wide >= 0 { return true }
    var back: UInt64 = 0
    for i in 0..<n {
      let sum = UInt64(high[offset + i]) + UInt64(low[i]) + back
      high[offset + i] = UInt32(truncatingIfNeeded: sum)
      back = sum >> 32
    }
    high[offset + n] = UInt32(truncatingIfNeeded: UInt64(high[offset + n]) + back)
    return false
  }
}
