// What an answer means: numbers and expressions below, structures of them above.

/// A written number.
struct Literal: Hashable, Sendable {
  /// Its exact value.
  var value: Rational
  /// Digits after the decimal point as written, shifted by the power of ten; 0 for a whole number.
  var decimals: Int
  /// Digits from the first one that is not zero.
  var significant: Int

  /// True when it is written as a decimal, so that it may be a rounded value.
  var isDecimal: Bool { decimals > 0 }

  init(_ value: Rational, decimals: Int = 0, significant: Int = 0) {
    self.value = value
    self.decimals = decimals
    self.significant = significant
  }
}

/// What a value is counted in.
enum Unit: Hashable, Sendable {
  case percent
  case degree
  /// Money, a measure, or any noun: the words in one spelling.
  case named([String])
}

/// How things compare in a relation.
enum Relation: String, Hashable, Sendable {
  case equal = "="
  case unequal = "≠"
  case less = "<"
  case lessOrEqual = "≤"
  case greater = ">"
  case greaterOrEqual = "≥"
  case approximately = "≈"
  case congruent = "≡"
  case member = "∈"
  case notMember = "∉"
  case subset = "⊂"
  case superset = "⊃"
  case maps = "→"
  case implies = "⇒"
  case equivalent = "⇔"
  case similar = "~"
  case parallel = "∥"
  case perpendicular = "⊥"

  /// The relation with its sides exchanged, where there is one.
  var reversed: Relation {
    switch self {
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    case .subset: .superset
    case .superset: .subset
    default: self
    }
  }

  var isOrder: Bool {
    self == .less || self == .lessOrEqual || self == .greater || self == .greaterOrEqual
  }
}

/// Operations of sets.
enum SetOperation: String, Hashable, Sendable {
  case union = "∪"
  case intersection = "∩"
  case difference = "\\"
}

/// A tree of an answer.
indirect enum Node: Hashable, Sendable {
  case number(Literal)
  /// A number in another base than ten: its digits, the base, its value.
  case based(String, base: Int, Rational)
  /// A variable, a constant of one letter, or a set of numbers; subscripts and primes belong to the name.
  case symbol(String)
  case sum([Node])
  case product([Node])
  case quotient(Node, Node)
  case power(Node, Node)
  case negative(Node)
  /// The two values of ±x; `isFlipped` for ∓x.
  case plusMinus(Node, isFlipped: Bool)
  /// A function or an operator and its arguments.
  case call(String, [Node])
  case quantity(Node, Unit)
  /// A point, an interval or a vector, by its brackets.
  case group(String, [Node], String)
  /// Several answers without brackets around them.
  case list([Node])
  case set([Node])
  /// `{x | x > 1}`: the element and its conditions.
  case builder(Node, [Node])
  case matrix([[Node]])
  /// Equations under a brace.
  case cases([Node])
  case relation([Node], [Relation])
  case setOperation(SetOperation, [Node])
  case ratio([Node])
  /// A time of day in minutes, and whether it is before noon, where that is said.
  case time(Int, isMorning: Bool?)
  /// Words, normalised.
  case text([String])
  case empty
}

extension Node {
  static func integer(_ value: Int) -> Node { .number(Literal(Rational(value))) }

  /// The literal when the node is a number with or without a sign.
  var literal: Literal? {
    switch self {
    case .number(let literal): literal
    case .negative(.number(let literal)):
      Literal(-literal.value, decimals: literal.decimals, significant: literal.significant)
    case .negative(let inner):
      inner.scientific.map {
        Literal(-$0.value, decimals: $0.decimals, significant: $0.significant)
      }
    default: scientific
    }
  }

  /// `2.5 * 10^-3` as the decimal that it is.
  private var scientific: Literal? {
    guard case .product(let factors) = self, factors.count == 2,
      case .number(let mantissa) = factors[0],
      case .power(.number(let ten), let exponent) = factors[1], ten.value == Rational(10),
      let shift = exponent.literal?.value.int, abs(shift) <= 400
    else { return nil }
    var budget = Budget()
    guard let scale = try? Rational(10).power(shift, &budget),
      let value = try? mantissa.value.times(scale, &budget)
    else { return nil }
    return Literal(
      value, decimals: max(mantissa.decimals - shift, 0), significant: mantissa.significant)
  }

  /// The infinity that the node is: 1, -1, or 0 for none.
  var infinity: Int {
    switch self {
    case .symbol("∞"): 1
    case .negative(.symbol("∞")): -1
    case .quantity(let inner, _): inner.infinity
    default: 0
    }
  }
}
