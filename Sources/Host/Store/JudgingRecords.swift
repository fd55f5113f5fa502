// Judgings and their scores: a task's completions may be judged more than once, and one judging is
// the current one that exports and the index show.

import CSQLite
package import Model

/// What a judging is opened with.
package struct JudgingOpening: Sendable {
  /// `task_id`.
  package var task: Int64
  package var evaluator: PluginIdentity
  /// The rule or metric that sets pass or fail; empty = the evaluator's default.
  package var decide: String
  /// Extra metrics, in the order of the configuration.
  package var metrics: [PluginIdentity]
  /// Their options by id, as a JSON object.
  package var metricOptions: String
  /// Judge again although the same plugins have judged the whole task already.
  package var isFresh: Bool
  /// Seconds since 1970 in UTC.
  package var time: Int64

  /// Describes the judging to open.
  package init(
    task: Int64, evaluator: PluginIdentity, decide: String, metrics: [PluginIdentity],
    metricOptions: String = "{}", isFresh: Bool = false, time: Int64
  ) {
    self.metricOptions = metricOptions
    self.task = task
    self.evaluator = evaluator
    self.decide = decide
    self.metrics = metrics
    self.isFresh = isFresh
    self.time = time
  }
}

/// A judging as it is stored.
package struct OpenedJudging: Equatable, Sendable {
  /// `judging_id`.
  package var id: Int64
  /// Whether the row was there before, so that its verdicts count.
  package var existed: Bool
  /// Whether it has judged every try that was expected when it ended.
  package var isComplete: Bool

  /// Says what was found.
  package init(id: Int64, existed: Bool, isComplete: Bool) {
    self.id = id
    self.existed = existed
    self.isComplete = isComplete
  }
}

extension RunRecords {
  /// Opens a judging: the latest by the same plugins and rule, or a new one.
  ///
  /// A fresh one goes on with a fresh one that has not ended. The task's first judging becomes its
  /// current one at once; a later one when it is complete.
  package func openJudging(_ opening: JudgingOpening) throws(StoreError) -> OpenedJudging {
    try connection.transaction { () throws(StoreError) in
      let evaluator = try plugin(opening.evaluator)
      let metrics = StoredJSON.plugins(opening.metrics, options: opening.metricOptions)
      let latest = try Statement(
        connection,
        """
        SELECT judging_id, complete, ordinal FROM judgings
        WHERE task_id = ? AND evaluator_plugin_id = ? AND decide = ? AND metrics_json = ?
        ORDER BY ordinal DESC LIMIT 1
        """)
      latest.bind(1, opening.task)
      latest.bind(2, evaluator)
      latest.bind(3, opening.decide)
      latest.bind(4, metrics)
      var ordinal: Int64 = 1
      if try latest.step() {
        let isComplete = latest.integer(1) == 1
        if !(opening.isFresh && isComplete) {
          return OpenedJudging(id: latest.integer(0), existed: true, isComplete: isComplete)
        }
        ordinal = latest.integer(2) + 1
      }
      let statement = try Statement(
        connection,
        """
        INSERT INTO judgings
          (task_id, evaluator_plugin_id, decide, metrics_json, ordinal, created_at)
        VALUES (?, ?, ?, ?, ?, ?) RETURNING judging_id
        """)
      statement.bind(1, opening.task)
      statement.bind(2, evaluator)
      statement.bind(3, opening.decide)
      statement.bind(4, metrics)
      statement.bind(5, ordinal)
      statement.bind(6, opening.time)
      let id = try statement.id()
      try setCurrent(id, ofTask: opening.task, onlyIfNone: true)
      return OpenedJudging(id: id, existed: false, isComplete: false)
    }
  }

  /// Ends a judging: it is complete, and its task's current one.
  package func completeJudging(_ judging: Int64) throws(StoreError) {
    try connection.transaction { () throws(StoreError) in
      let statement = try Statement(
        connection, "UPDATE judgings SET complete = 1 WHERE judging_id = ? RETURNING task_id")
      statement.bind(1, judging)
      guard let task = try statement.runForInteger() else {
        throw notFound("judging \(judging)")
      }
      try setCurrent(judging, ofTask: task, onlyIfNone: false)
    }
  }

  /// Notes that a judging expects more verdicts again, for example after `repeats` was raised.
  package func reopenJudging(_ judging: Int64) throws(StoreError) {
    let statement = try Statement(
      connection, "UPDATE judgings SET complete = 0 WHERE judging_id = ?")
    statement.bind(1, judging)
    guard try statement.run() == 1 else { throw notFound("judging \(judging)") }
  }

  /// Stores a judging's score, or replaces the one it has; an equal one keeps its time.
  ///
  /// `scoreJSON` is an object. Exports read of it `cot`, `metrics`, `samples`, `problems`, `task`,
  /// `task_details` and `errors`; the rest is for others. Returns `score_id`.
  @discardableResult
  package func recordScore(
    judging: Int64, scoreJSON: String, time: Int64
  ) throws(StoreError) -> Int64 {
    try connection.transaction { () throws(StoreError) in
      let find = try Statement(
        connection, "SELECT score_id, score_json = ?2 FROM scores WHERE judging_id = ?1")
      find.bind(1, judging)
      find.bind(2, scoreJSON)
      guard try find.step() else {
        let insert = try Statement(
          connection,
          """
          INSERT INTO scores (judging_id, score_json, created_at) VALUES (?, ?, ?)
          RETURNING score_id
          """)
        insert.bind(1, judging)
        insert.bind(2, scoreJSON)
        insert.bind(3, time)
        return try insert.id()
      }
      let id = find.integer(0)
      if find.integer(1) == 0 {
        let update = try Statement(
          connection, "UPDATE scores SET score_json = ?, created_at = ? WHERE score_id = ?")
        update.bind(1, scoreJSON)
        update.bind(2, time)
        update.bind(3, id)
        try update.run()
      }
      return id
    }
  }

  private func setCurrent(
    _ judging: Int64, ofTask task: Int64, onlyIfNone: Bool
  ) throws(StoreError) {
    let condition = onlyIfNone ? " AND current_judging_id IS NULL" : ""
    let statement = try Statement(
      connection, "UPDATE tasks SET current_judging_id = ? WHERE task_id = ?" + condition)
    statement.bind(1, judging)
    statement.bind(2, task)
    try statement.run()
  }
}
