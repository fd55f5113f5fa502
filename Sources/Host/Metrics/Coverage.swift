// How much of a task its rows cover. It is part of every score, so that a score which rests on half
// of its verdicts, or on some of them twice, can never pass for a whole one.

/// How much of what was expected is there, and what else was found.
///
/// Every row that was pushed is in exactly one of `present`, `duplicate`, `conflicting` and `bad`;
/// every expected try is in exactly one of `present` and `missing`.
package struct Coverage: Sendable, Equatable {
  /// How many tries were expected.
  package var expected = 0
  /// How many expected tries have a verdict, each counted once.
  package var present = 0
  /// How many rows said again what an earlier row had said of the same try.
  package var duplicate = 0
  /// How many rows said something else than the first row of the same try.
  package var conflicting = 0
  /// How many rows were refused: no index, an index out of range, an unknown outcome.
  package var bad = 0
  /// How many present verdicts found no answer.
  package var unparsed = 0
  /// How many present verdicts are errors of the infrastructure.
  package var error = 0
  /// The first missing tries, ordered by sample, then repeat; at most `listed`.
  package var missingTries: [SampleRepeat] = []
  /// The first tries with conflicting rows, in order of arrival; at most `listed`.
  package var conflictingTries: [SampleRepeat] = []
  /// The first refused rows, in order of arrival; at most `listed`.
  package var badRows: [BadRow] = []

  /// The most entries that any list here has.
  package static let listed = 20

  /// Makes the coverage of a task of which nothing is known yet.
  package init(expected: Int) {
    self.expected = expected
  }

  /// How many expected tries have no verdict.
  package var missing: Int { expected - present }

  /// Whether a score may be shown without a warning.
  ///
  /// True when every expected try has a verdict of its own, none of them is an error, none was
  /// contradicted, and no row was refused. Duplicates are harmless (a retry that was written twice
  /// says nothing new), and unparsed verdicts are the model's doing, so neither counts against it.
  /// The rule compares tries, not totals: a duplicate cannot stand in for a missing one.
  package var isWhole: Bool {
    present == expected && error == 0 && conflicting == 0 && bad == 0
  }

  mutating func noteConflict(_ key: SampleRepeat) {
    conflicting += 1
    if conflictingTries.count < Self.listed, !conflictingTries.contains(key) {
      conflictingTries.append(key)
    }
  }

  mutating func noteBad(_ row: BadRow) {
    bad += 1
    if badRows.count < Self.listed { badRows.append(row) }
  }

  mutating func noteMissing(_ key: @autoclosure () -> SampleRepeat) {
    if missingTries.count < Self.listed { missingTries.append(key()) }
  }
}
