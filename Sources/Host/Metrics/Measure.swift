// A number that says how sure it is: a mean over samples, its standard error and its 95 % interval.
//
// Samples are the unit of sampling: the repeats of one sample are not independent, so every error bar
// here is clustered by sample (Miller 2024, "Adding Error Bars to Evals", section 2.2). With values s
// in clusters c of n_c values, N values and G clusters in all:
//
//   mean = sum s / N
//   SE   = sqrt( G / (G - 1) * sum over c of (sum over i in c of (s_ic - mean))^2 ) / N
//
// Expanding the square gives Miller's formula (the plain variance plus the cross terms within each
// cluster); the factor G / (G - 1) is applied to the whole sum instead of n / (n - 1) to its first
// part. So with one repeat it is exactly sqrt(var / n) with the n - 1 variance, and with equally many
// repeats it is exactly the standard error of the mean of the samples' own means.

/// Two ends between which the true value lies with 95 % confidence.
package struct ConfidenceInterval: Sendable, Equatable {
  /// How the ends were found.
  package enum Method: Sendable, Equatable {
    /// Wilson's score interval, over samples whose own values are all 0 or 1.
    case wilson
    /// The mean and 1.96 standard errors to each side.
    case normal
  }

  /// The lower end.
  package let lower: Double
  /// The upper end.
  package let upper: Double
  /// How the ends were found.
  package let method: Method

  /// Makes an interval out of its parts.
  package init(lower: Double, upper: Double, method: Method) {
    self.lower = lower
    self.upper = upper
    self.method = method
  }
}

/// The value of a metric, and how sure it is.
package struct Measure: Sendable, Equatable {
  /// The mean; for a rate, in 0...1.
  package let value: Double
  /// The standard error of the mean, clustered by sample; nil when only one sample counts.
  package let standardError: Double?
  /// The 95 % interval; nil when one sample counts and its value is neither 0 nor 1.
  ///
  /// When every sample's own value is 0 or 1 it is Wilson's interval over the samples, which stays
  /// within 0...1 and does not shrink to nothing when all samples pass or all fail. Otherwise it is
  /// the normal approximation, cut to 0...1 for a rate.
  package let interval: ConfidenceInterval?
  /// How many samples the mean is over.
  package let samples: Int
  /// How many verdicts or values it rests on.
  package let verdicts: Int

  /// Makes a measure out of its parts.
  package init(
    value: Double, standardError: Double?, interval: ConfidenceInterval?, samples: Int,
    verdicts: Int
  ) {
    self.value = value
    self.standardError = standardError
    self.interval = interval
    self.samples = samples
    self.verdicts = verdicts
  }
}

/// The 97.5 % point of the standard normal distribution.
private let normalQuantile = 1.959963984540054

extension ConfidenceInterval {
  /// Wilson's score interval for a share of samples; `samples` is at least 1.
  static func wilson(successes: Int, of samples: Int) -> Self {
    let n = Double(samples)
    let p = Double(successes) / n
    let z2 = normalQuantile * normalQuantile
    let centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    let half =
      normalQuantile / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
    return Self(
      lower: successes == 0 ? 0 : max(0, centre - half),
      upper: successes == samples ? 1 : min(1, centre + half), method: .wilson)
  }

  /// The normal approximation, cut to the range when there is one.
  static func normal(mean: Double, standardError: Double, within: ClosedRange<Double>?) -> Self {
    let lower = mean - normalQuantile * standardError
    let upper = mean + normalQuantile * standardError
    return Self(
      lower: within.map { max($0.lowerBound, lower) } ?? lower,
      upper: within.map { min($0.upperBound, upper) } ?? upper, method: .normal)
  }
}

/// A value that some samples share.
struct SharedValue {
  var value: Double
  var samples: Int
}

extension Measure {
  /// The mean of rates over samples, each sample having one value in 0...1; nil without samples.
  static func meanOfRates(_ shared: [SharedValue], verdicts: Int) -> Measure? {
    let samples = shared.reduce(0) { $0 + $1.samples }
    guard samples > 0 else { return nil }
    var sum = CompensatedSum()
    for one in shared { sum.add(one.value * Double(one.samples)) }
    let mean = sum.value / Double(samples)
    var squares = CompensatedSum()
    for one in shared { squares.add((one.value - mean) * (one.value - mean) * Double(one.samples)) }
    let error = clusteredError(squares.value, samples: samples, total: Double(samples))
    let isBinary = shared.allSatisfy { $0.samples == 0 || $0.value == 0 || $0.value == 1 }
    let ones = shared.reduce(0) { $1.value == 1 ? $0 + $1.samples : $0 }
    return Measure(
      value: mean, standardError: error,
      interval: interval(mean, error, successes: isBinary ? ones : nil, samples: samples),
      samples: samples, verdicts: verdicts)
  }

  /// The share of passed among judged verdicts; nil when none is judged.
  static func accuracy(of cells: [TallyCell]) -> Measure? {
    var samples = 0
    var judged = 0
    var passed = 0
    for cell in cells where cell.judged > 0 {
      samples += cell.samples
      judged += cell.samples * cell.judged
      passed += cell.samples * cell.passed
    }
    guard judged > 0 else { return nil }
    var squares = CompensatedSum()
    for cell in cells where cell.judged > 0 {
      let deviation = Double(cell.passed * judged - passed * cell.judged) / Double(judged)
      squares.add(deviation * deviation * Double(cell.samples))
    }
    let mean = Double(passed) / Double(judged)
    let error = clusteredError(squares.value, samples: samples, total: Double(judged))
    return Measure(
      value: mean, standardError: error,
      interval: interval(mean, error, successes: binarySuccesses(cells), samples: samples),
      samples: samples, verdicts: judged)
  }

  /// How many samples passed wholly, when every sample did or did not and all weigh the same.
  private static func binarySuccesses(_ cells: [TallyCell]) -> Int? {
    let judged = cells.filter { $0.judged > 0 }
    let whole = judged.filter { $0.passed == $0.judged }
    guard judged.allSatisfy({ $0.passed == 0 || $0.passed == $0.judged }) else { return nil }
    let weighSame = judged.allSatisfy { $0.judged == judged[0].judged }
    guard weighSame || whole.isEmpty || whole.count == judged.count else { return nil }
    return whole.reduce(0) { $0 + $1.samples }
  }

  private static func interval(
    _ mean: Double, _ error: Double?, successes: Int?, samples: Int
  ) -> ConfidenceInterval? {
    if let successes { return .wilson(successes: successes, of: samples) }
    return error.map { .normal(mean: mean, standardError: $0, within: 0...1) }
  }
}

/// The clustered standard error of a mean, from the squared sums of deviations of its clusters.
///
/// - Parameters:
///   - squares: The sum over samples of the squared sum of that sample's deviations from the mean.
///   - samples: How many samples (clusters) there are.
///   - total: How many values the mean is over.
/// - Returns: The error, or nil for fewer than two samples.
func clusteredError(_ squares: Double, samples: Int, total: Double) -> Double? {
  guard samples > 1 else { return nil }
  let clusters = Double(samples)
  return (clusters / (clusters - 1) * squares).squareRoot() / total
}
