// Equality of answers of every shape: the dispatch, and what the shapes have in common.

/// Compares two answers; draws on one budget.
struct AnswerComparison: Sendable {
  let options: MathOptions
  var budget = Budget()
  private var depth = 0

  init(_ options: MathOptions) { self.options = options }

  /// Compares a reference with an answer, both as they were read.
  mutating func compare(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    if gold == prediction { return .equal("written alike") }
    return try judged(Canonical.form(gold), Canonical.form(prediction))
  }

  /// Compares two canonical trees.
  mutating func judged(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    try budget.spend(500)
    if gold == prediction { return .equal("written alike") }
    depth += 1
    defer { depth -= 1 }
    if depth > 24 { throw .tooLarge("it is nested too deeply") }
    if let words = Texts.compare(gold, prediction) { return words }
    // The modulus of a residue is part of the question.
    switch (gold, prediction) {
    case (.call("mod", let parts), _) where !isResidue(prediction):
      return try judged(parts[0], prediction)
    case (_, .call("mod", let parts)) where !isResidue(gold): return try judged(gold, parts[0])
    default: break
    }
    switch (gold, prediction) {
    case (.quantity, _), (_, .quantity):
      return try quantities(gold, prediction)
    case (.relation, _), (_, .relation), (.builder, _), (_, .builder):
      return try relations(gold, prediction)
    case (.setOperation, _), (_, .setOperation):
      if let sets = try realSets(gold, prediction) { return sets }
      // `(-\infty, 1), (2, \infty)` for the union of both.
      switch (gold, prediction) {
      case (.setOperation(.union, _), .list(let parts)):
        if let sets = try realSets(gold, .setOperation(.union, parts)) { return sets }
      case (.list(let parts), .setOperation(.union, _)):
        if let sets = try realSets(.setOperation(.union, parts), prediction) { return sets }
      default: break
      }
      if let left = Self.conditions(gold), let right = Self.conditions(prediction) {
        return try sequences(left, right)
      }
      return try parted(gold, prediction)
    case (.list(let parts), _) where parts.contains(where: \.isInequality),
      (_, .list(let parts)) where parts.contains(where: \.isInequality):
      if let sets = try realSets(gold, prediction) { return sets }
      return try sequences(gold, prediction)
    case (.call, .group("(", _, ")")), (.product, .group("(", _, ")")):
      return try ordered(Self.point(gold) ?? gold, prediction)
    case (.group("(", _, ")"), .call), (.group("(", _, ")"), .product):
      return try ordered(gold, Self.point(prediction) ?? prediction)
    case (.list, _), (_, .list), (.set, _), (_, .set), (.cases, _), (_, .cases):
      return try sequences(gold, prediction)
    case (.group, _), (_, .group), (.matrix, _), (_, .matrix):
      return try ordered(gold, prediction)
    case (.ratio, _), (_, .ratio), (.time, _), (_, .time):
      return try ratios(gold, prediction)
    case (.negative(.based), .negative(.number)), (.negative(.number), .negative(.based)):
      return try bases(gold.parts[0], prediction.parts[0])
    case (.based, _), (_, .based):
      return try bases(gold, prediction)
    default:
      return try expressions(gold, prediction)
    }
  }

  /// `P(1, 2)` without its name.
  private static func point(_ node: Node) -> Node? {
    switch node {
    case .call(let name, let parts) where isPointName(name) && parts.count > 1:
      .group("(", parts, ")")
    case .product(let factors) where factors.count == 2:
      if case .symbol(let name) = factors[0], isPointName(name),
        case .group("(", _, ")") = factors[1]
      {
        factors[1]
      } else {
        nil
      }
    default: nil
    }
  }

  private static func isPointName(_ name: String) -> Bool {
    name.utf8.count == 1 && name.utf8.allSatisfy { (0x41...0x5A).contains($0) }
  }

  /// Conditions joined by "and" or "or", or side by side, as a list.
  private static func conditions(_ node: Node) -> Node? {
    switch node {
    case .setOperation(_, let parts) where parts.allSatisfy(\.isRelation): .list(parts)
    case .list: node
    default: nil
    }
  }

  private func isResidue(_ node: Node) -> Bool {
    if case .call("mod", _) = node { return true }
    if case .relation = node { return true }
    return false
  }

  // MARK: Single values

  /// Two expressions; where they have no single value, their parts one by one.
  mutating func expressions(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    if gold.infinity != 0 || prediction.infinity != 0 {
      return gold.infinity == prediction.infinity
        ? .equal("the same infinity")
        : .different("one is infinite, the other is not the same infinity")
    }
    var scalars = ScalarComparison(options: options, budget: budget)
    do throws(MathError) {
      let judgement = try scalars.compare(gold, prediction)
      budget = scalars.budget
      return judgement
    } catch .notScalar {
      return try parted(gold, prediction)
    } catch .undefined(let reason) {
      return .different("\(reason) in one of them")
    }
  }

