// `evalhost status`: runs, their attempts and their tasks, for a person or as JSON.
internal import Arguments
internal import JSONFormat
internal import Store

/// Shows what the store holds.
struct StatusCommand {
  private let command: ParsedCommand
  private let console: Console
  private let folder: ArtifactFolder

  init(_ command: ParsedCommand, _ console: Console) throws {
    self.command = command
    self.console = console
    folder = ArtifactFolder(try command.required("artifacts"))
  }

  func run() throws -> ExitCode {
    let store = try folder.store()
    let queries = ResultQueries(store)
    // One transaction: a writer at work cannot make the counts disagree with each other.
    try store.execute("BEGIN")
    defer { store.rollBack() }
    var runs = try queries.runs()
    if command.has("run") {
      let wanted = try runID(command)
      let known = runs.map(\.id)
      runs = runs.filter { $0.id == wanted }
      guard !runs.isEmpty else {
        throw CommandFailure(
          .usage, Messages.unknownRun(wanted, root: folder.root, known: known))
      }
    }
    let reports = try runs.map { run in
      try RunReport(run, controller: folder.controller(ofRun: run.id), queries)
    }
    if command.has("json") {
      try console.write(StatusJSON.bytes(reports))
    } else if reports.isEmpty {
      console.say("\(folder.root): the store holds no run yet")
    } else {
      for (index, report) in reports.enumerated() {
        let scores = try ScoresTable(store, run: report.run.id).text(inColour: console.isColoured)
        try console.write(
          (index == 0 ? "" : "\n") + text(report) + (scores.isEmpty ? "" : "\n" + scores))
      }
    }
    return .done
  }

  private func text(_ report: RunReport) -> String {
    let run = report.run
    var head = TextTable(["RUN", "CREATED", "ATTEMPT", "STATE"])
    head.add([
      TableCell(run.id), TableCell(timestamp(run.createdAt)), TableCell(run.attempts),
      state(report),
    ])
    let isColoured = console.isColoured
    var text = head.text(inColour: isColoured)
    var tasks = TextTable(
      [
        "TASK", "MODEL", "BENCHMARK", "MODE", "STATUS", "JUDGED", "OF", "PASS", "FAIL", "UNPARSED",
        "ERRORS", "CONFLICTS", "COMPLETIONS",
      ], indent: 2)
    for task in report.tasks { tasks.add(cells(task)) }
    if !tasks.isEmpty { text += tasks.text(inColour: isColoured) }
    for entry in report.unreused { text += "  \(line(entry))\n" }
    return text
  }

  private func cells(_ task: RunReport.Task) -> [TableCell] {
    let (stored, counts) = (task.task, task.counts)
    let tint: Tint =
      switch stored.status {
      case .done: .good
      case .failed: .bad
      case .pending, .running, .superseded: .none
      }
    return [
      TableCell(stored.id), TableCell(stored.model),
      TableCell("\(stored.benchmark)_\(stored.split)"), TableCell(stored.mode),
      TableCell(stored.status.rawValue, tint: tint), TableCell(counts.judged),
      TableCell(task.expected), TableCell(counts.passed), TableCell(counts.failed),
      TableCell(counts.unparsed), TableCell(counts.errors, tint: counts.errors > 0 ? .bad : .none),
      TableCell(counts.conflicts, tint: counts.conflicts > 0 ? .bad : .none),
      TableCell(counts.completions),
    ]
  }

  private func state(_ report: RunReport) -> TableCell {
    switch report.state {
    case .running(let pid): TableCell("running (process \(pid))", tint: .good)
    case .ended(.done): TableCell("done", tint: .good)
    case .ended(.failed): TableCell("failed", tint: .bad)
    case .ended(.interrupted): "interrupted; the same command resumes it"
    case .died: TableCell("died; the same command resumes it", tint: .bad)
    case .notStarted: "not started"
    }
  }

  private func line(_ entry: RunReport.Unreused) -> String {
    let task = "task \(entry.task.id)"
    let fields = entry.differences.map(words).joined(separator: ", ")
    let reason = fields.isEmpty ? "" : ", which differs in \(fields)"
    guard let successor = entry.successor else { return "\(task) is superseded" }
    guard entry.task.status != .superseded else {
      return "\(task) is superseded by task \(successor.id)\(reason)"
    }
    return "\(task) is not reused by task \(successor.id)\(reason)"
  }

  /// The field, with both values where they are short enough for a line.
  private func words(_ difference: RunReport.Difference) -> String {
    let was = difference.was ?? "nothing"
    let now = difference.now ?? "nothing"
    guard was.utf8.count <= 24, now.utf8.count <= 24 else { return difference.field }
    return "\(difference.field) (\(printable(was)), now \(printable(now)))"
  }
}
