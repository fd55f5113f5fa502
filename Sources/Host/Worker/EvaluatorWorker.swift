// The runner template, one for all evaluators: resume, request, judge, with as many tries in flight as the
// window allows and no barrier between stages, samples or tasks. The plugin supplies hooks alone.
internal import JSONFormat
internal import Model
internal import PluginHost
package import Posix
internal import Wire

/// Drives one evaluator plugin and its metrics over the tries it is leased.
package final class EvaluatorWorker {
  /// Unsent bytes above which nothing new is started.
  private static let outgoingLimit = 4 << 20
  /// Nanoseconds after which a verdict is sent although more are being made.
  private static let longestHeld: UInt64 = 50_000_000

  private let line: WorkerLine
  private let evaluator: PluginLibrary
  private let metrics: [PluginLibrary]
  private let observer: CallObserver
  private var tasks: [UInt32: EvaluatedTask] = [:]
  private var leases: [LeaseRun] = []
  /// Stored stages by the lease that they come before: other leases may come in between.
  private var arriving: [UInt64: [StoredTry]] = [:]
  private var slots: [TrySlot] = []
  private var freeSlots: [UInt32] = []
  private var active = 0
  private var isDraining = false
  private var saidDrained = false
  private var lastFlush: UInt64 = 0
  let request = StageRequestBuffer()
  let verdict = VerdictBuffer()
  let metricVerdict = VerdictBuffer()

  private struct StoredTry {
    var sample: UInt32
    var repetition: UInt32
    var stage: StoredStage
  }

  /// Loads the plugins that the first message names, says hello and works until the socket closes.
  package static func run(socket: Descriptor, hostVersion: String) -> Int32 {
    WorkerLine.serve(socket, callFailure: { _ in .plugin }) { line in
      let start = try line.start { payload throws(ContextError) in try EvaluatorStart(payload) }
      try EvaluatorWorker(line, start, hostVersion: hostVersion).work()
    }
  }

  private init(_ line: WorkerLine, _ start: EvaluatorStart, hostVersion: String) throws {
    self.line = line
    let log: @Sendable (PluginLogLevel, String) -> Void = { _, _ in }
    let identity = HostIdentity(version: hostVersion)
    func load(_ folder: String, _ digest: String) throws -> PluginLibrary {
      try PluginLibrary(
        loading: try PluginEntry(folder: folder), host: identity,
        knownSHA256: digest.isEmpty ? nil : digest, log: log)
    }
    evaluator = try load(start.evaluatorFolder, start.digests[0])
    metrics = try zip(start.metricFolders, start.digests.dropFirst()).map(load)
    observer = CallObserver(
      onLog: { level, text in line.log(level: UInt8(level.rawValue), text) },
      onProgress: { _, _ in line.beat() })
    let hello = EvaluatorHello(evaluator: evaluator.identity, metrics: metrics.map(\.identity))
    line.link.send(FrameHeader(.hello), hello.encoded)
  }

  private func work() throws {
    while true {
      try line.wait(milliseconds: nil)
      _ = try line.link.receive()
      while let frame = try line.link.peek() {
        try handle(frame)
        line.link.consume(frame)
      }
      try startTries()
      if isDraining, active == 0, !saidDrained {
        saidDrained = true
        line.link.send(FrameHeader(.drained))
      }
      try line.flush(downTo: Self.outgoingLimit)
    }
  }

  private func handle(_ frame: Frame) throws {
    let header = frame.header
    switch header.kind {
    case .context:
      let context = try RunContext(frame.payload)
      tasks[header.task] = try EvaluatedTask(
        context, evaluator: evaluator, metrics: metrics, observer: observer)
      line.link.send(FrameHeader(.ready, task: header.task))
    case .stored:
      let message = try CompletionMessage(frame)
      let stage = StoredStage(
        stage: header.stage, key: WorkKey(message.workKey), output: StageOutput(message))
      arriving[header.ticket, default: []].append(
        StoredTry(sample: header.sample, repetition: header.repetition, stage: stage))
    case .lease: try take(LeaseMessage(frame), header)
    case .completion: try complete(CompletionMessage(frame), header)
    case .drain: isDraining = true
    default:
      throw WireError.malformedPayload(header.kind, "not for an evaluator worker")
    }
  }

  private func take(_ message: LeaseMessage, _ header: FrameHeader) throws {
    guard let task = tasks[header.task] else {
      throw WireError.malformedPayload(.lease, "task \(header.task) has no context")
    }
    let block = try RowBlock(file: task.file, offset: message.offset, end: message.end)
    try task.checkFile()
    let lease = LeaseRun(header, message, block: block)
    let repeats = task.spec.repeats
    for stored in arriving.removeValue(forKey: header.ticket) ?? [] {
      guard stored.sample >= header.sample else { continue }
      let place = Int(stored.sample - header.sample) * repeats + Int(stored.repetition)
      lease.stored[place, default: []].append(stored.stage)
    }
    leases.append(lease)
  }

  // MARK: Starting and ending tries

  private func startTries() throws {
    while !isDraining, let lease = leases.first, let task = tasks[lease.task],
      active < task.context.window
    {
      if line.link.outgoing.unsent > Self.outgoingLimit { return }
      guard let place = lease.next() else {
        leases.removeFirst()
        continue
      }
      start(place, of: lease, task)
    }
  }

  private func start(_ place: Int, of lease: LeaseRun, _ task: EvaluatedTask) {
    let row = place / task.spec.repeats
    let number = freeSlots.popLast() ?? newSlot()
    let slot = slots[Int(number)]
    slot.task = lease.task
    slot.sample = lease.firstSample + UInt32(row)
    slot.repetition = UInt32(place % task.spec.repeats)
    slot.lease = lease
    active += 1
    if lease.validatedRow != row {
      lease.validatedRow = row
      lease.rowFault = validate(row + Int(lease.message.skippedRows), slot, task)
    } else if lease.rowFault == nil {
      slot.row = lease.block[row + Int(lease.message.skippedRows)]
    }
    if let fault = lease.rowFault {
      fail(
        number,
        DataErrorMessage(
          place: .datasetRow, line: slot.sample + 1, reason: fault, plugin: evaluator.shortName))
      return
    }
    if let stages = lease.stored.removeValue(forKey: place) { slot.stored = stages }
    advance(number, task)
  }

  private func newSlot() -> UInt32 {
    slots.append(TrySlot())
    return UInt32(slots.count - 1)
  }

  /// Sets the slot's row and says what is wrong with it, nil when nothing is.
  private func validate(_ line: Int, _ slot: TrySlot, _ task: EvaluatedTask) -> String? {
    guard let lease = slot.lease, line < lease.block.count else {
      return "the file ends before this row; it was changed during the run"
    }
    slot.row = lease.block[line]
    let blanks: [UInt8] = [0x20, 0x09, 0x0d]
    if slot.row.allSatisfy(blanks.contains) { return "the line is blank; remove it" }
    switch task.evaluator.validate(index: UInt64(slot.sample), row: slot.row) {
    case .ok: return nil
    case .badRecord(let reason): return reason
    case .failed(let failure): return failure.message
    }
  }

  private func end(_ number: UInt32) {
    let slot = slots[Int(number)]
    active -= 1
    if let lease = slot.lease {
      lease.open -= 1
      if lease.open == 0 {
        line.link.send(FrameHeader(.leaseDone, task: lease.task, ticket: lease.ticket))
      }
    }
    slot.clear()
    freeSlots.append(number)
  }

  private func fail(_ number: UInt32, _ message: DataErrorMessage) {
    let slot = slots[Int(number)]
    let header = FrameHeader(
      .dataError, task: slot.task, sample: slot.sample, repetition: slot.repetition,
      ticket: slot.lease?.ticket ?? 0)
    message.write(header, to: line.link.outgoing)
    end(number)
  }

  private func fail(_ number: UInt32, _ result: CallResult) {
    switch result {
    case .ok: break
    case .badRecord(let reason):
      let sample = slots[Int(number)].sample
      fail(
        number,
        DataErrorMessage(
          place: .datasetRow, line: sample + 1, reason: reason, plugin: evaluator.shortName))
    case .failed(let failure):
      fail(
        number,
        DataErrorMessage(
          place: .plugin, line: 0, reason: failure.message, plugin: evaluator.shortName))
    }
  }

  // MARK: One try's way

  private func complete(_ message: CompletionMessage, _ header: FrameHeader) throws {
    guard Int(header.route) < slots.count else {
      throw WireError.malformedPayload(.completion, "no slot \(header.route)")
    }
    let slot = slots[Int(header.route)]
    guard slot.lease != nil, slot.sample == header.sample, slot.task == header.task,
      slot.repetition == header.repetition, Int(header.stage) == slot.outputs.count + 1,
      let task = tasks[header.task]
    else { throw WireError.malformedPayload(.completion, "for a stage nobody asked for") }
    if message.finish == .cancelled {
      end(header.route)
      return
    }
    if message.finish == .error {
      let text = String(decoding: message.error, as: UTF8.self)
      fail(
        header.route,
        DataErrorMessage(
          place: .backend, line: 0, reason: text,
          plugin: "\(task.spec.backend.id) \(task.spec.backend.version)"))
      return
    }
    accept(StageOutput(message), in: slot)
    if isDraining, !slot.isFinal {
      end(header.route)
      return
    }
    advance(header.route, task)
  }

  private func accept(_ output: StageOutput, in slot: TrySlot) {
    slot.outputs.append(output)
    if !slot.isFinal { slot.context.append(contentsOf: output.text) }
  }

  /// Goes on with a try until it waits for the model or is judged.
  private func advance(_ number: UInt32, _ task: EvaluatedTask) {
    let slot = slots[Int(number)]
    while !slot.isFinal {
      let result = task.evaluator.next(
        index: UInt64(slot.sample), row: slot.row, outputs: slot.outputs, into: request)
      guard case .ok = result else { return fail(number, result) }
      guard request.isPresent else { break }
      let stage = UInt8(truncatingIfNeeded: slot.outputs.count + 1)
      guard slot.outputs.count < 255 else {
        return fail(
          number,
          DataErrorMessage(
            place: .plugin, line: 0, reason: "asked for more than 255 stages",
            plugin: evaluator.shortName))
      }
      slot.isFinal = request.isFinal
      let (newPart, hash) = identify(slot, task, stage: stage)
      if let stored = slot.stored.first(where: { $0.stage == stage }) {
        // A judging with another evaluator takes the completions as they are: they are what is judged.
        guard stored.key == slot.key || task.context.judgesOnly else {
          return fail(
            number,
            DataErrorMessage(
              place: .plugin, line: 0,
              reason: "the stored completion of stage \(stage) was made from another prompt; "
                + "use a new run id, or the evaluator that made it",
              plugin: evaluator.shortName))
        }
        accept(stored.output, in: slot)
        continue
      }
      guard !task.context.judgesOnly else {
        return fail(
          number,
          DataErrorMessage(
            place: .backend, line: 0,
            reason: "no completion of stage \(stage) is stored; run it before it can be judged",
            plugin: ""))
      }
      send(slot, number, stage: stage, newPart: newPart, hash: hash)
      return
    }
    judge(number, task)
  }

  /// Sets the slot's key for the request in `request`; returns where its prompt is new and that part's hash.
  private func identify(
    _ slot: TrySlot, _ task: EvaluatedTask, stage: UInt8
  ) -> (newPart: Int, hash: WorkKey) {
    request.prompt.withUnsafeBytes { prompt in
      let goesOn =
        !slot.context.isEmpty && !request.isMessages && prompt.count >= slot.context.count
        && slot.context.withUnsafeBytes {
          equalBytes($0, UnsafeRawBufferPointer(rebasing: prompt[..<$0.count]))
        }
      let newPart = goesOn ? slot.context.count : 0
      let part = UnsafeRawBufferPointer(rebasing: prompt[newPart...])
      let hash = task.promptHash(stage: Int(stage), part: part)
      var digest = task.keySeeds.state(stage: request.stage)
      digest.update(
        integer: stageSeed(
          run: task.spec.seed, sample: slot.sample, repetition: slot.repetition, stage: stage))
      digest.update(
        integer: UInt64(request.kind.rawValue) << 32 | UInt64(request.isMessages ? 1 : 0))
      let earlier = goesOn ? slot.key : WorkKey()
      earlier.withBytes { digest.update($0) }
      if goesOn, let last = slot.outputs.last {
        digest.update(counted: UnsafeRawBufferPointer(last.text))
      }
      hash.withBytes { digest.update($0) }
      for list in [request.choices, request.stops] {
        digest.update(integer: UInt64(list.count))
        for index in list.indices {
          list[index].withUnsafeBytes { digest.update(counted: $0) }
        }
      }
      slot.key = WorkKey(digest.finish())
      if !slot.isFinal {
        if goesOn {
          slot.context.append(contentsOf: part)
        } else {
          slot.context.removeAll(keepingCapacity: true)
          slot.context.append(contentsOf: prompt)
        }
      }
      return (newPart, hash)
    }
  }

  private func send(
    _ slot: TrySlot, _ number: UInt32, stage: UInt8, newPart: Int, hash: WorkKey
  ) {
    let header = FrameHeader(
      .request, task: slot.task, sample: slot.sample, repetition: slot.repetition, stage: stage,
      route: number)
    let flags: UInt32 = (request.isMessages ? 1 : 0) | (request.isFinal ? 2 : 0)
    slot.key.withBytes { key in
      hash.withBytes { promptHash in
        request.withViews { stageName, prompt, choices, stops in
          RequestMessage(
            kind: UInt32(request.kind.rawValue), flags: flags, workKey: key,
            promptHash: promptHash, newPart: newPart, stage: stageName, prompt: prompt,
            choices: choices, stops: stops
          ).write(header, to: line.link.outgoing)
        }
      }
    }
  }

  private func judge(_ number: UInt32, _ task: EvaluatedTask) {
    let slot = slots[Int(number)]
    let result = task.evaluator.score(
      index: UInt64(slot.sample), row: slot.row, outputs: slot.outputs, into: verdict)
    guard case .ok = result else { return fail(number, result) }
    if verdict.outcome == .error {
      return fail(
        number,
        DataErrorMessage(
          place: .plugin, line: 0, reason: verdict.text(verdict.failReason),
          plugin: evaluator.shortName))
    }
    let judgement: Judgement
    switch Judgement.make(slot, task, verdict, metricVerdict) {
    case .success(let made): judgement = made
    case .failure(let error): return fail(number, error.message)
    }
    let header = FrameHeader(
      .verdict, task: slot.task, sample: slot.sample, repetition: slot.repetition,
      flags: judgement.outcome.rawValue, ticket: slot.lease?.ticket ?? 0)
    judgement.write(header, verdict, to: line.link.outgoing)
    end(number)
    flushWhenDue()
  }

  /// Sends what is queued when judging takes its time: verdicts are stored while others are made.
  private func flushWhenDue() {
    let now = Clock.monotonic()
    guard now - lastFlush > Self.longestHeld else { return }
    lastFlush = now
    try? line.link.flush()  // A failure shows at the loop's next flush, which can act on it.
  }
}
