// `evalhost plugins inspect`: what plugins say of themselves once they are loaded.
internal import Arguments
internal import JSONFormat
internal import PluginHost

/// Shows plugins in full.
enum PluginsInspect {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let choice = try PluginChoice(command)
    var exit = ExitCode.done
    for problem in choice.problems {
      console.say(printable(problem.description))
      exit = .plugin
    }
    var shown: [[UInt8]] = []
    for entry in choice.entries {
      guard entry.libraryPath != nil else {
        shown.append(manifestJSON(entry))
        continue
      }
      switch try PluginInspector.ask(.facts, of: entry) {
      case .facts(let facts): shown.append(try withDevices(facts, entry, console, &exit))
      case .refused(let line):
        console.say(line)
        exit = .plugin
      }
    }
    if command.has("json") {
      var writer = JSONWriter()
      writer.beginArray()
      for facts in shown { writer.raw(facts) }
      writer.endArray()
      writer.endLine()
      try console.write(writer.bytes)
    } else {
      for (index, facts) in shown.enumerated() {
        try console.write((index == 0 ? "" : "\n") + text(try JSONValue.parse(facts)))
      }
    }
    return exit
  }

  /// A backend's facts with its devices; others as they are.
  ///
  /// Asked in a second child: a backend that fails here still shows what it is.
  private static func withDevices(
    _ facts: [UInt8], _ entry: PluginEntry, _ console: Console, _ exit: inout ExitCode
  ) throws -> [UInt8] {
    guard entry.manifest.kinds.contains(.backend),
      let members = try JSONValue.parse(facts).members
    else { return facts }
    switch try PluginInspector.ask(.devices, of: entry) {
    case .facts(let json):
      guard let devices = try? JSONValue.parse(json)["devices"], devices.elements != nil else {
        console.say(
          "\(Messages.plugin(entry.manifest.id, entry.manifest.version)): "
            + "its devices() gave no list of devices")
        exit = .plugin
        return facts
      }
      return try JSONValue.object(members + [JSONMember(key: "devices", value: devices)])
        .serialized()
    case .refused(let line):
      console.say(line)
      exit = .plugin
      return facts
    }
  }

  /// A dataset of data alone has nothing to load: its manifest says everything.
  private static func manifestJSON(_ entry: PluginEntry) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.member("id", entry.manifest.id)
    writer.member("version", entry.manifest.version)
    writer.member("kind", entry.manifest.kinds.map(\.word))
    writer.member("folder", entry.folder)
    writer.member("license", entry.manifest.license)
    writer.member("description", entry.manifest.description)
    writer.endObject()
    return writer.bytes
  }

  /// A plugin's facts line by line: the keys of the JSON, components as a block each.
  private static func text(_ facts: JSONValue) -> String {
    var text = ""
    for member in facts.members ?? [] {
      if member.key == "components" {
        for component in member.value.elements ?? [] { text += block(component) }
      } else if let words = words(member.value) {
        text += "\(member.key): \(words)\n"
      }
    }
    return text
  }

  private static func block(_ component: JSONValue) -> String {
    var text = ""
    for member in component.members ?? [] {
      guard let words = words(member.value) else { continue }
      text += text.isEmpty ? "component: \(words)\n" : "  \(member.key): \(words)\n"
    }
    return text
  }

  /// The value for a person; nil when there is nothing to show.
  private static func words(_ value: JSONValue) -> String? {
    // Of things with an id, such as devices, the ids.
    let list = value.elements?.compactMap { $0.string ?? $0["id"]?.string }
    let words = value.string ?? list?.joined(separator: ", ") ?? ""
    return words.isEmpty ? nil : printable(words)
  }
}
