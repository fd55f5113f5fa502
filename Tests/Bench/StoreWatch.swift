// Sees the commits of a running writer without disturbing it: the first verdict through SQLite's reader,
// later commits by the time at which the write-ahead log was last written.
internal import CSQLite
internal import Glibc
internal import Posix

/// Watches the store in an artifact folder.
final class StoreWatch {
  private let path: String
  private var handle: OpaquePointer?
  /// Monotonic nanoseconds at which the first verdict was seen.
  private(set) var firstCommit: UInt64?
  /// Verdicts that were there at that moment: a commit holds many.
  private(set) var firstCount = 0
  /// Nanoseconds since 1970 at which the log was last written, to the kernel's tick.
  private(set) var lastWrite: UInt64?

  init(artifacts: String) { path = "\(artifacts)/evalhost.db" }

  deinit { sqlite3_close_v2(handle) }

  /// Looks for the first verdict until it was seen, and at the log's time.
  func look() {
    // A reader before there is a log could keep the writer from making one.
    guard let log = try? Descriptor.reading(path + "-wal"), let stamp = try? log.stamp(),
      stamp.size > 0
    else { return }
    lastWrite = UInt64(max(0, stamp.modified))
    guard firstCommit == nil, hasVerdict() else { return }
    firstCommit = Clock.monotonic()
    firstCount = Self.integer("SELECT count(*) FROM verdicts", handle) ?? 0
    // Closed while the writer has it open: its last act must stay its own, as without a watcher.
    sqlite3_close_v2(handle)
    handle = nil
  }

  private func hasVerdict() -> Bool {
    if handle == nil {
      guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK else {
        return false
      }
    }
    // No such table is an answer too: the writer has not made it yet.
    return Self.integer("SELECT 1 FROM verdicts LIMIT 1", handle) == 1
  }

  private static func integer(_ sql: String, _ handle: OpaquePointer?) -> Int? {
    var statement: OpaquePointer?
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
    defer { sqlite3_finalize(statement) }
    guard sqlite3_step(statement) == SQLITE_ROW else { return nil }
    return Int(sqlite3_column_int64(statement, 0))
  }

  /// Bytes of the database and its log.
  var bytes: Int {
    [path, path + "-wal"].reduce(0) { sum, file in
      sum + ((try? Descriptor.reading(file).stamp().size) ?? 0)
    }
  }

  /// Counts the verdicts of the ended run, all and those that passed.
  func count() throws -> (all: Int, passed: Int) {
    var handle: OpaquePointer?
    defer { sqlite3_close_v2(handle) }
    guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK,
      let all = Self.integer("SELECT count(*) FROM verdicts", handle),
      let passed = Self.integer("SELECT count(*) FROM verdicts WHERE outcome = 1", handle)
    else { throw BenchFailure("cannot read \(path)") }
    return (all, passed)
  }
}
