// Loads a plugin's library and never lets go of it: digest, dlopen, entry, descriptor, init(), in
// this order, each with the refusal a user can act on.

import Glibc
import PluginAPI
import Synchronization

/// A loaded plugin.
///
/// Its code stays in the process for ever: dlclose of a Swift runtime crashes.
package final class PluginLibrary {
  /// What its plugin.toml says.
  package let manifest: PluginManifest
  /// Absolute path of the library, links resolved.
  package let path: String
  /// Lower-case hex SHA-256 of the file, computed right before it was loaded.
  package let sha256: String
  /// The minor version both sides speak.
  package let abiMinor: UInt32
  /// The plugin's own word for its build; may be empty.
  package let buildID: String
  /// What it offers, in its own order.
  package let components: [PluginComponent]
  let host: UnsafePointer<evh_host>

  /// Handles of the libraries whose init() has run, and whether it succeeded: the header allows one
  /// call in a process.
  private static let initialised = Mutex<[UInt: Bool]>([:])

  /// Loads a plugin and calls its init() unless this process has done so.
  ///
  /// `known` is the library's SHA-256 where the caller has it of the same, unchanged file; a digest that
  /// plugin.toml asks for is always computed here, right before the load.
  /// `log` takes what the plugin writes outside of calls, on the plugin's thread. Throws the first
  /// rule that is broken.
  package init(
    loading entry: PluginEntry, host identity: HostIdentity, knownSHA256 known: String? = nil,
    log: @escaping @Sendable (PluginLogLevel, String) -> Void
  ) throws(PluginError) {
    manifest = entry.manifest
    guard let relative = entry.libraryPath else {
      throw PluginError(
        .missingLibrary, at: entry.manifestPath, "plugin '\(entry.manifest.id)' has no library")
    }
    guard let path = absolutePath(relative) else {
      throw PluginError(
        .missingLibrary, at: relative, "the plugin's library is not there; build the plugin")
    }
    self.path = path
    if let known, manifest.sha256 == nil {
      sha256 = known
    } else {
      sha256 = try fileSHA256(path)
    }
    if let wanted = manifest.sha256, wanted != sha256 {
      throw PluginError(
        .wrongDigest, at: path,
        "its sha256 is \(sha256), plugin.toml says \(wanted); restore the file or update the line")
    }
    let handle = try Self.open(path)
    let pointer = try Self.enter(handle, path)
    let descriptor = try PluginDescriptor(reading: pointer, place: path)
    try descriptor.check(against: manifest, place: path)
    abiMinor = descriptor.abiMinor
    buildID = descriptor.buildID
    components = descriptor.components
    host = HostTable.forever(identity, log: log)
    try Self.initialise(descriptor, handle: handle, host: host, path: path)
  }

  /// How messages name the plugin.
  var label: String { "plugin '\(manifest.id)' \(manifest.version)" }

  /// The component of a kind: the one named, else the one with the plugin's id, else the only one.
  package func component(
    _ kind: PluginKind, named name: String? = nil
  ) throws(PluginError) -> PluginComponent {
    let all = components.filter { $0.kind == kind }
    let wanted = name ?? manifest.id
    if let found = all.first(where: { $0.id == wanted }) { return found }
    if name == nil, all.count == 1, let only = all.first { return only }
    let ids = all.map { "'\($0.id)'" }.joined(separator: ", ")
    throw PluginError(
      .notFound, at: path,
      "\(label) has no \(kind.word) component '\(wanted)'; it has \(ids.isEmpty ? "none" : ids)")
  }

  private static func open(_ path: String) throws(PluginError) -> UnsafeMutableRawPointer {
    guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { singleLine(String(cString: $0)) } ?? "no reason given"
      throw PluginError(
        .notLoadable, at: path, "the dynamic linker refuses it (\(reason)); rebuild the plugin")
    }
    return handle
  }

  private static func enter(
    _ handle: UnsafeMutableRawPointer, _ path: String
  ) throws(PluginError) -> UnsafePointer<evh_plugin> {
    guard let symbol = dlsym(handle, "evalhost_plugin_v\(EVH_ABI_MAJOR)") else {
      let others = (1...16).filter { dlsym(handle, "evalhost_plugin_v\($0)") != nil }
      let found = others.map(String.init).joined(separator: ", ")
      throw PluginError(
        .wrongABI, at: path,
        others.isEmpty
          ? "it exports no evalhost_plugin_v\(EVH_ABI_MAJOR); it is no evalhost plugin"
          : "it speaks ABI major \(found), this evalhost \(EVH_ABI_MAJOR); rebuild the plugin")
    }
    typealias Entry = @convention(c) (UInt32) -> UnsafePointer<evh_plugin>?
    // The header fixes the type of the symbol of this name; a library that lies is not guarded against.
    let entry = unsafeBitCast(symbol, to: Entry.self)
    guard let pointer = entry(EVH_ABI_MINOR) else {
      throw PluginError(
        .wrongABI, at: path,
        "it cannot serve a host of ABI \(EVH_ABI_MAJOR).\(EVH_ABI_MINOR); "
          + "take a newer evalhost or an older plugin")
    }
    return pointer
  }

  private static func initialise(
    _ descriptor: PluginDescriptor, handle: UnsafeMutableRawPointer,
    host: UnsafePointer<evh_host>, path: String
  ) throws(PluginError) {
    guard let initialise = descriptor.initialise else { return }
    // The lock is held during init(): a second loader must not use a library that is half ready.
    let failure: String? = initialised.withLock { known in
      let key = UInt(bitPattern: handle)
      if let succeeded = known[key] {
        return succeeded ? nil : "its init() failed before; start a fresh process"
      }
      let frame = CallFrame(
        observer: CallObserver(), plugin: "plugin '\(descriptor.id)' \(descriptor.version)")
      _ = frame.begin()
      let result = frame.finish(initialise(host, frame.error), "init", nil)
      known[key] = result.isOK
      switch result {
      case .ok: return nil
      case .badRecord(let message): return message
      case .failed(let failure): return failure.message
      }
    }
    if let failure { throw PluginError(.initFailed, at: path, failure) }
  }
}
