// Sums, products, quotients, powers, roots and common divisors of whole numbers.

extension BigInt {
  static prefix func - (value: BigInt) -> BigInt {
    if value.limbs.isEmpty { return BigInt(-value.small) }
    return BigInt(magnitude: value.magnitude, negative: !value.isNegative)
  }

  static func + (left: BigInt, right: BigInt) -> BigInt {
    if let a = left.int, let b = right.int {
      let (sum, overflow) = a.addingReportingOverflow(b)
      if !overflow { return BigInt(sum) }
    }
    let a = left.magnitude
    let b = right.magnitude
    if left.isNegative == right.isNegative {
      return BigInt(magnitude: Limbs.add(a, b), negative: left.isNegative)
    }
    return Limbs.compare(a, b) >= 0
      ? BigInt(magnitude: Limbs.subtract(a, b), negative: left.isNegative)
      : BigInt(magnitude: Limbs.subtract(b, a), negative: right.isNegative)
  }

  static func - (left: BigInt, right: BigInt) -> BigInt { left + -right }

  static func * (left: BigInt, right: BigInt) -> BigInt {
    if let a = left.int, let b = right.int {
      let (product, overflow) = a.multipliedReportingOverflow(by: b)
      if !overflow { return BigInt(product) }
    }
    return BigInt(
      magnitude: Limbs.multiply(left.magnitude, right.magnitude),
      negative: left.isNegative != right.isNegative)
  }

  /// Quotient towards zero, and the remainder with the dividend's sign; the divisor is not zero.
  func divided(by divisor: BigInt) -> (quotient: BigInt, remainder: BigInt) {
    if let a = int, let b = divisor.int {
      return (BigInt(a / b), BigInt(a % b))
    }
    let parts = Limbs.divide(magnitude, by: divisor.magnitude)
    return (
      BigInt(magnitude: parts.quotient, negative: isNegative != divisor.isNegative),
      BigInt(magnitude: parts.remainder, negative: isNegative)
    )
  }

  /// The greatest common divisor, not negative.
  static func gcd(_ left: BigInt, _ right: BigInt) -> BigInt {
    var a = left.absolute
    var b = right.absolute
    while !b.isZero {
      if let x = a.int, let y = b.int { return BigInt(gcd(x, y)) }
      (a, b) = (b, a.divided(by: b).remainder)
    }
    return a
  }

  private static func gcd(_ left: Int, _ right: Int) -> Int {
    var (a, b) = (left, right)
    while b != 0 { (a, b) = (b, a % b) }
    return a
  }

  /// The value to a power that is not negative.
  func power(_ exponent: Int) -> BigInt {
    var result = BigInt.one
    var base = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = result * base }
      rest >>= 1
      if rest > 0 { base = base * base }
    }
    return result
  }

  /// The whole part of the root of a value that is not negative; `degree` is at least 1.
  func root(_ degree: Int) -> BigInt {
    if degree == 1 || isZero || isOne { return self }
    // Newton's method from above: monotone until it reaches the whole part.
    var guess = BigInt(1).shifted(by: (bitWidth + degree - 1) / degree)
    while true {
      let power = guess.power(degree - 1)
      let next = (guess * BigInt(degree - 1) + divided(by: power).quotient)
        .divided(by: BigInt(degree)).quotient
      if !(next < guess) { return guess }
      guess = next
    }
  }

  /// The root when it is a whole number, with its sign for an odd degree.
  func exactRoot(_ degree: Int) -> BigInt? {
    if isNegative && degree & 1 == 0 { return nil }
    let root = absolute.root(degree)
    guard root.power(degree) == absolute else { return nil }
    return isNegative ? -root : root
  }

  /// The value times two to `bits`, which is not negative.
  func shifted(by bits: Int) -> BigInt {
    BigInt(magnitude: Limbs.shiftLeft(magnitude, by: bits), negative: isNegative)
  }
}
