// Finds plugins by their plugin.toml alone: one folder listing and one open() for each name, no
// library touched, so that listing takes milliseconds.

internal import Declarations

/// A plugin that was found, not loaded.
package struct PluginEntry: Equatable, Sendable {
  /// What its plugin.toml says.
  package var manifest: PluginManifest
  /// The folder of its plugin.toml, as it was reached from the folder given to `discover`.
  package var folder: String

  /// Pairs a manifest with its folder.
  package init(manifest: PluginManifest, folder: String) {
    self.manifest = manifest
    self.folder = folder
  }

  /// The plugin.toml itself.
  package var manifestPath: String { "\(folder)/plugin.toml" }
  /// The library, or nil for a dataset of data alone.
  package var libraryPath: String? { manifest.library.map { "\(folder)/\($0)" } }
}

/// What a plugins folder holds.
package struct PluginCatalog: Equatable, Sendable {
  /// The folder that was searched, as it was given.
  package var folder: String
  /// The usable plugins, sorted by id.
  package var entries: [PluginEntry]
  /// What was refused, in the order of the folder.
  package var problems: [PluginError]

  /// Bytes of the largest plugin.toml that is read.
  private static let manifestLimit = 1 << 20

  /// Finds `<folder>/*/plugin.toml` and `<folder>/datasets/*/plugin.toml`.
  ///
  /// A folder without plugin.toml is no plugin and no problem. Throws `unreadable` when the folder
  /// itself cannot be listed.
  package static func discover(folder: String) throws(PluginError) -> PluginCatalog {
    var catalog = PluginCatalog(folder: folder, entries: [], problems: [])
    let names = try namesInFolder(folder)
    for name in names { catalog.add("\(folder)/\(name)") }
    if names.contains("datasets") { catalog.addDatasets("\(folder)/datasets") }
    catalog.refuseDuplicates()
    return catalog
  }

  /// The plugin with an id that offers a kind.
  ///
  /// Throws `notFound`, with the nearest id of that kind as a suggestion, or with what is known of
  /// a plugin of that id that was refused.
  package func find(id: String, kind: PluginKind) throws(PluginError) -> PluginEntry {
    if let entry = entries.first(where: { $0.manifest.id == id }) {
      guard !entry.manifest.kinds.contains(kind) else { return entry }
      let kinds = entry.manifest.kinds.map(\.word).joined(separator: ", ")
      throw PluginError(
        .notFound, at: entry.manifestPath, "plugin '\(id)' is no \(kind.word) but: \(kinds)")
    }
    if let problem = problems.first(where: { $0.mentions(id) }) { throw problem }
    let ids = entries.filter { $0.manifest.kinds.contains(kind) }.map(\.manifest.id)
    let hint = suggestion(for: id, in: ids)
    let known = ids.isEmpty ? "it holds none" : "it holds: \(ids.joined(separator: ", "))"
    throw PluginError(
      .notFound, at: folder,
      "no \(kind.word) plugin '\(id)'\(hint.isEmpty ? "; \(known)" : hint)")
  }

  private mutating func addDatasets(_ folder: String) {
    do throws(PluginError) {
      for name in try namesInFolder(folder) { add("\(folder)/\(name)") }
    } catch {
      problems.append(error)
    }
  }

  private mutating func add(_ folder: String) {
    let path = "\(folder)/plugin.toml"
    do throws(PluginError) {
      guard let text = try smallFile(path, limit: Self.manifestLimit) else { return }
      let manifest = try PluginManifest(decoding: text, file: path)
      entries.append(PluginEntry(manifest: manifest, folder: folder))
    } catch {
      problems.append(error)
    }
  }

  /// Takes every plugin whose id is not its own out, and sorts the others.
  private mutating func refuseDuplicates() {
    let groups = Dictionary(grouping: entries) { $0.manifest.id }
    for (id, group) in groups.sorted(by: { $0.key < $1.key }) where group.count > 1 {
      let places = group.map(\.manifestPath).joined(separator: " and ")
      problems.append(
        PluginError(
          .duplicate, at: folder, "plugin id '\(id)' is used by \(places); rename all but one"))
    }
    entries = groups.values.filter { $0.count == 1 }.flatMap { $0 }
    let benchmarks = Dictionary(grouping: entries.filter { $0.manifest.dataset != nil }) {
      $0.manifest.dataset?.benchmark ?? ""
    }
    for (name, group) in benchmarks.sorted(by: { $0.key < $1.key }) where group.count > 1 {
      let places = group.map(\.manifestPath).sorted().joined(separator: " and ")
      problems.append(
        PluginError(
          .duplicate, at: folder,
          "benchmark '\(name)' is offered by \(places); give all but one another 'benchmark'"))
      entries.removeAll { entry in group.contains { $0.folder == entry.folder } }
    }
    entries =
      entries
      .sorted { $0.manifest.id.utf8.lexicographicallyPrecedes($1.manifest.id.utf8) }
  }
}

extension PluginError {
  /// Whether the error is about the plugin of an id: its folder is named so, or it is a duplicate.
  fileprivate func mentions(_ id: String) -> Bool {
    place.contains("/\(id)/plugin.toml") || (code == .duplicate && detail.contains("'\(id)'"))
  }
}
