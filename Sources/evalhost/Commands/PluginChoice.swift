// Which plugins `inspect` and `verify` mean: by id, by path, or all of the folder.
internal import Arguments
internal import PluginHost
internal import Posix

/// The plugins that a command names, and those it meant that were refused by their manifest alone.
struct PluginChoice {
  var entries: [PluginEntry] = []
  var problems: [PluginError] = []

  /// Reads `--plugins DIR [NAME|FILE]`.
  ///
  /// Throws `notFound` for a name that no plugin has.
  init(_ command: ParsedCommand) throws {
    guard let operand = command.operand else {
      let catalog = try pluginCatalog(try command.required("plugins"))
      (entries, problems) = (catalog.entries, catalog.problems)
      return
    }
    if operand.contains("/") || operand.hasSuffix(".so") || operand.hasSuffix(".toml") {
      try takeFile(operand)
      return
    }
    let catalog = try pluginCatalog(try command.required("plugins"))
    if let entry = catalog.entries.first(where: { $0.manifest.id == operand }) {
      entries = [entry]
      return
    }
    problems = catalog.problems.filter { $0.place.contains("/\(operand)/") }
    guard problems.isEmpty else { return }
    let ids = catalog.entries.map(\.manifest.id)
    let hint =
      nearestName(to: operand, in: ids).map { "did you mean '\($0)'?" }
      ?? "it holds: \(ids.isEmpty ? "none" : ids.joined(separator: ", "))"
    throw PluginError(
      .notFound, at: catalog.folder, "no plugin '\(printable(operand))'; \(hint)")
  }

  private mutating func takeFile(_ path: String) throws {
    guard FileKind.of(path) != .missing else {
      throw PluginError(.notFound, at: printable(path), "there is no such file or folder")
    }
    let isFolder = FileKind.of(path) == .folder
    let slash = path.lastIndex(of: "/")
    let folder = isFolder ? path : slash.map { String(path[..<$0]) } ?? "."
    do throws(PluginError) {
      let entry = try pluginEntry(inFolder: folder.isEmpty ? "/" : folder)
      if !isFolder, !path.hasSuffix(".toml"), let library = entry.libraryPath,
        Files.resolved(library) != Files.resolved(path)
      {
        throw PluginError(
          .mismatch, at: entry.manifestPath,
          "its library is '\(library)', not '\(printable(path))'")
      }
      entries = [entry]
    } catch {
      problems = [error]
    }
  }
}
