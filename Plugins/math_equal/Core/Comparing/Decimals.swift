// When a decimal may stand for a value that it only rounds. The rule: a decimal of at least four significant
// digits equals a value that has no short decimal form itself and that rounds to it. Whole numbers and fractions
// are exact, and so are two decimals of the same length.

/// The rule of decimals.
enum Decimals {
  /// Compares two written numbers.
  static func compare(
    _ gold: Literal, _ prediction: Literal, _ options: MathOptions, _ budget: inout Budget
  ) throws(MathError) -> Judgement {
    if gold.value == prediction.value { return .equal("equal exactly") }
    if try isWithin(options.relativeTolerance, gold.value, prediction.value, &budget) {
      return .equal("within the relative tolerance")
    }
    // Two decimals: the shorter one may be the longer one, rounded; both must say enough.
    if gold.isDecimal, prediction.isDecimal, gold.decimals != prediction.decimals {
      let (short, long) =
        gold.decimals < prediction.decimals ? (gold, prediction) : (prediction, gold)
      if options.roundedDigits > 0, short.significant >= options.roundedDigits + 2,
        try rounds(long.value, to: short, &budget)
      {
        return .equal("one decimal is the other, rounded")
      }
    }
    let left = Spelling.short(.number(gold), limit: 60)
    let right = Spelling.short(.number(prediction), limit: 60)
    return .different("\(left) is not \(right)")
  }

  /// True when the value of an expression rounds to the decimal as it is written.
  static func isRounding(
    _ decimal: Literal, of node: Node, _ exact: Rational?, _ options: MathOptions,
    _ budget: inout Budget
  ) throws(MathError) -> Bool {
    if let exact {
      if try isWithin(options.relativeTolerance, exact, decimal.value, &budget) { return true }
      if options.roundedDigits == 0 || decimal.significant < options.roundedDigits { return false }
      return isShort(exact) ? false : try rounds(exact, to: decimal, &budget)
    }
    guard options.roundedDigits > 0, decimal.significant >= options.roundedDigits,
      node.variables.isEmpty,
      let value = try NumericComparison.value(node, SamplePoint(index: 0, isWhole: false), &budget),
      value.imaginary == nil
    else { return false }
    let distance = (value.real - Ball(decimal.value)).absolute
    let half = Ball(Rational(signed: 1, overPower: decimal.decimals))
    return (distance - half).isBelowZero
  }

  private static func rounds(
    _ value: Rational, to decimal: Literal, _ budget: inout Budget
  ) throws(MathError) -> Bool {
    let distance = try value.plus(-decimal.value, &budget).absolute
    return !(Rational(signed: 1, overPower: decimal.decimals) < distance)
  }

  private static func isWithin(
    _ tolerance: Rational?, _ left: Rational, _ right: Rational, _ budget: inout Budget
  ) throws(MathError) -> Bool {
    guard let tolerance else { return false }
    let distance = try left.plus(-right, &budget).absolute
    return !(try left.absolute.times(tolerance, &budget) < distance)
  }

  /// True for a fraction that a decimal of six digits after the point writes exactly.
  private static func isShort(_ value: Rational) -> Bool {
    BigInt(1_000_000).divided(by: value.denominator).remainder.isZero
  }
}

extension Rational {
  /// Half a unit of the last of `places` digits after the point.
  init(signed sign: Int, overPower places: Int) {
    let bottom = BigInt(10).power(places) * BigInt(2)
    self = (try? Rational(BigInt(sign), over: bottom)) ?? .zero
  }
}
