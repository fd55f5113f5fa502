// The library's one exported symbol. What it does lives in CodingCore.
internal import CodingCore
public import PluginAPI
internal import PluginKit

private let plugin = Plugin(
  id: "coding", version: "1.0.0", components: [.evaluator(Coding.self)])

/// The descriptor of the library, valid until the process ends.
@c @implementation
public func evalhost_plugin_v1(_ hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
  plugin.descriptor(forHostMinor: hostMinor)
}
