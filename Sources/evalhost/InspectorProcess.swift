// The child side of everything that loads one plugin for one question: `plugins inspect`, `plugins verify`, the search
// for devices, a prompt as a model would get it, what a metric says, a split that a library prepares.
//
//   parent -> context  {"version": 3, "folder": "<folder of plugin.toml>", "question": "...", "detail": {...}}
//   child  -> hello    the answer as JSON, or
//             failed   `WorkerFailure`
internal import JSONFormat
internal import PluginHost
internal import Posix
internal import Wire
internal import Worker

/// What can be asked of a plugin.
enum InspectorQuestion: Equatable {
  /// What it is.
  case facts
  /// What its backend runs on.
  case devices
  /// What its evaluator asks of a model first, of one row.
  case prompt(PromptQuestion)
  /// What its metric says of an answer.
  case metric(MetricQuestion)
  /// To write a split with its dataset.
  case prepare(PrepareQuestion)
}

/// What an inspector is asked.
struct InspectorRequest {
  private static let version: Int64 = 3

  /// Folder of the plugin.toml, as the parent reached it.
  var folder: String
  var question: InspectorQuestion

  init(folder: String, question: InspectorQuestion) {
    self.folder = folder
    self.question = question
  }

  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("version")
    writer.integer(Self.version)
    writer.member("folder", folder)
    switch question {
    case .facts: writer.member("question", "facts")
    case .devices: writer.member("question", "devices")
    case .prompt(let detail):
      writer.member("question", "prompt")
      writer.key("detail")
      detail.write(to: &writer)
    case .metric(let detail):
      writer.member("question", "metric")
      writer.key("detail")
      detail.write(to: &writer)
    case .prepare(let detail):
      writer.member("question", "prepare")
      writer.key("detail")
      detail.write(to: &writer)
    }
    writer.endObject()
    return writer.bytes
  }

  init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let value: JSONValue
    do { value = try JSONValue.parse(Array(payload)) } catch {
      throw ContextError("inspector: \(error)")
    }
    guard value["version"]?.integer == Self.version, let folder = value["folder"]?.string,
      let question = Self.question(in: value)
    else {
      throw ContextError("inspector: a version \(Self.version), a folder and a question are needed")
    }
    self.folder = folder
    self.question = question
  }

  private static func question(in value: JSONValue) -> InspectorQuestion? {
    let detail = value["detail"] ?? .null
    return switch value["question"]?.string {
    case "facts": .facts
    case "devices": .devices
    case "prompt": PromptQuestion(detail).map(InspectorQuestion.prompt)
    case "metric": MetricQuestion(detail).map(InspectorQuestion.metric)
    case "prepare": PrepareQuestion(detail).map(InspectorQuestion.prepare)
    default: nil
    }
  }
}

/// Loads one plugin in this process.
enum InspectorProcess {
  /// Answers one request; whatever the plugin does to the process, the parent has a line for it.
  static func run(socket: Descriptor, hostVersion: String) -> Int32 {
    let line = WorkerLine(socket: socket)
    do {
      let request = try line.start { payload throws(ContextError) in try InspectorRequest(payload) }
      let entry = try pluginEntry(inFolder: request.folder)
      let answer: [UInt8]
      switch request.question {
      case .facts: answer = try facts(entry, hostVersion)
      case .devices:
        let library = try load(entry, hostVersion)
        // As a generation worker opens it, so that the answer is the one that counts there.
        let backend = try BackendInstance(
          library, component: try library.component(.backend), configuration: Array("{}".utf8),
          observer: CallObserver(onLog: print))
        answer = try backend.devices()
      case .prompt(let question): answer = try question.answer(try load(entry, hostVersion))
      case .metric(let question): answer = try question.answer(try load(entry, hostVersion))
      case .prepare(let question): answer = try question.answer(try load(entry, hostVersion))
      }
      line.link.send(FrameHeader(.hello), answer)
      try line.flush(downTo: 0)
      return 0
    } catch let error as PluginError {
      line.fail(WorkerFailure(.plugin, error.description))
    } catch let error as CallFailure {
      line.fail(WorkerFailure(.plugin, error.message))
    } catch {
      line.fail(WorkerFailure(.other, "\(error)"))
    }
    return 1
  }

  private static func facts(_ entry: PluginEntry, _ hostVersion: String) throws -> [UInt8] {
    try PluginInspection.inspect(entry, host: HostIdentity(version: hostVersion), log: print).json()
  }

  private static func load(_ entry: PluginEntry, _ hostVersion: String) throws -> PluginLibrary {
    try PluginLibrary(loading: entry, host: HostIdentity(version: hostVersion), log: print)
  }

  @Sendable static func print(_ level: PluginLogLevel, _ text: String) {
    writeToStandardError("\(level): \(text)\n")
  }
}

/// The plugin whose plugin.toml lies in a folder.
func pluginEntry(inFolder folder: String) throws(PluginError) -> PluginEntry {
  let path = "\(folder)/plugin.toml"
  let text: [UInt8]
  do throws(PosixError) { text = try Files.read(path) } catch {
    throw PluginError(
      error.isMissing ? .notFound : .unreadable, at: path,
      error.isMissing ? "there is no plugin here" : error.description)
  }
  return PluginEntry(manifest: try PluginManifest(decoding: text, file: path), folder: folder)
}
