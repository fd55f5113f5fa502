// Extra numbers that a metric plugin gives for a try, such as an F1 or an edit distance, recorded
// beside the verdict. They have a normaliser of their own, with the same rules as for verdicts.

/// One named value as it was read, not yet checked.
package struct RawValue: Sendable, Equatable {
  /// The sample's place in its split, from 0; nil when the row had none or it was not an integer.
  package var sampleIndex: Int64?
  /// The try's number, from 0; nil when the row had none or it was not an integer.
  package var repeatIndex: Int64?
  /// The value's name, as `NameTable` interned it.
  package var name: Int32
  /// The value; a number within 1e100 of 0.
  package var value: Double

  /// Makes a row out of what was read; nothing is checked here.
  package init(sampleIndex: Int64?, repeatIndex: Int64?, name: Int32, value: Double) {
    self.sampleIndex = sampleIndex
    self.repeatIndex = repeatIndex
    self.name = name
    self.value = value
  }
}

/// The values of one name by slot; an empty slot is NaN, which no pushed value can be.
private struct ValueColumn: Sendable {
  var values: [Double] = []
  var coverage: Coverage

  /// False for a column that exists only because a name with a higher id was pushed.
  var wasPushed: Bool { coverage.present > 0 || coverage.bad > 0 }
}

/// Takes raw values one by one and makes `NormalizedValues` of them.
package struct ValueNormalizer: ~Copyable {
  private let expected: ExpectedTries
  private var columns: [ValueColumn] = []
  private var unnamed: Coverage
  private var pushed = 0

  /// The most names one task may have.
  package static let mostNames = 1024

  /// The largest magnitude of a value: the squares of 2^28 such values still have a finite sum.
  package static let largestValue = 1e100

  /// Makes a normaliser for a task of which these tries are expected.
  package init(_ expected: ExpectedTries) {
    self.expected = expected
    unnamed = Coverage(expected: 0)
  }

  /// Takes one value: keeps it, or counts it as duplicate, conflicting or bad under its name.
  ///
  /// A value that is not a number, infinite or beyond 1e100 is bad: it makes its name's coverage not whole, and
  /// is in no mean.
  package mutating func push(_ raw: RawValue) {
    let ordinal = pushed
    pushed += 1
    guard raw.name >= 0, raw.name < Self.mostNames else {
      unnamed.noteBad(Self.badRow(raw, ordinal, .unknownName))
      return
    }
    let name = Int(raw.name)
    while columns.count <= name {
      columns.append(ValueColumn(coverage: Coverage(expected: expected.total)))
    }
    do throws(BadRow.Reason) {
      let slot = try expected.slot(sample: raw.sampleIndex, repeatIndex: raw.repeatIndex)
      guard raw.value.magnitude <= Self.largestValue else { throw .valueNotUsable }
      put(raw.value, name: name, slot: slot)
    } catch {
      columns[name].coverage.noteBad(Self.badRow(raw, ordinal, error))
    }
  }

  private static func badRow(_ raw: RawValue, _ ordinal: Int, _ reason: BadRow.Reason) -> BadRow {
    BadRow(
      ordinal: ordinal, reason: reason, sampleIndex: raw.sampleIndex,
      repeatIndex: raw.repeatIndex)
  }

  private mutating func put(_ value: Double, name: Int, slot: Int) {
    let count = columns[name].values.count
    if slot >= count {
      if slot > count {
        columns[name].values.append(contentsOf: repeatElement(.nan, count: slot - count))
      }
      columns[name].values.append(value)
    } else if columns[name].values[slot].isNaN {
      columns[name].values[slot] = value
    } else if columns[name].values[slot] == value {
      columns[name].coverage.duplicate += 1
      return
    } else {
      columns[name].coverage.noteConflict(expected.key(ofSlot: slot))
      return
    }
    columns[name].coverage.present += 1
  }

  /// Ends the stream and gives the values.
  package consuming func finish() -> NormalizedValues {
    NormalizedValues(expected: expected, columns: columns, unnamed: unnamed)
  }
}

