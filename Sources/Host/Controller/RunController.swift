// The way into a run: configuration, plugins, splits and plan are checked whole before anything starts.
internal import Config
internal import Datasets
internal import Model
internal import Plan
internal import PluginHost
internal import Posix
internal import Store

/// Runs evaluations and judges stored ones again.
package enum RunController {
  /// `evalhost run`: plans, runs and scores; returns the exit code.
  package static func run(_ request: RunRequest) -> Int32 {
    let view = ProgressView(request.progress)
    do {
      // Sources are fetched and weights hashed before anything runs: both can be taken up again.
      endOnInterrupt()
      var setup = try RunSetup(request, view)
      for note in setup.notes { view.message("evalhost: \(note)") }
      // Last, since it may take a minute: what is wrong with the configuration is known by now.
      try setup.prepareModels(request, view)
      if request.isDryRun {
        try DryRun.print(setup)
        return ExitCode.done
      }
      return try start(&setup, view: view, rejudged: nil)
    } catch { return explain(error, view) }
  }

  /// `evalhost score`: judges the stored completions of a run again; returns the exit code.
  package static func judgeAgain(_ request: RejudgeRequest) -> Int32 {
    let view = ProgressView(request.progress)
    do {
      let stored = try StoredRunPlan(request)
      var setup = try RunSetup(request, stored: stored)
      let rejudged = try stored.match(setup.plan)
      return try start(&setup, view: view, rejudged: rejudged)
    } catch { return explain(error, view) }
  }

  private static func start(
    _ setup: inout RunSetup, view: ProgressView,
    rejudged: [Int: (taskID: Int, spec: TaskSpec)]?
  ) throws -> Int32 {
    let signals = try SignalQueue()
    let folder = "\(setup.artifactRoot)/runs/\(setup.plan.runID)"
    try Files.makeFolder(folder)
    let lock: RecordLock
    switch try RecordLock.take("\(folder)/lock") {
    case .taken(let taken): lock = taken
    case .held(let pid):
      throw PlanError(
        .configuration,
        "run '\(setup.plan.runID)' is already running (process \(pid)); wait for it or stop it "
          + "with `evalhost stop --run \(setup.plan.runID)`")
    }
    if rejudged == nil {
      try checkResume(setup)
      try Files.replace("\(folder)/config.toml", with: Array(setup.resolvedText.utf8))
    }
    let log = try EventLog(path: "\(folder)/events.jsonl")
    let settings = ControllerSettings(
      config: setup.loaded.config, configText: setup.resolvedText, createdAt: setup.createdAt,
      splits: setup.splits, artifactRoot: setup.artifactRoot, digests: setup.digests,
      weights: setup.models.map(\.weights), rejudged: rejudged)
    let loop = ControllerLoop(
      plan: setup.plan, settings: settings, log: log, view: view, signals: signals)
    log.write(
      .info, process: "controller", event: "run started", fields: ["run": setup.plan.runID])
    setup.logModels(to: log)
    let code = try loop.run()
    log.write(
      .info, process: "controller", event: "run ended", fields: ["exit": String(code)])
    // The lock is held until here, through every way out of the loop.
    withExtendedLifetime(lock) {}
    if code == ExitCode.interrupted {
      view.message("evalhost: interrupted; the same command resumes run '\(setup.plan.runID)'")
    }
    return code
  }

  /// `resume.policy`: whether the run may, or must, exist.
  private static func checkResume(_ setup: RunSetup) throws {
    let policy = setup.loaded.config.resume.policy
    guard policy != .auto else { return }
    let path = "\(setup.artifactRoot)/evalhost.db"
    let exists =
      Files.exists(path)
      ? try ResultQueries(Connection.reader(path: path)).run(id: setup.plan.runID) != nil : false
    switch policy {
    case .never where exists:
      throw PlanError(
        .configuration,
        "resume.policy is \"never\", but run '\(setup.plan.runID)' is in \(path); give this run "
          + "another id")
    case .require where !exists:
      throw PlanError(
        .configuration,
        "resume.policy is \"require\", but \(path) has no run '\(setup.plan.runID)'; "
          + "`evalhost status` lists its runs")
    case .auto, .never, .require: return
    }
  }

  private static func explain(_ error: any Error, _ view: ProgressView) -> Int32 {
    let advice = (error as? PosixError)?.advice ?? ""
    view.message("evalhost: \(error)\(advice)")
    switch error {
    case let error as PlanError:
      return error.kind == .plugin ? ExitCode.plugin : ExitCode.configuration
    case is PluginError: return ExitCode.plugin
    case is ConfigErrors, is ConfigError, is DatasetError: return ExitCode.configuration
    case let error as StoreError where error.kind == .notFound: return ExitCode.configuration
    default: return ExitCode.store
    }
  }
}
