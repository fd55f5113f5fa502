// Equality of two expressions: exactly where the normal form decides, else by proven bounds at several points.

/// Compares expressions; draws on one budget.
struct ScalarComparison: Sendable {
  let options: MathOptions
  var budget: Budget

  /// Steps for the normal form; the rest is kept for the values.
  private static let exactShare = 1_000_000

  /// Compares two expressions; throws `notScalar` when one of them has no single number as its value.
  mutating func compare(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    if let left = gold.literal, let right = prediction.literal {
      return try Decimals.compare(left, right, options, &budget)
    }
    var normalizer = Normalizer(budget.share(Self.exactShare))
    var isExactlyDifferent = false
    var exact: (Rational?, Rational?) = (nil, nil)
    do throws(MathError) {
      let left = try normalizer.fraction(gold)
      let right = try normalizer.fraction(prediction)
      let difference = try normalizer.subtract(left, right)
      if difference.top.isZero { return .equal("equal exactly") }
      isExactlyDifferent = normalizer.kernels.areIndependent
      exact = (left.constant, right.constant)
    } catch .tooLarge {
      // The bounds below may still tell the two apart.
    }
    budget.settle(normalizer.budget, of: Self.exactShare)
    if let left = gold.literal, left.isDecimal,
      try Decimals.isRounding(left, of: prediction, exact.1, options, &budget)
    {
      return .equal("the reference is the other value, rounded")
    }
    if let right = prediction.literal, right.isDecimal,
      try Decimals.isRounding(right, of: gold, exact.0, options, &budget)
    {
      return .equal("the decimal is the reference, rounded")
    }
    if let left = exact.0, let right = exact.1 {
      return .different(
        "\(Spelling.short(.number(Literal(left)), limit: 60)) is not \(Spelling.short(.number(Literal(right)), limit: 60))"
      )
    }
    let numeric = try NumericComparison.compare(gold, prediction, &budget)
    if isExactlyDifferent, numeric.isEqual { return .different("the normal forms differ") }
    return numeric
  }
}
