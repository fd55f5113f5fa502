// `evalhost plugins list`: what the plugin.toml files say. Loads nothing.
internal import Arguments
internal import JSONFormat
internal import PluginHost
internal import Posix

/// Lists plugins.
enum PluginsList {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let catalog = try pluginCatalog(try command.required("plugins"))
    if command.has("json") {
      try console.write(json(catalog))
    } else {
      try console.write(table(catalog, console))
      for problem in catalog.problems { console.say(printable(problem.description)) }
    }
    return .done
  }

  private static func table(_ catalog: PluginCatalog, _ console: Console) -> String {
    var table = TextTable(["ID", "VERSION", "KIND", "LIBRARY", "DESCRIPTION"])
    for entry in catalog.entries {
      let manifest = entry.manifest
      table.add([
        TableCell(manifest.id), TableCell(manifest.version),
        TableCell(manifest.kinds.map(\.word).joined(separator: ", ")), library(entry),
        TableCell(manifest.description),
      ])
    }
    return table.text(inColour: console.isColoured)
  }

  private static func library(_ entry: PluginEntry) -> TableCell {
    guard let path = entry.libraryPath else { return "none" }
    return Files.exists(path) ? "built" : TableCell("not built", tint: .bad)
  }

  private static func json(_ catalog: PluginCatalog) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("plugins")
    writer.beginArray()
    for entry in catalog.entries {
      let manifest = entry.manifest
      writer.beginObject()
      writer.member("id", manifest.id)
      writer.member("version", manifest.version)
      writer.member("kind", manifest.kinds.map(\.word))
      writer.member("abi", manifest.abi.map(Int64.init))
      writer.member("folder", entry.folder)
      writer.member("library", entry.libraryPath)
      writer.member("library_exists", entry.libraryPath.map(Files.exists) ?? false)
      writer.member("sha256", manifest.sha256)
      writer.member("license", manifest.license)
      writer.member("description", manifest.description)
      writer.member("metrics", manifest.metricFunctions.map(\.name))
      writer.endObject()
    }
    writer.endArray()
    writer.key("problems")
    writer.beginArray()
    for problem in catalog.problems {
      writer.beginObject()
      writer.member("code", problem.code.rawValue)
      writer.member("place", problem.place)
      writer.member("detail", problem.detail)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}

/// The plugins of a folder; a folder that cannot be listed was mistyped.
func pluginCatalog(_ folder: String) throws -> PluginCatalog {
  do throws(PluginError) { return try PluginCatalog.discover(folder: folder) } catch {
    throw CommandFailure(.usage, printable(error.description))
  }
}
