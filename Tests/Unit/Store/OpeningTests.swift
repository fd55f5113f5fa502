// Opening a database that is new, old, foreign, damaged, locked, full or out of reach.

import CSQLite
import Glibc
import Store
import Testing

/// A file that must be refused, and how.
struct RefusedFile: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// Makes the file at a path.
  var make: @Sendable (String) throws -> Void
  var kind: StoreError.Kind

  static let all = [
    Self(
      testDescription: "garbage",
      make: { write([UInt8](repeating: 0x5a, count: 10_000), to: $0) }, kind: .notAStore),
    Self(testDescription: "a text", make: { write("hello".utf8, to: $0) }, kind: .notAStore),
    Self(
      testDescription: "another program's database",
      make: { path in
        var handle: OpaquePointer?
        sqlite3_open(path, &handle)
        sqlite3_exec(handle, "CREATE TABLE notes (text)", nil, nil, nil)
        sqlite3_close(handle)
      }, kind: .notAStore),
    Self(
      testDescription: "a newer version",
      make: { path in
        let connection = try Connection.writer(path: path)
        try connection.execute("PRAGMA user_version = \(Schema.version + 1)")
      }, kind: .newerVersion),
    Self(
      testDescription: "a truncated database",
      make: { path in
        _ = try Connection.writer(path: path)
        write(contents(of: path).prefix(70_000), to: path)
      }, kind: .corrupt),
  ]
}

@Suite struct OpeningTests {
  @Test(arguments: RefusedFile.all)
  func `a file that is no store of ours is refused and left alone`(file: RefusedFile) throws {
    let folder = TemporaryFolder()
    let path = folder.file("evalhost.db")
    try file.make(path)
    let before = contents(of: path)
    let errors = [
      storeError { _ = try Connection.writer(path: path) },
      storeError { _ = try Connection.reader(path: path) },
    ]
    #expect(errors.map { $0?.kind } == [file.kind, file.kind], "\(errors)")
    for error in errors {
      #expect(error?.description.hasPrefix(path + ": ") == true)
      #expect(error?.description.contains("; ") == true, "it says what to do")
    }
    #expect(contents(of: path) == before)
  }

  @Test func `a missing or empty file is made by the writer and not by a reader`() throws {
    let folder = TemporaryFolder()
    let path = folder.file("evalhost.db")
    #expect(storeError { _ = try Connection.reader(path: path) }?.kind == .missing)
    write([], to: path)
    #expect(storeError { _ = try Connection.reader(path: path) }?.kind == .missing)
    let lost = folder.file("none/evalhost.db")
    #expect(storeError { _ = try Connection.writer(path: lost) }?.kind == .cannotOpen)
    #expect(storeError { _ = try Connection.reader(path: lost) }?.kind == .missing)
    #expect(storeError { _ = try Connection.writer(path: folder.path) }?.kind == .cannotOpen)
    #expect(storeError { _ = try Connection.reader(path: folder.path) }?.kind == .inputOutput)
    do {
      let writer = try Connection.writer(path: path, durability: .full)
      #expect(try writer.integer("PRAGMA user_version") == Int64(Schema.version))
      let settings = ["foreign_keys": 1, "synchronous": 2, "cache_size": -32_768, "mmap_size": 0]
      for (name, value) in settings {
        #expect(try writer.integer("PRAGMA \(name)") ?? 0 == Int64(value), "\(name)")
      }
      #expect(try writer.text("PRAGMA journal_mode") == "wal")
    }
    let reader = try Connection.reader(path: path)
    #expect(try StoreCheck(reader).run().isWhole)
    #expect(storeError { try reader.execute("DELETE FROM runs") }?.kind == .readOnly)
  }

