// The child side of `plugins inspect` and `plugins verify`: loads one plugin and says what it is.
//
//   parent -> context  {"version": 1, "folder": "<folder of plugin.toml>"}
//   child  -> hello    `PluginInspection.json()`, or
//             failed   `WorkerFailure`
internal import JSONFormat
internal import PluginHost
internal import Posix
internal import Wire
internal import Worker

/// What an inspector is asked.
struct InspectorRequest {
  private static let version: Int64 = 1

  /// Folder of the plugin.toml, as the parent reached it.
  var folder: String

  init(folder: String) { self.folder = folder }

  var encoded: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("version")
    writer.integer(Self.version)
    writer.key("folder")
    writer.string(folder)
    writer.endObject()
    return writer.bytes
  }

  init(_ payload: UnsafeRawBufferPointer) throws(ContextError) {
    let value: JSONValue
    do { value = try JSONValue.parse(Array(payload)) } catch {
      throw ContextError("inspector: \(error)")
    }
    guard value["version"]?.integer == Self.version, let folder = value["folder"]?.string else {
      throw ContextError("inspector: a version \(Self.version) and a folder are needed")
    }
    self.folder = folder
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
      let inspection = try PluginInspection.inspect(entry, host: HostIdentity(version: hostVersion))
      {
        level, text in
        writeToStandardError("\(level): \(text)\n")
      }
      line.link.send(FrameHeader(.hello), inspection.json())
      try line.flush(downTo: 0)
      return 0
    } catch let error as PluginError {
      line.fail(WorkerFailure(.plugin, error.description))
    } catch {
      line.fail(WorkerFailure(.other, "\(error)"))
    }
    return 1
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