/// Named values of which every try has at most one of each name; made by `ValueNormalizer` alone.
package struct NormalizedValues: Sendable {
  /// What the task should have produced.
  package let expected: ExpectedTries
  /// The rows that could not be put under any name: only `bad` and `badRows` count here.
  package let unnamed: Coverage
  private let columns: [ValueColumn]

  fileprivate init(expected: ExpectedTries, columns: [ValueColumn], unnamed: Coverage) {
    self.expected = expected
    self.unnamed = unnamed
    self.columns = columns.map { column in
      var column = column
      for slot in 0..<expected.total where column.coverage.missingTries.count < Coverage.listed {
        if slot >= column.values.count || column.values[slot].isNaN {
          column.coverage.noteMissing(expected.key(ofSlot: slot))
        }
      }
      return column
    }
  }

  /// How much of one name's expected values is there.
  ///
  /// - Throws: `MetricError.noSuchName` when nothing was pushed under it.
  package func coverage(of name: Int32) throws(MetricError) -> Coverage {
    try column(name).coverage
  }

  /// The mean of one name's values over the tries that have one, its error clustered by sample.
  ///
  /// With the id of a second name each value counts with that name's value of the same try as its weight, 1
  /// where there is none: sum of w v / sum of w. That is how a share over parts of tries, such as the
  /// instructions of a prompt, is made of values of tries. The error of such a ratio is that of its linear
  /// part, the sums of w (v - mean) by sample (Cochran, Sampling Techniques, section 6.3); with equal weights
  /// it is the error of the plain mean.
  ///
  /// The interval is the normal approximation and is not cut, as the range is not known.
  ///
  /// - Throws: `MetricError.noSuchName` when nothing was pushed under a name, `nothingJudged` when none of it
  ///   was good, `weightNotUsable` for a weight that is not above 0.
  package func mean(of name: Int32, weightedBy weightName: Int32? = nil) throws(MetricError)
    -> Measure
  {
    let column = try column(name)
    guard column.coverage.present > 0 else { throw .nothingJudged }
    let weights = try weightName.map { id throws(MetricError) in try weightColumn(id).values }
    func weight(_ slot: Int) -> Double {
      guard let weights, slot < weights.count, !weights[slot].isNaN else { return 1 }
      return weights[slot]
    }
    var sum = CompensatedSum()
    var total = CompensatedSum()
    for (slot, value) in column.values.enumerated() where !value.isNaN {
      sum.add(weight(slot) * value)
      total.add(weight(slot))
    }
    let mean = sum.value / total.value
    var squares = CompensatedSum()
    var samples = 0
    for start in stride(from: 0, to: column.values.count, by: expected.repeats) {
      var deviation = CompensatedSum()
      var isEmpty = true
      for slot in start..<min(start + expected.repeats, column.values.count) {
        let value = column.values[slot]
        if value.isNaN { continue }
        isEmpty = false
        deviation.add(weight(slot) * (value - mean))
      }
      if isEmpty { continue }
      samples += 1
      squares.add(deviation.value * deviation.value)
    }
    let error = clusteredError(squares.value, samples: samples, total: total.value)
    return Measure(
      value: mean, standardError: error,
      interval: error.map { .normal(mean: mean, standardError: $0, within: nil) },
      samples: samples, verdicts: column.coverage.present)
  }

  /// The column of a name whose values are weights: each is above 0.
  private func weightColumn(_ name: Int32) throws(MetricError) -> ValueColumn {
    let column = try column(name)
    for (slot, weight) in column.values.enumerated() where !weight.isNaN && weight <= 0 {
      throw .weightNotUsable(sample: expected.key(ofSlot: slot).sample)
    }
    return column
  }

  private func column(_ name: Int32) throws(MetricError) -> ValueColumn {
    guard name >= 0, Int(name) < columns.count, columns[Int(name)].wasPushed else {
      throw .noSuchName(name)
    }
    return columns[Int(name)]
  }
}
