// Reads what the entry function returned: checks every rule of the header that can be checked
// without calling further, and copies what the host keeps.

import PluginAPI

/// What a component's functions are; the case is its kind.
enum ComponentTable {
  case evaluator(evh_evaluator)
  case metric(evh_metric)
  case dataset(evh_dataset)
  case backend(evh_backend)
}

/// One component that a loaded library offers.
package struct PluginComponent {
  /// What it does.
  package var kind: PluginKind
  /// How many calls it bears at once.
  package var threadModel: PluginThreadModel
  /// What it promises.
  package var capabilities: PluginCapabilities
  /// The component's own id; unique among the library's components of its kind.
  package var id: String
  /// Its own version; may be empty.
  package var version: String
  /// Its name for people; may be empty.
  package var title: String
  /// JSON Schema of its configuration; may be empty.
  package var configSchema: String
  var table: ComponentTable
}

/// The checked copy of an `evh_plugin`.
struct PluginDescriptor {
  let abiMinor: UInt32
  let id: String
  let version: String
  let buildID: String
  let components: [PluginComponent]
  let initialise:
    (
      @convention(c) (UnsafePointer<evh_host>?, UnsafeMutablePointer<evh_error>?) -> evh_status
    )?

  private static let componentLimit: UInt32 = 256

  /// Checks a descriptor; `place` is the library's path, for messages.
  init(reading pointer: UnsafePointer<evh_plugin>, place: String) throws(PluginError) {
    let reader = DescriptorReader(place: place)
    let size = pointer.pointee.struct_size
    try reader.require(size >= FirstRelease.plugin) {
      "its evh_plugin says \(size) bytes, version 1.0 has \(FirstRelease.plugin); set struct_size"
    }
    let plugin = copy(pointer, size: size, over: evh_plugin())
    guard plugin.abi_major == EVH_ABI_MAJOR else {
      throw PluginError(
        .wrongABI, at: place,
        "its descriptor says major \(plugin.abi_major), this evalhost speaks \(EVH_ABI_MAJOR); "
          + "rebuild the plugin")
    }
    guard plugin.abi_minor <= EVH_ABI_MINOR else {
      throw PluginError(
        .wrongABI, at: place,
        "its descriptor says minor \(plugin.abi_minor) though it was asked for "
          + "\(EVH_ABI_MINOR) at most; it must stamp min(own, asked)")
    }
    abiMinor = plugin.abi_minor
    id = try reader.text(plugin.id, "id", limit: 128)
    version = try reader.text(plugin.version, "version", limit: 128)
    buildID = try reader.text(plugin.build_id, "build_id", limit: 4096)
    initialise = plugin.`init`
    try reader.require(plugin.component_count > 0 && plugin.components != nil) {
      "it offers no component; add at least one"
    }
    try reader.require(plugin.component_count <= Self.componentLimit) {
      "it says it has \(plugin.component_count) components; \(Self.componentLimit) is the most"
    }
    var components: [PluginComponent] = []
    for index in 0..<Int(plugin.component_count) {
      components.append(try reader.component(plugin.components?[index], number: index))
    }
    self.components = components
    for (index, component) in components.enumerated() {
      let isTwice = components[..<index].contains {
        $0.kind == component.kind && $0.id == component.id
      }
      try reader.require(!isTwice) {
        "it offers two \(component.kind.word) components '\(component.id)'; rename one of the two"
      }
    }
  }

  /// Throws unless id, version and kinds are those of plugin.toml.
  func check(against manifest: PluginManifest, place: String) throws(PluginError) {
    let kinds = PluginKind.allCases.filter { kind in components.contains { $0.kind == kind } }
    let facts: [(String, String, String)] = [
      ("id", id, manifest.id), ("version", version, manifest.version),
      (
        "kind", kinds.map(\.word).joined(separator: ", "),
        manifest.kinds.map(\.word).joined(separator: ", ")
      ),
    ]
    for (name, library, toml) in facts where library != toml {
      throw PluginError(
        .mismatch, at: place,
        "the library says \(name) '\(library)', plugin.toml says '\(toml)'; make them equal")
    }
  }
}

/// The checks of one descriptor, with the library's path for messages.
private struct DescriptorReader {
  let place: String

  func require(_ condition: Bool, _ detail: () -> String) throws(PluginError) {
    guard condition else { throw PluginError(.badDescriptor, at: place, detail()) }
  }

