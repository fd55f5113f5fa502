// The library's one exported symbol. What it does lives in MathEqualCore.
internal import MathEqualCore
public import PluginAPI
internal import PluginKit

private let plugin = Plugin(
  id: "math_equal", version: "1.0.0", components: [.metric(MathEqual.self)])

/// The descriptor of the library, valid until the process ends.
@c @implementation
public func evalhost_plugin_v1(_ hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
  plugin.descriptor(forHostMinor: hostMinor)
}
