// Sets of real numbers from trees: intervals, unions, conditions and inequalities in one unknown.

/// Reads sets of real numbers.
struct RealSetReading: Sendable {
  var arithmetic: RealSetArithmetic
  /// The unknown of the conditions read so far.
  private(set) var unknown: Node?

  init(_ budget: Budget) { arithmetic = RealSetArithmetic(budget: budget) }

  /// The set that a tree describes, or nothing when it describes none.
  mutating func set(_ node: Node) throws(MathError) -> RealSet? {
    switch node {
    case .symbol("ℝ"): return .everything
    case .symbol("∅"): return RealSet(pieces: [])
    case .group(let open, let parts, let close): return interval(open, parts, close)
    case .set(let parts):
      var pieces: [Piece] = []
      for part in parts {
        guard isNumber(part) else { return nil }
        pieces += RealSet.point(part).pieces
      }
      return try arithmetic.normal(RealSet(pieces: pieces))
    case .setOperation(let operation, let parts): return try combined(operation, parts)
    case .builder(let element, let conditions):
      guard Assignments.isName(element) || isMembership(element) else { return nil }
      return try conjunction(conditions)
    case .list(let parts), .cases(let parts): return try alternatives(parts)
    case .relation(let sides, let relations): return try relation(sides, relations)
    case .quantity(let inner, .named): return try set(inner)
    default: return nil
    }
  }

  private func isNumber(_ node: Node) -> Bool {
    switch node {
    case .number, .sum, .product, .quotient, .power, .negative, .call, .symbol, .based: true
    default: false
    }
  }

  private func isMembership(_ node: Node) -> Bool {
    if case .relation(_, [.member]) = node { return true }
    return false
  }

  private func interval(_ open: String, _ parts: [Node], _ close: String) -> RealSet? {
    guard parts.count == 2, open == "(" || open == "[", close == ")" || close == "]",
      parts.allSatisfy({ isNumber($0) || $0.infinity != 0 })
    else { return nil }
    return RealSet(pieces: [
      Piece(
        lower: Endpoint(node: parts[0], infinity: parts[0].infinity, isClosed: open == "["),
        upper: Endpoint(node: parts[1], infinity: parts[1].infinity, isClosed: close == "]"))
    ])
  }

  private mutating func combined(_ operation: SetOperation, _ parts: [Node]) throws(MathError)
    -> RealSet?
  {
    guard let first = parts.first, var result = try set(first) else { return nil }
    for part in parts.dropFirst() {
      guard let next = try set(part) else { return nil }
      switch operation {
      case .union: result = try arithmetic.union(result, next)
      case .intersection: result = try arithmetic.intersection(result, next)
      case .difference:
        result = try arithmetic.intersection(result, try arithmetic.complement(next))
      }
    }
    return result
  }

  // MARK: Conditions

  private mutating func conjunction(_ conditions: [Node]) throws(MathError) -> RealSet? {
    var result = RealSet.everything
    for condition in conditions {
      guard let next = try set(condition) else { return nil }
      result = try arithmetic.intersection(result, next)
    }
    return result
  }

  /// Conditions side by side: all hold where that is possible, else one of them.
  private mutating func alternatives(_ parts: [Node]) throws(MathError) -> RealSet? {
    var sets: [RealSet] = []
    for part in parts {
      guard case .relation = part, let next = try set(part) else { return nil }
      sets.append(next)
    }
    var all = RealSet.everything
    var any = RealSet(pieces: [])
    for next in sets {
      all = try arithmetic.intersection(all, next)
      any = try arithmetic.union(any, next)
    }
    return all.pieces.isEmpty ? any : all
  }

  private mutating func relation(_ sides: [Node], _ relations: [Relation]) throws(MathError)
    -> RealSet?
  {
    if relations == [.member] {
      if let unknown, unknown != sides[0] { return nil }
      return Assignments.isName(sides[0]) ? try set(sides[1]) : nil
    }
    guard relations.allSatisfy({ $0.isOrder || $0 == .unequal || $0 == .equal }) else { return nil }
    var result = RealSet.everything
    for (index, relation) in relations.enumerated() {
      let (left, right) = (sides[index], sides[index + 1])
      guard let next = try Inequalities.solution(left, relation, right, &unknown, &arithmetic)
      else { return nil }
      result = try arithmetic.intersection(result, next)
    }
    return result
  }
}

extension AnswerComparison {
  /// Compares two sets of real numbers; nothing when one of them is none.
  mutating func realSets(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement? {
    var left = RealSetReading(budget)
    let sets: (RealSet, RealSet)
    do throws(MathError) {
      guard let first = try left.set(gold) else { return nil }
      var right = RealSetReading(left.arithmetic.budget)
      guard let second = try right.set(prediction) else { return nil }
      if let a = left.unknown, let b = right.unknown, a != b {
        return .different("the unknowns differ")
      }
      budget = right.arithmetic.budget
      sets = (first, second)
    } catch .notScalar {
      return nil
    } catch .undefined {
      return nil
    }
    if sets.0.pieces.count != sets.1.pieces.count {
      return .different(
        "the reference has \(sets.0.pieces.count) pieces, the answer has \(sets.1.pieces.count)")
    }
    for (a, b) in zip(sets.0.pieces, sets.1.pieces) {
      for (x, y, name) in [(a.lower, b.lower, "lower"), (a.upper, b.upper, "upper")] {
        if x.infinity != y.infinity { return .different("the \(name) ends differ") }
        if x.isClosed != y.isClosed {
          return .different(
            "the \(name) end is \(x.isClosed ? "closed" : "open") in the reference only")
        }
        if x.infinity != 0 { continue }
        let judgement = try judged(x.node, y.node)
        if !judgement.isEqual { return judgement.at("the \(name) end") }
      }
    }
    return .equal("the same set of real numbers")
  }
}
