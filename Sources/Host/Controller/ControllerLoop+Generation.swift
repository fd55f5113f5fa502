// Generation workers: requests out, completions in, to the writer and to whoever asked.
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
  /// A request from an evaluator worker.
  func takeRequest(_ frame: Frame, from worker: Worker) {
    guard Int(frame.header.task) < tasks.count, !tasks[Int(frame.header.task)].phase.isOver else {
      refuse(
        PendingRequest(header: frame.header, payload: [], asker: worker.number, holder: nil),
        finish: .cancelled, reason: "the task is over")
      return
    }
    let ticket = requests.insert(
      PendingRequest(
        header: frame.header, payload: Array(frame.payload), asker: worker.number, holder: nil))
    assign(ticket)
  }

  /// Gives a request to the generation worker with the least to do.
  func assign(_ ticket: UInt64) {
    let free = workers.filter { worker in
      guard case .generation = worker.part else { return false }
      return worker.isReady && !worker.isRetired && !worker.process.isClosed
        && worker.suspects.isEmpty && worker.trying.isEmpty
    }
    guard let worker = free.min(by: { $0.requests < $1.requests }) else {
      unassigned.append(ticket)
      return
    }
    send(ticket, to: worker)
  }

  private func send(_ ticket: UInt64, to worker: Worker) {
    guard let request = requests[ticket] else { return }
    requests.assign(ticket, to: worker.number)
    worker.requests += 1
    var header = request.header
    header.ticket = ticket
    worker.link.send(header, request.payload)
  }

  func handleGeneration(_ frame: Frame, _ worker: Worker) throws {
    switch frame.header.kind {
    case .hello: greetGeneration(try GenerationHello(frame.payload), worker)
    case .completion: takeCompletion(frame, worker)
    default:
      throw WireError.malformedPayload(frame.header.kind, "not from a generation worker")
    }
  }

  private func greetGeneration(_ hello: GenerationHello, _ worker: Worker) {
    if let objection = objection(to: hello.signature) {
      failModel(objection, code: ExitCode.configuration)
      return
    }
    // Devices may differ in the batch that they take.
    var comparable = hello
    if let known = generationHello { comparable.batchSize = known.batchSize }
    if let known = generationHello, known != comparable {
      fatal = (ExitCode.plugin, "the backend or its model was replaced during the run")
      return
    }
    generationHello = comparable
    settings.digests.learn(plan.models[currentModel].backend.folder, hello.backend.sha256)
    worker.isReady = true
    for task in tasks where task.phase == .running { sendContext(task.index, to: worker) }
    if isDraining { worker.link.send(FrameHeader(.drain)) }
    resume(worker)
  }

  /// Why the model that a worker has loaded is not the one that was meant; nil when it is.
  private func objection(to signature: String) -> String? {
    guard let wanted = plan.models[currentModel].config.signature else { return nil }
    guard let weights = settings.weights[currentModel] else {
      return wanted == signature
        ? nil
        : "models.signature is \(wanted), but the backend loaded \(signature); load the right "
          + "weights or change the line"
    }
    // A backend may name its weights in a way of its own, but it cannot give the host's another value.
    if WeightsFile.scheme(of: signature) != WeightsFile.scheme { return nil }
    if wanted != signature {
      return "the backend says that it loaded \(signature), but the weights '\(weights.path)' are "
        + "\(wanted); the backend's answer is wrong, or it loaded another file"
    }
    return weights.isUnchanged
      ? nil
      : "the weights '\(weights.path)' changed after they were hashed, so the model loaded may not be "
        + "\(wanted); start again once they are whole"
  }

  /// Gives a fresh or cleared worker what waits for it: suspects one group at a time, then the rest.
  func resume(_ worker: Worker) {
    guard worker.isReady, worker.trying.isEmpty else { return }
    while let group = worker.suspects.first {
      worker.suspects.removeFirst()
      let living = group.filter { requests[$0] != nil }
      guard !living.isEmpty else { continue }
      worker.trying = Set(living)
      for ticket in living { send(ticket, to: worker) }
      return
    }
    let waiting = unassigned
    unassigned = []
    for ticket in waiting { assign(ticket) }
  }

  private func takeCompletion(_ frame: Frame, _ worker: Worker) {
    guard let request = requests[frame.header.ticket], request.holder == worker.number else {
      return
    }
    _ = requests.remove(frame.header.ticket)
    worker.requests -= 1
    launcher.progressed(slot: worker.slot)
    reconciler.answered(request.key)
    // The coordinates are those that were asked for, whatever the worker says.
    var header = request.header
    header.kind = .completion
    header.flags = frame.header.flags
    if header.flags & FrameFlags.failure == 0 { writerLink.forward(header, frame.payload) }
    pass(header, frame.payload, to: request.asker)
    if worker.trying.remove(frame.header.ticket) != nil { resume(worker) }
  }

  /// Gives a completion to the worker that asked; if that is gone, its tries may now be leased again.
  func pass(_ header: FrameHeader, _ payload: UnsafeRawBufferPointer, to asker: Int) {
    if let worker = worker(asker) {
      worker.link.send(header, payload)
    } else if delayed[asker] != nil, requests.asked(by: asker) == 0 {
      releaseDelayed(asker)
    }
  }

  /// A generation worker is gone: its requests are asked again, suspects by themselves.
  func generationLost(_ worker: Worker, reason: String, successor: Worker?) {
    let held = requests.held(by: worker.number)
    let keys = held.compactMap { requests[$0]?.key }
    for ticket in held { requests.assign(ticket, to: nil) }
    // A worker that tried one group alone tells about that group; else about all it had.
    let answer = reconciler.generationLost(keys)
    var groups = answer.groups.map { group in group.compactMap { requests.ticket(of: $0) } }
    groups += worker.suspects
    for key in answer.poison {
      guard let ticket = requests.ticket(of: key), let request = requests.remove(ticket) else {
        continue
      }
      refuse(request, finish: .error, reason: reason)
    }
    if let successor {
      successor.suspects = groups
      resume(successor)
    } else {
      unassigned += groups.flatMap { $0 }
    }
  }

  /// Takes back every request: nobody will answer any more.
  func dropRequests() {
    for ticket in requests.tickets {
      guard let request = requests.remove(ticket) else { continue }
      refuse(request, finish: .cancelled, reason: "no worker will answer it")
    }
    unassigned = []
    for worker in workers {
      worker.requests = 0
      worker.suspects = []
      worker.trying = []
    }
  }

  /// Answers a request without a completion.
  func refuse(_ request: PendingRequest, finish: StopReason, reason: String) {
    let empty = UnsafeRawBufferPointer(start: nil, count: 0)
    let zeros = [UInt8](repeating: 0, count: 16)
    let queue = ByteQueue()
    zeros.withUnsafeBytes { zeros in
      Array(reason.utf8).withUnsafeBytes { text in
        var message = CompletionMessage(
          finish: finish, workKey: zeros, promptHash: zeros, stage: empty, prompt: empty,
          text: empty)
        message.error = text
        var header = request.header
        header.kind = .completion
        header.flags = FrameFlags.failure
        message.write(header, to: queue)
        let payload = UnsafeRawBufferPointer(
          start: queue.pointer(at: Frame.headerSize), count: queue.count - Frame.headerSize)
        pass(header, payload, to: request.asker)
      }
    }
  }
}
