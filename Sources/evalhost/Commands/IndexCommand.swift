// `evalhost index rebuild`.
internal import Arguments
internal import Index

/// Makes the score index anew.
enum IndexCommand {
  static func rebuild(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let root = try command.required("artifacts")
    let count = try IndexBuilder.rebuild(artifactRoot: root)
    try console.write("\(root)/score_index.jsonl: \(count) \(count == 1 ? "score" : "scores")\n")
    return .done
  }
}
