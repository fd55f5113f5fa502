// Looking up runs, tasks and judgings, without writing: what `status`, `--dry-run` and exports ask.

import CSQLite
package import Model

/// Reads the store through any connection.
package struct ResultQueries {
  let connection: Connection

  /// Reads through `connection`.
  package init(_ connection: Connection) {
    self.connection = connection
  }
}

/// A run as it is stored.
package struct StoredRun: Equatable, Sendable {
  package var id: String
  /// Seconds since 1970 in UTC.
  package var createdAt: Int64
  package var configTOML: String
  package var hostVersion: String
  /// Number of the latest attempt; 0 without any.
  package var attempts: Int64
  /// The latest attempt's end and outcome; nil while it runs, or after it died.
  package var endedAt: Int64?
  package var outcome: AttemptOutcome?
}

/// A task as it is stored.
package struct StoredTask: Equatable, Sendable {
  /// `task_id`.
  package var id: Int64
  package var runID: String
  package var position: Int64
  package var model: String
  package var modelSignature: String
  package var benchmark: String
  package var split: String
  package var mode: String
  /// Id of the evaluator plugin.
  package var evaluator: String
  package var status: TaskStatus
  package var sampleCount: Int64
  package var repeats: Int64
  /// The judging that exports and scores show; nil before the first.
  package var currentJudging: Int64?
  /// Seconds since 1970 in UTC.
  package var createdAt: Int64
  /// The task as the planner wrote it.
  package var specJSON: String
}

/// How much of a task is stored.
package struct TaskCounts: Equatable, Sendable {
  /// Stored completions, of all stages.
  package var completions: Int64 = 0
  /// Verdicts of the current judging.
  package var passed: Int64 = 0
  package var failed: Int64 = 0
  package var unparsed: Int64 = 0
  /// Errors that no verdict has resolved.
  package var errors: Int64 = 0
  package var conflicts: Int64 = 0

  /// Tries that have a verdict.
  package var judged: Int64 { passed + failed + unparsed }

  /// Counts nothing yet.
  package init() {}
}

extension ResultQueries {
  /// The run with this id, or nil.
  package func run(id: String) throws(StoreError) -> StoredRun? {
    try runs(where: "WHERE r.run_id = ?1", id: id).first
  }

  /// All runs, oldest first.
  package func runs() throws(StoreError) -> [StoredRun] {
    try runs(where: "", id: nil)
  }

  private func runs(where condition: String, id: String?) throws(StoreError) -> [StoredRun] {
    let statement = try Statement(
      connection,
      """
      SELECT r.run_id, r.created_at, config_toml, host_version, ifnull(number, 0), ended_at, outcome
      FROM runs r LEFT JOIN attempts a ON a.run_id = r.run_id
        AND number = (SELECT max(number) FROM attempts WHERE run_id = r.run_id)
      \(condition) ORDER BY r.created_at, r.run_id
      """)
    if let id { statement.bind(1, id) }
    var runs: [StoredRun] = []
    while try statement.step() {
      runs.append(
        StoredRun(
          id: statement.string(0), createdAt: statement.integer(1),
          configTOML: statement.string(2), hostVersion: statement.string(3),
          attempts: statement.integer(4), endedAt: statement.integerOrNil(5),
          outcome: AttemptOutcome(rawValue: statement.string(6))))
    }
    return runs
  }

  /// The run's tasks in the order of the plan; throws `notFound` for a run that is not stored.
  package func tasks(
    run: String, withSuperseded: Bool = false
  ) throws(StoreError) -> [StoredTask] {
    let statement = try Statement(
      connection,
      """
      SELECT task_id, run_id, position, m.name, m.signature, b.name, b.split, mode, status,
        sample_count, repeats, current_judging_id, created_at, spec_json, e.id
      FROM tasks JOIN models m USING (model_id) JOIN manifests USING (manifest_id)
        JOIN benchmarks b USING (benchmark_id) JOIN plugins e ON e.plugin_id = evaluator_plugin_id
      WHERE run_id = ?1 AND (?2 OR status <> 'superseded') ORDER BY position, task_id
      """)
    statement.bind(1, run)
    statement.bind(2, withSuperseded ? 1 : 0)
    var tasks: [StoredTask] = []
    while try statement.step() { tasks.append(try task(of: statement)) }
    if tasks.isEmpty, try self.run(id: run) == nil {
      throw StoreError(.notFound, path: connection.path, detail: "run \(run)")
    }
    return tasks
  }

  private func task(of statement: Statement) throws(StoreError) -> StoredTask {
    guard let status = TaskStatus(rawValue: statement.string(8)) else {
      throw StoreError(.corrupt, path: connection.path, detail: "a task's status is unknown")
    }
    return StoredTask(
      id: statement.integer(0), runID: statement.string(1), position: statement.integer(2),
      model: statement.string(3), modelSignature: statement.string(4),
      benchmark: statement.string(5), split: statement.string(6), mode: statement.string(7),
      evaluator: statement.string(14), status: status, sampleCount: statement.integer(9),
      repeats: statement.integer(10),
      currentJudging: statement.integerOrNil(11), createdAt: statement.integer(12),
      specJSON: statement.string(13))
  }

