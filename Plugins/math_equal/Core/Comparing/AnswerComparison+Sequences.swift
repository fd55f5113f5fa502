// Lists, sets, points, intervals and matrices.

extension AnswerComparison {
  // MARK: Lists and sets

  /// Answers of several parts of which at least one is a list, a set or a system.
  mutating func sequences(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    if let choices = Texts.choices(gold, prediction) { return choices }
    switch (gold, prediction) {
    case (.set(let left), .set(let right)):
      return try unordered(unique(left), unique(right))
    case (.set(let left), .list(let right)), (.list(let left), .set(let right)):
      return try unordered(unique(left), unique(right))
    case (.list(let left), .list(let right)):
      if options.ordersLists { return try inOrder(left, right) }
      // Points may be named twice; a list of plain numbers may mean each of them.
      if left.count != right.count, !(left + right).contains(where: isSingle) {
        return try unordered(unique(left), unique(right))
      }
      return try unordered(left, right)
    case (.cases(let left), .cases(let right)), (.cases(let left), .list(let right)),
      (.list(let left), .cases(let right)):
      return try unordered(left, right)
    case (.list(let left), .group), (.list(let left), .matrix), (.cases(let left), .group),
      (.cases(let left), .matrix):
      guard !isInterval(prediction), let right = entries(prediction) else { break }
      return try inOrder(left, right)
    case (.group, .list(let right)), (.matrix, .list(let right)), (.group, .cases(let right)),
      (.matrix, .cases(let right)):
      guard !isInterval(gold), let left = entries(gold) else { break }
      return try inOrder(left, right)
    case (.set(let parts), _) where parts.count == 1 && isSingle(prediction):
      return try judged(parts[0], prediction)
    case (_, .set(let parts)) where parts.count == 1 && isSingle(gold):
      return try judged(gold, parts[0])
    case (.set, .group), (.group, .set):
      return .different("a set is not a point or an interval")
    case (.list(let parts), _), (.set(let parts), _), (.cases(let parts), _):
      // 5, 5 is 5: a list may say the same twice.
      let parts = try unique(parts)
      if parts.count == 1 { return try judged(parts[0], prediction) }
      return .different("the reference has \(parts.count) parts, the answer has one")
    case (_, .list(let parts)), (_, .set(let parts)), (_, .cases(let parts)):
      let parts = try unique(parts)
      if parts.count == 1 { return try judged(gold, parts[0]) }
      return .different("the reference has one part, the answer has \(parts.count)")
    default: break
    }
    return .different("the answers have different shapes")
  }

  /// True for two numbers between brackets of which one is square: that is no point.
  private func isInterval(_ node: Node) -> Bool {
    if case .group(let open, let parts, let close) = node {
      return parts.count == 2 && (open == "[" || close == "]")
    }
    return false
  }

  private func isSingle(_ node: Node) -> Bool {
    switch node {
    case .group, .matrix, .list, .set, .cases: false
    default: true
    }
  }

  /// The entries of a point or vector.
  func entries(_ node: Node) -> [Node]? {
    switch node {
    case .group(_, let parts, _): return parts
    case .matrix(let rows):
      if rows.allSatisfy({ $0.count == 1 }) { return rows.map { $0[0] } }
      return rows.count == 1 ? rows[0] : nil
    default: return nil
    }
  }

  /// The parts without repetitions.
  private mutating func unique(_ parts: [Node]) throws(MathError) -> [Node] {
    var kept: [Node] = []
    for part in parts {
      var isNew = !kept.contains(part)
      if isNew, parts.count <= 12 {
        for other in kept where try judged(other, part).isEqual {
          isNew = false
          break
        }
      }
      if isNew { kept.append(part) }
    }
    return kept
  }

  /// Equal when each part has a partner of its own on the other side.
  private mutating func unordered(_ left: [Node], _ right: [Node]) throws(MathError) -> Judgement {
    if left.count != right.count {
      return .different("the reference has \(left.count) parts, the answer has \(right.count)")
    }
    var rest = right
    for part in left {
      var partner = rest.firstIndex(of: part)
      if partner == nil {
        for (index, other) in rest.enumerated() where try judged(part, other).isEqual {
          partner = index
          break
        }
      }
      guard let partner else {
        return .different("the answer has no \(Spelling.short(part, limit: 80))")
      }
      rest.remove(at: partner)
    }
    return .equal("the same parts")
  }

  /// Equal when the parts are, one by one.
  private mutating func inOrder(_ left: [Node], _ right: [Node]) throws(MathError) -> Judgement {
    if left.count != right.count {
      return .different("the reference has \(left.count) parts, the answer has \(right.count)")
    }
    for (index, pair) in zip(left, right).enumerated() {
      let judgement = try judged(pair.0, pair.1)
      if !judgement.isEqual { return judgement.at("part \(index + 1)") }
    }
    return .equal("the same parts in order")
  }

  // MARK: Points, intervals, vectors, matrices

  /// Answers of which at least one has brackets or rows, and neither is a list.
  mutating func ordered(_ gold: Node, _ prediction: Node) throws(MathError) -> Judgement {
    switch (gold, prediction) {
    case (.group(let open, let left, let close), .group(let other, let right, let end)):
      if left.count == right.count, !areSameBrackets(open, close, other, end, count: left.count) {
        return .different("the brackets are \(open)\(close) and \(other)\(end)")
      }
      return try inOrder(left, right)
    case (.matrix(let left), .matrix(let right)):
      return try matrices(left, right)
    case (.group, .matrix), (.matrix, .group):
      guard let left = entries(gold), let right = entries(prediction) else { break }
      return try inOrder(left, right)
    default:
      if let sets = try realSets(gold, prediction) { return sets }
      if case .group = gold, case .group = prediction { break }
      if [gold, prediction].contains(where: isArithmetic) { return try parted(gold, prediction) }
    }
    return .different("the answers have different shapes")
  }

  private func isArithmetic(_ node: Node) -> Bool {
    switch node {
    case .sum, .product, .quotient, .power, .negative, .call: true
    default: false
    }
  }

  /// Angle brackets and round ones write the same vector; from three entries on square ones do, too.
  private func areSameBrackets(
    _ open: String, _ close: String, _ other: String, _ end: String, count: Int
  ) -> Bool {
    if open == other && close == end { return true }
    let kinds = [open + close, other + end]
    if kinds.contains("⟨⟩") { return kinds.contains("()") || kinds.contains("[]") }
    return count >= 3 && kinds.contains("()") && kinds.contains("[]")
  }

  private mutating func matrices(_ left: [[Node]], _ right: [[Node]]) throws(MathError) -> Judgement
  {
    guard left.count == right.count, zip(left, right).allSatisfy({ $0.count == $1.count }) else {
      let sizes = [left, right].map { "\($0.count) by \($0.first?.count ?? 0)" }
      return .different("the matrices are \(sizes[0]) and \(sizes[1])")
    }
    for (row, pair) in zip(left, right).enumerated() {
      for (column, entry) in zip(pair.0, pair.1).enumerated() {
        let judgement = try judged(entry.0, entry.1)
        if !judgement.isEqual { return judgement.at("row \(row + 1), column \(column + 1)") }
      }
    }
    return .equal("the same entries")
  }
}
