// How the command line and the environment say that sources are reached.
internal import Arguments
internal import DatasetService
internal import Download
internal import JSONFormat
internal import Posix

/// What a command says of the network.
struct DatasetReach: Equatable {
  /// No socket is opened.
  var isOffline = false
  /// `FROM=TO` of each `--mirror`.
  var mirrors: [String] = []

  /// Reads `--offline` and `--mirror FROM=TO`.
  init(_ command: ParsedCommand) throws(UsageError) {
    isOffline = command.has("offline")
    mirrors = command.values("mirror")
    for mirror in mirrors where Self.parts(mirror) == nil {
      throw UsageError(
        command.name,
        "--mirror '\(printable(mirror))' is not FROM=TO with two http or https addresses")
    }
  }

  init?(_ value: JSONValue) {
    guard let isOffline = value["offline"]?.bool, let mirrors = value["mirrors"]?.elements else {
      return nil
    }
    self.isOffline = isOffline
    self.mirrors = mirrors.compactMap(\.string)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("offline")
    writer.bool(isOffline)
    writer.key("mirrors")
    writer.beginArray()
    for mirror in mirrors { writer.string(mirror) }
    writer.endArray()
    writer.endObject()
  }

  private static func parts(_ mirror: String) -> (from: String, to: String)? {
    let isAddress = { (text: Substring) in text.hasPrefix("http://") || text.hasPrefix("https://") }
    // An address may hold an equals sign of its own: the one before the second scheme counts.
    for index in mirror.indices where mirror[index] == "=" {
      let (from, to) = (mirror[..<index], mirror[mirror.index(after: index)...])
      if isAddress(from), isAddress(to) { return (String(from), String(to)) }
    }
    return nil
  }

  /// What downloads are allowed; the Hub's address and token come from the environment, as its own tools have it.
  var policy: DownloadPolicy {
    var policy = DownloadPolicy()
    policy.isOffline = isOffline
    policy.mirrors = mirrors.compactMap(Self.parts)
    // Rows are asked of one server: a mirror of it takes its place.
    for (from, to) in policy.mirrors where policy.hubRowsEndpoint.hasPrefix(from) {
      policy.hubRowsEndpoint = to + policy.hubRowsEndpoint.dropFirst(from.count)
      break
    }
    if let endpoint = environmentVariable("HF_ENDPOINT"), !endpoint.isEmpty {
      policy.hubEndpoint = endpoint
    }
    policy.hubToken =
      HubToken(environmentVariable("HF_TOKEN"))
      ?? HubToken(environmentVariable("HUGGING_FACE_HUB_TOKEN"))
    return policy
  }

  /// The way to sources, compiled plugins in processes of their own.
  var access: DatasetAccess {
    DatasetAccess(policy: policy) { [self] request in
      let entry = try pluginEntry(inFolder: request.folder)
      switch try PluginInspector.ask(.prepare(PrepareQuestion(request, self)), of: entry) {
      case .facts(let json): return json
      case .refused(let line): throw CommandFailure(.plugin, line)
      }
    }
  }
}
