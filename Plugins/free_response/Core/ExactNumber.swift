// Exact rational numbers as answers write them: decimals and fractions of decimals.
// No floating point: 0.1 + 0.2 style surprises must not decide a verdict.

/// A non-negative decimal of any length in one canonical form, so that equality is value equality.
package struct DecimalMagnitude: Equatable, Sendable {
  /// The significant digits as a number, when there are at most 18 of them; otherwise 0.
  let small: UInt64
  /// The significant digits (values 0 to 9, first one most significant) when there are more than 18.
  let long: [UInt8]
  /// The power of ten that the digits are multiplied by.
  let exponent: Int

  /// The number one.
  package static let one = DecimalMagnitude(small: 1, exponent: 0)

  /// True for the number zero.
  package var isZero: Bool { small == 0 && long.isEmpty }

  /// Makes the canonical form of `small` times ten to the `exponent`.
  package init(small: UInt64, exponent: Int) {
    var value = small
    var power = exponent
    if value == 0 {
      power = 0
    } else {
      while value % 10 == 0 {
        value /= 10
        power += 1
      }
    }
    if value >= Self.smallLimit {
      self.small = 0
      self.long = Self.digits(of: value)
    } else {
      self.small = value
      self.long = []
    }
    self.exponent = power
  }

  /// Makes the canonical form of a digit string times ten to the `exponent`.
  ///
  /// - Parameters:
  ///   - digits: Values 0 to 9, most significant first; leading and trailing zeros are allowed.
  ///   - exponent: The power of ten of the last digit.
  package init(digits: some BidirectionalCollection<UInt8>, exponent: Int) {
    var kept = digits.drop { $0 == 0 }
    var power = exponent
    while let last = kept.last, last == 0 {
      kept.removeLast()
      power += 1
    }
    if kept.count <= 18 {
      self.small = kept.reduce(into: UInt64(0)) { $0 = $0 * 10 + UInt64($1) }
      self.long = []
      self.exponent = small == 0 ? 0 : power
    } else {
      self.small = 0
      self.long = Array(kept)
      self.exponent = power
    }
  }

  private static let smallLimit: UInt64 = 1_000_000_000_000_000_000

  private static func digits(of value: UInt64) -> [UInt8] {
    var rest = value
    var reversed: [UInt8] = []
    while rest > 0 {
      reversed.append(UInt8(rest % 10))
      rest /= 10
    }
    return reversed.reversed()
  }

  private var allDigits: [UInt8] { long.isEmpty ? Self.digits(of: small) : long }

  /// The exact product of two magnitudes.
  func times(_ other: DecimalMagnitude) -> DecimalMagnitude {
    if isZero || other.isZero { return DecimalMagnitude(small: 0, exponent: 0) }
    if long.isEmpty && other.long.isEmpty {
      let (product, overflow) = small.multipliedReportingOverflow(by: other.small)
      if !overflow { return DecimalMagnitude(small: product, exponent: exponent + other.exponent) }
    }
    let left = allDigits
    let right = other.allDigits
    var columns = [UInt64](repeating: 0, count: left.count + right.count)
    for i in left.indices {
      for j in right.indices { columns[i + j + 1] += UInt64(left[i]) * UInt64(right[j]) }
    }
    for i in stride(from: columns.count - 1, to: 0, by: -1) {
      columns[i - 1] += columns[i] / 10
      columns[i] %= 10
    }
    return DecimalMagnitude(
      digits: columns.map { UInt8(truncatingIfNeeded: $0) }, exponent: exponent + other.exponent)
  }
}

/// An exact number read from text: a sign, a fraction of two decimals, and whether `%` followed it.
package struct ExactNumber: Sendable {
  /// True for a number below zero; never true for zero.
  package let isNegative: Bool
  /// True when the text wrote the number with a percent sign or the word "percent".
  package let isPercent: Bool
  let numerator: DecimalMagnitude
  let denominator: DecimalMagnitude

  /// Makes a number, or nothing when the denominator is zero.
  package init?(
    isNegative: Bool, numerator: DecimalMagnitude, denominator: DecimalMagnitude = .one,
    isPercent: Bool = false
  ) {
    if denominator.isZero { return nil }
    self.isNegative = isNegative && !numerator.isZero
    self.isPercent = isPercent
    self.numerator = numerator
    self.denominator = denominator
  }

  /// True when both numbers have the same value as written, percent signs left aside.
  package func hasSameFigure(as other: ExactNumber) -> Bool {
    if isNegative != other.isNegative { return false }
    if denominator == other.denominator { return numerator == other.numerator }
    return numerator.times(other.denominator) == other.numerator.times(denominator)
  }

  /// True when the two are the same answer.
  ///
  /// When just one of them carries a percent sign, both readings count: 20% equals 20 (the reference
  /// leaves the unit out) and equals 0.2 (its value). Two bare numbers must be equal: 20 is not 0.2.
  package func matches(_ other: ExactNumber) -> Bool {
    if hasSameFigure(as: other) { return true }
    if isPercent == other.isPercent { return false }
    let percent = isPercent ? self : other
    let plain = isPercent ? other : self
    let hundredth = ExactNumber(
      isNegative: percent.isNegative, numerator: percent.numerator,
      denominator: percent.denominator.times(DecimalMagnitude(small: 100, exponent: 0)))
    return hundredth?.hasSameFigure(as: plain) ?? false
  }
}