  func text(_ text: evh_str, _ name: String, limit: Int) throws(PluginError) -> String {
    do throws(TextFault) {
      return String(decoding: try text.bytes(limit: limit), as: UTF8.self)
    } catch {
      let reason =
        switch error {
        case .nullPointer: "has a length but no bytes"
        case .tooLong: "is longer than \(limit) bytes"
        case .notUTF8: "is not UTF-8"
        }
      throw PluginError(.badDescriptor, at: place, "its \(name) \(reason); correct the descriptor")
    }
  }

  func component(
    _ pointer: UnsafePointer<evh_component>?, number: Int
  ) throws(PluginError) -> PluginComponent {
    guard let pointer else {
      throw PluginError(
        .badDescriptor, at: place, "its component \(number) is a null pointer; correct the array")
    }
    let size = pointer.pointee.struct_size
    try require(size >= FirstRelease.component) {
      "its component \(number) says \(size) bytes, version 1.0 has \(FirstRelease.component); "
        + "set struct_size"
    }
    let raw = copy(pointer, size: size, over: evh_component())
    let name = try text(raw.id, "component \(number)'s id", limit: 128)
    try require(isPluginID(name)) {
      "its component \(number)'s id '\(singleLine(name))' is not made of a-z, 0-9, '_', '.', '-'"
    }
    guard let kind = PluginKind(rawValue: raw.kind) else {
      throw PluginError(
        .badDescriptor, at: place, "its component '\(name)' has unknown kind \(raw.kind)")
    }
    guard let threads = PluginThreadModel(rawValue: raw.thread_model) else {
      throw PluginError(
        .badDescriptor, at: place,
        "its component '\(name)' has unknown thread model \(raw.thread_model)")
    }
    guard let vtable = raw.vtable else {
      throw PluginError(.badDescriptor, at: place, "its component '\(name)' has no vtable")
    }
    return PluginComponent(
      kind: kind, threadModel: threads, capabilities: PluginCapabilities(rawValue: raw.caps),
      id: name, version: try text(raw.version, "component '\(name)' version", limit: 128),
      title: try text(raw.title, "component '\(name)' title", limit: 4096),
      configSchema: try text(raw.config_schema, "component '\(name)' schema", limit: 1 << 20),
      table: try table(kind, vtable, name))
  }

  private func table(
    _ kind: PluginKind, _ vtable: UnsafeRawPointer, _ name: String
  ) throws(PluginError) -> ComponentTable {
    switch kind {
    case .evaluator:
      let table = try functions(vtable, evh_evaluator(), FirstRelease.evaluator, name)
      try demand(
        [
          ("open", table.open != nil), ("close", table.close != nil),
          ("validate", table.validate != nil), ("next", table.next != nil),
          ("score", table.score != nil),
        ], name)
      return .evaluator(table)
    case .metric:
      let table = try functions(vtable, evh_metric(), FirstRelease.metric, name)
      try demand(
        [
          ("open", table.open != nil), ("close", table.close != nil),
          ("score", table.score != nil),
        ], name)
      return .metric(table)
    case .dataset:
      let table = try functions(vtable, evh_dataset(), FirstRelease.dataset, name)
      try demand(
        [
          ("open", table.open != nil), ("close", table.close != nil),
          ("describe", table.describe != nil), ("prepare", table.prepare != nil),
        ], name)
      return .dataset(table)
    case .backend:
      let table = try functions(vtable, evh_backend(), FirstRelease.backend, name)
      try demand(
        [
          ("open", table.open != nil), ("close", table.close != nil),
          ("devices", table.devices != nil), ("load", table.load != nil),
          ("unload", table.unload != nil), ("describe", table.describe != nil),
          ("submit", table.submit != nil), ("pump", table.pump != nil),
          ("cancel", table.cancel != nil),
        ], name)
      return .backend(table)
    }
  }

  /// Copies a table of functions, which begins with its struct_size.
  private func functions<Table>(
    _ vtable: UnsafeRawPointer, _ zeroed: Table, _ minimum: UInt32, _ name: String
  ) throws(PluginError) -> Table {
    let size = vtable.load(as: UInt32.self)
    try require(size >= minimum) {
      "component '\(name)' has a vtable of \(size) bytes, version 1.0 has \(minimum); "
        + "set struct_size"
    }
    // The component's kind says which table this is; that is the header's promise.
    return copy(vtable.assumingMemoryBound(to: Table.self), size: size, over: zeroed)
  }

  private func demand(_ functions: [(String, Bool)], _ name: String) throws(PluginError) {
    for (function, isThere) in functions where !isThere {
      throw PluginError(
        .badDescriptor, at: place, "component '\(name)' has no \(function)(); it is mandatory")
    }
  }
}