  @Test func `an older version is brought up to date whole or not at all`() throws {
    let folder = TemporaryFolder()
    let path = folder.file("evalhost.db")
    do {
      let records = RunRecords(try Connection.writer(path: path))
      _ = try records.openRun(id: "old", configTOML: "", hostVersion: "1", time: 1)
    }
    let next = Int64(Schema.version) + 1
    let good = Migration(
      version: next, sql: "ALTER TABLE runs ADD COLUMN note TEXT NOT NULL DEFAULT 'none'")
    let bad = Migration(version: next + 1, sql: "CREATE TABLE half (x) STRICT; SELECT nonsense")
    let steps = Schema.migrations + [good]
    // A reader changes nothing, and says who would.
    let refused = storeError { _ = try Connection.reader(path: path, migrations: steps) }
    #expect(refused?.description.contains("its version is \(next - 1), ours is \(next)") == true)
    #expect(storeError { _ = try Connection.writer(path: path, migrations: steps + [bad]) } != nil)
    #expect(storeError { _ = try Connection.reader(path: path) }?.kind == .newerVersion)
    let writer = try Connection.writer(path: path, migrations: steps)
    #expect(try writer.text("SELECT run_id || note FROM runs") == "oldnone")
    #expect(try writer.integer("PRAGMA user_version") == next, "the good step stays")
    #expect(try writer.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'half'") == 0)
    let breaking = Migration(
      version: next + 1,
      sql: "INSERT INTO attempts (run_id, number, started_at) VALUES ('no', 1, 1)")
    #expect(
      storeError { _ = try Connection.writer(path: path, migrations: steps + [breaking]) }?.kind
        == .constraint)
    #expect(try writer.integer("SELECT count(*) FROM attempts") == 0)
  }

  @Test func `a lock that another holds is named, and waiting ends`() throws {
    var tuning = StoreTuning()
    tuning.busyMilliseconds = 20
    let store = try StoreFixture(tuning: tuning)
    let other = try Connection.writer(path: store.path, tuning: tuning)
    try other.execute("BEGIN EXCLUSIVE")
    let error = storeError { try store.ingest.begin() }
    #expect(error?.kind == .locked && error?.description.contains("fuser") == true)
    // Readers go on beside a writer.
    #expect(try ResultQueries(Connection.reader(path: store.path)).runs().count == 1)
    try other.execute("COMMIT")
    #expect(try store.batch { try Completion().offer(to: store) } == .stored)
  }

  @Test func `a full disk loses nothing that was committed`() throws {
    let store = try StoreFixture()
    let text = String(repeating: "x", count: 20_000)
    _ = try store.batch { try Completion(sample: 0, text: text).offer(to: store) }
    let pages = try store.number("PRAGMA page_count")
    try store.connection.execute("PRAGMA max_page_count = \(pages + 8)")
    let error = storeError {
      try store.batch {
        for sample in UInt32(1)..<20 {
          _ = try Completion(sample: sample, prompt: "p\(sample)", text: text).offer(to: store)
        }
      }
    }
    #expect(error?.kind == .diskFull)
    #expect(error?.description.contains("nothing acknowledged was lost") == true)
    #expect(try store.number("SELECT count(*) FROM completions") == 1)
    try store.connection.execute("PRAGMA max_page_count = 1000000")
    _ = try store.batch { try Completion(sample: 1, text: text).offer(to: store) }
    #expect(try store.number("SELECT count(*) FROM completions") == 2)
    #expect(try StoreCheck(store.connection).run().isWhole)
  }

  @Test func `a damaged page is found and reported`() throws {
    let folder = TemporaryFolder()
    let path = folder.file("evalhost.db")
    _ = try Connection.writer(path: path)
    var bytes = contents(of: path)
    for index in 8192 * 3..<8192 * 6 { bytes[index] = 0xa5 }
    write(bytes, to: path)
    let report = try StoreCheck(try Connection.reader(path: path)).run()
    #expect(!report.isWhole && !report.damage.isEmpty)
  }

  // Root may write anywhere; a thread's own file-system user makes the kernel refuse it too.
  @Test func `a folder that cannot be written is read when its log is empty`() throws {
    let store = try StoreFixture()
    _ = try store.batch { try Completion().offer(to: store) }
    let folder = TemporaryFolder()
    let (whole, cut) = (folder.file("a?b%20#.db"), folder.file("cut.db"))
    write(contents(of: store.path), to: cut)
    write(contents(of: store.path + "-wal"), to: cut + "-wal")
    try store.connection.checkpoint()
    write(contents(of: store.path), to: whole)
    chmod(folder.path, 0o555)
    asOtherUser {
      let reader = try? Connection.reader(path: whole)
      #expect(reader != nil)
      let runs = try? reader.map { try ResultQueries($0).runs().count }
      #expect(runs == 1)
      #expect(storeError { _ = try Connection.reader(path: cut) }?.kind == .readOnly)
      let kind = storeError { _ = try Connection.writer(path: whole) }?.kind
      #expect(kind == .readOnly || kind == .cannotOpen)
    }
  }

  private func asOtherUser(_ body: () -> Void) {
    guard geteuid() == 0 else { return body() }
    // Glibc's module leaves <sys/fsuid.h> out.
    guard let symbol = dlsym(nil, "setfsuid") else { return }
    // The cast names the C type: int setfsuid(uid_t).
    let setfsuid = unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> Int32).self)
    _ = setfsuid(65_534)
    body()
    _ = setfsuid(0)
  }
}
