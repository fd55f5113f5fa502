// What a metric says of one answer, without a run: the same call that judges a try.
internal import JSONFormat
internal import Model
internal import PluginHost

/// A prediction and the answers that count as right.
struct MetricQuestion: Equatable {
  /// The metric's configuration as JSON.
  var configuration: String
  var prediction: String
  var golds: [String]

  init(configuration: String, prediction: String, golds: [String]) {
    self.configuration = configuration
    self.prediction = prediction
    self.golds = golds
  }

  init?(_ value: JSONValue) {
    guard let configuration = value["configuration"]?.string,
      let prediction = value["prediction"]?.string, let golds = value["golds"]?.elements
    else { return nil }
    self.init(
      configuration: configuration, prediction: prediction, golds: golds.compactMap(\.string))
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member("configuration", configuration)
    writer.member("prediction", prediction)
    writer.member("golds", golds)
    writer.endObject()
  }

  /// Asks the metric of a library, in the process that has loaded it.
  ///
  /// The answer is `{"values": {...}}` and, from a metric that can decide, `outcome`, `answer`, `fail_reason`, `details`.
  func answer(_ library: PluginLibrary) throws -> [UInt8] {
    let metric = try MetricInstance(
      library, component: try library.component(.metric), configuration: Array(configuration.utf8),
      observer: CallObserver(onLog: InspectorProcess.print))
    let buffer = VerdictBuffer()
    let row = Array("{}".utf8)
    let text = Array(prediction.utf8)
    let result = row.withUnsafeBufferPointer { row in
      text.withUnsafeBufferPointer { text in
        metric.score(
          JudgedTry(
            index: 0, row: row, prediction: text, answer: text, references: ByteList(golds),
            outcome: .unparsed), into: buffer)
      }
    }
    switch result {
    case .ok: break
    case .badRecord(let reason): throw CallFailure(status: .badRecord, message: reason)
    case .failed(let failure): throw failure
    }
    var writer = JSONWriter()
    writer.beginObject()
    if buffer.hasVerdict {
      writer.member("outcome", buffer.outcome.word)
      writer.member("answer", buffer.text(buffer.answer))
      writer.member("fail_reason", buffer.text(buffer.failReason))
      writer.key("details")
      let details = Array(buffer.arena[buffer.details])
      writer.raw(details.isEmpty ? Array("{}".utf8) : details)
    }
    writer.key("values")
    writer.beginObject()
    for value in buffer.values {
      writer.key(text: buffer.text(value.name))
      try writer.double(value.value)
    }
    writer.endObject()
    writer.endObject()
    return writer.bytes
  }
}
