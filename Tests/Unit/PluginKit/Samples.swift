// Components as small as they can be, one of each kind.
internal import JSONFormat
internal import PluginKit
internal import Synchronization

/// Asks for a thought, then to choose; passes when the last output is the answer.
struct TwoStages: Evaluator {
  static let info = ComponentInfo(
    id: "two_stages", title: "Two stages", configSchema: "{}", capabilities: .deterministic)
  /// Rows parsed in this process; the tests that count run one after another.
  static let parsed = Atomic<Int>(0)

  struct Row {
    var question = ""
    var answer = ""
  }

  let value: Double
  let failure: String?

  init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    var options = try Options(configuration)
    value = try options.bool("nan", default: false) ? Double.nan : 1.5
    failure = try options.string("failure")
    try options.finish()
  }

  func row(_ text: RowText) throws(BadRecord) -> Row {
    Self.parsed.add(1, ordering: .relaxed)
    let row = try text.read { cursor throws(JSONError) in
      var row = Row()
      try cursor.beginObject()
      while let key = try cursor.nextKey() {
        switch key {
        case "question": row.question = try cursor.readString()
        case "answer": row.answer = try cursor.readString()
        default: try cursor.skip()
        }
      }
      return row
    }
    guard !row.answer.isEmpty else { throw BadRecord("field 'answer' is missing or empty") }
    return row
  }

  func next(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> StageRequest? {
    if let failure {
      throw PluginFailure(.deadline, failure, isRetryable: true, isPoisoned: true)
    }
    switch outputs.count {
    case 0:
      return .generate(stage: "cot", prompt: row.question, stops: ["\n\n", "User:"])
    case 1:
      let prompt =
        Array(row.question.utf8)
        + outputs[0].withTextBytes { span in
          span.withUnsafeBufferPointer { Array($0) }
        }
      return .choose(
        stage: "final", prompt: prompt, choices: [" A", "", " Čtyři"], isFinal: true,
        isMessages: true)
    default: return nil
    }
  }

  func score(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> Verdict {
    let answer = outputs.last?.text ?? ""
    return Verdict(
      answer == row.answer ? .pass : .fail, answer: answer, reference: row.answer,
      failReason: answer == row.answer ? "" : "differs", group: "g", details: Array("{}".utf8),
      values: [("length", Double(answer.utf8.count)), ("value", value)])
  }
}

/// Counts characters, and decides when there is a reference.
struct Characters: Metric {
  static let info = ComponentInfo(id: "characters", version: "0.9.0")

  init(configuration: JSONValue, host: Host) throws(ConfigurationError) {}

  func score(_ item: JudgedTry, call: CallContext) throws(PluginFailure) -> Measurement {
    Measurement(
      [("characters", Double(item.prediction.count))],
      verdict: item.references.isEmpty
        ? nil : Verdict(item.references.contains(item.prediction) ? .pass : .fail))
  }
}

/// Fetches one file and says so in its manifest.
struct OneFile: Dataset {
  static let info = ComponentInfo(id: "one_file")

  init(configuration: JSONValue, host: Host) throws(ConfigurationError) {}

  func describe(call: CallContext) throws(PluginFailure) -> JSONValue {
    .object([JSONMember(key: "splits", value: .array([.string("test")]))])
  }

  func prepare(_ request: PrepareRequest, call: CallContext) throws(PluginFailure) -> JSONValue {
    let path = try request.fetch("https://example.org/\(request.split)", sha256: "ab")
    return .object([JSONMember(key: "path", value: .string(path))])
  }
}

/// Answers each request with its own prompt, two in flight.
struct Mirror: Backend {
  static let info = ComponentInfo(id: "mirror", capabilities: [.gpu, .choose])

  final class Model: BackendModel {
    private var waiting: [(id: UInt64, text: String, cancelled: Bool)] = []

    func describe(call: CallContext) throws(PluginFailure) -> ModelDescription {
      ModelDescription(signature: "s", build: "b", maxBatch: 2, contextLength: 99)
    }

    func submit(_ request: Request, call: CallContext) throws(PluginFailure) -> Bool {
      guard waiting.count < 2 else { return false }
      waiting.append((request.id, request.prompt, false))
      return true
    }

    func pump(
      timeout: UInt64, deliver: Deliver, call: CallContext
    ) throws(PluginFailure) {
      while let first = waiting.first {
        waiting.removeFirst()
        let facts = Deliver.Facts(request: first.id, stage: "cot")
        if first.cancelled {
          guard try deliver.cancelled(facts) else { return }
        } else if first.text.isEmpty {
          guard try deliver.failure(PluginFailure(.notFound, "no prompt"), facts) else { return }
        } else {
          guard try deliver.text(first.text, finish: .length, facts) else { return }
        }
      }
    }

    func cancel(_ request: UInt64) {
      for index in waiting.indices where waiting[index].id == request {
        waiting[index].cancelled = true
      }
    }
  }

  init(configuration: JSONValue, host: Host) throws(ConfigurationError) {}

  func devices(call: CallContext) throws(PluginFailure) -> [Device] {
    [Device(id: "cpu"), Device(id: "cuda:0", slots: 3)]
  }

  func load(
    _ model: JSONValue, device: String, call: CallContext
  ) throws(PluginFailure) -> Model {
    guard model["name"]?.string == "m", device == "cpu" else {
      throw PluginFailure(.notFound, "no such model")
    }
    return Model()
  }
}
