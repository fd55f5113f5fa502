// Evaluator workers: leases out, requests and verdicts in.
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
  /// Gives every evaluator worker that has room its next leases, one to each in turn: who asks first must not take what
  /// others could judge meanwhile.
  func leaseOut() throws {
    guard !isDraining, !writerLink.isFull, !attemptEndIsSent else { return }
    var hasGranted = true
    while hasGranted {
      hasGranted = false
      for worker in workers {
        guard case .evaluator(let kind) = worker.part, worker.isReady, !worker.process.isClosed
        else {
          continue
        }
        // Slow judging is shared out in smaller pieces.
        let isSlow = plan.classes[kind].evaluator.wantsAllCores
        let size = isSlow ? min(leaseSize, Self.slowLeaseSize) : leaseSize
        allocator.limitLeases(to: size)
        guard worker.leases.count < window / size + 1, !holdsSuspects(worker),
          let lease = allocator.next(
            for: WorkerClass(index: kind), holdsLeases: !worker.leases.isEmpty)
        else { continue }
        grant(lease, to: worker)
        hasGranted = true
      }
    }
  }

  private func holdsSuspects(_ worker: Worker) -> Bool {
    worker.leases.count == 1 && worker.leases.first.map(suspectLeases.contains) == true
  }

  private func grant(_ lease: Lease, to worker: Worker) {
    worker.leases.insert(lease.ticket)
    if lease.isSuspect { suspectLeases.insert(lease.ticket) }
    let planned = plan.tasks[lease.task]
    guard let spec = tasks[lease.task].spec, let first = lease.tries.first,
      let last = lease.tries.last, let split = settings.splits[planned.path]
    else { return }
    let firstSample = first / spec.repeats
    let count = last / spec.repeats - firstSample + 1
    var mask = [UInt64](repeating: 0, count: (count * spec.repeats + 63) / 64)
    for index in lease.tries {
      let place = index - firstSample * spec.repeats
      mask[place >> 6] |= 1 << UInt64(place & 63)
    }
    let stretch = split.stretch(first: firstSample, count: count)
    let message = LeaseMessage(
      offset: stretch.offset, end: stretch.end, skippedRows: UInt32(stretch.skippedRows),
      sampleCount: UInt32(count), mask: mask)
    var header = FrameHeader(
      .lease, task: UInt32(lease.task), sample: UInt32(firstSample),
      flags: lease.isSuspect ? FrameFlags.suspect : 0,
      worker: UInt16(truncatingIfNeeded: worker.number),
      ticket: lease.ticket)
    if lease.hasStored || judgesOnly {
      leasesViaWriter[lease.ticket] = worker.number
      // The stream's own number takes the ticket's place; the lease's travels in `route`.
      header.route = UInt32(truncatingIfNeeded: lease.ticket)
      writerLink.forward(header) { header, queue in message.write(header, to: queue) }
    } else {
      message.write(header, to: worker.link.outgoing)
    }
  }

  func handleEvaluator(_ frame: Frame, _ worker: Worker, _ kind: Int) throws {
    let header = frame.header
    switch header.kind {
    case .hello: try greetEvaluator(EvaluatorHello(frame.payload), worker, kind)
    case .request: takeRequest(frame, from: worker)
    case .verdict, .dataError: takeResult(frame, worker)
    case .leaseDone:
      worker.leases.remove(header.ticket)
      suspectLeases.remove(header.ticket)
      let forgotten = allocator.ended(ticket: header.ticket)
      if !forgotten.isEmpty, !isDraining {
        allocator.requeue(task: Int(header.task), tries: forgotten, isSuspect: false)
      }
    case .drained: worker.isDrained = true
    default:
      throw WireError.malformedPayload(header.kind, "not from an evaluator worker")
    }
  }

  private func greetEvaluator(
    _ hello: EvaluatorHello, _ worker: Worker, _ kind: Int
  ) throws {
    if let known = evaluatorHello[kind], known != hello {
      fatal = (
        ExitCode.plugin,
        "plugin '\(hello.evaluator.id)' or a metric beside it was replaced during the run; "
          + "start the run again"
      )
      return
    }
    evaluatorHello[kind] = hello
    settings.digests.learn(plan.classes[kind].evaluator.folder, hello.evaluator.sha256)
    for (facts, identity) in zip(plan.classes[kind].metrics, hello.metrics) {
      settings.digests.learn(facts.folder, identity.sha256)
    }
    worker.isReady = true
    for task in tasks where task.phase == .running { sendContext(task.index, to: worker) }
    if isDraining { worker.link.send(FrameHeader(.drain)) }
  }

  private func takeResult(_ frame: Frame, _ worker: Worker) {
    let header = frame.header
    let task = Int(header.task)
    guard task < tasks.count, let spec = tasks[task].spec, header.sample < spec.sampleCount,
      header.repetition < spec.repeats
    else { return }
    let index = Int(header.sample) * spec.repeats + Int(header.repetition)
    allocator.sent(ticket: header.ticket, tryIndex: index)
    let key = TryKey(task: header.task, sample: header.sample, repetition: header.repetition)
    reconciler.finished(key)
    launcher.progressed(slot: worker.slot)
    observer.judged(
      task: task,
      passed: header.kind == .verdict ? header.flags == Outcome.pass.rawValue : nil)
    writerLink.forward(header, frame.payload, .tried(task: task, index: index))
  }

  /// Writes an error for a try that nobody else can report.
  func recordError(_ key: TryKey, reason: String, plugin: String) {
    guard let spec = tasks[Int(key.task)].spec else { return }
    let message = DataErrorMessage(place: .worker, line: 0, reason: reason, plugin: plugin)
    let header = FrameHeader(
      .dataError, task: key.task, sample: key.sample, repetition: key.repetition)
    let index = Int(key.sample) * spec.repeats + Int(key.repetition)
    observer.judged(task: Int(key.task), passed: nil)
    writerLink.forward(header, .tried(task: Int(key.task), index: index)) { header, queue in
      message.write(header, to: queue)
    }
    log.write(
      .error, process: "controller", event: "poison", task: tasks[Int(key.task)].label,
      sample: Int(key.sample), fields: ["reason": reason])
  }
}
