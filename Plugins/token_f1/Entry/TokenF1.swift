// The library's one exported symbol. What it does lives in TokenF1Core.
internal import TokenF1Core
public import PluginAPI
internal import PluginKit

private let plugin = Plugin(
  id: "token_f1", version: "1.0.0", components: [.metric(TokenF1.self)])

/// The descriptor of the library, valid until the process ends.
@c @implementation
public func evalhost_plugin_v1(_ hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
  plugin.descriptor(forHostMinor: hostMinor)
}
