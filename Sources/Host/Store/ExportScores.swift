// The scores export, one line a task that has a score:
//
//   dataset, model, cot, metrics{}, samples, problems, created_at, task, task_details{},
//   manifest{source_dataset, source_split, revision, checksum, ...}, plugins[{id, version, sha256}],
//   errors{}
//
// cot, metrics, samples, problems, task, task_details and errors come from the recorded score as
// they are; problems, task and task_details are left out when it has none, as the old payload did.

import CSQLite
import JSONFormat
import Model

extension Exports {
  /// Writes the current scores of `tasks`.
  func writeScores(
    _ tasks: [StoredTask], to out: inout ExportWriter,
    _ sink: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    out.header([
      "dataset", "model", "cot", "metrics", "samples", "problems", "created_at", "task",
      "task_details", "manifest", "plugins", "errors",
    ])
    let score = try scoreStatement()
    for task in tasks {
      score.bind(1, task.id)
      defer { score.reset() }
      guard try score.step() else { continue }
      try writeScore(score, of: task, to: &out)
      try out.flushIfLarge(to: sink)
    }
  }

  // `->` gives a member as the JSON text that was recorded, or NULL when it is absent.
  private func scoreStatement() throws(StoreError) -> Statement {
    try Statement(
      connection,
      """
      SELECT score_json -> 'cot', score_json -> 'metrics', score_json -> 'samples',
        score_json -> 'problems', score_json -> 'task', score_json -> 'task_details',
        score_json -> 'errors', s.created_at, metrics_json,
        ifnull(t.spec_json ->> '$.manifest.source_dataset', f.source_dataset),
        ifnull(t.spec_json ->> '$.manifest.source_split', f.source_split),
        ifnull(t.spec_json ->> '$.manifest.revision', f.revision), f.checksum, b.id, b.version, b.sha256, e.id, e.version, e.sha256,
        ifnull(t.spec_json ->> '$.manifest.provenance', '{}')
      FROM tasks t JOIN judgings j ON j.judging_id = t.current_judging_id
        JOIN scores s ON s.judging_id = j.judging_id
        JOIN manifests f ON f.manifest_id = t.manifest_id
        JOIN plugins b ON b.plugin_id = t.backend_plugin_id
        JOIN plugins e ON e.plugin_id = j.evaluator_plugin_id
      WHERE t.task_id = ?
      """)
  }

  private func writeScore(
    _ score: Statement, of task: StoredTask, to out: inout ExportWriter
  ) throws(StoreError) {
    out.beginRow()
    out.text(
      "dataset", task.split.isEmpty ? task.benchmark : "\(task.benchmark)_\(task.split)")
    out.text("model", task.model)
    out.member("cot", score.bytes(0), absent: "false")
    out.member("metrics", score.bytes(1), absent: "{}")
    out.member("samples", score.bytes(2), absent: String(task.sampleCount * task.repeats))
    out.member("problems", score.bytes(3), absent: nil)
    out.text("created_at", timestamp(score.integer(7)))
    out.member("task", score.bytes(4), absent: nil)
    out.member("task_details", score.bytes(5), absent: nil)
    out.raw("manifest", manifest(score).utf8)
    out.raw("plugins", try plugins(score).utf8)
    out.member("errors", score.bytes(6), absent: "{}")
    out.endRow()
  }

  private func manifest(_ score: Statement) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("source_dataset")
    writer.string(score.string(9))
    writer.key("source_split")
    writer.string(score.string(10))
    writer.key("revision")
    writer.string(score.string(11))
    writer.key("checksum")
    writer.string(score.string(12))
    // How it was made, in the order in which preparation wrote it.
    for member in (try? JSONValue.parse(Array(score.bytes(19))))?.members ?? []
    where member.key != "bad_row_list" {
      writer.key(text: member.key)
      try? writer.value(member.value)
    }
    writer.endObject()
    return StoredJSON.text(of: writer)
  }

  /// The backend, the evaluator that judged, and the metrics in their order.
  private func plugins(_ score: Statement) throws(StoreError) -> String {
    var plugins: [PluginIdentity] = []
    for first in [Int32(13), 16] {
      plugins.append(
        PluginIdentity(
          id: score.string(first), version: score.string(first + 1),
          sha256: score.string(first + 2)))
    }
    let metrics = try Statement(
      connection,
      """
      SELECT value ->> 'id', value ->> 'version', value ->> 'sha256' FROM json_each(?) ORDER BY key
      """)
    metrics.bind(1, score.string(8))
    while try metrics.step() {
      plugins.append(
        PluginIdentity(
          id: metrics.string(0), version: metrics.string(1), sha256: metrics.string(2)))
    }
    return StoredJSON.plugins(plugins)
  }
}

extension ExportWriter {
  /// Writes a member of the recorded score; `absent` stands in for it, nil leaves it out.
  fileprivate mutating func member(_ column: String, _ json: Bytes, absent: String?) {
    if !json.isEmpty && !json.elementsEqual("null".utf8) {
      // The CSV cell of a JSON string is the string itself only by its quotes: it stays JSON.
      raw(column, json)
    } else if let absent {
      raw(column, absent.utf8)
    } else {
      none(column)
    }
  }
}
