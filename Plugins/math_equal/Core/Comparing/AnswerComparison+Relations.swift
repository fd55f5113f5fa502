// Equations, inequalities and names in front of values.

extension AnswerComparison {
  /// Answers of which at least one is a relation or a set by its condition.
  mutating func relations(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    if case .relation(let left, let kinds) = gold,
      case .relation(let right, let others) = prediction
    {
      if let both = try bothRelations((left, kinds), (right, others)), both.isEqual { return both }
    }
    if let sets = try sets(gold, prediction) {
      return sets
    }
    let left = Assignments.values(gold, isAnswer: false)
    let right = Assignments.values(prediction, isAnswer: true)
    if !left.isEmpty || !right.isEmpty {
      if let conflict = nameConflict(gold, prediction) { return conflict }
      // Two equations whose left sides are more than names: m + n = 5 is not m - n = 5.
      if isEquation(gold), isEquation(prediction),
        Assignments.parts(gold) == nil || Assignments.parts(prediction) == nil
      {
        return .different("the equations differ")
      }
      var first: Judgement?
      for a in left.isEmpty ? [gold] : left {
        for b in right.isEmpty ? [prediction] : right {
          if a.isRelation && b.isRelation { continue }
          let judgement = try judged(a, b)
          if judgement.isEqual { return judgement }
          first = first ?? judgement
        }
      }
      if let first { return first }
    }
    return .different(
      "\(Spelling.short(gold, limit: 80)) is not \(Spelling.short(prediction, limit: 80))")
  }

  private func isEquation(_ node: Node) -> Bool {
    if case .relation(_, let kinds) = node { return kinds == [.equal] }
    return false
  }

  /// Both sides name their value, and the names exclude each other.
  private func nameConflict(_ gold: Node, _ prediction: Node) -> Judgement? {
    guard let left = Assignments.parts(gold), let right = Assignments.parts(prediction),
      !Assignments.areSame(left.name, right.name)
    else { return nil }
    return .different(
      "\(Spelling.short(left.name, limit: 40)) is not \(Spelling.short(right.name, limit: 40))")
  }

  /// Sets of real numbers, where both are sets and at least one is given by a relation.
  private mutating func sets(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement? {
    if !options.relationForSet, case .relation(_, let kinds) = prediction, kinds != [.member],
      !isOrderRelation(gold)
    {
      return nil
    }
    return try realSets(gold, prediction)
  }

  private func isOrderRelation(_ node: Node) -> Bool {
    if case .relation(_, let kinds) = node { return kinds != [.member] }
    return false
  }

  // MARK: Two relations

  private mutating func bothRelations(
    _ gold: (sides: [Node], kinds: [Relation]), _ prediction: (sides: [Node], kinds: [Relation])
  ) throws(MathError) -> Judgement? {
    if let same = try sideBySide(gold, prediction), same.isEqual { return same }
    let turned = (
      sides: Array(prediction.sides.reversed()), kinds: prediction.kinds.reversed().map(\.reversed)
    )
    if let same = try sideBySide(gold, turned), same.isEqual { return same }
    guard gold.kinds.count == 1, prediction.kinds.count == 1 else { return nil }
    let (kind, other) = (gold.kinds[0], prediction.kinds[0])
    guard [.equal, .unequal].contains(kind) ? kind == other : kind.isOrder && other.isOrder else {
      return nil
    }
    // An equation that gives a name its value is compared by name and value.
    if kind == .equal, gold.sides[0].variables.isEmpty || prediction.sides[0].variables.isEmpty {
      return nil
    }
    return try scaled(gold.sides, kind, prediction.sides, other)
  }

  private mutating func sideBySide(
    _ gold: (sides: [Node], kinds: [Relation]), _ prediction: (sides: [Node], kinds: [Relation])
  ) throws(MathError) -> Judgement? {
    guard gold.kinds == prediction.kinds else { return nil }
    for (index, pair) in zip(gold.sides, prediction.sides).enumerated() {
      if index == 0, gold.kinds == [.equal], Assignments.isName(pair.0), Assignments.isName(pair.1),
        Assignments.areSame(pair.0, pair.1)
      {
        continue
      }
      let judgement = try judged(pair.0, pair.1)
      if !judgement.isEqual { return judgement }
    }
    return .equal("the same relation")
  }

  /// Relations that say the same of the difference of their sides, up to a constant factor.
  private mutating func scaled(
    _ gold: [Node], _ kind: Relation, _ prediction: [Node], _ other: Relation
  ) throws(MathError) -> Judgement? {
    var normalizer = Normalizer(budget)
    let left: Fraction
    let right: Fraction
    do throws(MathError) {
      left = try normalizer.fraction(.sum([gold[0], .negative(gold[1])]))
      right = try normalizer.fraction(.sum([prediction[0], .negative(prediction[1])]))
    } catch .notScalar {
      return nil
    } catch .undefined {
      return nil
    }
    budget = normalizer.budget
    if left.top.isZero || right.top.isZero {
      return left.top.isZero && right.top.isZero
        ? .equal("both always hold") : .different("one always holds")
    }
    if !kind.isOrder, let _ = try left.top.ratio(to: right.top, &budget) {
      return .equal("the same equation up to a factor")
    }
    if kind.isOrder, let a = left.bottom.constant, let b = right.bottom.constant,
      let factor = try left.top.ratio(to: right.top, &budget)
    {
      let isSame =
        factor.isNegative != (a.isNegative != b.isNegative) ? kind == other.reversed : kind == other
      return isSame
        ? .equal("the same inequality up to a factor")
        : .different("the inequalities point elsewhere")
    }
    guard !kind.isOrder else { return .different("the inequalities differ") }
    return try NumericRatio.isConstant(
      .sum([gold[0], .negative(gold[1])]), .sum([prediction[0], .negative(prediction[1])]), &budget)
      ? .equal("the same equation up to a factor")
      : .different("the equations have other solutions")
  }
}

/// The test of proportional expressions by values.
enum NumericRatio {
  /// True when one expression is a constant times the other at all points.
  static func isConstant(_ left: Node, _ right: Node, _ budget: inout Budget) throws(MathError)
    -> Bool
  {
    var first: ComplexBall?
    var count = 0
    for index in 0..<6 {
      let point = SamplePoint(index: index, isWhole: false)
      guard let a = try NumericComparison.value(left, point, &budget),
        let b = try NumericComparison.value(right, point, &budget), let ratio = a.divided(by: b)
      else { continue }
      guard let known = first else {
        guard ratio.excludesZero else { return false }
        first = ratio
        continue
      }
      let difference = ratio - known
      if difference.excludesZero
        || !(difference.radius < Radius(power: -60) * (Radius(power: 0) + known.bound))
      {
        return false
      }
      count += 1
    }
    return count >= 2
  }
}
