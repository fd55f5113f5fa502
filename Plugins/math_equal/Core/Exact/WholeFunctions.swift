// Functions with exact values at fractions: factorials, binomials, floors, greatest common divisors.

/// Exact values of functions.
enum WholeFunctions {
  /// The value where all arguments are fractions and the function has an exact value there; else nothing.
  static func value(
    _ name: String, _ arguments: [Node], _ normalizer: inout Normalizer
  ) throws(MathError) -> Rational? {
    guard names.contains(name) else { return nil }
    if (name == "sum" || name == "prod"), arguments.count == 3 {
      return try total(name, arguments, &normalizer)
    }
    var values: [Rational] = []
    for argument in arguments {
      guard let value = try normalizer.rational(argument) else { return nil }
      values.append(value)
    }
    return try value(name, values, &normalizer.budget)
  }

  private static let names: Set<String> = [
    "factorial", "doublefactorial", "binom", "floor", "ceil", "abs", "max", "min", "gcd", "lcm",
    "sum",
    "prod", "C", "P", "sgn", "log",
  ]

  static func value(
    _ name: String, _ values: [Rational], _ budget: inout Budget
  ) throws(MathError) -> Rational? {
    switch (name, values.count) {
    case ("abs", 1): return values[0].absolute
    case ("floor", 1): return Rational(values[0].floor)
    case ("ceil", 1): return -Rational((-values[0]).floor)
    case ("sgn", 1): return Rational(values[0].isZero ? 0 : values[0].isNegative ? -1 : 1)
    case ("max", 1...): return values.max()
    case ("min", 1...): return values.min()
    case ("factorial", 1): return try factorial(values[0], step: 1, &budget)
    case ("doublefactorial", 1): return try factorial(values[0], step: 2, &budget)
    case ("binom", 2), ("C", 2): return try binomial(values[0], values[1], &budget)
    case ("gcd", 2...), ("lcm", 2...):
      guard values.allSatisfy(\.isInteger) else { return nil }
      var result = values[0].numerator.absolute
      for value in values.dropFirst() {
        try budget.spend(result.size * value.size * 40)
        let divisor = BigInt.gcd(result, value.numerator)
        if name == "gcd" {
          result = divisor
        } else if !divisor.isZero {
          result = result.divided(by: divisor).quotient * value.numerator.absolute
        }
        if result.bitWidth > Budget.longestNumber { throw .tooLarge("a number is too long") }
      }
      return Rational(result)
    case ("log", 2): return logarithm(values[0], base: values[1])
    default: return nil
    }
  }

  private static func factorial(
    _ value: Rational, step: Int, _ budget: inout Budget
  ) throws(MathError) -> Rational? {
    guard let n = value.int, n >= 0 else { return nil }
    if n > 2500 { throw .tooLarge("a factorial is too large") }
    var product = BigInt.one
    for factor in stride(from: n, to: 1, by: -step) {
      try budget.spend(product.size * 2)
      product = product * BigInt(factor)
    }
    return Rational(product)
  }

  private static func binomial(
    _ top: Rational, _ bottom: Rational, _ budget: inout Budget
  ) throws(MathError) -> Rational? {
    guard let n = top.int, let wanted = bottom.int, n >= 0 else { return nil }
    if wanted < 0 || wanted > n { return .zero }
    let k = min(wanted, n - wanted)
    if k > 4000 || n > 1_000_000_000 { throw .tooLarge("a binomial is too large") }
    var product = BigInt.one
    for i in 0..<k {
      try budget.spend(product.size * 8)
      product = (product * BigInt(n - i)).divided(by: BigInt(i + 1)).quotient
      if product.bitWidth > Budget.longestNumber { throw .tooLarge("a binomial is too large") }
    }
    return Rational(product)
  }

  /// The logarithm when it is a whole number or a simple fraction.
  private static func logarithm(_ value: Rational, base: Rational) -> Rational? {
    guard !value.isNegative, !value.isZero, !base.isNegative, !base.isZero, !base.isOne,
      value.size < 16, base.size < 16
    else { return nil }
    var budget = Budget()
    for bottom in 1...6 {
      guard let lifted = try? value.power(bottom, &budget) else { return nil }
      let ratio = Ball(lifted).logarithm?.divided(by: Ball(base).logarithm ?? .zero)
      guard let top = ratio?.nearestInteger, abs(top) < 200,
        let power = try? base.power(top, &budget)
      else { continue }
      if power == lifted { return Rational(top, over: bottom) }
    }
    return nil
  }

  /// A sum or product over whole numbers between constant bounds.
  private static func total(
    _ name: String, _ arguments: [Node], _ normalizer: inout Normalizer
  ) throws(MathError) -> Rational? {
    guard case .relation(let sides, [.equal]) = arguments[0], case .symbol(let variable) = sides[0],
      let low = try normalizer.rational(sides[1])?.int,
      let high = try? normalizer.rational(arguments[1])?.int, abs(low) < 1 << 40,
      abs(high) < 1 << 40, high - low < 500
    else { return nil }
    var total = name == "sum" ? Rational.zero : .one
    if high < low { return total }
    for value in low...high {
      let term = arguments[2].replacing(variable, by: .integer(value))
      guard let term = try normalizer.rational(term) else { return nil }
      total =
        try name == "sum"
        ? total.plus(term, &normalizer.budget) : total.times(term, &normalizer.budget)
    }
    return total
  }
}
