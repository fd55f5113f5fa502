// What `evalhost plugins inspect` shows. Loads the plugin, so it belongs into a process of its own.

import JSONFormat

/// One component as inspection shows it.
package struct ComponentReport: Equatable, Sendable {
  /// What it does.
  package var kind: PluginKind
  /// Its own id.
  package var id: String
  /// Its own version; may be empty.
  package var version: String
  /// Its name for people; may be empty.
  package var title: String
  /// How many calls it bears at once.
  package var threadModel: PluginThreadModel
  /// What it promises.
  package var capabilities: PluginCapabilities
  /// JSON Schema of its configuration; may be empty.
  package var configSchema: String
}

/// A loaded plugin's facts, and what is unwise about its library.
package struct PluginInspection: Equatable, Sendable {
  /// What plugin.toml says.
  package var manifest: PluginManifest
  /// Absolute path of the library.
  package var path: String
  /// Lower-case hex SHA-256 of the library.
  package var sha256: String
  /// The minor version both sides speak.
  package var abiMinor: UInt32
  /// The plugin's own word for its build; may be empty.
  package var buildID: String
  /// What it offers, in its own order.
  package var components: [ComponentReport]
  /// Symbols the library exports; empty when the file could not be read as ELF.
  package var exportedSymbols: [String]
  /// Libraries it needs, in its own order.
  package var neededLibraries: [String]
  /// One line each; the plugin works all the same.
  package var warnings: [String]

  private static let libraryLimit = 512 << 20

  /// Loads a plugin as a worker would, and describes it.
  ///
  /// Throws what `PluginLibrary` throws. The plugin's code stays in this process.
  package static func inspect(
    _ entry: PluginEntry, host: HostIdentity,
    log: @escaping @Sendable (PluginLogLevel, String) -> Void
  ) throws(PluginError) -> PluginInspection {
    let library = try PluginLibrary(loading: entry, host: host, log: log)
    let bytes = try smallFile(library.path, limit: libraryLimit) ?? []
    let elf = ELFLibrary(bytes)
    return PluginInspection(
      manifest: library.manifest, path: library.path, sha256: library.sha256,
      abiMinor: library.abiMinor, buildID: library.buildID,
      components: library.components.map(ComponentReport.init),
      exportedSymbols: elf?.exportedSymbols ?? [], neededLibraries: elf?.neededLibraries ?? [],
      warnings: warnings(elf, library))
  }

  private static func warnings(_ elf: ELFLibrary?, _ library: PluginLibrary) -> [String] {
    guard let elf else {
      return ["the library's symbols cannot be read; is it stripped of sections?"]
    }
    var warnings: [String] = []
    let allowed = ["evalhost_plugin_v1"] + library.manifest.metricFunctions.map(\.symbol)
    let others = elf.exportedSymbols.filter { !allowed.contains($0) }
    if let first = others.first {
      warnings.append(
        "it exports \(others.count) symbols beside evalhost_plugin_v1, e.g. '\(first)'; "
          + "link with a version script")
    }
    if !elf.isNeverUnloaded {
      warnings.append("it is not linked with -z nodelete; add the linker flag")
    }
    let runtime = elf.neededLibraries.filter {
      $0.hasPrefix("libswift") || $0.hasPrefix("libFound")
    }
    if let first = runtime.first {
      warnings.append("it needs \(first) at run time; link with -static-stdlib")
    }
    return warnings
  }

  /// The inspection as one JSON object, for `--json`.
  package func json() -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    write("id", manifest.id, to: &writer)
    write("version", manifest.version, to: &writer)
    writer.key("abi")
    writer.string("\(supportedABIMajor).\(abiMinor)")
    write("build_id", buildID, to: &writer)
    write("library", path, to: &writer)
    write("sha256", sha256, to: &writer)
    write("license", manifest.license, to: &writer)
    write("description", manifest.description, to: &writer)
    writer.key("components")
    writer.beginArray()
    for component in components { component.write(to: &writer) }
    writer.endArray()
    write("exported_symbols", exportedSymbols, to: &writer)
    write("needed_libraries", neededLibraries, to: &writer)
    write("warnings", warnings, to: &writer)
    writer.endObject()
    return writer.bytes
  }
}

extension ComponentReport {
  init(_ component: PluginComponent) {
    kind = component.kind
    id = component.id
    version = component.version
    title = component.title
    threadModel = component.threadModel
    capabilities = component.capabilities
    configSchema = component.configSchema
  }

  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    PluginHost.write("kind", kind.word, to: &writer)
    PluginHost.write("id", id, to: &writer)
    PluginHost.write("version", version, to: &writer)
    PluginHost.write("title", title, to: &writer)
    PluginHost.write("threads", threadModel.word, to: &writer)
    PluginHost.write("capabilities", capabilities.words, to: &writer)
    PluginHost.write("config_schema", configSchema, to: &writer)
    writer.endObject()
  }
}

private func write(_ key: StaticString, _ text: String, to writer: inout JSONWriter) {
  writer.key(key)
  writer.string(text)
}

private func write(_ key: StaticString, _ texts: [String], to writer: inout JSONWriter) {
  writer.key(key)
  writer.beginArray()
  for text in texts { writer.string(text) }
  writer.endArray()
}
