// From the text of a run configuration to its value: syntax, overrides, secrets, sections, and
// what must agree across sections. Everything that is wrong is reported together.

import TOMLFormat

/// A run configuration with the places its values came from.
package struct LoadedConfig: Sendable {
  /// The file as the user named it.
  package var file: String
  /// The configuration.
  package var config: RunConfig
  /// Where each value that was given stands, by dotted key such as `models.0.name`.
  package var origins: [String: ConfigOrigin]

  /// Decodes and checks a run configuration.
  ///
  /// - Parameters:
  ///   - bytes: the text, UTF-8.
  ///   - file: the file's name, for errors.
  ///   - overrides: values of the command line, applied in order before anything is checked.
  /// - Throws: `ConfigErrors` with everything that is wrong.
  package init(
    parsing bytes: [UInt8], file: String, overrides: [ConfigOverride] = []
  ) throws(ConfigErrors) {
    let log = ConfigLog(file: file, overrides: overrides)
    var table: TOMLTable
    do {
      table = try TOMLTable(parsing: bytes)
    } catch {
      throw ConfigErrors([
        ConfigError(file: file, position: error.position, message: error.message)
      ])
    }
    for override in overrides {
      do {
        try override.apply(to: &table)
      } catch {
        log.add(error)
      }
    }
    refuseSecrets(table, path: [], log: log)
    let config = RunConfigDecoder(log: log).decode(table)
    RunConfigChecks(config: config, log: log).check()
    try log.finish()
    self.file = file
    self.config = config
    origins = log.origins
  }

  /// Errors for tables of [sampling] that name neither a stage of these nor a model of the run.
  ///
  /// Which stages exist is known only once the evaluators are.
  package func unknownStages(known: [String]) -> [ConfigError] {
    config.sampling.layers.named.compactMap { table in
      let isModel = config.models.contains { namesModel(table.name, $0.name) }
      if isModel || known.contains(table.name) { return nil }
      let names = known + config.models.map(\.name)
      return table.origin.error(
        "unknown stage '\(table.name)' in [sampling]; \(suggestion(for: table.name, among: names))")
    }
  }
}
