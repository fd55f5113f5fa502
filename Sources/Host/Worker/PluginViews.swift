// Between the wire's views and the plugin host's buffers.
internal import Model
internal import PluginHost
internal import Posix
internal import Wire

extension StageOutput {
  /// Copies a completion out of its frame.
  convenience init(_ message: CompletionMessage) {
    self.init(
      finish: message.finish, stage: message.stage.bindMemory(to: UInt8.self),
      text: message.text.bindMemory(to: UInt8.self),
      scores: message.scores,
      counts: CompletionCounts(
        promptTokens: message.promptTokens, completionTokens: message.completionTokens,
        latencyNanoseconds: message.latency))
  }
}

extension StageRequestBuffer {
  /// Views of the request's parts, valid during the call.
  func withViews<Result>(
    _ body: (
      _ stage: UnsafeRawBufferPointer, _ prompt: UnsafeRawBufferPointer,
      _ choices: [UnsafeRawBufferPointer], _ stops: [UnsafeRawBufferPointer]
    ) -> Result
  ) -> Result {
    stage.withUnsafeBytes { stage in
      prompt.withUnsafeBytes { prompt in
        choices.withViews { choices in
          stops.withViews { stops in body(stage, prompt, choices, stops) }
        }
      }
    }
  }
}

extension ByteList {
  /// Views of the texts, valid during the call.
  func withViews<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    guard !isEmpty else { return body([]) }
    return bytes.withUnsafeBytes { bytes in
      body(indices.map { UnsafeRawBufferPointer(rebasing: bytes[range($0)]) })
    }
  }
}

extension PluginEntry {
  /// The plugin of one folder.
  init(folder: String) throws {
    let path = "\(folder)/plugin.toml"
    let manifest = try PluginManifest(decoding: try Files.read(path), file: path)
    self.init(manifest: manifest, folder: folder)
  }
}

extension PluginLibrary {
  /// Id, version and digest as results record them.
  var identity: PluginIdentity {
    PluginIdentity(id: manifest.id, version: manifest.version, sha256: sha256)
  }

  /// `id version`, as errors name it.
  var shortName: String { "\(manifest.id) \(manifest.version)" }
}
