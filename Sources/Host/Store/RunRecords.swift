// Runs, their attempts, tasks and judgings: the few rows that everything else refers to.
// Get-or-create is one statement over a UNIQUE key; an update names one row by its primary key.

import CSQLite
package import Model

/// Writes the rows of runs, attempts, tasks, judgings and scores.
package struct RunRecords {
  let connection: Connection

  /// Writes through `connection`, which must have been opened for writing.
  package init(_ connection: Connection) {
    self.connection = connection
  }
}

/// One execution of a run.
package struct StoredAttempt: Equatable, Sendable {
  /// `attempt_id`.
  package var id: Int64
  /// Counts the run's attempts from 1.
  package var number: Int64
}

/// How an attempt ended.
package enum AttemptOutcome: String, Sendable, CaseIterable {
  case done
  case failed
  /// Drained after a signal: the same command resumes.
  case interrupted
}

/// What the store notes of a task's progress.
package enum TaskStatus: String, Sendable, CaseIterable {
  case pending
  case running
  case done
  case failed
  /// Another task of the run has taken its place; exports leave it out.
  case superseded
}

/// What a task is opened with.
package struct TaskOpening: Sendable {
  package var runID: String
  /// Position in the run's plan, from 0.
  package var position: Int
  package var spec: TaskSpec
  /// The task as JSON, kept as it is and never looked into.
  package var specJSON: String
  /// 32 bytes: the digest of `spec.generationIdentity`.
  package var generationKey: [UInt8]
  /// Seconds since 1970 in UTC.
  package var time: Int64

  /// Describes the task to open.
  package init(
    runID: String, position: Int, spec: TaskSpec, specJSON: String, generationKey: [UInt8],
    time: Int64
  ) {
    self.runID = runID
    self.position = position
    self.spec = spec
    self.specJSON = specJSON
    self.generationKey = generationKey
    self.time = time
  }
}

/// A task of the run for the same model, benchmark and mode whose completions cannot be shared.
package struct DifferingTask: Equatable, Sendable {
  /// `task_id`.
  package var id: Int64
  package var status: TaskStatus
  /// The names of the fields of `TaskSpec.generationIdentity` that differ.
  package var fields: [String]

  /// Names one differing task.
  package init(id: Int64, status: TaskStatus, fields: [String]) {
    self.id = id
    self.status = status
    self.fields = fields
  }
}

/// What opening a task found.
package struct OpenedTask: Equatable, Sendable {
  /// `task_id`.
  package var id: Int64
  /// Whether the row was there before, so that its completions may be reused.
  package var existed: Bool
  /// The run's other tasks for the same model, benchmark and mode that are not superseded.
  package var differing: [DifferingTask]

  /// Says what was found.
  package init(id: Int64, existed: Bool, differing: [DifferingTask]) {
    self.id = id
    self.existed = existed
    self.differing = differing
  }
}

extension RunRecords {
  /// Makes the run, or gives the one that exists its newest configuration; returns whether it was made.
  package func openRun(
    id: String, configTOML: String, hostVersion: String, time: Int64
  ) throws(StoreError) -> Bool {
    let statement = try Statement(
      connection,
      """
      INSERT INTO runs (run_id, created_at, config_toml, host_version) VALUES (?, ?, ?, ?)
      ON CONFLICT (run_id) DO NOTHING
      """)
    statement.bind(1, id)
    statement.bind(2, time)
    statement.bind(3, configTOML)
    statement.bind(4, hostVersion)
    if try statement.run() == 1 { return true }
    // The configuration that the newest attempt runs with is what `score` plans with.
    let update = try Statement(connection, "UPDATE runs SET config_toml = ? WHERE run_id = ?")
    update.bind(1, configTOML)
    update.bind(2, id)
    try update.run()
    return false
  }

  /// Starts the run's next attempt.
  package func startAttempt(run: String, time: Int64) throws(StoreError) -> StoredAttempt {
    let statement = try Statement(
      connection,
      """
      INSERT INTO attempts (run_id, number, started_at)
      SELECT ?1, 1 + coalesce(max(number), 0), ?2 FROM attempts WHERE run_id = ?1
      RETURNING attempt_id, number
      """)
    statement.bind(1, run)
    statement.bind(2, time)
    guard try statement.step() else { throw notFound("run \(run)") }
    let attempt = StoredAttempt(id: statement.integer(0), number: statement.integer(1))
    statement.reset()
    return attempt
  }

  /// Notes how an attempt ended; a second end leaves the first.
  package func endAttempt(
    _ attempt: Int64, outcome: AttemptOutcome, time: Int64
  ) throws(StoreError) {
    let statement = try Statement(
      connection,
      "UPDATE attempts SET ended_at = ?, outcome = ? WHERE attempt_id = ? AND ended_at IS NULL")
    statement.bind(1, time)
    statement.bind(2, outcome.rawValue)
    statement.bind(3, attempt)
    try statement.run()
  }

  /// Opens a task: the stored one with the same key, or a new one.
  ///
  /// A stored task takes over what the new plan says without touching completions: position,
  /// number of samples and of repeats. One that was superseded is pending again. The caller
  /// decides what becomes of the tasks in `differing`.
  package func openTask(_ opening: TaskOpening) throws(StoreError) -> OpenedTask {
    try connection.transaction { () throws(StoreError) in
      let queries = ResultQueries(connection)
      let differing = try queries.differingTasks(
        run: opening.runID, spec: opening.spec, generationKey: opening.generationKey)
      let stored = try queries.storedTask(
        run: opening.runID, spec: opening.spec, generationKey: opening.generationKey)
      if let stored {
        try refresh(stored, with: opening)
        return OpenedTask(id: stored, existed: true, differing: differing)
      }
      return OpenedTask(id: try insert(opening), existed: false, differing: differing)
    }
  }

