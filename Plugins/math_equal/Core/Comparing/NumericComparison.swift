// Comparison by values with proven bounds. Two expressions are different when their balls are apart at any
// point; they are equal when the balls overlap at all points, are very narrow, and the expressions have real
// values at the same points.

/// Compares expressions by their values.
enum NumericComparison {
  /// The error that a value may have, as a power of two: far below every difference that an answer shows.
  static let precision = -70

  /// Compares two expressions at the sample points.
  static func compare(
    _ gold: Node, _ prediction: Node, _ budget: inout Budget
  ) throws(MathError) -> Judgement {
    let hasVariables = !gold.variables.isEmpty || !prediction.variables.isEmpty
    let isComplex =
      gold.contains { $0 == .symbol("i") } || prediction.contains { $0 == .symbol("i") }
    let isWhole = hasVariables && (wantsWhole(gold) || wantsWhole(prediction))
    var informative = 0
    var unreal: [(SamplePoint, ComplexBall, ComplexBall)] = []
    for index in 0..<(hasVariables ? SamplePoint.count : 1) {
      let point = SamplePoint(index: index, isWhole: isWhole)
      guard let left = try value(gold, point, &budget) else {
        if try value(prediction, point, &budget) != nil {
          return .different("the reference has no value\(place(point, hasVariables))")
        }
        continue
      }
      guard let right = try value(prediction, point, &budget) else {
        return .different("the answer has no value\(place(point, hasVariables))")
      }
      if hasVariables && !isComplex {
        let (a, b) = (isReal(left), isReal(right))
        if !a && !b {
          unreal.append((point, left, right))
          continue
        }
        if a != b { return .different("only one of them is real\(place(point, hasVariables))") }
      }
      if let difference = apart(left, right, point, hasVariables) { return difference }
      informative += 1
    }
    if informative >= (hasVariables ? 2 : 1) { return .equal("equal by proven bounds") }
    for (point, left, right) in unreal {
      if let difference = apart(left, right, point, hasVariables) { return difference }
      informative += 1
    }
    if informative >= 2 { return .equal("equal by proven bounds") }
    return .different("neither has a value where they were compared")
  }

  /// The value at a point, or nothing where it is undefined.
  static func value(
    _ node: Node, _ point: SamplePoint, _ budget: inout Budget
  ) throws(MathError) -> ComplexBall? {
    var evaluator = Evaluator(point: point, budget: budget)
    do throws(MathError) {
      let value = try evaluator.value(node)
      budget = evaluator.budget
      return value
    } catch .undefined {
      budget = evaluator.budget
      return nil
    }
  }

  /// The difference of two values, or nothing when they are the same as far as 38 digits can tell.
  private static func apart(
    _ left: ComplexBall, _ right: ComplexBall, _ point: SamplePoint, _ hasVariables: Bool
  ) -> Judgement? {
    let difference = left - right
    if difference.excludesZero {
      return .different("\(shown(left)) is not \(shown(right))\(place(point, hasVariables))")
    }
    let scale = Radius(power: precision) * (Radius(power: 0) + left.bound)
    // A constant may be a huge whole number, of which only the leading digits would have been compared.
    guard difference.radius < scale, hasVariables || difference.radius < Radius(power: -40) else {
      return .different("the values are too close or too large to tell apart")
    }
    return nil
  }

  private static func isReal(_ value: ComplexBall) -> Bool {
    guard let imaginary = value.imaginary else { return true }
    return !imaginary.excludesZero
  }

  private static func wantsWhole(_ node: Node) -> Bool {
    node.contains {
      // (-1)^n is meant for whole n.
      if case .power(let base, let exponent) = $0, base.literal?.value.isNegative ?? false {
        return !exponent.variables.isEmpty
      }
      if case .call(let name, let arguments) = $0 {
        return ["factorial", "doublefactorial", "binom", "C", "gcd", "lcm", "sum", "prod"].contains(
          name)
          && arguments.contains { !$0.variables.isEmpty }
      }
      return false
    }
  }

  private static func place(_ point: SamplePoint, _ hasVariables: Bool) -> String {
    hasVariables ? " at point \(point.index + 1)" : ""
  }

  static func shown(_ value: ComplexBall) -> String {
    let real = Self.text(value.real.approximate)
    guard let imaginary = value.imaginary else { return real }
    return "\(real) + \(Self.text(imaginary.approximate))i"
  }

  /// A Double to nine digits.
  private static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9, abs(value) > 1e-6 else { return "\(value)" }
    let scale = 1e9
    return "\((value * scale).rounded() / scale)"
  }
}
