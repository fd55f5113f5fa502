// <artifact_root>/runs/<run_id>/events.jsonl: what happened, one JSON object a line.
internal import JSONFormat
internal import Posix

/// How much an event matters.
enum EventLevel: String {
  case debug
  case info
  case warn
  case error
}

/// Appends events to a file; an event that cannot be written never stops the run.
final class EventLog {
  private let file: Descriptor?
  private var writer = JSONWriter()

  /// Appends to a file; nil logs nothing.
  init(path: String?) throws(PosixError) {
    file = try path.map { path throws(PosixError) in
      try Descriptor.writing(path, appending: true)
    }
  }

  /// Writes one event.
  func write(
    _ level: EventLevel, process: String, event: String, task: String? = nil, sample: Int? = nil,
    fields: KeyValuePairs<String, String> = [:]
  ) {
    guard let file else { return }
    writer.removeAll()
    writer.beginObject()
    writer.key("time")
    writer.string(Clock.timestamp())
    writer.key("level")
    writer.string(level.rawValue)
    writer.key("process")
    writer.string(process)
    if let task {
      writer.key("task")
      writer.string(task)
    }
    if let sample {
      writer.key("sample")
      writer.integer(sample)
    }
    writer.key("event")
    writer.string(event)
    if !fields.isEmpty {
      writer.key("fields")
      writer.beginObject()
      for field in fields {
        writer.key(text: field.key)
        writer.string(field.value)
      }
      writer.endObject()
    }
    writer.endObject()
    writer.endLine()
    // The log is a help, not the record: the store is. A full disk shows there, with its own error.
    try? file.write(writer.bytes)
  }
}