  /// The `task_id` of the run's task with this generation key, or nil.
  package func storedTask(
    run: String, spec: TaskSpec, generationKey: [UInt8]
  ) throws(StoreError) -> Int64? {
    let statement = try Statement(
      connection,
      """
      SELECT task_id FROM tasks JOIN models m USING (model_id) JOIN manifests f USING (manifest_id)
        JOIN benchmarks b USING (benchmark_id)
      WHERE run_id = ? AND m.name = ? AND m.signature = ? AND b.name = ? AND b.split = ?
        AND f.checksum = ? AND mode = ? AND generation_key = ?
      """)
    statement.bind(1, run)
    statement.bind(2, spec.model)
    statement.bind(3, spec.modelSignature)
    statement.bind(4, spec.manifest.benchmark)
    statement.bind(5, spec.manifest.split)
    statement.bind(6, spec.manifest.checksum)
    statement.bind(7, spec.mode)
    statement.bindBlob(8, generationKey)
    return try statement.runForInteger()
  }

  /// The run's tasks for the same model, benchmark, split, mode and evaluator that have another generation
  /// key, and in which fields each differs; superseded ones are left out.
  package func differingTasks(
    run: String, spec: TaskSpec, generationKey: [UInt8]
  ) throws(StoreError) -> [DifferingTask] {
    let statement = try Statement(
      connection,
      """
      SELECT task_id, status FROM tasks JOIN models m USING (model_id)
        JOIN manifests USING (manifest_id) JOIN benchmarks b USING (benchmark_id)
        JOIN plugins e ON e.plugin_id = evaluator_plugin_id
      WHERE run_id = ? AND m.name = ? AND b.name = ? AND b.split = ? AND mode = ? AND e.id = ?
        AND generation_key <> ? AND status <> 'superseded'
      ORDER BY task_id
      """)
    statement.bind(1, run)
    statement.bind(2, spec.model)
    statement.bind(3, spec.manifest.benchmark)
    statement.bind(4, spec.manifest.split)
    statement.bind(5, spec.mode)
    statement.bind(6, spec.evaluator.id)
    statement.bindBlob(7, generationKey)
    var differing: [DifferingTask] = []
    while try statement.step() {
      let id = statement.integer(0)
      let status = TaskStatus(rawValue: statement.string(1)) ?? .failed
      let fields = spec.differingFields(from: try identity(ofTask: id))
      differing.append(DifferingTask(id: id, status: status, fields: fields))
    }
    return differing
  }

  /// The fields that decide a stored task's completions, in their order.
  package func identity(ofTask task: Int64) throws(StoreError) -> [IdentityField] {
    let statement = try Statement(
      connection,
      """
      SELECT field.value ->> 0, field.value ->> 1
      FROM tasks, json_each(identity_json) AS field WHERE task_id = ? ORDER BY field.key
      """)
    statement.bind(1, task)
    var fields: [IdentityField] = []
    while try statement.step() {
      fields.append(IdentityField(name: statement.string(0), value: statement.string(1)))
    }
    return fields
  }

  /// How much of a task is stored.
  ///
  /// Reads the task's rows once: about a second for a million tries.
  package func counts(task: Int64) throws(StoreError) -> TaskCounts {
    var counts = TaskCounts()
    counts.completions = try count("completions WHERE task_id = ?", task)
    counts.errors = try count("errors WHERE task_id = ? AND resolved = 0", task)
    counts.conflicts = try count("conflicts WHERE task_id = ?", task)
    let verdicts = try Statement(
      connection,
      """
      SELECT count(*) FILTER (WHERE outcome = 1), count(*) FILTER (WHERE outcome = 2),
        count(*) FILTER (WHERE outcome = 3)
      FROM verdicts
      WHERE judging_id = (SELECT current_judging_id FROM tasks WHERE task_id = ?)
      """)
    verdicts.bind(1, task)
    if try verdicts.step() {
      counts.passed = verdicts.integer(0)
      counts.failed = verdicts.integer(1)
      counts.unparsed = verdicts.integer(2)
    }
    return counts
  }

  private func count(_ rest: String, _ task: Int64) throws(StoreError) -> Int64 {
    let statement = try Statement(connection, "SELECT count(*) FROM \(rest)")
    statement.bind(1, task)
    return try statement.runForInteger() ?? 0
  }

  /// The score of a judging as it was recorded, and when; nil without one.
  package func score(
    judging: Int64
  ) throws(StoreError) -> (json: String, createdAt: Int64)? {
    let statement = try Statement(
      connection, "SELECT score_json, created_at FROM scores WHERE judging_id = ?")
    statement.bind(1, judging)
    return try statement.step() ? (statement.string(0), statement.integer(1)) : nil
  }
}
