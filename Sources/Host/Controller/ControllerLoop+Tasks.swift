// Tasks on their way: opened when their plugins are loaded, scored when their last try is committed.
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

extension ControllerLoop {
  /// Slots: 0 is the writer's; then evaluators, generation workers and scorers by these bases.
  enum SlotBase {
    static let evaluator = 1_000
    static let generation = 2_000
    static let scorer = 10_000
  }

  /// Starts the workers of the current model.
  func startModel() throws {
    generationHello = nil
    if !judgesOnly {
      for (index, device) in plan.models[currentModel].devices.enumerated() {
        try start(.generation(device: device), slot: SlotBase.generation + index)
      }
    }
    for kind in plan.classes.indices where openTasks.contains(where: { evaluates($0, kind) }) {
      let most = mostWorkers(of: plan.classes[kind].evaluator)
      // No more workers than there are leases to give them.
      let tries = openTasks.filter { evaluates($0, kind) }.reduce(0) { sum, index in
        sum + plan.tasks[index].sampleCount * plan.tasks[index].repeats.repeats
      }
      let count = min(most, max(1, tries / 8))
      let running = workers.filter { $0.part == .evaluator(kind) }.count
      for place in running..<max(running, count) {
        try start(.evaluator(kind), slot: SlotBase.evaluator + kind * 64 + place)
      }
    }
  }

  /// How many workers an evaluator may have.
  private func mostWorkers(of evaluator: PluginFacts) -> Int {
    if case .count(let wanted) = settings.config.workers.evaluators { return min(wanted, 256) }
    return evaluator.wantsAllCores
      ? min(64, processorCount()) : max(1, min(8, processorCount() / 2))
  }

  /// Tasks of the current model that are not over.
  var openTasks: [Int] {
    tasks.indices.filter {
      plan.tasks[$0].model == currentModel && !tasks[$0].phase.isOver
    }
  }

  private func evaluates(_ task: Int, _ kind: Int) -> Bool {
    plan.tasks[task].evaluatorClass == kind
  }

  /// Moves every task on as far as it can go now.
  func advanceTasks() throws {
    for index in tasks.indices where plan.tasks[index].model == currentModel {
      switch tasks[index].phase {
      case .waiting where !isDraining: openTask(index)
      case .running where allocator.isSettled(task: index) && scorerCount < Self.mostScorers:
        try beginScore(index)
      default: break
      }
    }
    if isDraining {
      endDrained()
    } else if openTasks.isEmpty, fatal == nil {
      try endModel()
    }
  }

  private func openTask(_ index: Int) {
    let planned = plan.tasks[index]
    guard writerHello != nil, let evaluator = evaluatorHello[planned.evaluatorClass] else { return }
    let judged: TaskSpec
    if let rejudged = tasks[index].rejudged {
      var spec = rejudged.spec
      spec.evaluator = evaluator.evaluator
      spec.metrics = evaluator.metrics
      judged = spec
    } else {
      guard let model = generationHello else { return }
      judged = plan.spec(
        task: index, backend: model.backend, signature: model.signature, build: model.build,
        evaluator: evaluator.evaluator, metrics: evaluator.metrics)
    }
    tasks[index].spec = judged
    tasks[index].phase = .opening
    openMessage(index).withUnsafeBytes {
      writerLink.forward(FrameHeader(.openTask, task: UInt32(index)), $0)
    }
  }

  /// What the writer is asked about a task.
  func openMessage(_ index: Int) -> [UInt8] {
    guard let spec = tasks[index].spec else { return [] }
    return OpenTask(
      spec: spec, maxAttempts: settings.config.resume.maxAttempts,
      judgesAgain: judgesOnly && tasks[index].judgingID == 0,
      taskID: tasks[index].rejudged?.taskID ?? 0,
      supersedes: settings.config.resume.policy != .require
    ).encoded
  }

  /// The writer's answer: what the task has.
  func taskOpened(_ index: Int, _ state: TaskState) {
    guard tasks[index].phase == .opening, let spec = tasks[index].spec else { return }
    guard let finished = TryMask(count: spec.tryCount, words: state.finished),
      let started = TryMask(count: spec.tryCount, words: state.started)
    else {
      tasks[index].phase = .failed("the writer's task state does not fit the task")
      return
    }
    tasks[index].taskID = state.taskID
    tasks[index].judgingID = state.judgingID
    if !state.note.isEmpty {
      if settings.config.resume.policy == .require {
        tasks[index].phase = .failed(
          "resume.policy is \"require\", but \(state.note); restore the configuration or use "
            + "another run id")
        return
      }
      view.message("evalhost: \(tasks[index].label): earlier work is not reused: \(state.note)")
    }
    log.write(
      .info, process: "controller", event: "task opened", task: tasks[index].label,
      fields: [
        "finished": String(finished.population), "started": String(started.population),
        "expected": String(spec.tryCount), "note": state.note,
      ])
    observer.add(
      task: index,
      TaskProgress(
        label: tasks[index].label, total: spec.tryCount, before: finished.population))
    tasks[index].phase = .running
    allocator.add(
      task: index, repeats: spec.repeats,
      workerClass: WorkerClass(index: plan.tasks[index].evaluatorClass), finished: finished,
      started: started)
    for worker in workers where worker.isReady { sendContext(index, to: worker) }
  }

