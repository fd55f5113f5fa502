// As much of SQLite as reading a store takes: one connection that cannot write, prepared statements.
internal import CSQLite
internal import PluginKit

/// A database that is only read.
final class Database {
  fileprivate let connection: OpaquePointer
  private let path: String

  /// Opens the file and checks that it is a store.
  init(path: String) throws(PluginFailure) {
    self.path = path
    connection = try Self.open(path)
    let version = try query("PRAGMA user_version")
    let id = try query("PRAGMA application_id")
    guard try version.step(), try id.step(), version.integer(0) == 1, id.integer(0) == 0x4556_4853
    else {
      throw PluginFailure(.io, "'\(path)' is not a store of this version of evalhost")
    }
  }

  deinit { sqlite3_close_v2(connection) }

  /// Opens the file so that it can be read: as usual, or where that fails as a file that never changes.
  ///
  /// A store in a folder that may not be written cannot have the index of its log made beside it.
  private static func open(_ path: String) throws(PluginFailure) -> OpaquePointer {
    // In a URI these three have a meaning of their own.
    let escaped = path.map { character in
      switch character {
      case "%": "%25"
      case "?": "%3f"
      case "#": "%23"
      default: String(character)
      }
    }.joined()
    var reason = ""
    for mode in ["mode=ro", "immutable=1"] {
      var connection: OpaquePointer?
      let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX
      var status = sqlite3_open_v2("file:\(escaped)?\(mode)", &connection, flags, nil)
      // Opening reads nothing; the first statement shows whether the file can be read.
      if status == SQLITE_OK {
        sqlite3_busy_timeout(connection, 5000)
        status = sqlite3_exec(connection, "SELECT count(*) FROM sqlite_schema", nil, nil, nil)
      }
      if status == SQLITE_OK, let connection { return connection }
      reason = String(cString: sqlite3_errmsg(connection))
      sqlite3_close_v2(connection)
      guard status == SQLITE_CANTOPEN || status == SQLITE_READONLY else { break }
    }
    throw PluginFailure(.io, "cannot read the store '\(path)': \(reason)")
  }

  /// Prepares a statement.
  func query(_ sql: String) throws(PluginFailure) -> Query {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK, let statement
    else { throw failure() }
    return Query(statement, of: self)
  }

  /// What went wrong last.
  fileprivate func failure() -> PluginFailure {
    PluginFailure(
      .io, "cannot read the store '\(path)': \(String(cString: sqlite3_errmsg(connection)))")
  }
}

/// A prepared statement of a database, which it keeps open.
final class Query {
  private let statement: OpaquePointer
  private let database: Database

  fileprivate init(_ statement: OpaquePointer, of database: Database) {
    self.statement = statement
    self.database = database
  }

  deinit { sqlite3_finalize(statement) }

  /// Goes back to before the first row; bound values stay.
  func reset() { sqlite3_reset(statement) }

  /// Binds a number to parameter `index`, from 1.
  func bind(_ index: Int32, _ value: Int64) throws(PluginFailure) {
    guard sqlite3_bind_int64(statement, index, value) == SQLITE_OK else { throw database.failure() }
  }

  /// Binds a text to parameter `index`, from 1.
  func bind(_ index: Int32, _ text: String) throws(PluginFailure) {
    let status = evh_sqlite3_bind_text_copy(statement, index, text, Int32(text.utf8.count))
    guard status == SQLITE_OK else { throw database.failure() }
  }

  /// Goes to the next row; false when there is none.
  func step() throws(PluginFailure) -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw database.failure()
    }
  }

  /// A number of the row; columns count from 0.
  func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

  /// A text or blob of the row, copied; empty for NULL.
  func bytes(_ column: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    append(column, to: &bytes)
    return bytes
  }

  /// Appends a text or blob of the row to `bytes`.
  func append(_ column: Int32, to bytes: inout [UInt8]) {
    guard let start = sqlite3_column_blob(statement, column) else { return }
    let count = Int(sqlite3_column_bytes(statement, column))
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
  }
}
