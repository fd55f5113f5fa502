// The hot path: completions, verdicts and errors into the database, many to a transaction.
//
// A row is inserted and the UNIQUE key decides; only when nothing was inserted is the stored row
// read and compared. Statements are prepared once, texts are bound where they lie.

import CSQLite
import Model

/// Takes rows in batches; one exists at a time, in the writer.
///
/// A row counts only after `commit` has returned. After a throw call `rollBack`, and offer the
/// whole batch again or give up.
package final class ResultIngest {
  let connection: Connection
  private let insertPrompt: Statement
  private let findPrompt: Statement
  private let insertCompletion: Statement
  let findCompletion: Statement
  private let insertVerdict: Statement
  let findVerdict: Statement
  private let findJudging: Statement
  private let openStage: Statement
  private let openGroup: Statement
  let problems: ProblemRecords

  private var prompts = PromptCache()
  private var stages = NameCache()
  private var groups = NameCache()
  private var lastJudging: (id: Int64, task: Int64) = (0, 0)
  private var choiceText: [UInt8] = []

  /// Prepares to write through `connection`, which must have been opened for writing.
  package init(_ connection: Connection) throws(StoreError) {
    self.connection = connection
    problems = try ProblemRecords(connection)
    insertPrompt = try Statement(
      connection, "INSERT INTO prompts (hash, text) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
      isKept: true)
    findPrompt = try Statement(
      connection, "SELECT prompt_id FROM prompts WHERE hash = ?", isKept: true)
    insertCompletion = try Statement(
      connection,
      """
      INSERT INTO completions (task_id, sample_index, repeat_index, stage, stage_id, work_key,
        prompt_id, completion, stop_reason, prompt_tokens, completion_tokens, latency_us,
        choice_scores, attempt_id)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (task_id, sample_index, repeat_index, stage) DO NOTHING
      """, isKept: true)
    findCompletion = try Statement(
      connection,
      """
      SELECT work_key, completion, stop_reason, choice_scores FROM completions
      WHERE task_id = ? AND sample_index = ? AND repeat_index = ? AND stage = ?
      """, isKept: true)
    insertVerdict = try Statement(
      connection,
      """
      INSERT INTO verdicts (judging_id, sample_index, repeat_index, outcome, group_id, attempt_id,
        answer, reference, fail_reason, values_json, details)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (judging_id, sample_index, repeat_index) DO NOTHING
      """, isKept: true)
    findVerdict = try Statement(
      connection,
      """
      SELECT outcome, answer, reference, fail_reason, values_json, g.name
      FROM verdicts LEFT JOIN groups g USING (group_id)
      WHERE judging_id = ? AND sample_index = ? AND repeat_index = ?
      """, isKept: true)
    findJudging = try Statement(
      connection, "SELECT task_id FROM judgings WHERE judging_id = ?", isKept: true)
    openStage = try Statement(
      connection,
      """
      INSERT INTO stages (task_id, stage, name) VALUES (?, ?, ?)
      ON CONFLICT (task_id, stage, name) DO UPDATE SET name = name RETURNING stage_id
      """, isKept: true)
    openGroup = try Statement(
      connection,
      """
      INSERT INTO groups (task_id, name) VALUES (?, ?)
      ON CONFLICT (task_id, name) DO UPDATE SET name = name RETURNING group_id
      """, isKept: true)
  }

  /// Begins a batch; throws `locked` when another program writes.
  package func begin() throws(StoreError) {
    try connection.execute("BEGIN IMMEDIATE")
  }

  /// Makes the batch lasting: everything offered since `begin` may be acknowledged.
  package func commit() throws(StoreError) {
    try connection.execute("COMMIT")
  }

  /// Undoes the batch; harmless when none is open.
  package func rollBack() {
    connection.rollBack()
    prompts.removeAll()
    stages.removeAll()
    groups.removeAll()
    problems.forget()
  }
}

