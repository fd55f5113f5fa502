// The scores that the index shows: of each task that is not superseded the score of its current
// judging, with where it came from. Members of the recorded score are copied as they stand.

import JSONFormat
import Store

/// Reads the current scores of all runs.
struct CurrentScores {
  private let statement: Statement

  init(_ connection: Connection) throws(StoreError) {
    // `->` gives a member as the JSON text that was recorded, or NULL when it is absent.
    statement = try Statement(
      connection,
      """
      SELECT t.run_id, t.task_id, s.created_at, m.name, m.signature, b.name, b.split, t.mode,
        e.id, e.version,
        score_json -> 'metrics', score_json -> '$.task_details.stderr', score_json -> 'samples',
        score_json -> 'problems', score_json ->> '$.task_details.coverage.error',
        score_json -> '$.task_details.accuracy_by_subject',
        ifnull(t.spec_json ->> '$.manifest.source_dataset', f.source_dataset),
        ifnull(t.spec_json ->> '$.manifest.source_split', f.source_split),
        ifnull(t.spec_json ->> '$.manifest.revision', f.revision), f.checksum,
        ifnull(score_json ->> 'host_version', r.host_version),
        CASE WHEN score_json -> '$.task_details.coverage.whole' = 'false'
          THEN score_json -> '$.task_details.coverage' END,
        ifnull(t.spec_json ->> '$.manifest.provenance', '{}')
      FROM tasks t JOIN runs r ON r.run_id = t.run_id
        JOIN models m ON m.model_id = t.model_id
        JOIN manifests f ON f.manifest_id = t.manifest_id
        JOIN benchmarks b ON b.benchmark_id = f.benchmark_id
        JOIN judgings j ON j.judging_id = t.current_judging_id
        JOIN scores s ON s.judging_id = j.judging_id
        JOIN plugins e ON e.plugin_id = j.evaluator_plugin_id
      WHERE t.status <> 'superseded'
      ORDER BY s.created_at, t.run_id, t.task_id
      """)
  }

  /// Calls `body` with each score in the index's order.
  func forEach(_ body: (IndexLine) throws -> Void) throws {
    while try statement.step() { try body(IndexLine(row: statement)) }
  }
}

/// One line of the index, lent for the length of a call.
struct IndexLine {
  /// Stands at a row of `CurrentScores`.
  let row: Statement

  /// Writes the line's object.
  ///
  /// A score whose coverage is not whole has that coverage as its last member, so that nobody can
  /// show it as a whole one by mistake.
  func write(to writer: inout JSONWriter) throws(JSONError) {
    writer.beginObject()
    try text("run_id", 0, to: &writer)
    writer.key("task_id")
    writer.integer(row.integer(1))
    writer.key("created_at")
    writer.string(timestamp(row.integer(2)))
    let names: KeyValuePairs<StaticString, Int32> = [
      "model": 3, "model_signature": 4, "benchmark": 5, "split": 6, "mode": 7,
    ]
    for (key, column) in names { try text(key, column, to: &writer) }
    try texts("evaluator", ["id": 8, "version": 9], to: &writer)
    member("metrics", 10, absent: "{}", to: &writer)
    member("stderr", 11, absent: "{}", to: &writer)
    member("samples", 12, absent: "0", to: &writer)
    member("problems", 13, absent: "0", to: &writer)
    writer.key("errors")
    writer.integer(row.integer(14))
    member("groups", 15, absent: "{}", to: &writer)
    try manifest(to: &writer)
    try text("host_version", 20, to: &writer)
    if !row.isNull(21) { member("coverage", 21, absent: "{}", to: &writer) }
    writer.endObject()
  }

  /// Where the split came from and how it was made.
  private func manifest(to writer: inout JSONWriter) throws(JSONError) {
    writer.key("manifest")
    writer.beginObject()
    let names: KeyValuePairs<StaticString, Int32> = [
      "source_dataset": 16, "source_split": 17, "revision": 18, "checksum": 19,
    ]
    for (name, column) in names { try text(name, column, to: &writer) }
    for member in try JSONValue.parse(Array(row.bytes(22))).members ?? []
    where member.key != "bad_row_list" {
      writer.key(text: member.key)
      try writer.value(member.value)
    }
    writer.endObject()
  }

  private func text(
    _ key: StaticString, _ column: Int32, to writer: inout JSONWriter
  ) throws(JSONError) {
    writer.key(key)
    try writer.string(utf8: row.bytes(column))
  }

  private func texts(
    _ key: StaticString, _ members: KeyValuePairs<StaticString, Int32>,
    to writer: inout JSONWriter
  ) throws(JSONError) {
    writer.key(key)
    writer.beginObject()
    for (name, column) in members { try text(name, column, to: &writer) }
    writer.endObject()
  }

  /// Writes a member of the recorded score as it stands; `absent` stands in for it.
  private func member(
    _ key: StaticString, _ column: Int32, absent: String, to writer: inout JSONWriter
  ) {
    let json = row.bytes(column)
    writer.key(key)
    writer.raw(json.isEmpty ? Array(absent.utf8) : Array(json))
  }
}
