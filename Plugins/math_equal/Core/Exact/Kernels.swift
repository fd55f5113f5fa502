// What a normal form is built from besides fractions: variables, pi, e, i, square roots of primes, and every
// expression that no rule takes apart.

/// A generator of the ring in which expressions have a normal form.
enum Kernel: Hashable, Sendable {
  case symbol(String)
  case imaginary
  /// The real root of a whole number above one that no smaller root divides.
  case root(BigInt, degree: Int)
  /// The square root of an expression, or a function's value: its normalised spelling.
  case opaque(String)
}

/// The generators of one comparison, numbered, with the rules that lower their powers.
struct Kernels: Sendable {
  /// `kernel` to the `degree` is `value`.
  struct Rule: Sendable {
    let degree: Int
    let value: Polynomial
  }

  private(set) var all: [Kernel] = []
  private(set) var rules: [Rule?] = []
  private var numbers: [Kernel: Int] = [:]
  /// True while no two different polynomials in the generators can have the same value: only variables, square
  /// roots of primes, i, and one of pi and e.
  private(set) var areIndependent = true

  /// The number of a generator.
  mutating func number(of kernel: Kernel, rule: Rule? = nil) -> Int {
    if let known = numbers[kernel] { return known }
    switch kernel {
    case .symbol("pi"): if numbers[.symbol("e")] != nil { areIndependent = false }
    case .symbol("e"): if numbers[.symbol("pi")] != nil { areIndependent = false }
    case .symbol, .imaginary: break
    case .root(let radicand, let degree):
      // Beyond the square of the largest prime that is tried the radicand may be composite.
      if degree != 2 || radicand.int.map({ $0 > 994_009 }) ?? true { areIndependent = false }
    case .opaque: areIndependent = false
    }
    all.append(kernel)
    rules.append(rule)
    numbers[kernel] = all.count - 1
    return all.count - 1
  }

  func name(of number: Int) -> String {
    switch all[number] {
    case .symbol(let name): name
    case .imaginary: "i"
    case .root(let radicand, let degree): "\(radicand)^(1/\(degree))"
    case .opaque(let text): text
    }
  }
}
