// Exact fractions, and what a calculation may cost.

/// Why a text could not be read or a value not be worked out.
package enum MathError: Error, Equatable, Sendable {
  /// The text is no answer in any notation known here.
  case unreadable(String)
  /// A size or the work would go beyond the declared limits.
  case tooLarge(String)
  /// The value does not exist: a division by zero, a logarithm of zero.
  case undefined(String)
  /// The thing has no single number as its value: a set, a matrix, a text.
  case notScalar
}

/// What one comparison may cost; every loop that grows with its input draws from it.
struct Budget: Sendable {
  /// Steps that are left: roughly a nanosecond to some nanoseconds each.
  private(set) var steps: Int

  /// Bits of the longest whole number: 2004! has 19,053.
  static let longestNumber = 24_576

  init(_ steps: Int = 4_000_000) { self.steps = steps }

  /// At most `count` of the steps, for one way of several; what it uses is taken from these in the end.
  func share(_ count: Int) -> Budget { Budget(min(steps, count)) }

  /// Takes what a share has used.
  mutating func settle(_ share: Budget, of count: Int) { steps -= min(steps, count) - share.steps }

  /// Takes steps; throws when there are none left.
  mutating func spend(_ count: Int) throws(MathError) {
    steps -= count
    if steps < 0 { throw .tooLarge("the comparison takes too long") }
  }
}

/// A fraction with a positive denominator, in lowest terms unless both parts are very long.
package struct Rational: Sendable {
  let numerator: BigInt
  let denominator: BigInt

  /// A whole number.
  init(_ value: BigInt) {
    numerator = value
    denominator = .one
  }

  /// A small whole number.
  package init(_ value: Int) { self.init(BigInt(value)) }

  /// A fraction; throws for a denominator of zero.
  init(_ numerator: BigInt, over denominator: BigInt) throws(MathError) {
    if denominator.isZero { throw .undefined("a division by zero") }
    let sign = denominator.isNegative
    self.init(signed: sign ? -numerator : numerator, positive: sign ? -denominator : denominator)
  }

  /// A fraction of small numbers whose denominator is not zero.
  init(_ numerator: Int, over denominator: Int) {
    self.init(signed: BigInt(numerator), positive: BigInt(max(denominator, 1)))
  }

  private init(signed top: BigInt, positive bottom: BigInt) {
    // Euclid's method on two long numbers would cost more than the comparison; equality needs no lowest terms.
    if bottom.isOne || (top.size > 64 && bottom.size > 64) {
      numerator = top
      denominator = bottom
      return
    }
    let common = BigInt.gcd(top, bottom)
    numerator = common.isOne ? top : top.divided(by: common).quotient
    denominator = common.isOne ? bottom : bottom.divided(by: common).quotient
  }

  static let zero = Rational(0)
  static let one = Rational(1)

  var isZero: Bool { numerator.isZero }
  var isOne: Bool { denominator.isOne && numerator.isOne }
  var isNegative: Bool { numerator.isNegative }
  var isInteger: Bool { denominator.isOne }
  /// The value as a machine integer, when it is one.
  var int: Int? { denominator.isOne ? numerator.int : nil }
  var size: Int { numerator.size + denominator.size }
  var absolute: Rational { isNegative ? -self : self }

  static prefix func - (value: Rational) -> Rational {
    Rational(signed: -value.numerator, positive: value.denominator)
  }

  private func check(_ other: Rational, _ budget: inout Budget) throws(MathError) {
    let bits = numerator.bitWidth + denominator.bitWidth
    let more = other.numerator.bitWidth + other.denominator.bitWidth
    if bits + more > 2 * Budget.longestNumber { throw .tooLarge("a number is too long") }
    try budget.spend(4 + size * other.size / 4)
  }

  func plus(_ other: Rational, _ budget: inout Budget) throws(MathError) -> Rational {
    try check(other, &budget)
    if denominator == other.denominator {
      return Rational(signed: numerator + other.numerator, positive: denominator)
    }
    return Rational(
      signed: numerator * other.denominator + other.numerator * denominator,
      positive: denominator * other.denominator)
  }

  func times(_ other: Rational, _ budget: inout Budget) throws(MathError) -> Rational {
    try check(other, &budget)
    return Rational(
      signed: numerator * other.numerator, positive: denominator * other.denominator)
  }

  /// One over the value; throws for zero.
  func inverse() throws(MathError) -> Rational { try Rational(denominator, over: numerator) }

  /// The value to a whole power; throws for zero to a negative one.
  func power(_ exponent: Int, _ budget: inout Budget) throws(MathError) -> Rational {
    if exponent < 0 { return try inverse().power(-exponent, &budget) }
    if exponent == 0 { return .one }
    let bits = max(numerator.bitWidth, denominator.bitWidth)
    if bits > 1 {
      let (wide, overflow) = bits.multipliedReportingOverflow(by: exponent)
      if overflow || wide > Budget.longestNumber { throw .tooLarge("a power is too large") }
      try budget.spend(8 + wide / 32 * (wide / 32) / 4)
    }
    let odd = exponent & 1 == 1
    if bits <= 1 { return odd ? self : absolute }
    return Rational(
      signed: numerator.power(exponent), positive: denominator.power(exponent))
  }

  /// The root when it is a fraction; nothing for an even root of a negative number.
  func exactRoot(_ degree: Int) -> Rational? {
    guard let top = numerator.exactRoot(degree), let bottom = denominator.exactRoot(degree)
    else { return nil }
    return Rational(signed: top, positive: bottom)
  }

  /// The greatest whole number not above the value.
  var floor: BigInt {
    let (quotient, remainder) = numerator.divided(by: denominator)
    return numerator.isNegative && !remainder.isZero ? quotient - .one : quotient
  }

  /// The nearest Double, for what is shown and for first guesses only.
  var approximate: Double {
    if let top = numerator.int, let bottom = denominator.int { return Double(top) / Double(bottom) }
    return Ball(self).approximate
  }
}

extension Rational: Hashable {
  /// Whether two fractions have the same value.
  package static func == (left: Rational, right: Rational) -> Bool {
    if left.denominator == right.denominator { return left.numerator == right.numerator }
    if left.size < 64 && right.size < 64 { return false }
    return left.numerator * right.denominator == right.numerator * left.denominator
  }

  /// Feeds what every form of the value has in common.
  package func hash(into hasher: inout Hasher) {
    if size < 128 {
      hasher.combine(numerator)
      hasher.combine(denominator)
    }
  }
}

extension Rational: Comparable {
  /// Whether the left value is the smaller one.
  package static func < (left: Rational, right: Rational) -> Bool {
    left.numerator * right.denominator < right.numerator * left.denominator
  }
}

extension Rational: CustomStringConvertible {
  /// `7`, `-1/3`.
  package var description: String {
    isInteger ? numerator.description : "\(numerator)/\(denominator)"
  }
}
