// The controller: one thread around one poll. It plans, leases, launches, observes and reconciles; it routes
// messages by their headers and looks into none of the envelopes; plugin code never runs in it.
internal import Allocate
internal import Config
internal import Datasets
internal import Launch
internal import Model
internal import Observe
internal import Plan
internal import Posix
internal import Reconcile
internal import Wire

/// What a run needs beside its plan.
struct ControllerSettings {
  var config: RunConfig
  var configText: String
  /// Seconds since 1970; 0 = now.
  var createdAt: Int
  var splits: [String: PreparedSplit]
  var artifactRoot: String
  var digests: PluginDigests
  /// The weights files that the host has hashed, by model; empty when stored completions are judged.
  var weights: [WeightsFile?]
  /// Stored tasks to judge again, by position in the plan; nil for an ordinary run.
  var rejudged: [Int: (taskID: Int, spec: TaskSpec)]?
}

/// Runs one attempt.
final class ControllerLoop {
  let plan: RunPlan
  var settings: ControllerSettings
  let log: EventLog
  let view: ProgressView
  let signals: SignalQueue

  var allocator = Allocator(leaseSize: 256)
  var launcher = Launcher()
  var observer: Observer
  var reconciler = Reconciler(strikes: 2)

  var tasks: [TaskRun]
  var workers: [Worker] = []
  let writerLink = WriterLink()
  var writerHello: WriterHello?
  var requests = RequestTable()
  /// Requests that no generation worker could take yet.
  var unassigned: [UInt64] = []
  /// Leases that the writer puts stored stages before, and the worker that gets them.
  var leasesViaWriter: [UInt64: Int] = [:]
  /// Groups of tries to lease again once a dead worker's last requests are answered.
  var delayed: [Int: [[TryKey]]] = [:]
  /// Leases whose tries are tried alone.
  var suspectLeases: Set<UInt64> = []
  /// What the writer has counted so far.
  var acknowledged = AckMessage(stored: 0, duplicates: 0, conflicts: 0)
  var evaluatorHello: [Int: EvaluatorHello] = [:]
  var generationHello: GenerationHello?
  /// Index into the plan's models.
  var currentModel = 0

  var isDraining = false
  var isAborted = false
  var fatal: (code: Int32, message: String)?
  var attemptEndIsSent = false
  var attemptIsEnded = false
  private var nextNumber = 1
  private var poller = Poller()
  private var lastTick: UInt64 = 0

  init(
    plan: RunPlan, settings: ControllerSettings, log: EventLog, view: ProgressView,
    signals: SignalQueue
  ) {
    self.plan = plan
    self.settings = settings
    self.log = log
    self.view = view
    self.signals = signals
    observer = Observer(now: Clock.monotonic())
    tasks = plan.tasks.enumerated().map { index, task in
      let name = plan.models[task.model].config.name
      return TaskRun(
        index: index, rejudged: settings.rejudged?[index],
        label: "\(task.dataset.slug)/\(task.mode) @ \(name)")
    }
  }

  /// Whether stored completions are judged and no model is asked.
  var judgesOnly: Bool { settings.rejudged != nil }

  /// Runs to the end of the attempt and returns the exit code.
  func run() throws -> Int32 {
    defer { endWorkers() }
    try start(.writer, slot: 0)
    try startModel()
    while !attemptIsEnded, fatal == nil, !isAborted {
      try step()
    }
    tick(Clock.monotonic(), isLast: true)
    return exitCode()
  }

  private func step() throws {
    try advanceTasks()
    try leaseOut()
    if allocator.outstandingLeases == 0, requests.count == 0 { writerLink.askForCommit() }
    try flush()
    try wait()
    takeSignals()
    for worker in workers { try listen(to: worker) }
    // A retired worker unloads its model in its own time.
    for worker in workers
    where worker.process.isClosed && !worker.isRetired || worker.process.child.reap() != nil {
      try bury(worker)
    }
    let now = Clock.monotonic()
    for number in observer.hung(now: now) { endHung(number) }
    tick(now, isLast: false)
  }

