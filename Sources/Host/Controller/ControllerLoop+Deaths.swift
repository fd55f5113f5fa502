// The end of a worker: collected, explained, replaced, and its work given to others.
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
  /// Collects a worker that has ended or closed its conversation.
  func bury(_ worker: Worker) throws {
    try hearOut(worker)
    let end = worker.process.child.end(within: 100_000_000)
    _ = worker.process.readOutput(isLast: true)
    workers.removeAll { $0 === worker }
    observer.ended(worker: worker.number)
    log.write(
      .info, process: worker.title, event: "ended",
      fields: [
        "end": end.description, "failure": worker.failure?.message ?? "",
        "printed": worker.process.lastWords,
      ])
    switch worker.part {
    case .writer: try writerEnded(worker, end)
    case .evaluator(let kind): try evaluatorEnded(worker, kind, end)
    case .generation: try generationEnded(worker, end)
    case .scorer(let index): try scorerEnded(worker, index, end)
    }
  }

  /// Takes the frames that a worker sent before it ended.
  private func hearOut(_ worker: Worker) throws {
    guard !worker.process.isClosed else { return }
    do {
      while try worker.link.receive() {
        while let frame = try worker.link.peek() {
          try hear(frame, from: worker)
          worker.link.consume(frame)
        }
      }
    } catch WireError.closed {
      while let frame = try? worker.link.peek() {
        try hear(frame, from: worker)
        worker.link.consume(frame)
      }
    } catch {
      log.write(
        .warn, process: worker.title, event: "broken frame", fields: ["reason": "\(error)"])
    }
    worker.process.isClosed = true
  }

  private func writerEnded(_ worker: Worker, _ end: ProcessEnd) throws {
    if let failure = worker.failure, failure.kind == .store || failure.kind == .configuration {
      fatal = (ExitCode.store, failure.message)
      return
    }
    guard !attemptIsEnded else { return }
    let ending = worker.failure?.message ?? end.description
    switch launcher.died(slot: worker.slot, title: "the writer", ending: ending) {
    case .giveUp(let reason): fatal = (ExitCode.store, reason)
    case .startAgain:
      writerLink.rewind()
      try start(.writer, slot: worker.slot)
    }
  }

  private func evaluatorEnded(_ worker: Worker, _ kind: Int, _ end: ProcessEnd) throws {
    let facts = plan.classes[kind].evaluator
    let reason = Reconciler.reason(
      role: worker.part.role.title, ending: worker.failure?.message ?? end.description,
      plugin: "\(facts.id) \(facts.version)", wasHung: worker.wasHung, silence: patience(worker))
    let hadWork = worker.isReady && !worker.leases.isEmpty
    giveBack(worker, reason: reason, plugin: "\(facts.id) \(facts.version)")
    guard needs(worker) else { return }
    if let failure = worker.failure, failure.kind == .plugin || failure.kind == .configuration {
      let code = failure.kind == .plugin ? ExitCode.plugin : ExitCode.configuration
      fail(kind, failure.message, code: code)
      return
    }
    if hungWhileLoading(worker) {
      fail(kind, reason, code: ExitCode.plugin)
      return
    }
    switch launcher.died(
      slot: worker.slot, title: "plugin \(facts.id)", ending: reason, hadWork: hadWork)
    {
    case .giveUp(let why): fail(kind, why, code: ExitCode.plugin)
    case .startAgain: try start(worker.part, slot: worker.slot)
    }
  }

  /// What hangs while it is loaded will hang again, and each time costs the whole load timeout.
  private func hungWhileLoading(_ worker: Worker) -> Bool { worker.wasHung && !worker.isReady }

  /// Seconds of silence that a worker is granted.
  private func patience(_ worker: Worker) -> Int {
    worker.isReady
      ? settings.config.workers.heartbeatTimeoutSeconds : settings.config.workers.loadTimeoutSeconds
  }

  private func fail(_ kind: Int, _ reason: String, code: Int32) {
    for index in tasks.indices
    where plan.tasks[index].evaluatorClass == kind && !tasks[index].phase.isOver {
      failureCode = max(failureCode ?? 0, code)
      finish(index, .failed(reason))
    }
  }

  /// Whether anything is left for a worker that takes this one's place.
  private func needs(_ worker: Worker) -> Bool {
    guard !isDraining, !attemptEndIsSent, fatal == nil else { return false }
    return openTasks.contains { index in
      guard case .evaluator(let kind) = worker.part else { return true }
      return plan.tasks[index].evaluatorClass == kind
    }
  }

  /// Finds out what a dead evaluator worker's tries are: chance, suspects or poison.
  private func giveBack(_ worker: Worker, reason: String, plugin: String) {
    var lost: [TryKey] = []
    for ticket in worker.leases.sorted() {
      suspectLeases.remove(ticket)
      leasesViaWriter[ticket] = nil
      guard let lease = allocator.lost(ticket: ticket), let spec = tasks[lease.task].spec else {
        continue
      }
      lost += lease.tries.map {
        TryKey(
          task: UInt32(lease.task), sample: UInt32($0 / spec.repeats),
          repetition: UInt32($0 % spec.repeats))
      }
    }
    guard !lost.isEmpty else { return }
    // A worker that never came to work on its leases tells nothing about them.
    let answer =
      worker.isReady
      ? reconciler.evaluatorLost(lost) : Reconciler.TryAnswer(requeue: [lost], poison: [])
    for key in answer.poison { recordError(key, reason: reason, plugin: plugin) }
    delayed[worker.number, default: []] += answer.requeue
    if requests.asked(by: worker.number) == 0 { releaseDelayed(worker.number) }
  }

  /// Leases a dead worker's tries again: the last completions it asked for are stored by now.
  func releaseDelayed(_ number: Int) {
    guard let groups = delayed.removeValue(forKey: number), !isDraining else { return }
    for group in groups {
      guard let first = group.first, let spec = tasks[Int(first.task)].spec,
        !tasks[Int(first.task)].phase.isOver
      else { continue }
      let tries = group.map { Int($0.sample) * spec.repeats + Int($0.repetition) }.sorted()
      // Tries that lie far apart in the file are leased apart: a worker reads the stretch from the first
      // to the last.
      for near in stretches(of: tries) {
        allocator.requeue(task: Int(first.task), tries: near, isSuspect: true)
      }
    }
  }

  private func stretches(of tries: [Int]) -> [[Int]] {
    var parts: [[Int]] = []
    for index in tries {
      if let first = parts.last?.first, index - first < leaseSize * 4 {
        parts[parts.count - 1].append(index)
      } else {
        parts.append([index])
      }
    }
    return parts
  }

  private func generationEnded(_ worker: Worker, _ end: ProcessEnd) throws {
    let backend = plan.models[currentModel].backend
    let ending = worker.failure?.message ?? end.description
    let reason = Reconciler.reason(
      role: worker.part.role.title, ending: ending, plugin: "\(backend.id) \(backend.version)",
      wasHung: worker.wasHung, silence: patience(worker))
    guard !worker.isRetired else { return }
    guard needs(worker) else {
      generationLost(worker, reason: reason, successor: nil)
      if isDraining { dropRequests() }
      return
    }
    if let failure = worker.failure, failure.kind == .plugin || failure.kind == .configuration {
      let code = failure.kind == .plugin ? ExitCode.plugin : ExitCode.configuration
      failModel(failure.message, code: code)
      return
    }
    if hungWhileLoading(worker) {
      failModel(reason, code: nil)
      return
    }
    switch launcher.died(
      slot: worker.slot, title: "backend \(backend.id)", ending: ending,
      hadWork: worker.isReady && worker.requests > 0)
    {
    case .giveUp(let why): failModel(why, code: nil)
    case .startAgain:
      try start(worker.part, slot: worker.slot)
      generationLost(worker, reason: reason, successor: workers.last)
    }
  }

  private func scorerEnded(_ worker: Worker, _ index: Int, _ end: ProcessEnd) throws {
    if end == .exited(0), worker.failure == nil {
      scorerEnded(index, scoreIsStored: true)
      return
    }
    let ending = worker.failure?.message ?? end.description
    guard tasks[index].phase == .scoring, fatal == nil else { return }
    if worker.failure?.kind == .store {
      fatal = (ExitCode.store, ending)
      return
    }
    switch launcher.died(slot: worker.slot, title: "the scorer", ending: ending) {
    case .giveUp(let why): finish(index, .failed(why))
    case .startAgain: try start(worker.part, slot: worker.slot)
    }
  }
}
