// Exports: the shapes that old tools and diffs know, streamed in the order of (task, sample, repeat)
// with memory that does not grow with the task. Keys and their order are the contract.
//
//   completions  benchmark_name, dataset_split, sample_index, repeat_index, sampling_config,
//                then for each stage N: promptN, completionN, stop_reasonN [, choicesN, work_keyN]
//   eval         benchmark_name, dataset_split, sample_index, repeat_index, context, answer,
//                ref_answer, is_passed, fail_reason
//   scores       see ExportScores.swift
//   errors       where, sample_index, repeat_index or line, reason, attempts
//
// In CSV every row has every column: all stages of all tasks, absent cells empty, JSON in its cell.

import CSQLite
import Model

/// What to export.
package enum ExportContent: String, Sendable, CaseIterable {
  case completions
  case eval
  case scores
  case errors
}

/// As which kind of text.
package enum ExportFormat: String, Sendable, CaseIterable {
  /// One JSON object a line.
  case jsonl
  /// RFC 4180 with `\n`, a header line, and quotes around every text.
  case csv
}

/// Writes exports of one run.
package struct Exports {
  let connection: Connection
  let queries: ResultQueries

  /// Reads through `connection`.
  package init(_ connection: Connection) {
    self.connection = connection
    queries = ResultQueries(connection)
  }

  /// Gives the export to `sink` piece by piece, each of about 64 KiB and lent for the call.
  ///
  /// One transaction holds the view still while a writer goes on. `task` limits it to one task.
  /// Throws `notFound` for an unknown run, and whatever `sink` throws.
  package func write(
    _ content: ExportContent, run: String, task: Int64? = nil, format: ExportFormat,
    to sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try connection.execute("BEGIN")
    defer { connection.rollBack() }
    let tasks = try queries.tasks(run: run).filter { task == nil || $0.id == task }
    var out = ExportWriter(format, path: connection.path)
    switch content {
    case .completions: try writeCompletions(tasks, to: &out, sink)
    case .eval: try writeVerdicts(tasks, to: &out, sink)
    case .scores: try writeScores(tasks, to: &out, sink)
    case .errors: try writeErrors(tasks, to: &out, sink)
    }
    try out.flush(to: sink)
  }

  private func writeCompletions(
    _ tasks: [StoredTask], to out: inout ExportWriter,
    _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let stageCount = try tasks.map { try highestStage(task: $0.id) }.max() ?? 0
    out.header(Self.completionColumns(stageCount: stageCount))
    for task in tasks {
      let sampling = try sampling(task: task.id)
      let cursor = try CompletionCursor(connection, task: task.id)
      var row = TryCompletions()
      var isMore = try cursor.advance()
      while isMore {
        row.begin(cursor.view)
        repeat {
          row.add(cursor.view)
          isMore = try cursor.advance()
        } while isMore && row.isSameTry(as: cursor.view)
        try row.write(task, sampling: sampling, stageCount: stageCount, to: &out)
        try out.flushIfLarge(to: sink)
      }
    }
  }

  private static func completionColumns(stageCount: Int) -> [String] {
    var columns = [
      "benchmark_name", "dataset_split", "sample_index", "repeat_index", "sampling_config",
    ]
    for stage in 1..<(stageCount + 1) {
      columns += ["prompt", "completion", "stop_reason", "choices", "work_key"].map {
        "\($0)\(stage)"
      }
    }
    return columns
  }

  private func writeVerdicts(
    _ tasks: [StoredTask], to out: inout ExportWriter,
    _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    out.header([
      "benchmark_name", "dataset_split", "sample_index", "repeat_index", "context", "answer",
      "ref_answer", "is_passed", "fail_reason",
    ])
    for task in tasks {
      guard let judging = task.currentJudging else { continue }
      let cursor = try CompletionCursor(connection, task: task.id)
      var isMore = try cursor.advance()
      var context: [UInt8] = []
      try queries.forEachVerdict(judging: judging) { verdict in
        let key = (verdict.sample, verdict.repetition)
        context.removeAll(keepingCapacity: true)
        while isMore, (cursor.view.sample, cursor.view.repetition) < key {
          isMore = try cursor.advance()
        }
        while isMore, (cursor.view.sample, cursor.view.repetition) == key {
          context.append(contentsOf: cursor.view.prompt)
          context.append(contentsOf: cursor.view.text)
          isMore = try cursor.advance()
        }
        try writeVerdict(verdict, of: task, context: context, to: &out)
        try out.flushIfLarge(to: sink)
      }
    }
  }

  private func writeVerdict(
    _ verdict: VerdictView, of task: StoredTask, context: [UInt8], to out: inout ExportWriter
  ) throws(StoreError) {
    out.beginRow()
    out.text("benchmark_name", task.benchmark)
    out.text("dataset_split", task.split)
    out.integer("sample_index", Int64(verdict.sample))
    out.integer("repeat_index", Int64(verdict.repetition))
    try context.withUnsafeBufferPointer { context throws(StoreError) in
      try out.text("context", context)
    }
    try out.text("answer", verdict.answer)
    try out.text("ref_answer", verdict.reference)
    out.bool("is_passed", verdict.outcome == .pass)
    try out.text("fail_reason", verdict.outcome == .pass ? noBytes : verdict.failReason)
    out.endRow()
  }

  private func writeErrors(
    _ tasks: [StoredTask], to out: inout ExportWriter,
    _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    out.header(["where", "sample_index", "repeat_index", "line", "reason", "attempts"])
    for task in tasks {
      try writeBadRows(of: task, to: &out)
      // A resolved error is history: with or without it the results are the same, so is the export.
      let statement = try Statement(
        connection,
        """
        SELECT place, sample_index, repeat_index, line, reason, attempts FROM errors
        WHERE task_id = ? AND resolved = 0
        ORDER BY ifnull(sample_index, line), ifnull(repeat_index, -1), place, error_id
        """)
      statement.bind(1, task.id)
      while try statement.step() {
        let place = ErrorPlace(rawValue: UInt8(truncatingIfNeeded: statement.integer(0)))
        out.beginRow()
        out.text("where", place?.word ?? "")
        out.integerOrNone("sample_index", statement.integerOrNil(1))
        out.integerOrNone("repeat_index", statement.integerOrNil(2))
        out.integerOrNone("line", statement.isNull(1) ? statement.integerOrNil(3) : nil)
        try out.text("reason", statement.bytes(4))
        out.integer("attempts", statement.integer(5))
        out.endRow()
        try out.flushIfLarge(to: sink)
      }
    }
  }

  /// The rows of the source that are not in the prepared split, as its manifest lists them.
  private func writeBadRows(
    of task: StoredTask, to out: inout ExportWriter
  ) throws(StoreError) {
    let rows = try Statement(
      connection,
      """
      SELECT b.value ->> 'file', b.value ->> 'line', b.value ->> 'reason'
      FROM tasks t,
        json_each(ifnull(t.spec_json ->> '$.manifest.provenance', '{}'), '$.bad_row_list') b
      WHERE t.task_id = ? ORDER BY b.key
      """)
    rows.bind(1, task.id)
    while try rows.step() {
      out.beginRow()
      out.text("where", "source row")
      out.none("sample_index")
      out.none("repeat_index")
      out.integer("line", rows.integer(1))
      out.text("reason", "\(rows.string(0)): \(rows.string(2))")
      out.integer("attempts", 1)
      out.endRow()
    }
  }

  private func highestStage(task: Int64) throws(StoreError) -> Int {
    let statement = try Statement(connection, "SELECT max(stage) FROM stages WHERE task_id = ?")
    statement.bind(1, task)
    return Int(try statement.runForInteger() ?? 0)
  }

  /// The sampling parameters of a task's stages, as JSON by the stage's name.
  private func sampling(task: Int64) throws(StoreError) -> [StageSampling] {
    let prefix = "sampling."
    return try queries.identity(ofTask: task).filter { $0.name.hasPrefix(prefix) }.map {
      StageSampling(stage: String($0.name.dropFirst(prefix.count)), json: $0.value)
    }
  }
}
