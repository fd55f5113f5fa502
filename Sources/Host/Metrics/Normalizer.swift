// The only door to a metric: rows are pushed one by one, in any order, each once, and come out as
// a `NormalizedVerdicts`, in which every try has at most one verdict.
//
// The table is dense: one slot of 16 bytes for each expected try, found by arithmetic. So duplicates
// cost no memory, the order of arrival cannot matter, there is nothing to sort, and what is missing
// is what is empty. It grows with the highest slot seen; rows that arrive ordered by sample and
// repeat, as the store gives them, are appended.

package import Model

/// One slot of the table; empty while it has no outcome.
struct VerdictRow: Sendable, Equatable {
  var answerHash: UInt64 = 0
  var group: Int32 = -1
  var outcome: Outcome?

  /// Whether the row tells its sample's group: an error without one does not say that there is none.
  var tellsGroup: Bool {
    guard let outcome else { return false }
    return outcome.isJudged || group != -1
  }
}

/// Takes raw verdicts one by one and makes `NormalizedVerdicts` of them.
///
/// It cannot be copied, and `finish` consumes it: rows go in once and the result can be read as
/// often as one likes.
package struct Normalizer: ~Copyable {
  private let expected: ExpectedTries
  private var rows: [VerdictRow] = []
  private var coverage: Coverage
  private var pushed = 0

  /// Makes a normaliser for a task of which these tries are expected.
  package init(_ expected: ExpectedTries) {
    self.expected = expected
    coverage = Coverage(expected: expected.total)
  }

  /// Takes one row: keeps it, or counts it as duplicate, conflicting or bad.
  ///
  /// The first row of a try is kept. A later one with the same outcome, answer and group is a
  /// duplicate; one that differs is a conflict, and changes nothing. A row that is refused is
  /// counted, and is never put at another index.
  package mutating func push(_ raw: RawVerdict) {
    let ordinal = pushed
    pushed += 1
    do throws(BadRow.Reason) {
      let slot = try expected.slot(sample: raw.sampleIndex, repeatIndex: raw.repeatIndex)
      guard let code = UInt8(exactly: raw.outcomeCode), let outcome = Outcome(rawValue: code)
      else { throw .unknownOutcome }
      guard raw.group >= -1 else { throw .unknownName }
      put(
        VerdictRow(answerHash: raw.answerHash, group: raw.group, outcome: outcome), at: slot)
    } catch {
      coverage.noteBad(
        BadRow(
          ordinal: ordinal, reason: error, sampleIndex: raw.sampleIndex,
          repeatIndex: raw.repeatIndex))
    }
  }

  /// Counts a conflict that was found before: a store that refuses a second verdict of a try keeps
  /// it apart, so that it never comes here as a row.
  ///
  /// A try that is not expected is left out, as nothing of it is part of the score.
  package mutating func noteConflict(sampleIndex: Int64, repeatIndex: Int64) {
    // A try outside the task is no error here: its conflict is simply not this score's.
    guard let slot = try? expected.slot(sample: sampleIndex, repeatIndex: repeatIndex) else {
      return
    }
    coverage.noteConflict(expected.key(ofSlot: slot))
  }

  private mutating func put(_ row: VerdictRow, at slot: Int) {
    if slot >= rows.count {
      if slot > rows.count {
        rows.append(contentsOf: repeatElement(VerdictRow(), count: slot - rows.count))
      }
      rows.append(row)
    } else if rows[slot].outcome == nil {
      rows[slot] = row
    } else if rows[slot] == row {
      coverage.duplicate += 1
      return
    } else {
      coverage.noteConflict(expected.key(ofSlot: slot))
      return
    }
    coverage.present += 1
  }

  /// Ends the stream and gives what metrics are computed from.
  package consuming func finish() -> NormalizedVerdicts {
    NormalizedVerdicts(expected: expected, rows: rows, coverage: coverage)
  }
}

/// Verdicts of which every try has at most one; the only thing metrics are computed from.
///
/// Only a `Normalizer` makes it. It is a value: every metric may read it, as often as needed.
package struct NormalizedVerdicts: Sendable {
  /// What the task should have produced.
  package let expected: ExpectedTries
  /// How much of that is there; part of every score.
  package let coverage: Coverage

  let rows: [VerdictRow]
  let tally: Tally

  fileprivate init(expected: ExpectedTries, rows: [VerdictRow], coverage: Coverage) {
    var coverage = coverage
    tally = Tally(of: rows, expected: expected, coverage: &coverage)
    self.expected = expected
    self.rows = rows
    self.coverage = coverage
  }

  /// The verdict of one try; nil when it is missing or not expected.
  package func outcome(of key: SampleRepeat) -> Outcome? {
    // A key outside the task is no error here: it simply has no verdict.
    guard
      let slot = try? expected.slot(
        sample: Int64(key.sample), repeatIndex: Int64(key.repeatIndex)), slot < rows.count
    else { return nil }
    return rows[slot].outcome
  }
}
