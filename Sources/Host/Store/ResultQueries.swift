// Streams over a task's tries in the order of (sample, repeat, stage): what resuming, judging again
// and scoring read. Nothing is collected; views end with the call that lends them.

import CSQLite
package import Model

/// A stored completion, lent for the length of a call.
package struct CompletionView {
  package var sample: UInt32
  package var repetition: UInt32
  package var stage: UInt8
  package var stageName: Bytes
  /// 16 bytes; all zero when unknown.
  package var workKey: Bytes
  /// What this stage's prompt adds to what came before.
  package var prompt: Bytes
  package var text: Bytes
  package var stopReason: StopReason
  package var promptTokens: Int64
  package var completionTokens: Int64
  package var latencyMicroseconds: Int64
  /// `[[log-probability, tokens, is greedy], ...]`; empty for a stage that was generated.
  package var choices: Bytes
}

/// A stored verdict, lent for the length of a call; empty buffers where there is nothing.
package struct VerdictView {
  package var sample: UInt32
  package var repetition: UInt32
  package var outcome: Outcome
  package var answer: Bytes
  package var reference: Bytes
  package var failReason: Bytes
  /// `group_id`; names by `groupNames`.
  package var group: Int64?
  /// The values of metrics, as JSON.
  package var values: Bytes
}

extension ResultQueries {
  /// Calls `body` with each (sample, repeat) that the judging has a verdict for, in order.
  package func forEachDoneTry(
    judging: Int64, _ body: (UInt32, UInt32) throws -> Void
  ) throws {
    let statement = try doneTries(judging: judging)
    while try statement.step() {
      try body(statement.index(0), statement.index(1))
    }
  }

  private func doneTries(judging: Int64) throws(StoreError) -> Statement {
    let statement = try Statement(
      connection,
      """
      SELECT sample_index, repeat_index FROM verdicts WHERE judging_id = ?
      ORDER BY sample_index, repeat_index
      """)
    statement.bind(1, judging)
    return statement
  }

  /// Calls `body` with each try that is given up, in order: a data row that cannot be used, or
  /// one that failed `maxAttempts` times at one place without a verdict since.
  ///
  /// A repeat of nil means all repeats of the sample.
  package func forEachExhaustedTry(
    task: Int64, maxAttempts: Int, _ body: (UInt32, UInt32?) throws -> Void
  ) throws {
    let statement = try Statement(
      connection,
      """
      SELECT DISTINCT sample_index, repeat_index FROM errors
      WHERE task_id = ?1 AND resolved = 0 AND sample_index IS NOT NULL
        AND (place = 1 OR attempts >= ?2)
      ORDER BY sample_index, repeat_index
      """)
    statement.bind(1, task)
    statement.bind(2, Int64(maxAttempts))
    while try statement.step() {
      try body(statement.index(0), statement.isNull(1) ? nil : statement.index(1))
    }
  }

  /// Calls `body` with each try that has completions and no verdict, in order.
  ///
  /// The last argument is the highest stage up to which all are stored. Without a judging every
  /// try is given.
  package func forEachStoredTry(
    task: Int64, judging: Int64?, _ body: (UInt32, UInt32, UInt8) throws -> Void
  ) throws {
    // Two ordered streams side by side: a look-up of each try's verdict would cost far more.
    let done = try judging.map { judging in try doneTries(judging: judging) }
    var hasDone = try done?.step() ?? false
    let tries = try Statement(
      connection,
      """
      SELECT sample_index, repeat_index, max(stage), count(*) FROM completions WHERE task_id = ?
      GROUP BY sample_index, repeat_index ORDER BY sample_index, repeat_index
      """)
    tries.bind(1, task)
    while try tries.step() {
      let current = (tries.index(0), tries.index(1))
      if let done {
        while hasDone, (done.index(0), done.index(1)) < current { hasDone = try done.step() }
        if hasDone, (done.index(0), done.index(1)) == current { continue }
      }
      var highest = tries.integer(2)
      if tries.integer(3) != highest {
        highest = try lastOfWholeStages(task: task, sample: current.0, repetition: current.1)
      }
      // Stages are numbered from 1 to 255 by the schema.
      if highest > 0 { try body(current.0, current.1, UInt8(truncatingIfNeeded: highest)) }
    }
  }

  private func lastOfWholeStages(
    task: Int64, sample: UInt32, repetition: UInt32
  ) throws(StoreError) -> Int64 {
    let statement = try Statement(
      connection,
      """
      SELECT stage FROM completions WHERE task_id = ? AND sample_index = ? AND repeat_index = ?
      ORDER BY stage
      """)
    statement.bind(1, task)
    statement.bind(2, Int64(sample))
    statement.bind(3, Int64(repetition))
    var last: Int64 = 0
    while try statement.step(), statement.integer(0) == last + 1 { last += 1 }
    return last
  }

