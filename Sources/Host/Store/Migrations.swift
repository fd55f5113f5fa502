// Bringing a database to the program's version, one step at a time, each step whole or not at all.
//
//   user_version 0 and empty -> 1 -> 2 ... -> Schema.version; a newer one is refused untouched.

import CSQLite

/// One step of the schema.
package struct Migration: Sendable {
  /// The version after the step.
  package var version: Int64
  /// What the step runs.
  package var sql: String

  /// Describes the step to `version`.
  package init(version: Int64, sql: String) {
    self.version = version
    self.sql = sql
  }
}

extension Connection {
  /// Throws `notAStore` for a database that another program made.
  func refuseForeignFile() throws(StoreError) {
    let mark = try integer("PRAGMA application_id") ?? 0
    if mark == Schema.applicationID { return }
    let tables = try integer("SELECT count(*) FROM sqlite_schema") ?? 0
    let version = try integer("PRAGMA user_version") ?? 0
    guard mark == 0, tables == 0, version == 0 else {
      throw StoreError(
        .notAStore, path: path,
        detail: "application_id \(mark), user_version \(version), \(tables) tables and indexes")
    }
  }

  /// Throws `newerVersion`, or `misuse` for an older one, unless the database is of our version.
  func refuseOtherVersion(_ migrations: [Migration]) throws(StoreError) {
    let newest = migrations.last?.version ?? 0
    let version = try integer("PRAGMA user_version") ?? 0
    if version == newest { return }
    if version == 0 { throw StoreError(.missing, path: path, detail: "the file is empty") }
    guard version < newest else { throw newer(version, than: newest) }
    throw StoreError(
      .misuse, path: path,
      detail: "its version is \(version), ours is \(newest): a run or `score` migrates it")
  }

  /// Runs the steps that the database lacks.
  func migrate(_ migrations: [Migration]) throws(StoreError) {
    let newest = migrations.last?.version ?? 0
    let found = try integer("PRAGMA user_version") ?? 0
    guard found <= newest else { throw newer(found, than: newest) }
    if found == newest { return }
    // A step may rebuild a table that others refer to; references are checked before its commit.
    try execute("PRAGMA foreign_keys = OFF")
    for step in migrations where step.version > found {
      try transaction { () throws(StoreError) in
        // Another writer may have been faster between the look and the lock.
        let version = try integer("PRAGMA user_version") ?? 0
        guard version < step.version else { return }
        try execute(step.sql)
        try execute(
          """
          PRAGMA user_version = \(step.version);
          PRAGMA application_id = \(Schema.applicationID);
          """)
        if let table = try text("SELECT \"table\" FROM pragma_foreign_key_check") {
          throw StoreError(
            .constraint, path: path,
            detail: "the step to version \(step.version) breaks references of table \(table)")
        }
      }
    }
  }

  private func newer(_ found: Int64, than ours: Int64) -> StoreError {
    StoreError(.newerVersion, path: path, detail: "its version is \(found), ours is \(ours)")
  }
}