  /// Gives a worker what it needs for a task, if it works on it.
  func sendContext(_ index: Int, to worker: Worker) {
    let planned = plan.tasks[index]
    switch worker.part {
    case .evaluator(let kind) where kind == planned.evaluatorClass: break
    case .generation where planned.model == currentModel: break
    default: return
    }
    guard var spec = tasks[index].spec, let split = settings.splits[planned.path] else { return }
    // Work keys are those of the evaluator that asked for the completions.
    if let rejudged = tasks[index].rejudged { spec.evaluator = rejudged.spec.evaluator }
    let context = RunContext(
      spec: spec, datasetPath: planned.path, datasetStamp: split.stamp,
      shotCount: planned.dataset.shots,
      shots: planned.shots, judgesOnly: judgesOnly,
      window: window)
    worker.link.send(FrameHeader(.context, task: UInt32(index)), context.encoded)
  }

  /// Tries in one evaluator worker's hands: enough to fill every backend's batch twice.
  var window: Int {
    let batch = min(1024, max(1, generationHello?.batchSize ?? 256))
    return min(1024, max(32, 2 * batch * plan.models[currentModel].devices.count))
  }

  /// Most tries in a lease of an evaluator whose verdicts take long.
  static var slowLeaseSize: Int { 16 }

  /// Most tries in one lease.
  var leaseSize: Int { min(256, max(8, window / 4)) }

  // MARK: Scores

  /// Scorers at a time: a resumed run may have hundreds of settled tasks at once.
  private static var mostScorers: Int { 4 }

  private var scorerCount: Int { workers.count { $0.part.role == .scorer } }

  private func beginScore(_ index: Int) throws {
    tasks[index].phase = .scoring
    try start(.scorer(index), slot: SlotBase.scorer + index)
  }

  func handleScorer(_ frame: Frame, _ worker: Worker, _ index: Int) throws {
    switch frame.header.kind {
    case .hello: worker.isReady = true
    case .score:
      tasks[index].isPartial = frame.header.flags & 1 == 1
      writerLink.forward(
        FrameHeader(.score, task: UInt32(index)), frame.payload, .scored(task: index))
    default:
      throw WireError.malformedPayload(frame.header.kind, "not from a scorer")
    }
  }

  /// The score is committed.
  func scored(_ index: Int) {
    if let scorer = workers.first(where: { $0.part == .scorer(index) }) {
      scorer.link.send(FrameHeader(.scoreStored))
    }
  }

  /// The scorer has ended: the last step of a task.
  func scorerEnded(_ index: Int, scoreIsStored: Bool) {
    guard tasks[index].phase == .scoring, scoreIsStored else { return }
    if tasks[index].isPartial, tasks[index].spec?.allowIncomplete != true {
      let errors = observer.tasks[index]?.errors ?? 0
      finish(
        index,
        .failed(
          "its score is partial: not every try has a verdict (\(errors) errors in this attempt); "
            + "see `evalhost export --what errors`, or set datasets.allow_incomplete"))
    } else {
      finish(index, .done)
    }
  }

  /// Ends a task and tells the writer.
  func finish(_ index: Int, _ phase: TaskPhase) {
    tasks[index].phase = phase
    allocator.abandon(task: index)
    observer.ended(task: index)
    let word = phase == .done ? "done" : "failed"
    log.write(
      phase == .done ? .info : .error, process: "controller", event: "task \(word)",
      task: tasks[index].label, fields: ["phase": "\(phase)"])
    guard tasks[index].taskID != 0 else { return }
    Array(word.utf8).withUnsafeBytes {
      writerLink.forward(FrameHeader(.taskEnd, task: UInt32(index)), $0)
    }
  }

  // MARK: Ends

  /// The current model's tasks are over: the next model, or the end of the attempt.
  private func endModel() throws {
    dropRequests()
    for worker in workers where !worker.isRetired {
      guard case .generation = worker.part else { continue }
      worker.isRetired = true
      worker.process.hangUp()
    }
    if currentModel + 1 < plan.models.count {
      // The next model may need the memory of this one.
      let isUnloading = workers.contains(where: \.isRetired)
      guard !isUnloading else { return }
      currentModel += 1
      try startModel()
      return
    }
    sendAttemptEnd(tasks.allSatisfy { $0.phase == .done } ? "done" : "failed")
  }

  private func endDrained() {
    let isBusy = workers.contains { worker in
      if case .evaluator = worker.part { return worker.isReady && !worker.isDrained }
      if case .scorer = worker.part { return true }
      return false
    }
    if !isBusy { sendAttemptEnd("interrupted") }
  }

  private func sendAttemptEnd(_ word: String) {
    guard !attemptEndIsSent else { return }
    attemptEndIsSent = true
    Array(word.utf8).withUnsafeBytes {
      writerLink.forward(FrameHeader(.attemptEnd), $0, .attemptEnded)
    }
  }

  /// Every unfinished task of the current model fails with a reason.
  func failModel(_ reason: String, code: Int32?) {
    failureCode = max(failureCode ?? 0, code ?? 0)
    if failureCode == 0 { failureCode = nil }
    for index in openTasks { finish(index, .failed(reason)) }
    dropRequests()
  }
}
