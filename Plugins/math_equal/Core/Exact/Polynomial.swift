// Polynomials in the generators, as sums of monomials. Two are equal when they have the same terms.

/// A product of powers of generators: number and exponent in turns, by number.
struct Monomial: Hashable, Sendable {
  private(set) var factors: [Int32]

  static let one = Monomial(factors: [])

  private init(factors: [Int32]) { self.factors = factors }

  /// A generator's power.
  init(_ kernel: Int, _ exponent: Int) { factors = [Int32(kernel), Int32(exponent)] }

  var isOne: Bool { factors.isEmpty }

  func times(_ other: Monomial) throws(MathError) -> Monomial {
    if isOne { return other }
    if other.isOne { return self }
    var merged: [Int32] = []
    merged.reserveCapacity(factors.count + other.factors.count)
    var (i, j) = (0, 0)
    while i < factors.count || j < other.factors.count {
      if j == other.factors.count || (i < factors.count && factors[i] < other.factors[j]) {
        merged += factors[i...(i + 1)]
        i += 2
      } else if i == factors.count || other.factors[j] < factors[i] {
        merged += other.factors[j...(j + 1)]
        j += 2
      } else {
        let exponent = factors[i + 1] + other.factors[j + 1]
        if exponent > 1_000_000 { throw .tooLarge("a power is too large") }
        merged += [factors[i], exponent]
        (i, j) = (i + 2, j + 2)
      }
    }
    return Monomial(factors: merged)
  }

  /// The exponent of a generator.
  func exponent(of kernel: Int) -> Int {
    for i in stride(from: 0, to: factors.count, by: 2) where factors[i] == Int32(kernel) {
      return Int(factors[i + 1])
    }
    return 0
  }

  /// The monomial with another exponent of a generator that it has.
  func replacing(_ kernel: Int, _ exponent: Int) -> Monomial {
    var rest: [Int32] = []
    for i in stride(from: 0, to: factors.count, by: 2) {
      if factors[i] != Int32(kernel) {
        rest += factors[i...(i + 1)]
      } else if exponent > 0 {
        rest += [factors[i], Int32(exponent)]
      }
    }
    return Monomial(factors: rest)
  }
}

/// A sum of monomials with coefficients other than zero.
struct Polynomial: Sendable {
  private(set) var terms: [Monomial: Rational]

  /// Terms of the longest polynomial.
  static let mostTerms = 400

  /// A constant.
  init(_ value: Rational) { terms = value.isZero ? [:] : [.one: value] }

  /// A generator.
  init(kernel: Int) { terms = [Monomial(kernel, 1): .one] }

  static let one = Polynomial(.one)

  var isZero: Bool { terms.isEmpty }

  /// The value when no generator occurs.
  var constant: Rational? {
    if terms.isEmpty { return .zero }
    return terms.count == 1 ? terms[.one] : nil
  }

  mutating func add(
    _ other: Polynomial, times factor: Rational = .one, _ budget: inout Budget
  ) throws(MathError) {
    for (monomial, coefficient) in other.terms {
      try add(coefficient.times(factor, &budget), monomial, &budget)
    }
  }

  private mutating func add(
    _ coefficient: Rational, _ monomial: Monomial, _ budget: inout Budget
  ) throws(MathError) {
    try budget.spend(60)
    guard let present = terms[monomial] else {
      if terms.count >= Self.mostTerms { throw .tooLarge("it has too many terms") }
      terms[monomial] = coefficient
      return
    }
    let sum = try present.plus(coefficient, &budget)
    if sum.isZero { terms.removeValue(forKey: monomial) } else { terms[monomial] = sum }
  }

  /// The product, with the powers of generators lowered by their rules.
  func times(
    _ other: Polynomial, _ kernels: Kernels, _ budget: inout Budget
  ) throws(MathError) -> Polynomial {
    var product = Polynomial(.zero)
    for (left, a) in terms {
      for (right, b) in other.terms {
        let monomial = try left.times(right)
        let coefficient = try a.times(b, &budget)
        try product.addReduced(coefficient, monomial, kernels, &budget)
      }
    }
    return product
  }

  private mutating func addReduced(
    _ coefficient: Rational, _ monomial: Monomial, _ kernels: Kernels, _ budget: inout Budget
  ) throws(MathError) {
    for i in stride(from: 0, to: monomial.factors.count, by: 2) {
      let kernel = Int(monomial.factors[i])
      let exponent = Int(monomial.factors[i + 1])
      guard let rule = kernels.rules[kernel], exponent >= rule.degree else { continue }
      var rest = Polynomial(coefficient)
      rest.terms = [monomial.replacing(kernel, exponent % rule.degree): coefficient]
      let value = try rule.value.power(exponent / rule.degree, kernels, &budget)
      try add(try rest.times(value, kernels, &budget), &budget)
      return
    }
    try add(coefficient, monomial, &budget)
  }

  /// The polynomial to a power that is not negative.
  func power(
    _ exponent: Int, _ kernels: Kernels, _ budget: inout Budget
  ) throws(MathError) -> Polynomial {
    if let constant { return Polynomial(try constant.power(exponent, &budget)) }
    if terms.count > 1 && exponent > 64 { throw .tooLarge("a power is too large") }
    var result = Polynomial.one
    var base = self
    var rest = exponent
    while rest > 0 {
      if rest & 1 == 1 { result = try result.times(base, kernels, &budget) }
      rest >>= 1
      if rest > 0 { base = try base.times(base, kernels, &budget) }
    }
    return result
  }

  /// The factor that turns `other` into this polynomial, when there is a constant one.
  func ratio(to other: Polynomial, _ budget: inout Budget) throws(MathError) -> Rational? {
    guard terms.count == other.terms.count, let first = terms.first,
      let counterpart = other.terms[first.key]
    else { return nil }
    let factor = try first.value.times(try counterpart.inverse(), &budget)
    for (monomial, coefficient) in terms {
      guard let other = other.terms[monomial], try other.times(factor, &budget) == coefficient
      else { return nil }
    }
    return factor
  }

  /// A spelling that depends on the terms alone.
  func text(_ kernels: Kernels) -> String {
    if terms.isEmpty { return "0" }
    let spelled = terms.map { monomial, coefficient in
      var text = coefficient.description
      for i in stride(from: 0, to: monomial.factors.count, by: 2) {
        text += "*" + kernels.name(of: Int(monomial.factors[i])) + "^\(monomial.factors[i + 1])"
      }
      return text
    }
    return spelled.sorted().joined(separator: "+")
  }
}
