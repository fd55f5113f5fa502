// The child side of `plugins inspect`, `plugins verify` and the search for devices: loads one plugin and says
// what it is, or what its backend runs on.
//
//   parent -> context  {"version": 2, "folder": "<folder of plugin.toml>", "question": "facts" | "devices"}
//   child  -> hello    `PluginInspection.json()`, or the backend's own JSON of its devices, or
//             failed   `WorkerFailure`
internal import JSONFormat
internal import PluginHost
internal import Posix
internal import Wire
internal import Worker

/// What can be asked of a plugin.
enum InspectorQuestion: String {
  /// What it is.
  case facts
  /// What its backend runs on.
  case devices
}

/// What an inspector is asked.
struct InspectorRequest {
  private static let version: Int64 = 2

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
    writer.key("folder")
    writer.string(folder)
    writer.key("question")
    writer.string(question.rawValue)
    writer.endObject()
    return writer.bytes
  }

  init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let value: JSONValue
    do { value = try JSONValue.parse(Array(payload)) } catch {
      throw ContextError("inspector: \(error)")
    }
    guard value["version"]?.integer == Self.version, let folder = value["folder"]?.string,
      let question = value["question"]?.string.flatMap(InspectorQuestion.init(rawValue:))
    else {
      throw ContextError("inspector: a version \(Self.version), a folder and a question are needed")
    }
    self.folder = folder
    self.question = question
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
      let answer =
        switch request.question {
        case .facts: try facts(entry, hostVersion)
        case .devices: try devices(entry, hostVersion)
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

  private static func devices(_ entry: PluginEntry, _ hostVersion: String) throws -> [UInt8] {
    let library = try PluginLibrary(
      loading: entry, host: HostIdentity(version: hostVersion), log: print)
    // As a generation worker opens it, so that the answer is the one that counts there.
    let backend = try BackendInstance(
      library, component: try library.component(.backend), configuration: Array("{}".utf8),
      observer: CallObserver(onLog: print))
    return try backend.devices()
  }

  @Sendable private static func print(_ level: PluginLogLevel, _ text: String) {
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
