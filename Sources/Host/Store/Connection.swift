// One connection to the database: opening it for writing or for reading, its settings, transactions.
// One thread uses a connection; another process may read while the writer writes (WAL).

import CSQLite

/// Sets SQLite up once in a process, at the first connection.
private let configuration = evh_sqlite3_configure()

/// How much a commit survives: `[db] durability`.
package enum Durability: String, Sendable {
  /// A commit survives the death of the process; after a power cut the last ones may be missing.
  case normal
  /// A commit survives a power cut too: each one waits for the disk.
  case full
}

/// The settings that trade memory and disk for speed; the defaults are what was measured best.
package struct StoreTuning: Sendable {
  /// Bytes of a page of a new database.
  package var pageSize = 8192
  /// KiB of page cache.
  package var cacheKibibytes = 32 << 10
  /// Pages in the write-ahead log that make a commit copy them into the database.
  package var checkpointPages = 8192
  /// Bytes to which the log is cut when it starts anew.
  package var logLimitBytes = 64 << 20
  /// Milliseconds to wait for another connection's lock.
  package var busyMilliseconds: Int32 = 10_000

  /// The measured defaults.
  package init() {}
}

/// An open database.
package final class Connection {
  /// The file, as it was given.
  package let path: String
  /// SQLite's handle; never nil while the connection lives.
  let handle: OpaquePointer

  /// Opens the file itself and nothing more.
  private init(path: String, file: String, flags: Int32) throws(StoreError) {
    _ = configuration
    var opened: OpaquePointer?
    let code = sqlite3_open_v2(file, &opened, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard let opened, code == SQLITE_OK else {
      let words = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
      let extended = opened.map { sqlite3_extended_errcode($0) } ?? code
      sqlite3_close_v2(opened)
      throw StoreError(
        StoreError.kind(of: extended), path: path, detail: "opening: \(words)", code: extended)
    }
    self.path = path
    handle = opened
    sqlite3_extended_result_codes(handle, 1)
  }

  deinit {
    // Statements that are still alive keep the handle until they end.
    sqlite3_close_v2(handle)
  }

  /// Opens the database for the writer: creates it, brings its schema up to date, sets it up.
  ///
  /// Throws `locked`, `cannotOpen`, `notAStore`, `corrupt`, `newerVersion`, `readOnly`,
  /// `noWriteAheadLog` or `diskFull`.
  package static func writer(
    path: String, durability: Durability = .normal, tuning: StoreTuning = StoreTuning(),
    migrations: [Migration] = Schema.migrations
  ) throws(StoreError) -> Connection {
    let connection = try Connection(
      path: path, file: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
    sqlite3_busy_timeout(connection.handle, tuning.busyMilliseconds)
    if sqlite3_db_readonly(connection.handle, "main") == 1 {
      throw StoreError(.readOnly, path: path, detail: "opening for writing")
    }
    try connection.refuseForeignFile()
    try connection.execute("PRAGMA page_size = \(tuning.pageSize)")
    guard try connection.text("PRAGMA journal_mode = WAL") == "wal" else {
      throw StoreError(.noWriteAheadLog, path: path, detail: "")
    }
    try connection.execute(
      """
      PRAGMA synchronous = \(durability == .full ? "FULL" : "NORMAL");
      PRAGMA cache_size = -\(tuning.cacheKibibytes);
      PRAGMA mmap_size = 0;
      PRAGMA secure_delete = OFF;
      PRAGMA wal_autocheckpoint = \(tuning.checkpointPages);
      PRAGMA journal_size_limit = \(tuning.logLimitBytes);
      """)
    try connection.migrate(migrations)
    try connection.execute("PRAGMA foreign_keys = ON")
    return connection
  }

  /// Opens an existing database for reading alone; a running writer is not disturbed.
  ///
  /// In a folder that cannot be written SQLite cannot make its shared index of the log. If there
  /// is no log (the writer ended in order) the file is then read as one that nobody changes; if
  /// there is one, `readOnly` is thrown. Throws `missing`, `notAStore`, `newerVersion`, `corrupt`
  /// or `locked` besides.
  package static func reader(
    path: String, tuning: StoreTuning = StoreTuning(),
    migrations: [Migration] = Schema.migrations
  ) throws(StoreError) -> Connection {
    do {
      return try openReader(path: path, file: path, tuning: tuning, migrations: migrations)
    } catch let error {
      guard error.kind == .cannotOpen || error.kind == .readOnly else { throw error }
      guard hasContent(path) else {
        throw StoreError(.missing, path: path, detail: "", code: error.code)
      }
      guard !hasContent(path + "-wal") else {
        throw StoreError(
          .readOnly, path: path,
          detail: "an unfinished log lies beside it, which only a writable folder can replay",
          code: error.code)
      }
      return try openReader(
        path: path, file: immutableAddress(path), tuning: tuning, migrations: migrations)
    }
  }

  private static func openReader(
    path: String, file: String, tuning: StoreTuning, migrations: [Migration]
  ) throws(StoreError) -> Connection {
    let address = file == path ? 0 : SQLITE_OPEN_URI
    let connection = try Connection(path: path, file: file, flags: SQLITE_OPEN_READONLY | address)
    sqlite3_busy_timeout(connection.handle, tuning.busyMilliseconds)
    try connection.execute(
      """
      PRAGMA cache_size = -\(tuning.cacheKibibytes);
      PRAGMA mmap_size = 0;
      PRAGMA query_only = ON;
      """)
    try connection.refuseForeignFile()
    try connection.refuseOtherVersion(migrations)
    return connection
  }
}

extension Connection {
  /// Runs statements that give no rows.
  package func execute(_ sql: String) throws(StoreError) {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    if code != SQLITE_OK { throw failure(code, doing: sql) }
  }

  /// The first column of the first row as a number; nil when there is none.
  package func integer(_ sql: String) throws(StoreError) -> Int64? {
    let statement = try Statement(self, sql)
    return try statement.step() ? statement.integer(0) : nil
  }

  /// The first column of the first row as text; nil when there is none.
  package func text(_ sql: String) throws(StoreError) -> String? {
    let statement = try Statement(self, sql)
    return try statement.step() ? statement.string(0) : nil
  }

  /// Whether a transaction is open.
  package var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

  /// Runs `body` in one transaction: all of it is kept, or nothing.
  ///
  /// Inside an open transaction it becomes a part of that one, which can fail by itself.
  package func transaction<Value>(
    _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let isPart = isInTransaction
    try execute(isPart ? "SAVEPOINT part" : "BEGIN IMMEDIATE")
    do {
      let value = try body()
      try execute(isPart ? "RELEASE part" : "COMMIT")
      return value
    } catch let error {
      if isPart {
        // Fails only when SQLite has undone the whole transaction already.
        sqlite3_exec(handle, "ROLLBACK TO part; RELEASE part", nil, nil, nil)
      } else {
        rollBack()
      }
      throw error
    }
  }

  /// Undoes the open transaction, if one is open.
  ///
  /// SQLite ends the transaction by itself after some failures; a second rollback would then fail
  /// with nothing to undo, which is why its result does not matter.
  package func rollBack() {
    if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
  }

  /// Copies the log into the database as far as readers allow.
  package func checkpoint() throws(StoreError) {
    let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    if code != SQLITE_OK { throw failure(code, doing: "checkpoint") }
  }

  /// The error for a result code, with SQLite's words and the first words of the statement.
  func failure(_ code: Int32, doing sql: String) -> StoreError {
    let head = sql.split(whereSeparator: \.isWhitespace).prefix(4).joined(separator: " ")
    let words = String(cString: sqlite3_errmsg(handle))
    return StoreError(
      StoreError.kind(of: code, system: sqlite3_system_errno(handle)), path: path,
      detail: "\(head): \(words)", code: code)
  }
}

/// Whether a file exists and is not empty.
///
/// SQLite's own file layer answers, so that this room needs no system calls of its own.
private func hasContent(_ path: String) -> Bool {
  guard let layer = sqlite3_vfs_find(nil), let access = layer.pointee.xAccess else { return false }
  var exists: Int32 = 0
  return access(layer, path, SQLITE_ACCESS_EXISTS, &exists) == SQLITE_OK && exists != 0
}

/// The `file:` address of a database that nobody changes while it is open.
private func immutableAddress(_ path: String) -> String {
  // Two slashes before an absolute path keep its own first slashes out of the address's host part.
  var address = path.hasPrefix("/") ? "file://" : "file:"
  for scalar in path.unicodeScalars {
    switch scalar {
    case "%": address += "%25"
    case "?": address += "%3f"
    case "#": address += "%23"
    default: address.unicodeScalars.append(scalar)
    }
  }
  return address + "?immutable=1"
}
