// The backend: models that live behind a server, asked over HTTP.
package import JSONFormat
package import PluginKit

/// Asks a server with an OpenAI-compatible API.
package struct OpenAI: Backend {
  package static let info = ComponentInfo(
    id: "openai", title: "Any server with an OpenAI-compatible API",
    capabilities: [.network, .choose, .messages])

  /// The backend has no options of its own; a model has (see `OpenAIOptions`).
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    try Options(configuration).finish()
  }

  /// One device with slots for many workers: the server has the real ones.
  package func devices(call: CallContext) throws(PluginFailure) -> [Device] {
    [Device(id: "cpu", slots: 64)]
  }

  /// Asks the server what it is and can; `device` is of no meaning here.
  ///
  /// Blocks until the server has answered a few small requests.
  package func load(
    _ model: JSONValue, device: String, call: CallContext
  ) throws(PluginFailure) -> OpenAIModel {
    let options: OpenAIOptions
    let key: APIKey
    do throws(ConfigurationError) {
      options = try OpenAIOptions(model: model)
      key = try APIKey(environment: options.apiKeyEnvironment)
    } catch {
      throw PluginFailure(error)
    }
    let line = try ServerLine(options, key: key)
    var probe = ServerProbe(options, line)
    let server = try probe.run(call: call)
    return OpenAIModel(options, line, server)
  }
}