  /// Sets a task's status.
  package func setStatus(_ status: TaskStatus, ofTask task: Int64) throws(StoreError) {
    let statement = try Statement(connection, "UPDATE tasks SET status = ? WHERE task_id = ?")
    statement.bind(1, status.rawValue)
    statement.bind(2, task)
    guard try statement.run() == 1 else { throw notFound("task \(task)") }
  }

  private func refresh(_ task: Int64, with opening: TaskOpening) throws(StoreError) {
    let statement = try Statement(
      connection,
      """
      UPDATE tasks SET position = ?, spec_json = ?, sample_count = ?, repeats = ?,
        status = CASE status WHEN 'superseded' THEN 'pending' ELSE status END
      WHERE task_id = ?
      """)
    statement.bind(1, Int64(opening.position))
    statement.bind(2, opening.specJSON)
    statement.bind(3, Int64(opening.spec.sampleCount))
    statement.bind(4, Int64(opening.spec.repeats))
    statement.bind(5, task)
    try statement.run()
  }

  private func insert(_ opening: TaskOpening) throws(StoreError) -> Int64 {
    let spec = opening.spec
    let statement = try Statement(
      connection,
      """
      INSERT INTO tasks (run_id, position, model_id, backend_plugin_id, backend_build, manifest_id,
        evaluator_plugin_id, mode, generation_key, identity_json, spec_json, sample_count, repeats,
        status, created_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)
      RETURNING task_id
      """)
    statement.bind(1, opening.runID)
    statement.bind(2, Int64(opening.position))
    statement.bind(3, try model(name: spec.model, signature: spec.modelSignature))
    statement.bind(4, try plugin(spec.backend))
    statement.bind(5, spec.backendBuild)
    statement.bind(6, try manifest(spec.manifest))
    statement.bind(7, try plugin(spec.evaluator))
    statement.bind(8, spec.mode)
    statement.bindBlob(9, opening.generationKey)
    statement.bind(10, StoredJSON.identity(spec.generationIdentity))
    statement.bind(11, opening.specJSON)
    statement.bind(12, Int64(spec.sampleCount))
    statement.bind(13, Int64(spec.repeats))
    statement.bind(14, opening.time)
    return try statement.id()
  }

  func notFound(_ what: String) -> StoreError {
    StoreError(.notFound, path: connection.path, detail: what)
  }
}

// An update that changes nothing makes RETURNING give the row that is there already.
extension RunRecords {
  /// Gets or creates the row of a model: `model_id`.
  package func model(name: String, signature: String) throws(StoreError) -> Int64 {
    let statement = try Statement(
      connection,
      """
      INSERT INTO models (name, signature) VALUES (?, ?)
      ON CONFLICT (name, signature) DO UPDATE SET name = name RETURNING model_id
      """)
    statement.bind(1, name)
    statement.bind(2, signature)
    return try statement.id()
  }

  /// Gets or creates the row of a benchmark's split: `benchmark_id`.
  package func benchmark(name: String, split: String) throws(StoreError) -> Int64 {
    let statement = try Statement(
      connection,
      """
      INSERT INTO benchmarks (name, split) VALUES (?, ?)
      ON CONFLICT (name, split) DO UPDATE SET name = name RETURNING benchmark_id
      """)
    statement.bind(1, name)
    statement.bind(2, split)
    return try statement.id()
  }

  /// Gets or creates the row of a prepared split: `manifest_id`.
  ///
  /// Files with one checksum are one file: where it came from is what was noted first.
  package func manifest(_ manifest: DatasetManifest) throws(StoreError) -> Int64 {
    let statement = try Statement(
      connection,
      """
      INSERT INTO manifests
        (benchmark_id, checksum, row_count, source_dataset, source_split, revision)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (benchmark_id, checksum) DO UPDATE SET checksum = checksum
      RETURNING manifest_id
      """)
    statement.bind(1, try benchmark(name: manifest.benchmark, split: manifest.split))
    statement.bind(2, manifest.checksum)
    statement.bind(3, Int64(manifest.rowCount))
    statement.bind(4, manifest.sourceDataset)
    statement.bind(5, manifest.sourceSplit)
    statement.bind(6, manifest.revision)
    return try statement.id()
  }

  /// Gets or creates the row of a plugin's build: `plugin_id`.
  package func plugin(_ plugin: PluginIdentity) throws(StoreError) -> Int64 {
    let statement = try Statement(
      connection,
      """
      INSERT INTO plugins (id, version, sha256) VALUES (?, ?, ?)
      ON CONFLICT (id, version, sha256) DO UPDATE SET id = id RETURNING plugin_id
      """)
    statement.bind(1, plugin.id)
    statement.bind(2, plugin.version)
    statement.bind(3, plugin.sha256)
    return try statement.id()
  }
}

extension Statement {
  /// Runs a statement that returns one row's key.
  func id() throws(StoreError) -> Int64 {
    // Every such statement inserts or returns a row, so 0 never comes up.
    try runForInteger() ?? 0
  }
}
