// The arithmetic below everything: whole numbers of any size, balls that hold the numbers they stand for.

import Testing

@testable import MathEqualCore

struct ArithmeticTests {
  /// A number of a given number of limbs.
  private func number(_ limbs: Int, _ random: inout SeededRandom) -> BigInt {
    BigInt(
      magnitude: (0..<limbs).map { _ in UInt32(truncatingIfNeeded: random.next()) },
      negative: random.next() & 1 == 1)
  }

  @Test func `whole numbers keep the laws of division, and roots are the greatest that fit`() {
    var random = SeededRandom(11)
    for round in 0..<400 {
      let a = number(round % 9 + 1, &random)
      let b = number(round % 5 + 1, &random)
      if b.isZero { continue }
      let (quotient, remainder) = a.divided(by: b)
      #expect(quotient * b + remainder == a)
      #expect(remainder.absolute < b.absolute)
      #expect((a + b) - b == a)
      #expect((a + b) * (a - b) == a * a - b * b)
      let root = a.absolute.root(3)
      #expect(!(a.absolute < root.power(3)) && a.absolute < (root + .one).power(3))
      #expect(BigInt(digits: a.absolute.description.utf8) == a.absolute)
    }
  }

  @Test func `divisions whose first guess of a digit is too large are put right`() {
    // Knuth's step D6 is rare; these operands need it.
    let top = BigInt(magnitude: [0, 0, 0x8000_0000, 0x7FFF_FFFF], negative: false)
    let bottom = BigInt(magnitude: [1, 0, 0x8000_0000], negative: false)
    let (quotient, remainder) = top.divided(by: bottom)
    #expect(quotient * bottom + remainder == top)
    #expect(quotient == BigInt(0xFFFF_FFFE))
  }

  @Test func `fractions are exact`() throws {
    var budget = Budget()
    let third = Rational(1, over: 3)
    #expect(try third.plus(third, &budget).plus(third, &budget) == .one)
    #expect(try Rational(-2, over: 4).power(-3, &budget) == Rational(-8))
    #expect(Rational(-7, over: 2).floor == BigInt(-4))
    #expect(Rational(8, over: 27).exactRoot(3) == Rational(2, over: 3))
    #expect(Rational(2).exactRoot(2) == nil)
    #expect(throws: MathError.self) { try Rational(BigInt(1), over: BigInt(0)) }
  }

  @Test func `balls hold the exact results of sums, products and quotients`() throws {
    var random = SeededRandom(7)
    var budget = Budget(100_000_000)
    for _ in 0..<300 {
      let a = try Rational(
        number(Int(random.next() % 6) + 1, &random), over: BigInt(Int(random.next() % 999) + 1))
      let b = try Rational(
        number(Int(random.next() % 3) + 1, &random), over: BigInt(Int(random.next() % 999) + 1))
      let (x, y) = (Ball(a), Ball(b))
      #expect(isInside(try a.plus(b, &budget), x + y))
      #expect(isInside(try a.plus(-b, &budget), x - y))
      #expect(isInside(try a.times(b, &budget), x * y))
      if !b.isZero, let quotient = x.divided(by: y) {
        #expect(isInside(try a.times(try b.inverse(), &budget), quotient))
      }
    }
  }

  /// True when the exact value cannot be told apart from the ball.
  private func isInside(_ exact: Rational, _ ball: Ball) -> Bool {
    // Both are balls; their difference must hold zero. The bound of the check is the ball's own.
    !(Ball(exact) - ball).excludesZero
  }

  @Test func `elementary functions satisfy their identities and are narrow`() throws {
    for (top, bottom) in [(1, 3), (7, 5), (-9, 4), (101, 7), (1, 1000), (355, 113), (1, 1), (2, 1)]
    {
      let x = Ball(Rational(top, over: bottom))
      let (sine, cosine) = try #require(x.sineAndCosine)
      expectZero(sine * sine + cosine * cosine - .one)
      let raised = try #require(x.exponential)
      expectZero(try #require(raised.logarithm) - x)
      let tangent = try #require(x.inverseTangent)
      let back = try #require(tangent.sineAndCosine)
      expectZero(try #require(back.sine.divided(by: back.cosine)) - x)
      let root = try #require((x * x).squareRoot)
      expectZero(root - x.absolute)
    }
    expectZero(try #require(Ball.one.inverseTangent).scaled(by: 2) - .pi)
    #expect(try #require(Ball.pi.sineAndCosine).sine.bound < Radius(power: -100))
  }

  private func expectZero(_ ball: Ball) {
    #expect(!ball.excludesZero)
    #expect(ball.radius < Radius(power: -90))
  }
}

/// SplitMix64, seeded: the same numbers in every run.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
