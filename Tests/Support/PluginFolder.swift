// A folder of plugins made for one test: built ones by links to their libraries, C ones compiled anew.

package import Foundation

/// A folder to give to `--plugins`.
package struct PluginFolder {
  /// The plugins that the repository brings.
  package static let firstParty = ["free_response", "multi_choice", "token_f1", "replay"]

  /// Where it is.
  package let url: URL

  /// Its path.
  package var path: String { url.path }

  /// Makes the folder with some of the repository's plugins in it.
  package init(at url: URL, _ names: [String] = Self.firstParty) throws {
    self.url = url
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for name in names { try addBuilt(name) }
  }

  /// Adds a plugin of the repository: its plugin.toml, and a link to the library of the build.
  package func addBuilt(_ name: String) throws {
    let folder = try makeFolder(name)
    let manifest = Repository.root.appendingPathComponent("Plugins/\(name)/plugin.toml")
    try FileManager.default.copyItem(
      at: manifest, to: folder.appendingPathComponent("plugin.toml"))
    let library = "lib\(name).so"
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent(library),
      withDestinationURL: Repository.build.appendingPathComponent(library))
  }

  /// Adds a dataset plugin of the repository, with its library if it has one.
  package func addDataset(_ name: String) throws {
    let folder = try makeFolder("datasets/\(name)")
    let manifest = Repository.root.appendingPathComponent("Plugins/datasets/\(name)/plugin.toml")
    try FileManager.default.copyItem(
      at: manifest, to: folder.appendingPathComponent("plugin.toml"))
    let library = Repository.build.appendingPathComponent("lib\(name).so")
    guard FileManager.default.fileExists(atPath: library.path) else { return }
    try FileManager.default.createSymbolicLink(
      at: folder.appendingPathComponent("lib\(name).so"), withDestinationURL: library)
  }

  /// Compiles `Tests/ABI/CPlugin/<source>.c` with the switches, and adds it with its manifest.
  ///
  /// `manifest` replaces the plugin.toml that belongs to the source. The plugin's id is `c_echo` or
  /// `c_nasty`. Throws when gcc refuses.
  package func addC(
    _ source: String, switches: [String] = [], manifest: String? = nil
  ) throws {
    let sources = Repository.root.appendingPathComponent("Tests/ABI/CPlugin")
    let id = source == "c_echo" ? "c_echo" : "c_\(source)"
    let folder = try makeFolder(id)
    let standard = source == "c_echo" ? "plugin.toml" : "\(source).toml"
    let text =
      try manifest ?? String(contentsOf: sources.appendingPathComponent(standard), encoding: .utf8)
    try writeManifest(text, of: id)
    let result = try Program.run(
      "/usr/bin/env",
      ["gcc", "-std=c11", "-shared", "-fPIC", "-fvisibility=hidden", "-I", Self.headers.path]
        + switches.map { "-D\($0)" } + [
          sources.appendingPathComponent("\(source).c").path, "-o",
          folder.appendingPathComponent("lib\(id).so").path,
        ])
    guard result.exitCode == 0 else { throw CompilerRefused(message: result.stderr) }
  }

  /// Replaces the plugin.toml of a plugin in this folder, or makes it.
  package func writeManifest(_ text: String, of name: String) throws {
    let place = try makeFolder(name).appendingPathComponent("plugin.toml")
    try Data(text.utf8).write(to: place)
  }

  /// The text of a plugin's plugin.toml.
  package func manifest(of name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent("\(name)/plugin.toml"), encoding: .utf8)
  }

  /// The place of a plugin's library.
  package func library(of name: String) -> URL {
    url.appendingPathComponent("\(name)/lib\(name).so")
  }

  private static var headers: URL {
    Repository.root.appendingPathComponent("Sources/PluginAPI/include")
  }

  private func makeFolder(_ name: String) throws -> URL {
    let folder = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }
}

/// A C plugin did not compile.
package struct CompilerRefused: Error, CustomStringConvertible {
  /// What gcc said.
  package let message: String
  /// The same.
  package var description: String { "gcc: \(message)" }
}
