// `evalhost status --json`: one object; counts as in the table, every value in full.
internal import JSONFormat
internal import Store

/// The reports as JSON.
enum StatusJSON {
  static func bytes(_ reports: [RunReport]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("runs")
    writer.beginArray()
    for report in reports { write(report, to: &writer) }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }

  private static func write(_ report: RunReport, to writer: inout JSONWriter) {
    let run = report.run
    writer.beginObject()
    writer.member("run_id", run.id)
    writer.member("created_at", timestamp(run.createdAt))
    writer.member("host_version", run.hostVersion)
    writer.member("attempts", run.attempts)
    writer.member("ended_at", run.endedAt.map(timestamp))
    let (word, pid) = state(report)
    writer.member("state", word)
    writer.member("process", pid.map(Int64.init))
    writer.key("tasks")
    writer.beginArray()
    for task in report.tasks {
      writer.beginObject()
      describe(task.task, to: &writer)
      count(task, to: &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.key("not_reused")
    writer.beginArray()
    for entry in report.unreused { write(entry, to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  private static func state(_ report: RunReport) -> (word: String, pid: Int32?) {
    switch report.state {
    case .running(let pid): ("running", pid)
    case .ended(let outcome): (outcome.rawValue, nil)
    case .died: ("died", nil)
    case .notStarted: ("not_started", nil)
    }
  }

  private static func describe(_ task: StoredTask, to writer: inout JSONWriter) {
    writer.member("task", task.id)
    writer.member("position", task.position)
    writer.member("model", task.model)
    writer.member("model_signature", task.modelSignature)
    writer.member("benchmark", task.benchmark)
    writer.member("split", task.split)
    writer.member("mode", task.mode)
    writer.member("status", task.status.rawValue)
  }

  private static func count(_ task: RunReport.Task, to writer: inout JSONWriter) {
    writer.member("samples", task.task.sampleCount)
    writer.member("repeats", task.task.repeats)
    writer.member("expected", task.expected)
    writer.member("judged", task.counts.judged)
    writer.member("passed", task.counts.passed)
    writer.member("failed", task.counts.failed)
    writer.member("unparsed", task.counts.unparsed)
    writer.member("errors", task.counts.errors)
    writer.member("conflicts", task.counts.conflicts)
    writer.member("completions", task.counts.completions)
  }

  private static func write(_ entry: RunReport.Unreused, to writer: inout JSONWriter) {
    writer.beginObject()
    describe(entry.task, to: &writer)
    writer.member("successor", entry.successor?.id)
    writer.key("differs_in")
    writer.beginArray()
    for difference in entry.differences {
      writer.beginObject()
      writer.member("field", difference.field)
      writer.member("was", difference.was)
      writer.member("now", difference.now)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}
