// The library's one exported symbol. What it does lives in ArenaHardCore.
internal import ArenaHardCore
public import PluginAPI
internal import PluginKit

private let plugin = Plugin(
  id: "arena_hard", version: "1.0.0", components: [.dataset(ArenaHard.self)])

/// The descriptor of the library, valid until the process ends.
@c @implementation
public func evalhost_plugin_v1(_ hostMinor: UInt32) -> UnsafePointer<evh_plugin>? {
  plugin.descriptor(forHostMinor: hostMinor)
}