  /// Trees of one shape: equal when their parts are, in order.
  mutating func parted(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    let (left, right) = (gold.parts, prediction.parts)
    let isShapeSame = gold.mapParts { _ in .empty } == prediction.mapParts { _ in .empty }
    guard isShapeSame, !left.isEmpty else {
      return .different(
        "\(Spelling.short(gold, limit: 80)) is not \(Spelling.short(prediction, limit: 80))")
    }
    for (a, b) in zip(left, right) {
      let judgement = try judged(a, b)
      if !judgement.isEqual { return judgement }
    }
    return .equal("equal part by part")
  }

  /// A number in another base: by value against another such number, by digits against a bare one.
  private mutating func bases(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    switch (gold, prediction) {
    case (.based(_, _, let a), .based(_, _, let b)):
      return a == b
        ? .equal("equal exactly") : .different("the values in base ten are \(a) and \(b)")
    case (.based(let digits, let base, _), .number(let bare)),
      (.number(let bare), .based(let digits, let base, _)):
      return Spelling.text(of: .number(bare)) == digits
        ? .equal("the same digits, one without its base")
        : .different("\(digits) in base \(base) is not written \(Spelling.text(of: .number(bare)))")
    default:
      return try expressions(gold, prediction)
    }
  }

  /// Ratios up to a common factor, and times of day.
  private mutating func ratios(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    if let left = Self.time(gold), let right = Self.time(prediction),
      isTime(gold) || isTime(prediction)
    {
      guard left.minutes % 720 == right.minutes % 720 else { return .different("the times differ") }
      if let a = left.isMorning, let b = right.isMorning, a != b {
        return .different("one is before noon, the other after it")
      }
      return .equal("the same time")
    }
    switch (gold, prediction) {
    case (.time(let minutes, _?), .number(let hour)), (.number(let hour), .time(let minutes, _?)):
      // "2:00 pm" for 2.
      let isHour = hour.value.int.map { (0...12).contains($0) && $0 % 12 * 60 == minutes } ?? false
      return isHour
        ? .equal("the same hour") : .different("one is a time, the other is not its hour")
    case (.ratio(let left), .ratio(let right)):
      guard left.count == right.count else {
        return .different("\(left.count) parts are not \(right.count)")
      }
      for index in 1..<left.count {
        let judgement = try judged(
          .product([left[index], right[0]]), .product([right[index], left[0]]))
        if !judgement.isEqual { return judgement.at("part \(index + 1) of the ratio") }
      }
      return .equal("the same ratio")
    case (.ratio(let parts), let other) where parts.count == 2:
      return try judged(.quotient(parts[0], parts[1]), other)
    case (let other, .ratio(let parts)) where parts.count == 2:
      return try judged(other, .quotient(parts[0], parts[1]))
    default:
      return .different("one is a ratio or a time, the other is not")
    }
  }

  private func isTime(_ node: Node) -> Bool {
    if case .time = node { return true }
    return false
  }

  /// A time of day, also when it reads as a ratio.
  private static func time(_ node: Node) -> (minutes: Int, isMorning: Bool?)? {
    switch node {
    case .time(let minutes, let isMorning): return (minutes, isMorning)
    case .ratio(let parts) where parts.count == 2:
      guard let hour = parts[0].literal?.value.int, let minute = parts[1].literal?.value.int,
        (0..<25).contains(hour), (0..<60).contains(minute)
      else { return nil }
      return (hour * 60 + minute, nil)
    default: return nil
    }
  }

  // MARK: Units

  /// Values with units: the same unit, or a unit on one side only.
  private mutating func quantities(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement
  {
    switch (gold, prediction) {
    case (.quantity(let a, let left), .quantity(let b, let right)):
      if UnitWords.conflict(left, right) {
        return .different("\(Spelling.text(of: left)) is not \(Spelling.text(of: right))")
      }
      return try judged(a, b)
    case (.quantity(let inner, let unit), let bare):
      return try oneSided(inner, unit, bare, isGold: true)
    case (let bare, .quantity(let inner, let unit)):
      return try oneSided(inner, unit, bare, isGold: false)
    default:
      return try expressions(gold, prediction)
    }
  }

  /// A unit on one side: the figure is equal, or the value is (20% is 20 and 0.2, 90° is 90 and pi/2).
  private mutating func oneSided(
    _ inner: Node, _ unit: Unit, _ bare: Node, isGold: Bool
  ) throws(MathError) -> Judgement {
    if case .based = bare { return .different("one has a base, the other a unit") }
    let judgement = isGold ? try judged(inner, bare) : try judged(bare, inner)
    if judgement.isEqual { return judgement }
    if case .named(let words) = unit {
      guard let letter = words.first, Words.ambiguous.contains(letter) else { return judgement }
      // What was taken for a unit may be a variable: 5 m for 5m.
      let power = words.count == 2 ? Int(words[1].dropFirst()) ?? 1 : 1
      let whole = Node.product([inner, .power(.symbol(letter), .integer(power))])
      let product = isGold ? try judged(whole, bare) : try judged(bare, whole)
      return product.isEqual ? product : judgement
    }
    if case .list = bare { return judgement }
    if case .relation = bare { return judgement }
    let whole = Node.quantity(inner, unit)
    let value = isGold ? try expressions(whole, bare) : try expressions(bare, whole)
    return value.isEqual ? value : judgement
  }
}
