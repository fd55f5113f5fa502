// `evalhost config check` and `config decode`.
internal import Arguments
internal import Config
internal import PluginHost
internal import Posix
internal import TOMLFormat

/// Looks at configurations without running anything.
enum ConfigCommand {
  /// Prints the configuration with every default and where each value came from.
  static func check(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let file = command.operand ?? "-"
    let bytes: [UInt8]
    do throws(PosixError) {
      bytes = file == "-" ? try readStandardInput() : try Files.read(file)
    } catch {
      throw CommandFailure(.usage, error.description)
    }
    let loaded = try LoadedConfig(
      parsing: bytes, file: file == "-" ? "stdin" : file,
      overrides: try overrides(command.values("set")))
    let catalog = try command.value("plugins").map(pluginCatalog)
    var stages = ConfiguredStages(loaded, catalog)
    let sampling = try stages.resolve()
    try console.write(loaded.resolvedTOML(sampling: sampling))
    for line in stages.missingPlugins { console.say(line) }
    return stages.missingPlugins.isEmpty ? .done : .plugin
  }

  /// TOML to the tagged JSON of the toml-test protocol.
  static func decode(_ console: Console) throws -> ExitCode {
    do {
      let table = try TOMLTable(parsing: try readStandardInput())
      try console.write(table.taggedJSON() + "\n")
      return .done
    } catch let error as TOMLError {
      throw CommandFailure(.failed, "stdin:\(error)")
    }
  }

  private static func overrides(_ texts: [String]) throws(ConfigErrors) -> [ConfigOverride] {
    var overrides: [ConfigOverride] = []
    var errors: [ConfigError] = []
    for text in texts {
      do throws(ConfigError) {
        overrides.append(try ConfigOverride(parsing: text))
      } catch {
        errors.append(error)
      }
    }
    guard errors.isEmpty else { throw ConfigErrors(errors) }
    return overrides
  }
}
