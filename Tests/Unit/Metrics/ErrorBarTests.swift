// Standard errors and intervals, against figures worked out by hand and formulas written out anew.

import Metrics
import Testing

struct ErrorBarTests {
  struct ByHand: Sendable {
    var words: [String]
    var value: Double
    var error: Double?
    var method: ConfidenceInterval.Method?
    var ends: [Double] = []
  }

  @Test(arguments: [
    // Deviations by sample +1, 0, -1: sqrt(3/2 * 2) / 6. The means 1, 1/2, 0 give 0.5 / sqrt(3) too.
    ByHand(
      words: ["PP", "PF", "FF"], value: 0.5, error: 0.288_675_134_594_812_9, method: .normal,
      ends: [0, 1]),
    // Unequal samples, for an error is no try: deviations +0.5, -0.5: sqrt(2/1 * 0.5) / 4.
    ByHand(
      words: ["PPF", "FEE"], value: 0.5, error: 0.25, method: .normal, ends: [0.010009, 0.989991]),
    // One repeat: sqrt(p (1 - p) / (n - 1)), and Wilson's interval for 8 of 10.
    ByHand(
      words: Array(repeating: "P", count: 8) + ["F", "U"], value: 0.8,
      error: 0.133_333_333_333_333_33, method: .wilson, ends: [0.490162, 0.943318]),
    // All or nothing by sample: the repeats add nothing, so it is Wilson over 10 samples again.
    ByHand(
      words: Array(repeating: "PPP", count: 8) + ["FFF", "FUF"], value: 0.8,
      error: 0.133_333_333_333_333_33, method: .wilson, ends: [0.490162, 0.943318]),
    // The interval of none and of all has a width.
    ByHand(
      words: Array(repeating: "F", count: 10), value: 0, error: 0, method: .wilson,
      ends: [0, 0.277533]),
    ByHand(
      words: Array(repeating: "PP", count: 9) + ["PE"], value: 1, error: 0, method: .wilson,
      ends: [0.722467, 1]),
    // One sample says nothing of the spread between samples.
    ByHand(words: ["PF"], value: 0.5, error: nil, method: nil),
    ByHand(words: ["P"], value: 1, error: nil, method: .wilson, ends: [0.206549, 1]),
  ])
  func `accuracy has the error bar worked out by hand`(_ hand: ByHand) throws {
    let measure = try normalized(hand.words).accuracy()
    #expect(measure.value == hand.value)
    #expect(measure.samples == hand.words.count)
    if let error = hand.error {
      #expect(abs((measure.standardError ?? .nan) - error) < 1e-15)
    } else {
      #expect(measure.standardError == nil)
    }
    #expect(measure.interval?.method == hand.method)
    let ends = measure.interval.map { [$0.lower, $0.upper] } ?? []
    #expect(
      zip(ends, hand.ends).allSatisfy { abs($0 - $1) < 1e-6 } && ends.count == hand.ends.count)
  }

  @Test func `the clustered error agrees with Miller's formula and with sample means`() throws {
    var random = FixedRandom()
    let (samples, repeats) = (400, 4)
    let words = (0..<samples).map { _ in
      let chance = Double.random(in: 0...1, using: &random)
      return String(
        (0..<repeats).map { _ in Double.random(in: 0...1, using: &random) < chance ? "P" : "F" })
    }
    let verdicts = try normalized(words)
    let scores = words.map { $0.map { $0 == "P" ? 1.0 : 0.0 } }
    let n = Double(samples * repeats)
    let mean = scores.joined().reduce(0, +) / n
    let plain = scores.joined().reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n
    var cross = 0.0
    for cluster in scores {
      for i in 0..<repeats {
        for j in 0..<repeats where i != j { cross += (cluster[i] - mean) * (cluster[j] - mean) }
      }
    }
    let published = (plain + cross / (n * n)).squareRoot()
    let accuracy = try verdicts.accuracy()
    let error = try #require(accuracy.standardError)
    #expect(abs(error / published - 1) < 1 / Double(samples))
    #expect(error > 1.3 * plain.squareRoot(), "repeats of one sample are not independent")

    let average = try verdicts.curve(.averageAt, k: repeats)
    let first = try verdicts.curve(.passAt, k: 1)
    for other in [average, first] {
      #expect(abs(other.value - accuracy.value) < 1e-15)
      #expect(abs((other.standardError ?? .nan) - error) < 1e-15)
    }
  }

  @Test func `a curve's error is that of the mean of its samples' values`() throws {
    // pass@2 of 3 tries with 0, 1, 2, 3 passes: 0, 2/3, 1, 1; mean 2/3, deviations -2/3, 0, 1/3, 1/3.
    let measure = try normalized(["FFF", "PFF", "FPP", "PPP"]).curve(.passAt, k: 2)
    #expect(abs(measure.value - 2.0 / 3) < 1e-15)
    let error = ((4.0 / 9 + 1.0 / 9 + 1.0 / 9) / 3 / 4).squareRoot()
    #expect(abs((measure.standardError ?? .nan) - error) < 1e-15)
    #expect(measure.interval?.upper == 1)
    #expect([measure.samples, measure.verdicts] == [4, 12])
    // avg@1 and maj@3 give 0 or 1 a sample: Wilson's interval.
    let binary = try normalized(["FFF", "PFF", "FPP", "PPP"])
    #expect(try binary.curve(.averageAt, k: 1).interval?.method == .wilson)
    #expect(try binary.curve(.majorityAt, k: 3).interval?.method == .wilson)
    #expect(try binary.curve(.majorityAt, k: 3).verdicts == 12)
  }
}
