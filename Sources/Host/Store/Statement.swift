// A prepared statement. Values are bound without a copy where the caller keeps them alive until
// `reset`, and columns are read as views that end with the next step: the hot path copies nothing.

import CSQLite

/// UTF-8 text or bytes that somebody else owns.
package typealias Bytes = UnsafeBufferPointer<UInt8>

/// A prepared statement of one connection.
///
/// Parameters count from 1 and columns from 0, as in SQLite.
package final class Statement {
  private let connection: Connection
  private let handle: OpaquePointer
  private let sql: String
  /// The first result code other than OK that a bind gave; reported by the next step.
  private var bindFailure: Int32 = SQLITE_OK

  /// Prepares the statement; `isKept` promises that it will run many times.
  package init(
    _ connection: Connection, _ sql: String, isKept: Bool = false
  ) throws(StoreError) {
    var prepared: OpaquePointer?
    let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
    let code = sqlite3_prepare_v3(connection.handle, sql, -1, flags, &prepared, nil)
    guard let prepared, code == SQLITE_OK else { throw connection.failure(code, doing: sql) }
    self.connection = connection
    self.sql = sql
    handle = prepared
  }

  deinit {
    sqlite3_finalize(handle)
  }
}

extension Statement {
  /// Runs to the next row; false at the end.
  ///
  /// A failure leaves the statement reset.
  package func step() throws(StoreError) -> Bool {
    if bindFailure != SQLITE_OK {
      let code = bindFailure
      reset()
      throw connection.failure(code, doing: sql)
    }
    let code = sqlite3_step(handle)
    if code == SQLITE_ROW { return true }
    if code == SQLITE_DONE { return false }
    let error = connection.failure(code, doing: sql)
    reset()
    throw error
  }

  /// Runs a statement that gives no rows, resets it and returns the number of rows it changed.
  @discardableResult
  package func run() throws(StoreError) -> Int {
    _ = try step()
    let changed = Int(sqlite3_changes(connection.handle))
    reset()
    return changed
  }

  /// Runs a statement that gives at most one row to its end; its number, or nil without a row.
  package func runForInteger() throws(StoreError) -> Int64? {
    guard try step() else {
      reset()
      return nil
    }
    let value = integer(0)
    // The commit of a statement of its own comes with the step after its last row.
    _ = try step()
    reset()
    return value
  }

  /// Makes the statement ready to run again; what was bound without a copy may go now.
  package func reset() {
    sqlite3_reset(handle)
    bindFailure = SQLITE_OK
  }

  private func note(_ code: Int32) {
    if code != SQLITE_OK && bindFailure == SQLITE_OK { bindFailure = code }
  }
}

extension Statement {
  /// Binds a number.
  package func bind(_ index: Int32, _ value: Int64) {
    note(sqlite3_bind_int64(handle, index, value))
  }

  /// Binds NULL.
  package func bindNull(_ index: Int32) {
    note(sqlite3_bind_null(handle, index))
  }

  /// Binds a number or NULL.
  package func bind(_ index: Int32, _ value: Int64?) {
    if let value { bind(index, value) } else { bindNull(index) }
  }

  /// Binds text, which SQLite copies.
  package func bind(_ index: Int32, _ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      withCharacters(of: utf8) { characters in
        note(evh_sqlite3_bind_text_copy(handle, index, characters, Int32(clamping: utf8.count)))
      }
    }
  }

  /// Binds text or NULL, which SQLite copies.
  package func bind(_ index: Int32, _ text: String?) {
    if let text { bind(index, text) } else { bindNull(index) }
  }

  /// Binds bytes, which SQLite copies.
  package func bindBlob(_ index: Int32, _ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { buffer in
      withCharacters(of: buffer) { characters in
        note(evh_sqlite3_bind_blob_copy(handle, index, characters, Int32(clamping: buffer.count)))
      }
    }
  }

  /// Binds valid UTF-8 that the caller keeps alive and unchanged until `reset`.
  package func bind(_ index: Int32, unowned text: Bytes) {
    withCharacters(of: text) { characters in
      note(sqlite3_bind_text(handle, index, characters, Int32(clamping: text.count), nil))
    }
  }

  /// Binds valid UTF-8, or NULL when it is empty; alive and unchanged until `reset`.
  package func bind(_ index: Int32, unownedOrNull text: Bytes) {
    if text.isEmpty { bindNull(index) } else { bind(index, unowned: text) }
  }

  /// Binds bytes that the caller keeps alive and unchanged until `reset`.
  package func bind(_ index: Int32, unownedBlob bytes: UnsafeRawBufferPointer) {
    note(sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(clamping: bytes.count), nil))
  }

  /// Gives the bytes as C characters; a null pointer would bind NULL, so empty text gets another.
  private func withCharacters(of text: Bytes, _ body: (UnsafePointer<CChar>) -> Void) {
    if let base = text.baseAddress {
      body(UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self))
    } else {
      body(emptyText)
    }
  }
}

extension Statement {
  /// A column as a number; NULL reads as 0.
  package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

  /// Whether a column is NULL.
  package func isNull(_ column: Int32) -> Bool {
    sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  /// A column as a number or nil.
  package func integerOrNil(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

  /// A column's text or bytes, valid until the next step or reset; NULL reads as empty.
  package func bytes(_ column: Int32) -> Bytes {
    // The pointer has to be asked for before the length: that is what makes it text.
    let start = sqlite3_column_blob(handle, column)
    let count = Int(sqlite3_column_bytes(handle, column))
    return Bytes(start: start?.assumingMemoryBound(to: UInt8.self), count: start == nil ? 0 : count)
  }

  /// A column's text, copied; NULL reads as empty.
  package func string(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

  /// A column's text, copied, or nil.
  package func stringOrNil(_ column: Int32) -> String? { isNull(column) ? nil : string(column) }
}

/// One NUL that lives for ever: the address of an empty text.
// Written by nobody after its initialisation, so any thread may read it.
private nonisolated(unsafe) let emptyText: UnsafePointer<CChar> = {
  let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
  byte.initialize(to: 0)
  return UnsafePointer(byte)
}()
