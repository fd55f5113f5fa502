// What a task should have produced. It comes from the plan, never from counting the rows that are
// there: rows cannot say what is missing.

/// The samples and repeats whose verdicts a task should have.
package struct ExpectedTries: Sendable, Equatable {
  /// How many samples there are; their indices are 0 ..< samples.
  package let samples: Int
  /// How many tries each sample gets; their indices are 0 ..< repeats.
  package let repeats: Int

  /// The most verdicts one task may have: a table of 16 bytes for each stays under 4.3 GB.
  package static let largestTotal = 1 << 28

  /// Makes an expected.
  ///
  /// - Throws: `MetricError.taskSizeOutOfRange` when samples is negative, repeats is below 1, or
  ///   their product is over `largestTotal`.
  package init(samples: Int, repeats: Int) throws(MetricError) {
    let (total, tooLarge) = samples.multipliedReportingOverflow(by: repeats)
    guard samples >= 0, repeats >= 1, repeats <= Self.largestTotal, !tooLarge,
      total <= Self.largestTotal
    else {
      throw .taskSizeOutOfRange(samples: samples, repeats: repeats)
    }
    self.samples = samples
    self.repeats = repeats
  }

  /// How many verdicts there should be: samples times repeats.
  package var total: Int { samples * repeats }

  /// The place of one try in a table ordered by sample, then repeat.
  func slot(sample: Int64?, repeatIndex: Int64?) throws(BadRow.Reason) -> Int {
    guard let sample else { throw .sampleIndexMissing }
    guard let repeatIndex else { throw .repeatIndexMissing }
    guard sample >= 0, sample < Int64(samples) else { throw .sampleIndexOutOfRange }
    guard repeatIndex >= 0, repeatIndex < Int64(repeats) else { throw .repeatIndexOutOfRange }
    return Int(sample) * repeats + Int(repeatIndex)
  }

  /// The try that has a place in such a table.
  func key(ofSlot slot: Int) -> SampleRepeat {
    SampleRepeat(sample: slot / repeats, repeatIndex: slot % repeats)
  }
}

/// The name of one try: which sample, and which of its repeats.
package struct SampleRepeat: Sendable, Hashable {
  /// The sample's place in its split, from 0.
  package let sample: Int
  /// The try's number, from 0.
  package let repeatIndex: Int

  /// Makes a key out of its parts.
  package init(sample: Int, repeatIndex: Int) {
    self.sample = sample
    self.repeatIndex = repeatIndex
  }
}

/// A row that the normaliser refused, and why.
package struct BadRow: Sendable, Equatable {
  /// Why a row was refused.
  package enum Reason: Error, Equatable {
    /// The row has no sample index, or one that is no integer.
    case sampleIndexMissing
    /// The row has no repeat index, or one that is no integer.
    case repeatIndexMissing
    /// The sample index is negative or beyond the expected samples.
    case sampleIndexOutOfRange
    /// The repeat index is negative or beyond the expected repeats.
    case repeatIndexOutOfRange
    /// The outcome code is none of `Outcome`.
    case unknownOutcome
    /// The group or name id is not one that a `NameTable` gives.
    case unknownName
    /// The value is not a number, infinite, or so large that its square could not be summed.
    case valueNotUsable
  }

  /// The row's place among all that were pushed, from 0.
  package let ordinal: Int
  /// Why it was refused.
  package let reason: Reason
  /// The sample index as it was read.
  package let sampleIndex: Int64?
  /// The repeat index as it was read.
  package let repeatIndex: Int64?

  /// Makes a record of a refused row.
  package init(ordinal: Int, reason: Reason, sampleIndex: Int64?, repeatIndex: Int64?) {
    self.ordinal = ordinal
    self.reason = reason
    self.sampleIndex = sampleIndex
    self.repeatIndex = repeatIndex
  }
}
