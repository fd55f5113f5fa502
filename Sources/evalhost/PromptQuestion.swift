// What an evaluator asks of a model first: the prompt of one row, exactly as a backend would get it.
internal import JSONFormat
internal import PluginHost

/// A row and the configuration it is asked with.
struct PromptQuestion: Equatable {
  /// The evaluator's configuration as JSON.
  var configuration: String
  /// The row's place in its split.
  var sample: Int
  /// The row as JSON.
  var row: String

  init(configuration: String, sample: Int, row: String) {
    self.configuration = configuration
    self.sample = sample
    self.row = row
  }

  init?(_ value: JSONValue) {
    guard let configuration = value["configuration"]?.string, let row = value["row"]?.string,
      let sample = value["sample"]?.integer
    else { return nil }
    self.init(configuration: configuration, sample: Int(sample), row: row)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("configuration", configuration)
    writer.member("sample", Int64(sample))
    writer.member("row", row)
    writer.endObject()
  }

  /// Asks the evaluator of a library, in the process that has loaded it.
  func answer(_ library: PluginLibrary) throws -> [UInt8] {
    let evaluator = try EvaluatorInstance(
      library, component: try library.component(.evaluator),
      configuration: Array(configuration.utf8),
      observer: CallObserver(onLog: InspectorProcess.print))
    let buffer = StageRequestBuffer()
    let bytes = Array(row.utf8)
    let result = bytes.withUnsafeBufferPointer { row in
      let checked = evaluator.validate(index: UInt64(sample), row: row)
      guard checked.isOK else { return checked }
      return evaluator.next(index: UInt64(sample), row: row, outputs: [], into: buffer)
    }
    switch result {
    case .ok: break
    case .badRecord(let reason):
      throw CallFailure(status: .invalidArgument, message: "sample \(sample): \(reason)")
    case .failed(let failure): throw failure
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("stage", String(decoding: buffer.stage, as: UTF8.self))
    writer.member("kind", "\(buffer.kind)")
    writer.key("messages")
    writer.bool(buffer.isMessages)
    writer.member("prompt", String(decoding: buffer.prompt, as: UTF8.self))
    for (key, texts) in [("choices", buffer.choices), ("stops", buffer.stops)] {
      writer.key(text: key)
      writer.beginArray()
      for index in 0..<texts.count { writer.string(String(decoding: texts[index], as: UTF8.self)) }
      writer.endArray()
    }
    writer.endObject()
    return writer.bytes
  }
}
