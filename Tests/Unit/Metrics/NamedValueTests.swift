// Named values: the same rules as for verdicts, and sums that lose nothing.

import Metrics
import Testing

struct NamedValueTests {
  static func values(_ expectation: ExpectedTries, _ rows: [RawValue]) -> NormalizedValues {
    var normalizer = ValueNormalizer(expectation)
    for row in rows { normalizer.push(row) }
    return normalizer.finish()
  }

  static func raw(
    _ sample: Int64?, _ repeatIndex: Int64?, _ value: Double, name: Int32 = 0
  ) -> RawValue {
    RawValue(sampleIndex: sample, repeatIndex: repeatIndex, name: name, value: value)
  }

  @Test func `values are kept once, and what is no value is counted and in no mean`() throws {
    var names = NameTable()
    let f1 = names.id(of: "f1")
    let edits = names.id(of: "edits")
    #expect(names.id(of: "f1") == f1)
    #expect(names.names == ["f1", "edits"])
    let values = Self.values(
      try ExpectedTries(samples: 3, repeats: 2),
      [
        Self.raw(2, 1, 0.5), Self.raw(0, 0, 1), Self.raw(0, 1, 0), Self.raw(1, 0, 0.5),
        Self.raw(1, 1, .nan), Self.raw(0, 0, 1), Self.raw(0, 1, 0.25), Self.raw(nil, 0, 9),
        Self.raw(-1, 0, 9), Self.raw(0, 2, 9), Self.raw(1, 1, -.infinity), Self.raw(1, 1, 1e101),
        Self.raw(0, 0, 9, name: -1), Self.raw(0, 0, 9, name: 5000), Self.raw(0, 0, .nan, name: 3),
      ])
    let coverage = try values.coverage(of: f1)
    #expect(
      [
        coverage.expected, coverage.present, coverage.duplicate, coverage.conflicting,
        coverage.bad, coverage.missing,
      ] == [6, 4, 1, 1, 6, 2])
    #expect(
      coverage.missingTries == [
        SampleRepeat(sample: 1, repeatIndex: 1), SampleRepeat(sample: 2, repeatIndex: 0),
      ])
    #expect(
      coverage.badRows.map(\.reason) == [
        .valueNotUsable, .sampleIndexMissing, .sampleIndexOutOfRange, .repeatIndexOutOfRange,
        .valueNotUsable, .valueNotUsable,
      ])
    #expect(!coverage.isWhole)
    #expect(values.unnamed.bad == 2)
    let mean = try values.mean(of: f1)
    #expect(mean.value == 0.5)
    #expect([mean.samples, mean.verdicts] == [3, 4])
    #expect(mean.standardError == 0)
    #expect(throws: MetricError.noSuchName(edits)) { try values.mean(of: edits) }
    #expect(throws: MetricError.noSuchName(-1)) { try values.coverage(of: -1) }
    #expect(throws: MetricError.nothingJudged) { try values.mean(of: 3) }
  }

  @Test func `a mean of values is clustered by sample and is not cut to a range`() throws {
    // Means 3 and -1 by sample: mean 1, deviations by sample +4, -4: sqrt(2 * 32) / 4 = 2.
    let values = Self.values(
      try ExpectedTries(samples: 2, repeats: 2),
      [Self.raw(0, 0, 2), Self.raw(0, 1, 4), Self.raw(1, 0, -2), Self.raw(1, 1, 0)])
    let mean = try values.mean(of: 0)
    #expect(mean.value == 1)
    #expect(mean.standardError == 2)
    let interval = try #require(mean.interval)
    #expect(interval.method == .normal)
    let width = 2 * 1.959963984540054
    #expect(abs(interval.lower - 1 + width) < 1e-15)
    #expect(abs(interval.upper - 1 - width) < 1e-15)
  }

  @Test func `large and small values keep their digits in any order`() throws {
    let expectation = try ExpectedTries(samples: 4000, repeats: 1)
    var rows: [RawValue] = []
    for sample in 0..<4000 {
      let value = [1e16, 1, -1e16, 0.125][sample % 4]
      rows.append(Self.raw(Int64(sample), 0, value))
    }
    var random = FixedRandom()
    let sorted = try Self.values(expectation, rows).mean(of: 0)
    #expect(sorted.value == 1125.0 / 4000)
    #expect(try Self.values(expectation, rows.shuffled(using: &random)).mean(of: 0) == sorted)
  }

  @Test func `a weighted mean is a share of the parts, with the error of a ratio`() throws {
    // Three samples with 1, 3 and 2 parts, of which 1, 1 and 2 are right: 4 of 6. Sample 0 gives no weight.
    let values = Self.values(
      try ExpectedTries(samples: 3, repeats: 1),
      [
        Self.raw(0, 0, 1), Self.raw(1, 0, 1.0 / 3), Self.raw(2, 0, 1),
        Self.raw(1, 0, 3, name: 1), Self.raw(2, 0, 2, name: 1),
      ])
    let mean = try values.mean(of: 0, weightedBy: 1)
    #expect(abs(mean.value - 4.0 / 6) < 1e-15)
    // Deviations by sample: 1 - 2/3, 1 - 3 * 2/3, 2 - 2 * 2/3.
    let squares = (1.0 / 9) + 1 + (4.0 / 9)
    #expect(try abs(#require(mean.standardError) - (1.5 * squares).squareRoot() / 6) < 1e-15)
    #expect([mean.samples, mean.verdicts] == [3, 3])
  }

  @Test func `equal weights change nothing, and a weight that is not above 0 is refused`() throws {
    let rows = [Self.raw(0, 0, 0.5), Self.raw(1, 0, 1), Self.raw(2, 0, 0.25)]
    let weights = (0..<3).map { Self.raw($0, 0, 4, name: 1) }
    let expectation = try ExpectedTries(samples: 3, repeats: 1)
    let values = Self.values(expectation, rows + weights)
    #expect(try values.mean(of: 0, weightedBy: 1) == values.mean(of: 0))
    let bad = Self.values(expectation, rows + [Self.raw(1, 0, 0, name: 1)])
    #expect(throws: MetricError.weightNotUsable(sample: 1)) { try bad.mean(of: 0, weightedBy: 1) }
  }
}
