// The table [models.server]: its keys, and what cannot work whatever the server is.

import TOMLFormat

extension RunConfigDecoder {
  /// The server of a model; nil when the table is absent or its command is wrong.
  func server(_ model: SectionReader) -> ModelServerConfig? {
    guard model.table["server"] != nil, model.subtable("server") != nil else { return nil }
    let reader = model.section(
      "server", label: "[models.server]",
      keys: [
        "command", "environment", "port", "health", "start_timeout_s", "stop_timeout_s", "sets",
      ])
    reader.require("command")
    var server = ModelServerConfig(command: command(reader) ?? [])
    server.environment = environment(reader)
    server.port = reader.integer("port", in: 1...65_535)
    server.health = health(reader)
    let seconds = 1...604_800
    server.startTimeoutSeconds =
      reader.integer("start_timeout_s", in: seconds) ?? server.startTimeoutSeconds
    server.stopTimeoutSeconds =
      reader.integer("stop_timeout_s", in: 0...3600) ?? server.stopTimeoutSeconds
    server.sets = option(reader) ?? server.sets
    guard !server.command.isEmpty else { return nil }
    checkPlaces(of: server, model, reader)
    return server
  }

  private func command(_ reader: SectionReader) -> [String]? {
    guard let value = reader.value("command") else { return nil }
    var words: [String] = []
    switch value.content {
    case .string(let text):
      guard let found = commandWords(text) else {
        reader.refuse(
          "command", "'command' in [models.server] has a quotation mark without its end")
        return nil
      }
      words = found
    case .array(let values):
      for value in values {
        guard case .string(let text) = value.content else {
          return reader.wrongKind("command", "a string or an array of strings", value)
        }
        words.append(text)
      }
    default: return reader.wrongKind("command", "a string or an array of strings", value)
    }
    guard let program = words.first, !program.isEmpty else {
      reader.refuse("command", "'command' in [models.server] must name a program")
      return nil
    }
    guard !words.contains(where: hasZero) else {
      reader.refuse("command", "'command' in [models.server] must not hold a zero character")
      return nil
    }
    for (index, word) in words.enumerated() where word.hasPrefix("--") {
      let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1)
      let value =
        parts.count == 2 ? String(parts[1]) : index + 1 < words.count ? words[index + 1] : ""
      guard let name = parts.first, isSecretName(String(name)), !value.isEmpty,
        !value.hasPrefix("--")
      else { continue }
      reader.refuse(
        "command",
        "'--\(name)' in the command of [models.server] looks like a secret written out; every user "
          + "of the machine can read it: let the server take it from its environment")
    }
    // `env NAME=value`, `docker run -e NAME=value`, `sh -c 'NAME=value ...'`.
    for word in words.flatMap({ $0.split(whereSeparator: \.isWhitespace) }) {
      let parts = word.drop { $0 == "-" }.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, !word.hasPrefix("--"), isSecretName(String(parts[0])) else {
        continue
      }
      reader.refuse(
        "command",
        "'\(parts[0])=' in the command of [models.server] looks like a secret written out; every user of "
          + "the machine can read it: let the server take it from its environment")
    }
    return words
  }

  private func environment(_ reader: SectionReader) -> [String: String] {
    guard let table = reader.subtable("environment") else { return [:] }
    let inner = reader.section(
      "environment", label: "[models.server.environment]", keys: table.entries.map(\.key))
    var variables: [String: String] = [:]
    for entry in table.entries where !isLiteralSecret(entry) {
      guard isVariableName(entry.key) else {
        inner.refuse(
          entry.key, "'\(entry.key)' in [models.server.environment] is no name of a variable")
        continue
      }
      guard case .string(let text) = entry.value.content, !hasZero(text) else {
        inner.refuse(
          entry.key,
          "'\(entry.key)' in [models.server.environment] must be a string without zero characters")
        continue
      }
      variables[entry.key] = text
    }
    return variables
  }

  private func health(_ reader: SectionReader) -> String? {
    guard let path = reader.string("health") else { return nil }
    let isPath = path.hasPrefix("/") && path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
    if isPath { return path }
    reader.refuse("health", "'health' in [models.server] must be a path such as \"/health\"")
    return nil
  }

  /// Empty is a choice here: no option is set.
  private func option(_ reader: SectionReader) -> String? {
    if case .string("")? = reader.value("sets")?.content { return "" }
    return reader.identifier("sets")
  }

  private func checkPlaces(
    of server: ModelServerConfig, _ model: SectionReader, _ reader: SectionReader
  ) {
    let texts = server.command + server.environment.sorted { $0.key < $1.key }.map(\.value)
    let named = texts.flatMap(placesNamed)
    for name in named where !ModelServerConfig.places.contains(name) {
      // What is far from every place is the server's own, such as a template.
      guard let nearest = nearestKey(to: name, among: ModelServerConfig.places) else { continue }
      reader.refuse(
        "command", "unknown place '{\(name)}' in [models.server]; did you mean '{\(nearest)}'?")
      return
    }
    if named.contains("weights"), model.table["weights"] == nil {
      reader.refuse(
        "command", "'{weights}' in [models.server] needs the key 'weights' of the model")
    }
    if server.port == nil, reader.table["port"] == nil, !named.contains("port") {
      reader.refuse(
        "command",
        "[models.server] does not say where the server's port goes; put {port} into the command or "
          + "the environment, or fix 'port'")
    }
  }

  private func hasZero(_ text: String) -> Bool { text.utf8.contains(0) }
}
