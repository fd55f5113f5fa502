// What is on disk when the writer is killed: a copy of database and log, taken at any moment, opens
// whole and holds exactly the committed batches.

import Store
import Testing

@Suite struct CrashTests {
  @Test func `a kill between commits keeps exactly the committed rows`() throws {
    var tuning = StoreTuning()
    // So little memory that a batch reaches the log long before its commit.
    tuning.cacheKibibytes = 64
    tuning.checkpointPages = 100
    let store = try StoreFixture(tuning: tuning)
    let copies = TemporaryFolder()
    for batch in UInt32(0)..<4 {
      try store.ingest.begin()
      for row in UInt32(0)..<200 {
        let sample = batch * 200 + row
        _ = try Completion(
          sample: sample, prompt: "prompt \(sample)", text: String(repeating: "y", count: 900)
        ).offer(to: store)
        _ = try Verdict(sample: sample).offer(to: store)
      }
      try check(copyOf: store.path, in: copies, expected: Int64(batch) * 200)
      try store.ingest.commit()
      try check(copyOf: store.path, in: copies, expected: Int64(batch + 1) * 200)
    }
  }

  private func check(
    copyOf path: String, in folder: TemporaryFolder, expected: Int64
  ) throws {
    let copy = folder.file("copy.db")
    write(contents(of: path), to: copy)
    write(contents(of: path + "-wal"), to: copy + "-wal")
    let connection = try Connection.writer(path: copy)
    #expect(try StoreCheck(connection).run().isWhole)
    #expect(try connection.integer("SELECT count(*) FROM completions") == expected)
    #expect(try connection.integer("SELECT count(*) FROM verdicts") == expected)
    #expect(try connection.integer("SELECT count(*) FROM prompts") == expected)
  }

  @Test func `a torn log gives the batches before the tear`() throws {
    let store = try StoreFixture()
    try store.connection.checkpoint()
    let logBefore = contents(of: store.path + "-wal").count
    for batch in UInt32(0)..<5 {
      try store.batch {
        for row in UInt32(0)..<10 {
          _ = try Verdict(sample: batch * 10 + row).offer(to: store)
        }
      }
    }
    let database = contents(of: store.path)
    let log = contents(of: store.path + "-wal")
    #expect(log.count >= logBefore && !log.isEmpty)
    let folder = TemporaryFolder()
    let copy = folder.file("copy.db")
    var seen: Set<Int64> = []
    for length in stride(from: 0, through: log.count, by: log.count / 31) {
      write(database, to: copy)
      write(log.prefix(length), to: copy + "-wal")
      let connection = try Connection.writer(path: copy)
      let rows = try connection.integer("SELECT count(*) FROM verdicts") ?? -1
      #expect(rows % 10 == 0 && rows <= 50)
      #expect(try connection.text("PRAGMA integrity_check") == "ok")
      seen.insert(rows)
    }
    #expect(seen.count > 3, "the tears lie in several batches: \(seen)")
  }

  @Test func `offering a batch again after a crash changes nothing`() throws {
    let store = try StoreFixture()
    func offer() throws -> [IngestResult] {
      try store.batch {
        try (UInt32(0)..<3).flatMap { sample in
          [
            try Completion(sample: sample).offer(to: store),
            try Verdict(sample: sample, group: "g").offer(to: store),
          ]
        }
      }
    }
    #expect(try offer() == [IngestResult](repeating: .stored, count: 6))
    var before: [UInt8] = []
    try Exports(store.connection).write(.eval, run: "r1", format: .jsonl) { before += $0 }
    #expect(try offer() == [IngestResult](repeating: .duplicate, count: 6))
    var after: [UInt8] = []
    try Exports(store.connection).write(.eval, run: "r1", format: .jsonl) { after += $0 }
    #expect(before == after && !before.isEmpty)
    #expect(try store.number("SELECT count(*) FROM conflicts") == 0)
  }
}