  private func wait() throws {
    poller.removeAll()
    _ = poller.add(signals.descriptor.number, read: true, write: false)
    for worker in workers {
      let wantsWrite = worker.link.outgoing.unsent > 0
      if !worker.process.isClosed {
        _ = poller.add(worker.link.socket.number, read: isHeard(worker), write: wantsWrite)
      }
      if !worker.process.isSilent {
        _ = poller.add(worker.process.child.output.number, read: true, write: false)
      }
      _ = poller.add(worker.process.child.exitNotice.number, read: true, write: false)
    }
    try poller.wait(milliseconds: 250)
  }

  /// While the writer is behind, nobody else is listened to: their sockets fill, and they wait.
  private func isHeard(_ worker: Worker) -> Bool { worker.part == .writer || !writerLink.isFull }

  private func listen(to worker: Worker) throws {
    let text = worker.process.readOutput()
    if !text.isEmpty {
      log.write(.info, process: worker.title, event: "output", fields: ["text": text])
    }
    guard isHeard(worker) else {
      // Its heartbeats wait in its socket: that is our silence, not its own.
      observer.heard(worker: worker.number, now: Clock.monotonic())
      return
    }
    guard !worker.process.isClosed else { return }
    do {
      if try worker.link.receive() {
        observer.heard(worker: worker.number, now: Clock.monotonic())
      }
      while let frame = try worker.link.peek() {
        try hear(frame, from: worker)
        worker.link.consume(frame)
      }
    } catch WireError.closed {
      worker.process.isClosed = true
    } catch let error as WireError {
      breakOff(worker, error.description)
    } catch let error as ContextError {
      breakOff(worker, error.description)
    }
  }

  /// A worker that does not speak the protocol is ended; its work is done by another.
  private func breakOff(_ worker: Worker, _ reason: String) {
    log.write(.error, process: worker.title, event: "broken frame", fields: ["reason": reason])
    worker.failure = WorkerFailure(.other, "broken frame: \(reason)")
    worker.process.isClosed = true
    worker.process.child.kill()
  }

  /// Deals with one frame of a worker.
  func hear(_ frame: Frame, from worker: Worker) throws {
    if frame.header.kind == .hello {
      observer.allow(
        worker: worker.number,
        nanoseconds: UInt64(settings.config.workers.heartbeatTimeoutSeconds) * 1_000_000_000)
    }
    switch frame.header.kind {
    case .heartbeat, .ready: break
    case .log:
      log.write(
        frame.header.flags >= 3 ? .warn : .info, process: worker.title, event: "plugin log",
        fields: ["text": String(decoding: frame.payload, as: UTF8.self)])
    case .failed: worker.failure = WorkerFailure(frame.payload)
    default:
      switch worker.part {
      case .writer: try handleWriter(frame, worker)
      case .evaluator(let kind): try handleEvaluator(frame, worker, kind)
      case .generation: try handleGeneration(frame, worker)
      case .scorer(let task): try handleScorer(frame, worker, task)
      }
    }
  }

  // MARK: Processes

  /// Starts a worker and sends its first message.
  func start(_ part: WorkerPart, slot: Int) throws {
    let process = try WorkerProcess.start(
      part.role, ownPID: ownPID(), environment: part.environment)
    let worker = Worker(number: nextNumber, slot: slot, part: part, process: process)
    nextNumber += 1
    workers.append(worker)
    launcher.started(slot: slot)
    // Loading a library or a model gives no sign of life; from its hello on a worker gives them all the time.
    observer.started(
      worker: worker.number, now: Clock.monotonic(),
      allowance: UInt64(settings.config.workers.loadTimeoutSeconds) * 1_000_000_000)
    log.write(
      .info, process: worker.title, event: "started",
      fields: ["pid": String(process.child.pid)])
    worker.link.send(FrameHeader(.context), firstMessage(part, slot: slot))
  }