extension ResultIngest {
  /// Offers a completion.
  ///
  /// Two are equal when work key, text, stop reason and choices are.
  /// `time` (seconds since 1970) is noted only with a conflict.
  package func insert(_ row: CompletionRow, time: Int64) throws(StoreError) -> IngestResult {
    precondition(row.workKey.count == 16 && row.promptHash.count == 16, "keys have 16 bytes")
    let prompt = try promptID(hash: row.promptHash, text: row.prompt)
    let stage = try stageID(task: row.task, stage: row.stage, name: row.stageName)
    writeChoices(row.choices)
    let changed = try choiceText.withUnsafeBufferPointer { choices throws(StoreError) in
      let statement = insertCompletion
      statement.bind(1, row.task)
      statement.bind(2, Int64(row.sample))
      statement.bind(3, Int64(row.repetition))
      statement.bind(4, Int64(row.stage))
      statement.bind(5, stage)
      statement.bind(6, unownedBlob: row.workKey)
      statement.bind(7, prompt)
      statement.bind(8, unowned: row.text)
      statement.bind(9, Int64(row.stopReason.rawValue))
      statement.bind(10, Int64(row.promptTokens))
      statement.bind(11, Int64(row.completionTokens))
      statement.bind(12, Int64(clamping: row.latencyMicroseconds))
      statement.bind(13, unownedOrNull: choices)
      statement.bind(14, row.attempt)
      return try statement.run()
    }
    if changed == 1 { return .stored }
    return try compare(row, choices: choiceText, time: time)
  }

  /// Offers a verdict.
  ///
  /// Two are equal when all but details and attempt are.
  /// A stored verdict resolves the try's errors. `time` (seconds since 1970) is noted only with a
  /// conflict.
  package func insert(_ row: VerdictRow, time: Int64) throws(StoreError) -> IngestResult {
    let task = try taskID(judging: row.judging)
    let group = row.group.isEmpty ? nil : try groupID(task: task, name: row.group)
    let statement = insertVerdict
    statement.bind(1, row.judging)
    statement.bind(2, Int64(row.sample))
    statement.bind(3, Int64(row.repetition))
    statement.bind(4, Int64(row.outcome.rawValue))
    statement.bind(5, group)
    statement.bind(6, row.attempt)
    statement.bind(7, unowned: row.answer)
    statement.bind(8, unowned: row.reference)
    statement.bind(9, unowned: row.failReason)
    statement.bind(10, unownedOrNull: row.values)
    statement.bind(11, unownedOrNull: row.details)
    guard try statement.run() == 1 else { return try compare(row, task: task, time: time) }
    try problems.resolve(task: task, sample: row.sample, repetition: row.repetition)
    return .stored
  }

  /// Offers an error; an equal failure of the same try at the same place counts once.
  package func insert(_ row: ErrorRow) throws(StoreError) -> IngestResult {
    try problems.note(row)
  }

  private func promptID(
    hash: UnsafeRawBufferPointer, text: Bytes
  ) throws(StoreError) -> Int64 {
    if let id = prompts.id(of: hash) { return id }
    insertPrompt.bind(1, unownedBlob: hash)
    insertPrompt.bind(2, unowned: text)
    var id: Int64
    if try insertPrompt.run() == 1 {
      id = sqlite3_last_insert_rowid(connection.handle)
    } else {
      findPrompt.bind(1, unownedBlob: hash)
      // The insert did nothing because the row is there.
      id = try findPrompt.id()
    }
    prompts.note(id, of: hash)
    return id
  }

  private func stageID(
    task: Int64, stage: UInt8, name: Bytes
  ) throws(StoreError) -> Int64 {
    if let id = stages.id(owner: task, stage: stage, name: name) { return id }
    openStage.bind(1, task)
    openStage.bind(2, Int64(stage))
    openStage.bind(3, unowned: name)
    let id = try openStage.id()
    stages.note(id, owner: task, stage: stage, name: name)
    return id
  }

  private func groupID(task: Int64, name: Bytes) throws(StoreError) -> Int64 {
    if let id = groups.id(owner: task, stage: 0, name: name) { return id }
    openGroup.bind(1, task)
    openGroup.bind(2, unowned: name)
    let id = try openGroup.id()
    groups.note(id, owner: task, stage: 0, name: name)
    return id
  }

  private func taskID(judging: Int64) throws(StoreError) -> Int64 {
    if lastJudging.id == judging { return lastJudging.task }
    findJudging.bind(1, judging)
    guard let task = try findJudging.runForInteger() else {
      throw StoreError(.notFound, path: connection.path, detail: "judging \(judging)")
    }
    lastJudging = (judging, task)
    return task
  }

  /// Puts the choices into `choiceText` as `[[log-probability, tokens, is greedy], ...]`.
  private func writeChoices(_ choices: [ChoiceScore]) {
    choiceText.removeAll(keepingCapacity: true)
    if !choices.isEmpty { StoredJSON.append(choices, to: &choiceText) }
  }
}
