// The library's one exported symbol. What it does lives in Flores200Core.
internal import Flores200Core
public import PluginAPI
internal import PluginKit

private let plugin = Plugin(
  id: "flores200", version: "1.0.0", components: [.dataset(Flores200.self)])

/// The descriptor of the library, valid until the process ends.
@c @implementation
public func evalhost_plugin_v1(_ hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
  plugin.descriptor(forHostMinor: hostMinor)
}