  private func firstMessage(_ part: WorkerPart, slot: Int) -> [UInt8] {
    switch part {
    case .writer:
      return WriterStart(
        artifactRoot: settings.artifactRoot, runID: plan.runID, configText: settings.configText,
        durability: settings.config.db.durability.rawValue, createdAt: settings.createdAt,
        attemptID: writerHello?.attemptID ?? 0
      ).encoded
    case .evaluator(let kind):
      let folder = plan.classes[kind].evaluator.folder
      let metricFolders = plan.classes[kind].metrics.map(\.folder)
      return EvaluatorStart(
        evaluatorFolder: folder, metricFolders: metricFolders,
        digests: ([folder] + metricFolders).map(settings.digests.known)
      ).encoded
    case .generation(let device):
      let model = plan.models[currentModel]
      var size = 0
      if case .count(let count) = settings.config.batch.size { size = count }
      return GenerationStart(
        backendFolder: model.backend.folder,
        backendDigest: settings.digests.known(model.backend.folder),
        modelJSON: modelJSON(slot: slot, device: device), device: device, batchSize: size
      ).encoded
    case .scorer(let index):
      let task = tasks[index]
      return ScorerStart(
        artifactRoot: settings.artifactRoot, runID: plan.runID, taskID: Int(task.taskID),
        judgingID: Int(task.judgingID), spec: task.spec ?? plan.draft(task: index),
        createdAt: settings.createdAt
      ).encoded
    }
  }

  /// The living worker of a number.
  func worker(_ number: Int) -> Worker? { workers.first { $0.number == number } }

  private func flush() throws {
    for worker in workers where !worker.process.isClosed {
      do {
        try worker.link.flush()
        if worker.part == .writer, worker.isReady {
          try writerLink.queue.flush(to: worker.link.socket.number)
        }
      } catch {
        // What it still had to say is read before its end is dealt with.
        if case .closed = error { continue }
        breakOff(worker, error.description)
      }
    }
  }

  private func endHung(_ number: Int) {
    guard let worker = worker(number), !worker.wasHung else { return }
    worker.wasHung = true
    log.write(.error, process: worker.title, event: "hung")
    worker.process.child.kill()
  }

  /// Closes every conversation and waits for the processes; those that stay are ended.
  private func endWorkers() {
    let left = workers
    workers = []
    for worker in left {
      if isAborted || fatal != nil { worker.process.child.kill() }
      worker.process.hangUp()
    }
    // A worker with a server of its own waits for the server's end.
    let servers = plan.models.compactMap { $0.config.server?.stopTimeoutSeconds }
    let patience = UInt64(2 + (servers.max() ?? 0)) * 1_000_000_000
    for worker in left { _ = worker.process.child.end(within: patience) }
  }

  // MARK: Signals and the clock

  private func takeSignals() {
    while signals.next() != nil {
      if isDraining {
        isAborted = true
        view.message("evalhost: aborted; everything acknowledged is stored")
        return
      }
      beginDrain()
    }
  }

  private func beginDrain() {
    isDraining = true
    allocator.drain()
    view.message(
      "evalhost: draining: finishing what is in flight; interrupt again to abort at once")
    log.write(.info, process: "controller", event: "drain")
    for worker in workers {
      switch worker.part {
      case .evaluator, .generation: worker.link.send(FrameHeader(.drain))
      case .writer, .scorer: break
      }
    }
  }

  private func tick(_ now: UInt64, isLast: Bool) {
    guard isLast || now - lastTick > 200_000_000 else { return }
    lastTick = now
    observer.tick(now: now)
    view.show(observer, now: now, isLast: isLast)
  }

  private func exitCode() -> Int32 {
    if let fatal {
      view.message("evalhost: \(fatal.message)")
      return fatal.code
    }
    if isAborted || isDraining, tasks.contains(where: { !$0.phase.isOver }) {
      return ExitCode.interrupted
    }
    var code = ExitCode.done
    for task in tasks {
      guard case .failed(let reason) = task.phase else { continue }
      view.message("evalhost: task \(task.label) failed: \(reason)")
      code = max(code, ExitCode.tasksFailed)
    }
    return failureCode ?? code
  }

  /// Exit code of a plugin or configuration failure, which says more than that tasks failed.
  var failureCode: Int32?
}
