// The rule for decimals, and the options that change it.

import MathEqualCore
import Testing

struct DecimalRuleTests {
  static let accepted: [Pair] = [
    // Rounds to it, four significant digits or more, and no short decimal of its own.
    Pair(#"\sqrt{3}"#, "1.732"), Pair(#"\frac{1}{3}"#, "0.3333"), Pair("2/3", "0.66667"),
    Pair(#"288\pi"#, "904.779"), Pair("1.732", #"\sqrt3"#),
    Pair("1/432", #"2.3148 \times 10^{-3}"#),
    // The same number.
    Pair("0.5", "0.50"), Pair("639/40", "15.975"), Pair("1e3", "1000"),
    // One decimal rounds the other, which says more.
    Pair("16386.17", "16386.169"),
  ]

  static let refused: [Pair] = [
    // Too few digits, or not rounded.
    Pair(#"\pi"#, "3.14"), Pair("1/3", "0.33"), Pair("2/3", "0.6666"), Pair(#"\sqrt{51}"#, "7.1"),
    Pair(#"288\pi"#, "904.7779199999999"),
    // Whole numbers and short decimals are exact.
    Pair("10000", "9999.9999"), Pair("5", "5.001"), Pair("639/40", "15.98"),
    Pair("0.4567", "0.4568"),
    Pair("7.78", "7.8"), Pair("2", "2.0000000000000004"),
  ]

  @Test func `a decimal stands for a value that rounds to it`() {
    Pair.expectEqual(Self.accepted)
  }

  @Test func `exact values have no tolerance`() {
    Pair.expectDifferent(Self.refused)
  }

  @Test func `options make decimals exact, or give them a tolerance`() {
    var exact = MathOptions()
    exact.roundedDigits = 0
    Pair.expectDifferent(
      [Pair(#"\sqrt{3}"#, "1.7320508"), Pair("16386.17", "16386.169")], options: exact)
    Pair.expectEqual([Pair("1/2", "0.5")], options: exact)
    var loose = MathOptions()
    loose.relativeTolerance = Rational(tolerance: 0.01)
    Pair.expectEqual(
      [Pair("100", "100.9"), Pair("-100", "-99.1"), Pair("1/3", "0.33")], options: loose)
    Pair.expectDifferent([Pair("100", "101.1"), Pair("100", "-100")], options: loose)
  }
}