  /// Calls `body` with the completions of a range of samples, in the order of their keys.
  package func forEachCompletion(
    task: Int64, samples: ClosedRange<UInt32> = 0...UInt32.max,
    _ body: (CompletionView) throws -> Void
  ) throws {
    let cursor = try CompletionCursor(connection, task: task, samples: samples)
    while try cursor.advance() { try body(cursor.view) }
  }

  /// Calls `body` with each verdict of the judging, in the order of (sample, repeat).
  package func forEachVerdict(
    judging: Int64, _ body: (VerdictView) throws -> Void
  ) throws {
    let statement = try Statement(
      connection,
      """
      SELECT sample_index, repeat_index, outcome, answer, reference, fail_reason, group_id,
        values_json
      FROM verdicts WHERE judging_id = ? ORDER BY sample_index, repeat_index
      """)
    statement.bind(1, judging)
    while try statement.step() {
      guard let outcome = Outcome(rawValue: UInt8(truncatingIfNeeded: statement.integer(2))) else {
        throw StoreError(.corrupt, path: connection.path, detail: "a verdict's outcome is unknown")
      }
      try body(
        VerdictView(
          sample: statement.index(0), repetition: statement.index(1), outcome: outcome,
          answer: statement.bytes(3), reference: statement.bytes(4),
          failReason: statement.bytes(5), group: statement.integerOrNil(6),
          values: statement.bytes(7)))
    }
  }

  /// The names of a task's groups by `group_id`.
  package func groupNames(task: Int64) throws(StoreError) -> [Int64: String] {
    let statement = try Statement(
      connection, "SELECT group_id, name FROM groups WHERE task_id = ?")
    statement.bind(1, task)
    var names: [Int64: String] = [:]
    while try statement.step() { names[statement.integer(0)] = statement.string(1) }
    return names
  }
}

/// A task's completions one by one, for readers that walk several streams at once.
final class CompletionCursor {
  private let connection: Connection
  private let statement: Statement
  /// The row that `advance` went to; its buffers end with the next `advance`.
  private(set) var view: CompletionView

  init(
    _ connection: Connection, task: Int64, samples: ClosedRange<UInt32> = 0...UInt32.max
  ) throws(StoreError) {
    self.connection = connection
    // CROSS JOIN fixes the order of the loops: completions first, by their key.
    statement = try Statement(
      connection,
      """
      SELECT sample_index, repeat_index, c.stage, s.name, work_key, p.text, completion, stop_reason,
        prompt_tokens, completion_tokens, latency_us, choice_scores
      FROM completions c CROSS JOIN prompts p ON p.prompt_id = c.prompt_id
        CROSS JOIN stages s ON s.stage_id = c.stage_id
      WHERE c.task_id = ? AND sample_index BETWEEN ? AND ?
      ORDER BY sample_index, repeat_index, c.stage
      """)
    statement.bind(1, task)
    statement.bind(2, Int64(samples.lowerBound))
    statement.bind(3, Int64(samples.upperBound))
    view = CompletionView(
      sample: 0, repetition: 0, stage: 0, stageName: noBytes, workKey: noBytes, prompt: noBytes,
      text: noBytes, stopReason: .stopToken, promptTokens: 0, completionTokens: 0,
      latencyMicroseconds: 0, choices: noBytes)
  }

  /// Goes to the next completion; false at the end.
  func advance() throws(StoreError) -> Bool {
    guard try statement.step() else { return false }
    let stop = UInt8(truncatingIfNeeded: statement.integer(7))
    guard let stopReason = StopReason(rawValue: stop) else {
      throw StoreError(.corrupt, path: connection.path, detail: "a stop reason is unknown")
    }
    view = CompletionView(
      sample: statement.index(0), repetition: statement.index(1),
      stage: UInt8(truncatingIfNeeded: statement.integer(2)), stageName: statement.bytes(3),
      workKey: statement.bytes(4), prompt: statement.bytes(5), text: statement.bytes(6),
      stopReason: stopReason, promptTokens: statement.integer(8),
      completionTokens: statement.integer(9), latencyMicroseconds: statement.integer(10),
      choices: statement.bytes(11))
    return true
  }
}

extension Statement {
  /// A column that the schema keeps within 31 bits.
  func index(_ column: Int32) -> UInt32 { UInt32(truncatingIfNeeded: integer(column)) }
}
