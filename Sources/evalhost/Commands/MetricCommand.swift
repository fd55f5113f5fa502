// `evalhost metric NAME --gold G --prediction P`: what a metric plugin says of one answer.
internal import Arguments
internal import JSONFormat
internal import PluginHost

/// Asks a metric about one answer.
enum MetricCommand {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let catalog = try pluginCatalog(try command.required("plugins"))
    let entry = try catalog.find(id: command.operand ?? "", kind: .metric)
    let options = command.value("options") ?? "{}"
    do throws(JSONError) { _ = try JSONValue.parse(Array(options.utf8)) } catch {
      throw UsageError(command.name, "--options is no JSON: \(error)")
    }
    let question = MetricQuestion(
      configuration: options, prediction: try command.required("prediction"),
      golds: command.values("gold"))
    switch try PluginInspector.ask(.metric(question), of: entry) {
    case .refused(let line): throw CommandFailure(.plugin, line)
    case .facts(let answer):
      let value = try JSONValue.parse(answer)
      if command.has("json") {
        try console.write(answer + [0x0a])
      } else {
        try console.write(text(value, explains: command.has("explain")))
      }
      // As a test in a shell: equal or not.
      return value["outcome"]?.string.map { $0 == "pass" } ?? true ? .done : .failed
    }
  }

  private static func text(_ value: JSONValue, explains: Bool) throws -> String {
    var lines: [String] = []
    if let outcome = value["outcome"]?.string {
      let reason = value["fail_reason"]?.string ?? ""
      lines.append(reason.isEmpty ? outcome : "\(outcome): \(printable(reason))")
    }
    for member in value["values"]?.members ?? [] {
      lines.append(
        "\(member.key) = \(String(decoding: try member.value.serialized(), as: UTF8.self))")
    }
    if explains, let details = value["details"] { lines += try explained(details, indent: "") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The members of a detail, a line each, inner objects indented.
  private static func explained(_ details: JSONValue, indent: String) throws -> [String] {
    var lines: [String] = []
    for member in details.members ?? [] {
      if member.value.members != nil {
        lines.append("\(indent)\(member.key):")
        lines += try explained(member.value, indent: indent + "  ")
      } else {
        let text =
          try member.value.string ?? String(decoding: member.value.serialized(), as: UTF8.self)
        lines.append("\(indent)\(member.key): \(printable(text))")
      }
    }
    return lines
  }
}
