// The scores of a run as a table: one line a task, one column a metric.
internal import Arguments
internal import JSONFormat
internal import Store

/// What the current judgings of a run's tasks came to.
struct ScoresTable {
  private struct Line {
    var task: Int64
    var benchmark: String
    var mode: String
    var score: JSONValue
  }

  private var lines: [Line] = []

  /// Reads the scores of a run; tasks that have none yet, or that another one replaced, are left out.
  init(_ store: Connection, run: String) throws {
    let statement = try Statement(
      store,
      """
      SELECT t.task_id, b.name || '_' || b.split, t.mode, s.score_json
      FROM tasks t JOIN manifests f ON f.manifest_id = t.manifest_id
        JOIN benchmarks b ON b.benchmark_id = f.benchmark_id
        JOIN scores s ON s.judging_id = t.current_judging_id
      WHERE t.run_id = ? AND t.status <> 'superseded'
      ORDER BY t.task_id
      """)
    statement.bind(1, run)
    while try statement.step() {
      lines.append(
        Line(
          task: statement.integer(0), benchmark: statement.string(1), mode: statement.string(2),
          score: try JSONValue.parse(Array(statement.string(3).utf8))))
    }
  }

  /// The table, indented by two; empty without a score.
  func text(inColour: Bool) -> String {
    guard !lines.isEmpty else { return "" }
    var metrics: [String] = []
    for line in lines {
      for member in line.score["metrics"]?.members ?? [] where !metrics.contains(member.key) {
        metrics.append(member.key)
      }
    }
    // The legacy name of accuracy, kept in the exports for scripts that read it.
    if metrics.contains("accuracy") { metrics.removeAll { $0 == "exact_accuracy" } }
    var table = TextTable(["TASK", "BENCHMARK", "MODE", "PROBLEMS", "TRIES"] + metrics, indent: 2)
    for line in lines {
      let isWhole = line.score["task_details"]?["coverage"]?["whole"]?.bool ?? true
      table.add(
        [
          TableCell(line.task), TableCell(line.benchmark), TableCell(line.mode),
          TableCell(line.score["problems"]?.integer ?? 0),
          TableCell(line.score["samples"]?.integer ?? 0),
        ] + metrics.map { value($0, line.score, isWhole: isWhole) })
    }
    return table.text(inColour: inColour)
  }

  /// A metric in percent with its standard error; what stands on part of the tries says so.
  private func value(_ metric: String, _ score: JSONValue, isWhole: Bool) -> TableCell {
    guard let value = score["metrics"]?[metric]?.double else { return "-" }
    var text = percent(value)
    if let error = score["task_details"]?["stderr"]?[metric]?.double {
      text += " ±\(percent(error))"
    }
    return isWhole ? TableCell(text) : TableCell(text + " partial", tint: .bad)
  }

  /// One decimal, by hand: no formatter of Foundation is in the host.
  private func percent(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "\(value)" }
    let tenths = Int((abs(value) * 1000).rounded())
    return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
  }
}
