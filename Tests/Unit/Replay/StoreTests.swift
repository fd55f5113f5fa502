// The replay backend on a store, made here with the store's own schema.
internal import CSQLite
internal import Glibc
internal import Store
internal import Testing

@Suite struct StoreTests {
  /// Two runs of one task; the first has two tries, one of two stages; the second one try.
  static let rows = """
    INSERT INTO runs VALUES ('r1', 1, '', ''), ('r2', 2, '', '');
    INSERT INTO attempts (attempt_id, run_id, number, started_at) VALUES (1, 'r1', 1, 1);
    INSERT INTO models VALUES (1, 'm', 's'), (2, 'other', 's');
    INSERT INTO benchmarks VALUES (1, 'gsm8k', 'test'), (2, 'mmlu', 'test');
    INSERT INTO manifests VALUES (1, 1, 'c', 9, '', '', ''), (2, 2, 'c', 9, '', '', '');
    INSERT INTO plugins VALUES (1, 'p', '1', '');
    INSERT INTO tasks VALUES
      (1, 'r1', 0, 1, 1, '', 1, 1, 'cot', zeroblob(32), '[]', '{}', 9, 2, NULL, 'done', 1),
      (2, 'r2', 0, 1, 1, '', 1, 1, 'cot', zeroblob(32), '[]', '{}', 9, 2, NULL, 'done', 2),
      (3, 'r1', 1, 1, 1, '', 2, 1, 'cot', zeroblob(32), '[]', '{}', 9, 1, NULL, 'done', 1),
      (4, 'r1', 2, 2, 1, '', 2, 1, 'cot', zeroblob(32), '[]', '{}', 9, 1, NULL, 'done', 1);
    INSERT INTO stages VALUES (1, 1, 1, 'cot'), (2, 1, 2, 'final'), (3, 2, 1, 'cot'),
      (4, 3, 1, 'choice'), (5, 4, 1, 'choice');
    INSERT INTO prompts VALUES (1, zeroblob(16), 'Q');
    INSERT INTO completions VALUES
      (1, 0, 0, 1, 1, zeroblob(16), 1, 'old é', 1, 0, 0, 0, NULL, 1),
      (1, 0, 0, 2, 2, zeroblob(16), 1, 'end', 2, 0, 0, 0, NULL, 1),
      (1, 3, 1, 1, 1, x'0123456789abcdef0123456789abcdef', 1, 'three', 1, 0, 0, 0, NULL, 1),
      (2, 0, 0, 1, 3, zeroblob(16), 1, 'new', 1, 0, 0, 0, NULL, 1),
      (3, 0, 0, 1, 4, zeroblob(16), 1, ' B', 3, 0, 0, 0, '[[null,1,false],[-0.5,1,true]]', 1);
    """

  /// Makes the store, lends its path, and removes it.
  private func withStore(_ body: (String) throws -> Void) throws {
    try withFile("") { file in
      var connection: OpaquePointer?
      #expect(sqlite3_open(file + ".db", &connection) == SQLITE_OK)
      defer {
        sqlite3_close(connection)
        for end in [".db", ".db-wal", ".db-shm"] { remove(file + end) }
      }
      let head =
        "PRAGMA journal_mode=WAL; PRAGMA application_id=\(Schema.applicationID);"
        + "PRAGMA user_version=\(Schema.version);"
      for sql in [head] + Schema.migrations.map(\.sql) + [Self.rows] {
        #expect(sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK)
        try #require(String(cString: sqlite3_errmsg(connection)) == "not an error")
      }
      try body(file + ".db")
    }
  }

  @Test func `completions come from the tasks of a store`() throws {
    try withStore { path in
      let latest = try Session(#"{"source":"\#(path)"}"#)
      #expect(latest.message.isEmpty, "\(latest.message)")
      #expect(latest.answer(Ask()) == "0 1 new")
      let first = try Session(#"{"source":"\#(path)","run":"r1"}"#)
      #expect(first.answer(Ask()) == "0 1 old é")
      #expect(first.answer(Ask(stage: 2)) == "0 2 end")
      #expect(first.answer(Ask(sample: 3, repetition: 1)) == "0 1 three")
      #expect(
        first.answer(Ask(sample: 3))
          == "0 4 no record of gsm8k_test, sample 3, repeat 0, stage 1 in the store '\(path)'")
      #expect(
        first.answer(Ask(task: "gsm8k_test/no_cot"))
          == "0 4 no task 'gsm8k_test/no_cot' in run 'r1' in the store '\(path)'")
      let choice = Ask(choices: [" A", " B"], task: "mmlu_test/cot")
      #expect(
        first.answer(choice)
          == "0 4 the store '\(path)' has 'mmlu_test/cot' of the models other, m: "
          + "name one with the option 'model'")
      let named = try Session(#"{"source":"\#(path)","model":"m"}"#)
      #expect(named.answer(choice) == "0 3  B [-inf,1,0] [-0.5,1,1]")
      let byKey = try Session(#"{"source":"\#(path)","by":"work_key"}"#)
      let half: [UInt8] = [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]
      #expect(byKey.answer(Ask(sample: 8, workKey: half + half + half + half)) == "0 1 three")
    }
  }

  @Test func `a file that is no store is refused`() throws {
    try withFile("not a database, but longer than the header of one: " + Self.rows) { file in
      rename(file, file + ".db")
      defer { remove(file + ".db") }
      let session = try Session(#"{"source":"\#(file).db"}"#)
      #expect(
        session.message == "cannot read the store '\(file).db': file is not a database")
    }
    let missing = try Session(#"{"source":"/nonexistent/x.db"}"#)
    #expect(
      missing.message == "cannot read the store '/nonexistent/x.db': unable to open database file")
  }
}
