// Prime factors of the numbers under roots. Only small primes are tried; what is left is kept whole.

/// Factors of whole numbers.
enum Primes {
  /// The primes below a thousand.
  static let small: [Int] = (2..<1000).filter { candidate in
    !(2..<candidate).contains { $0 * $0 <= candidate && candidate % $0 == 0 }
  }

  /// Primes and their counts; the last factor may be composite when it is beyond 997 squared.
  static func factors(of value: BigInt) -> [(BigInt, Int)] {
    var rest = value
    var found: [(BigInt, Int)] = []
    for prime in small {
      if rest.isOne { break }
      if let whole = rest.int, whole < prime * prime { break }
      let divisor = BigInt(prime)
      var count = 0
      while true {
        let (quotient, remainder) = rest.divided(by: divisor)
        if !remainder.isZero { break }
        rest = quotient
        count += 1
      }
      if count > 0 { found.append((divisor, count)) }
    }
    if !rest.isOne {
      // A square of a large prime is not seen by trial.
      if let root = rest.exactRoot(2) {
        found.append((root, 2))
      } else {
        found.append((rest, 1))
      }
    }
    return found
  }
}
