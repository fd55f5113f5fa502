// Errors and conflicts: rare rows, each found by its key and changed by its primary key.

import CSQLite
import Model

/// The key of a row that was offered twice with different contents.
struct ConflictKey {
  var task: Int64
  /// Nil for a completion.
  var judging: Int64?
  var sample: UInt32
  var repetition: UInt32
  /// Nil for a verdict.
  var stage: UInt8?
}

/// Writes `errors` and `conflicts`.
final class ProblemRecords {
  private let connection: Connection
  private let findError: Statement
  private let insertError: Statement
  private let raiseError: Statement
  private let findUnresolved: Statement
  private let resolveError: Statement
  private let findVerdict: Statement
  private let insertConflict: Statement
  /// The tasks that have an unresolved error; nil = not looked up since the start or a rollback.
  private var troubled: Set<Int64>?

  init(_ connection: Connection) throws(StoreError) {
    self.connection = connection
    findError = try Statement(
      connection,
      """
      SELECT error_id, attempts, attempt_id FROM errors
      WHERE task_id = ?1 AND ifnull(sample_index, -1) = ifnull(?2, -1)
        AND ifnull(repeat_index, -1) = ifnull(?3, -1) AND ifnull(line, -1) = ifnull(?4, -1)
        AND place = ?5
      """, isKept: true)
    insertError = try Statement(
      connection,
      """
      INSERT INTO errors (task_id, sample_index, repeat_index, line, place, reason, plugin,
        attempts, resolved, attempt_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """, isKept: true)
    raiseError = try Statement(
      connection,
      """
      UPDATE errors SET attempts = ?, resolved = ?, reason = ?, plugin = ?, attempt_id = ?
      WHERE error_id = ?
      """, isKept: true)
    findUnresolved = try Statement(
      connection,
      """
      SELECT error_id FROM errors
      WHERE task_id = ? AND ifnull(sample_index, -1) = ? AND repeat_index = ? AND resolved = 0
      """, isKept: true)
    resolveError = try Statement(
      connection, "UPDATE errors SET resolved = 1 WHERE error_id = ?", isKept: true)
    findVerdict = try Statement(
      connection,
      """
      SELECT 1 FROM verdicts
      WHERE judging_id = ifnull(?4, (SELECT current_judging_id FROM tasks WHERE task_id = ?1))
        AND sample_index = ?2 AND repeat_index = ?3
      """, isKept: true)
    insertConflict = try Statement(
      connection,
      """
      INSERT INTO conflicts (task_id, judging_id, sample_index, repeat_index, stage, kind,
        existing_digest, offered_digest, offered, attempt_id, noted_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """, isKept: true)
  }

  /// Forgets what a rollback may have undone.
  func forget() { troubled = nil }

  /// Stores an error, or counts one more failure of the one that is stored.
  func note(_ row: ErrorRow) throws(StoreError) -> IngestResult {
    let statement = findError
    statement.bind(1, row.task)
    statement.bind(2, row.sample.map(Int64.init))
    statement.bind(3, row.repetition.map(Int64.init))
    statement.bind(4, row.line.map(Int64.init(clamping:)))
    statement.bind(5, Int64(row.place.rawValue))
    defer { statement.reset() }
    // An error that comes late, after the try was judged after all, needs no further attempt.
    let resolved = try isJudged(row)
    guard try statement.step() else {
      try insert(row, resolved: resolved)
      return .stored
    }
    let id = statement.integer(0)
    let attempts = statement.integer(1)
    let number = row.failureNumber == 0 ? attempts + 1 : Int64(row.failureNumber)
    // An envelope that is sent again to a new writer of the same attempt is the same failure.
    if row.failureNumber == 0, statement.integer(2) == row.attempt { return .duplicate }
    guard number > attempts else { return .duplicate }
    raiseError.bind(1, number)
    raiseError.bind(2, resolved ? 1 : 0)
    raiseError.bind(3, row.reason)
    raiseError.bind(4, row.plugin)
    raiseError.bind(5, row.attempt)
    raiseError.bind(6, id)
    try raiseError.run()
    if !resolved { troubled?.insert(row.task) }
    return .stored
  }

  private func insert(_ row: ErrorRow, resolved: Bool) throws(StoreError) {
    insertError.bind(1, row.task)
    insertError.bind(2, row.sample.map(Int64.init))
    insertError.bind(3, row.repetition.map(Int64.init))
    insertError.bind(4, row.line.map(Int64.init(clamping:)))
    insertError.bind(5, Int64(row.place.rawValue))
    insertError.bind(6, row.reason)
    insertError.bind(7, row.plugin)
    insertError.bind(8, Int64(max(1, row.failureNumber)))
    insertError.bind(9, resolved ? 1 : 0)
    insertError.bind(10, row.attempt)
    try insertError.run()
    if !resolved { troubled?.insert(row.task) }
  }

  private func isJudged(_ row: ErrorRow) throws(StoreError) -> Bool {
    guard let sample = row.sample, let repetition = row.repetition else { return false }
    findVerdict.bind(1, row.task)
    findVerdict.bind(2, Int64(sample))
    findVerdict.bind(3, Int64(repetition))
    findVerdict.bind(4, row.judging)
    return try findVerdict.runForInteger() != nil
  }

  /// Marks the errors of a try resolved.
  ///
  /// Costs one look into a set when its task has none.
  func resolve(task: Int64, sample: UInt32, repetition: UInt32) throws(StoreError) {
    if troubled == nil { troubled = try troubledTasks() }
    guard troubled?.contains(task) == true else { return }
    findUnresolved.bind(1, task)
    findUnresolved.bind(2, Int64(sample))
    findUnresolved.bind(3, Int64(repetition))
    var ids: [Int64] = []
    while try findUnresolved.step() { ids.append(findUnresolved.integer(0)) }
    findUnresolved.reset()
    for id in ids {
      resolveError.bind(1, id)
      try resolveError.run()
    }
  }

  private func troubledTasks() throws(StoreError) -> Set<Int64> {
    let statement = try Statement(
      connection, "SELECT DISTINCT task_id FROM errors WHERE resolved = 0")
    var tasks: Set<Int64> = []
    while try statement.step() { tasks.insert(statement.integer(0)) }
    return tasks
  }

  /// Keeps a row that differs from the stored one of its key; the same content once.
  func noteConflict(
    _ key: ConflictKey, existing: UInt64, offered: UInt64, content: String, attempt: Int64,
    time: Int64
  ) throws(StoreError) {
    insertConflict.bind(1, key.task)
    insertConflict.bind(2, key.judging)
    insertConflict.bind(3, Int64(key.sample))
    insertConflict.bind(4, Int64(key.repetition))
    insertConflict.bind(5, key.stage.map(Int64.init))
    insertConflict.bind(6, key.judging == nil ? "completion" : "verdict")
    insertConflict.bind(7, Int64(bitPattern: existing))
    insertConflict.bind(8, Int64(bitPattern: offered))
    insertConflict.bind(9, content)
    insertConflict.bind(10, attempt)
    insertConflict.bind(11, time)
    try insertConflict.run()
  }
}
