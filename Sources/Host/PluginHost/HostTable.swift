// What the host gives a plugin for the life of the process: its name, its log, its services.

import PluginAPI

/// Who the host says it is.
package struct HostIdentity: Equatable, Sendable {
  /// For example `evalhost`.
  package var name: String
  /// The host's own version.
  package var version: String

  /// Names a host.
  package init(name: String = "evalhost", version: String) {
    self.name = name
    self.version = version
  }
}

/// The `evh_host` of one library, never freed: a plugin may use it until the process ends.
final class HostTable {
  let pointer: UnsafePointer<evh_host>
  private let log: @Sendable (PluginLogLevel, String) -> Void

  /// Makes a table that lives until the process ends.
  static func forever(
    _ identity: HostIdentity, log: @escaping @Sendable (PluginLogLevel, String) -> Void
  ) -> UnsafePointer<evh_host> {
    let table = HostTable(identity, log: log)
    // The retain is never balanced: the plugin's pointer must stay valid without end.
    _ = Unmanaged.passRetained(table)
    return table.pointer
  }

  private init(
    _ identity: HostIdentity, log: @escaping @Sendable (PluginLogLevel, String) -> Void
  ) {
    self.log = log
    let host = UnsafeMutablePointer<evh_host>.allocate(capacity: 1)
    host.initialize(to: evh_host())
    pointer = UnsafePointer(host)
    host.pointee.struct_size = structSize(evh_host.self)
    host.pointee.abi_major = EVH_ABI_MAJOR
    host.pointee.abi_minor = EVH_ABI_MINOR
    host.pointee.name = Self.text(identity.name)
    host.pointee.version = Self.text(identity.version)
    host.pointee.ctx = Unmanaged.passUnretained(self).toOpaque()
    host.pointee.log = { host, level, message in
      guard let context = host?.pointee.ctx else { return }
      // The table is retained for ever.
      let table = Unmanaged<HostTable>.fromOpaque(context).takeUnretainedValue()
      table.log(PluginLogLevel(rawValue: level) ?? .info, message.messageText())
    }
    host.pointee.get_service = { _, _ in nil }
  }

  /// A text in memory of its own that is never freed.
  private static func text(_ text: String) -> evh_str {
    let bytes = Array(text.utf8)
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(bytes.count, 1), alignment: 1)
    copy.copyMemory(from: bytes, byteCount: bytes.count)
    return view(copy, count: bytes.count)
  }
}
