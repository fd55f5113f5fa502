// What kept tries from having one verdict: errors that nothing has resolved, and verdicts that were
// offered a second time with other contents. A score counts both.

package import Model

/// An error that no verdict has resolved.
package struct OpenError: Equatable, Sendable {
  package var place: ErrorPlace
  /// Nil for a data row whose own index cannot be used.
  package var sample: UInt32?
  /// Nil for an error of all repeats of a sample.
  package var repetition: UInt32?

  /// Describes one error.
  package init(place: ErrorPlace, sample: UInt32?, repetition: UInt32?) {
    self.place = place
    self.sample = sample
    self.repetition = repetition
  }
}

extension ResultQueries {
  /// Calls `body` with each unresolved error of the task, in the order of (sample, repeat, place).
  ///
  /// A try that failed at two places comes twice. Throws `corrupt` for an unknown place, and
  /// whatever `body` throws.
  package func forEachOpenError(
    task: Int64, _ body: (OpenError) throws -> Void
  ) throws {
    let statement = try Statement(
      connection,
      """
      SELECT place, sample_index, repeat_index FROM errors WHERE task_id = ? AND resolved = 0
      ORDER BY sample_index, repeat_index, place, error_id
      """)
    statement.bind(1, task)
    while try statement.step() {
      guard let place = ErrorPlace(rawValue: UInt8(truncatingIfNeeded: statement.integer(0))) else {
        throw StoreError(.corrupt, path: connection.path, detail: "an error's place is unknown")
      }
      try body(
        OpenError(
          place: place, sample: statement.isNull(1) ? nil : statement.index(1),
          repetition: statement.isNull(2) ? nil : statement.index(2)))
    }
  }

  /// Calls `body` with the (sample, repeat) of each verdict that was offered to the judging and
  /// differs from the stored one; a try comes once for each different content.
  package func forEachContradiction(
    task: Int64, judging: Int64, _ body: (UInt32, UInt32) throws -> Void
  ) throws {
    let statement = try Statement(
      connection,
      """
      SELECT sample_index, repeat_index FROM conflicts
      WHERE task_id = ? AND kind = 'verdict' AND ifnull(judging_id, 0) = ?
      ORDER BY sample_index, repeat_index
      """)
    statement.bind(1, task)
    statement.bind(2, judging)
    while try statement.step() { try body(statement.index(0), statement.index(1)) }
  }
}
