// What `evalhost doctor` wants to know of a database: is the file whole, do its references hold,
// how much is in it. Reads only.

import CSQLite
import Model

/// What a check of a database found.
package struct StoreCheckReport: Equatable, Sendable {
  /// SQLite's findings on the file's structure, 20 at most; empty when it is whole.
  package var damage: [String] = []
  /// Tables with rows that refer to missing ones, and how many.
  package var brokenReferences: [String: Int64] = [:]
  /// `user_version`.
  package var version: Int64 = 0
  package var runs: Int64 = 0
  package var tasks: [TaskCoverage] = []

  /// Whether nothing is wrong.
  package var isWhole: Bool { damage.isEmpty && brokenReferences.isEmpty }

  /// Reports nothing yet.
  package init() {}
}

/// How much of one task is there.
package struct TaskCoverage: Equatable, Sendable {
  package var task: StoredTask
  /// Tries expected: samples times repeats.
  package var expected: Int64
  package var counts: TaskCounts
}

/// Checks a database.
package struct StoreCheck {
  private let connection: Connection

  /// Checks through `connection`.
  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// Reads the whole file and says what is wrong with it.
  package func run() throws(StoreError) -> StoreCheckReport {
    var report = StoreCheckReport()
    report.damage = try damage()
    // A damaged file cannot be asked further without failing at the damage.
    guard report.damage.isEmpty else { return report }
    report.version = try connection.integer("PRAGMA user_version") ?? 0
    let references = try Statement(
      connection, "SELECT \"table\", count(*) FROM pragma_foreign_key_check GROUP BY 1")
    while try references.step() {
      report.brokenReferences[references.string(0)] = references.integer(1)
    }
    let queries = ResultQueries(connection)
    let runs = try queries.runs()
    report.runs = Int64(runs.count)
    for run in runs {
      for task in try queries.tasks(run: run.id) {
        report.tasks.append(
          TaskCoverage(
            task: task, expected: task.sampleCount * task.repeats,
            counts: try queries.counts(task: task.id)))
      }
    }
    return report
  }

  private func damage() throws(StoreError) -> [String] {
    do {
      let statement = try Statement(connection, "PRAGMA integrity_check(20)")
      var findings: [String] = []
      while try statement.step() { findings.append(statement.string(0)) }
      return findings == ["ok"] ? [] : findings
    } catch let error where error.kind == .corrupt || error.kind == .notAStore {
      return [error.detail]
    }
  }
}
