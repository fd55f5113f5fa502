// `evalhost export`: streams one kind of result to stdout, or to a file that appears whole.
internal import Arguments
internal import Posix
internal import Store

/// Writes the results of a run.
enum ExportCommand {
  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let folder = ArtifactFolder(try command.required("artifacts"))
    let run = try runID(command)
    guard let content = ExportContent(rawValue: try command.required("what")),
      let format = ExportFormat(rawValue: command.value("format") ?? "jsonl")
    else { throw UsageError(command.name, "--what or --format is not known to the store") }
    let store = try folder.store()
    let task = try task(command, run, store)
    let exports = Exports(store)
    guard let path = command.value("out"), path != "-" else {
      try exports.write(content, run: run, task: task, format: format) { try console.write($0) }
      return .done
    }
    let file = try StreamedFile(path)
    do {
      try exports.write(content, run: run, task: task, format: format) { try file.write($0) }
    } catch let error as PosixError where error.isBrokenPipe {
      // `--out` names a pipe whose reader has gone.
      return .done
    }
    try file.finish()
    return .done
  }

  private static func task(
    _ command: ParsedCommand, _ run: String, _ store: Connection
  ) throws -> Int64? {
    guard let text = command.value("task") else { return nil }
    let known = try ResultQueries(store).tasks(run: run).map(\.id)
    guard let number = Int64(text), known.contains(number) else {
      throw CommandFailure(.usage, Messages.unknownTask(text, run: run, known: known))
    }
    return number
  }
}
