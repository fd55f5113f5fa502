// The backend: RWKV-7 models on the processor of this machine.
package import JSONFormat
package import PluginKit

/// Runs RWKV-7 ("x070") models in the worker's process.
package struct RWKV7Backend: Backend {
  package static let info = ComponentInfo(
    id: "rwkv7", title: "RWKV-7 on the CPU",
    capabilities: [.deterministic, .choose, .messages])

  /// The backend has no options of its own; a model has (see `RWKV7Options`).
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    try Options(configuration).finish()
  }

  /// The processor: a model uses all of its threads, so one worker at a time makes sense.
  package func devices(call: CallContext) throws(PluginFailure) -> [Device] {
    [Device(id: "cpu", slots: 1)]
  }

  /// Maps the weights and makes everything ready for the first request.
  package func load(
    _ model: JSONValue, device: String, call: CallContext
  ) throws(PluginFailure) -> RWKV7Model {
    guard device.isEmpty || device == "cpu" else {
      throw PluginFailure(.invalidArgument, "rwkv7 has the device 'cpu' only, not '\(device)'")
    }
    do {
      return try RWKV7Model(try RWKV7Options(model: model), call: call)
    } catch let failure as PluginFailure {
      throw failure
    } catch let error as ConfigurationError {
      throw PluginFailure(error)
    } catch let error as WeightFileError {
      throw PluginFailure(.invalidArgument, error.description)
    } catch let error as VocabularyError {
      throw PluginFailure(.invalidArgument, error.description)
    } catch {
      throw PluginFailure(.internalError, "\(error)")
    }
  }
}
