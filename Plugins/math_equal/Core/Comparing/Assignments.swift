// Names in front of answers: `x = 5`, `f(x) = 2x + 3`, `(p, q) = (3, 2)`, `AB = 4`, `area = 12`.

/// Tells names from equations.
enum Assignments {
  /// True for what may be left out in front of an equals sign.
  static func isName(_ node: Node) -> Bool {
    switch node {
    case .symbol(let name): !["∞", "∅", "ℝ", "pi", "e", "i"].contains(name)
    case .text: true
    case .call(let name, let arguments):
      ["overline", "vec", "angle", "triangle", "abs", "norm", "index", "det", "prime"].contains(
        name)
        ? arguments.allSatisfy { isName($0) || $0.literal != nil }
        : !named.contains(name)
    case .product(let factors):
      isEvent(factors) || factors.allSatisfy { isName($0) || isPointList($0) }
    case .setOperation(_, let parts): parts.allSatisfy(isName)
    case .quotient(let top, let bottom): isName(top) && isName(bottom)
    case .group(_, let parts, _), .ratio(let parts), .list(let parts), .set(let parts):
      !parts.isEmpty && parts.allSatisfy(isName)
    case .quantity(let inner, .named): isName(inner)
    default: false
    }
  }

  /// Functions with a meaning: `sin(x) = 1/2` says more than a name would.
  private static let named: Set<String> = [
    "sqrt", "root", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln", "exp", "power",
    "factorial",
    "floor", "ceil", "binom", "arcsin", "arccos", "arctan",
  ]

  /// `P(X = 2)`: the probability of an event.
  private static func isEvent(_ factors: [Node]) -> Bool {
    guard factors.count == 2, factors[0] == .symbol("P"), case .relation = factors[1] else {
      return false
    }
    return true
  }

  /// Names in brackets after a name: `P(A)`.
  private static func isPointList(_ node: Node) -> Bool {
    if case .group(_, let parts, _) = node { return parts.allSatisfy(isName) }
    return false
  }

  /// True for a left side of symbols alone, such as `m + n`: the name of what is asked for.
  static func isSymbolic(_ node: Node) -> Bool {
    switch node {
    case .symbol, .text: isName(node)
    case .sum(let parts), .product(let parts): parts.allSatisfy(isSymbolic)
    case .negative(let inner): isSymbolic(inner)
    case .quotient(let top, let bottom): isSymbolic(top) && isSymbolic(bottom)
    case .call(_, let arguments): arguments.allSatisfy(isName)
    default: false
    }
  }

  /// What an answer says without the names in front, the most precise part first; empty when there is no name.
  ///
  /// `isAnswer` for the prediction: there `m + n = 104` answers a reference of 104. A reference `x + y = 1` is
  /// an equation and not the number 1.
  static func values(_ node: Node, isAnswer: Bool) -> [Node] {
    guard case .relation(let sides, let relations) = node else { return [] }
    if relations == [.member] { return isName(sides[0]) ? [sides[1]] : [] }
    if isAnswer, relations == [.congruent], isName(sides[0]) { return [sides[1]] }
    guard relations.allSatisfy({ $0 == .equal || $0 == .approximately || $0 == .implies }),
      relations.contains(where: { $0 != .implies })
    else { return [] }
    var rest = sides[...]
    var kinds = relations[...]
    while rest.count > 1, let first = rest.first, isName(first) || (isAnswer && isSymbolic(first)) {
      rest.removeFirst()
      kinds.removeFirst()
    }
    guard let last = rest.last else { return [] }
    if rest.count == 1 { return [last] }
    // A calculation: what it comes to, and before that what is only approximated in the end.
    let isCalculation =
      sides.dropFirst().allSatisfy { $0.variables.isEmpty }
      && rest.allSatisfy { $0.variables.isEmpty }
    if !isCalculation && rest.count == sides.count { return [] }
    if let place = kinds.lastIndex(of: .approximately) {
      let exact = rest[rest.startIndex + (place - kinds.startIndex)]
      return kinds.count == 1 || place == kinds.endIndex - 1 ? [exact, last] : [last]
    }
    return [last]
  }

  /// The name and the value of `name = value`.
  static func parts(_ node: Node) -> (name: Node, value: Node)? {
    guard case .relation(let sides, let relations) = node, relations.count == 1,
      relations[0] == .equal || relations[0] == .approximately, isName(sides[0])
    else { return nil }
    return (sides[0], sides[1])
  }

  /// True when two names may stand for each other: equal ones, and `y` for `f(x)`.
  static func areSame(_ left: Node, _ right: Node) -> Bool {
    if left == right { return true }
    if case .text(let a) = left, case .text(let b) = right {
      return Texts.normal(a) == Texts.normal(b)
    }
    // Words name the thing itself and not another variable.
    if case .text = left { return true }
    if case .text = right { return true }
    return isDependent(left) && isDependent(right)
  }

  private static func isDependent(_ node: Node) -> Bool {
    switch node {
    case .symbol(let name): name == "y"
    case .call(let name, _):
      Parser.functionNames.contains(name) || name.hasPrefix("f") || name.hasPrefix("y")
    case .product(let factors): factors.first == .symbol("y") && factors.count == 2
    default: false
    }
  }
}
