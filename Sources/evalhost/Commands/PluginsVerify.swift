// `evalhost plugins verify`: loads plugins as a worker would and says which can be used.
internal import Arguments
internal import JSONFormat
internal import PluginHost

/// Checks plugins.
enum PluginsVerify {
  private struct Finding {
    var id: String?
    var version: String?
    /// Why it was refused; nil when it can be used.
    var refusal: String?
    var warnings: [String] = []
    /// What it is, for a person.
    var facts = ""
  }

  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let choice = try PluginChoice(command)
    var findings = choice.problems.map { Finding(refusal: printable($0.description)) }
    for entry in choice.entries { findings.append(try verify(entry)) }
    if command.has("json") {
      try console.write(json(findings))
    } else {
      var table = TextTable(["STATE", "ID", "VERSION", "FACTS"])
      for finding in findings {
        guard let id = finding.id, let version = finding.version else { continue }
        let state =
          finding.refusal == nil ? TableCell("ok", tint: .good) : TableCell("refused", tint: .bad)
        table.add([state, TableCell(id), TableCell(version), TableCell(finding.facts)])
      }
      if !table.isEmpty { try console.write(table.text(inColour: console.isColoured)) }
      for finding in findings {
        if let refusal = finding.refusal { console.say(refusal) }
        for warning in finding.warnings {
          console.say(
            "\(Messages.plugin(finding.id ?? "", finding.version ?? "")): warning: "
              + printable(warning))
        }
      }
    }
    return findings.contains { $0.refusal != nil } ? .plugin : .done
  }

  private static func verify(_ entry: PluginEntry) throws -> Finding {
    var finding = Finding(id: entry.manifest.id, version: entry.manifest.version)
    guard entry.libraryPath != nil else {
      finding.facts = "manifest alone"
      return finding
    }
    switch try PluginInspector.ask(.facts, of: entry) {
    case .refused(let line): finding.refusal = line
    case .facts(let bytes):
      let facts = try JSONValue.parse(bytes)
      finding.warnings = facts["warnings"]?.elements?.compactMap(\.string) ?? []
      let kinds = entry.manifest.kinds.map(\.word).joined(separator: ", ")
      let sha256 = facts["sha256"]?.string?.prefix(12) ?? ""
      finding.facts = "\(kinds), ABI \(facts["abi"]?.string ?? ""), sha256 \(sha256)"
    }
    return finding
  }

  private static func json(_ findings: [Finding]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginArray()
    for finding in findings {
      writer.beginObject()
      writer.member("id", finding.id)
      writer.member("version", finding.version)
      writer.member("usable", finding.refusal == nil)
      writer.member("refusal", finding.refusal)
      writer.member("warnings", finding.warnings)
      writer.endObject()
    }
    writer.endArray()
    writer.endLine()
    return writer.bytes
  }
}
