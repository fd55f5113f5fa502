// A generation worker: one backend plugin, one loaded model, as many requests in flight as it takes. A
// stage that ends makes room at once. It holds no evaluator, so a crashing evaluator never costs a load.
internal import JSONFormat
internal import Model
internal import PluginHost
package import Posix
internal import Wire

/// Answers requests with one loaded model.
package final class GenerationWorker {
  /// Longest stay in a backend's pump, in nanoseconds: new requests wait no longer to join.
  private static let pumpTime: UInt64 = 20_000_000
  private static let outgoingLimit = 4 << 20

  /// What must go back with a completion.
  private struct InFlight {
    var header: FrameHeader
    var key: WorkKey
    var promptHash: WorkKey
    var stage: [UInt8]
    var newPart: [UInt8]
  }

  private let line: WorkerLine
  private let model: BackendModel
  private let server: ModelServer?
  private let batchSize: Int
  private var tasks: [UInt32: StageSamplings] = [:]
  private var inFlight: [UInt64: InFlight] = [:]
  private var isDraining = false
  private var isFull = false
  /// Requests that the backend has no room for yet; bounded by the evaluator workers' windows.
  private var waiting: [(header: FrameHeader, payload: [UInt8])] = []

  /// Loads what the first message names, says hello and works until the socket closes.
  package static func run(socket: Descriptor, hostVersion: String) -> Int32 {
    var hasLoaded = false
    // An error that load() returns would come again, and each load may take minutes; one of a loaded model
    // is worth a fresh worker.
    let kind: (CallFailure) -> WorkerFailure.Kind = { failure in
      hasLoaded || failure.isRetryable ? .other : .configuration
    }
    return WorkerLine.serve(socket, callFailure: kind) { line in
      let start = try line.start { payload throws(ContextError) in try GenerationStart(payload) }
      let server = try ModelServer(modelJSON: start.modelJSON)
      // However the work ends, and after the model is unloaded.
      defer { server?.stop(line) }
      let worker = try GenerationWorker(line, start, server, hostVersion: hostVersion)
      hasLoaded = true
      try worker.work()
    }
  }

  private init(
    _ line: WorkerLine, _ start: GenerationStart, _ server: ModelServer?, hostVersion: String
  ) throws {
    self.line = line
    self.server = server
    let library = try PluginLibrary(
      loading: try PluginEntry(folder: start.backendFolder),
      host: HostIdentity(version: hostVersion),
      knownSHA256: start.backendDigest.isEmpty ? nil : start.backendDigest, log: { _, _ in })
    let observer = CallObserver(
      onLog: { level, text in line.log(level: UInt8(level.rawValue), text) },
      onProgress: { _, _ in line.beat() })
    let backend = try BackendInstance(
      library, component: try library.component(.backend), configuration: Array("{}".utf8),
      observer: observer)
    let modelJSON = try server?.makeReady(line) ?? start.modelJSON
    model = try backend.load(modelJSON: Array(modelJSON.utf8), device: start.device)
    let facts = try JSONValue.parse(try model.describe())
    let most = Int(facts["max_batch"]?.integer ?? 1)
    // What a backend calls unlimited is limited by the evaluator workers' windows anyway.
    batchSize = min(1 << 16, max(1, start.batchSize > 0 ? min(start.batchSize, most) : most))
    let hello = GenerationHello(
      backend: library.identity, signature: facts["signature"]?.string ?? "",
      build: facts["build"]?.string ?? "", batchSize: batchSize)
    line.link.send(FrameHeader(.hello), hello.encoded)
  }

  private func work() throws {
    while true {
      if inFlight.isEmpty {
        try line.wait(milliseconds: nil)
      }
      _ = try line.link.receive()
      try server?.check()
      try takeFrames()
      if !inFlight.isEmpty {
        try pump()
        // Room again for a request that the backend had no room for.
        isFull = false
        try takeFrames()
      }
      line.beat()
      try line.flush(downTo: Self.outgoingLimit)
    }
  }

  /// Takes every frame that is there: a drain must be seen although requests wait before it.
  private func takeFrames() throws {
    while let frame = try line.link.peek() {
      if frame.header.kind == .request {
        let goesFirst = waiting.isEmpty && hasRoom
        let isTaken = goesFirst ? try submit(frame) : false
        if !isTaken { waiting.append((frame.header, Array(frame.payload))) }
      } else {
        try handle(frame)
      }
      line.link.consume(frame)
    }
    try submitWaiting()
  }

  private var hasRoom: Bool { isDraining || !isFull && inFlight.count < batchSize }

  private func submitWaiting() throws {
    var taken = 0
    while taken < waiting.count, hasRoom {
      let (header, payload) = waiting[taken]
      let isTaken = try payload.withUnsafeBytes { bytes in
        try submit(Frame(header: header, payload: bytes))
      }
      guard isTaken else { break }
      taken += 1
    }
    waiting.removeFirst(taken)
  }

  private func handle(_ frame: Frame) throws {
    switch frame.header.kind {
    case .context:
      let context = try RunContext(frame.payload)
      tasks[frame.header.task] = try StageSamplings(context.spec)
      line.link.send(FrameHeader(.ready, task: frame.header.task))
    case .drain: isDraining = true
    default:
      throw WireError.malformedPayload(frame.header.kind, "not for a generation worker")
    }
  }

  /// Hands a request in; false when the backend has no room for it at the moment.
  private func submit(_ frame: Frame) throws -> Bool {
    let message = try RequestMessage(frame)
    let header = frame.header
    guard let task = tasks[header.task] else {
      throw WireError.malformedPayload(.request, "task \(header.task) has no context")
    }
    let entry = InFlight(
      header: header, key: WorkKey(message.workKey), promptHash: WorkKey(message.promptHash),
      stage: Array(message.stage), newPart: Array(message.prompt[message.newPart...]))
    if isDraining {
      answer(entry, finish: .cancelled, error: "")
      return true
    }
    var choices = ByteList()
    for choice in message.choices { choices.append(choice) }
    let result = task.label.withUnsafeBufferPointer { label in
      model.submit(
        RequestView(
          kind: StageRequestKind(rawValue: Int32(message.kind)) ?? .generate,
          requestID: header.ticket, sampleIndex: UInt64(header.sample),
          repeatIndex: header.repetition, stageIndex: UInt32(header.stage),
          isMessages: message.flags & 1 != 0, isFinal: message.flags & 2 != 0,
          seed: stageSeed(
            run: task.seed, sample: header.sample, repetition: header.repetition,
            stage: header.stage),
          stage: message.stage.bindMemory(to: UInt8.self),
          prompt: message.prompt.bindMemory(to: UInt8.self), choices: choices,
          sampling: task.block(stage: message.stage, stops: message.stops),
          workKey: message.workKey.bindMemory(to: UInt8.self), task: label))
    }
    switch result {
    case .accepted: inFlight[header.ticket] = entry
    case .full where inFlight.isEmpty:
      answer(
        entry, finish: .error, error: "the backend takes no request although none is in flight")
    case .full:
      isFull = true
      return false
    case .failed(let failure): answer(entry, finish: .error, error: failure.message)
    }
    return true
  }

  private func pump() throws {
    var delivered = false
    let start = Clock.monotonic()
    try model.pump(timeoutNanoseconds: Self.pumpTime) { completion in
      guard let entry = inFlight.removeValue(forKey: completion.requestID) else { return }
      delivered = true
      deliver(completion, for: entry)
    }
    // A backend that returns early with nothing done would spin: wait for a new request meanwhile.
    if !delivered, Clock.monotonic() - start < Self.pumpTime / 2 { try line.wait(milliseconds: 1) }
  }

  private func deliver(_ completion: CompletionView, for entry: InFlight) {
    guard completion.finish != .error else {
      answer(entry, finish: .error, error: completion.failure?.message ?? "unknown error")
      return
    }
    guard completion.finish != .cancelled || isDraining else {
      // Taken at its word the try would be asked for again and again.
      answer(entry, finish: .error, error: "the backend cancelled a request that nobody cancelled")
      return
    }
    write(entry, finish: completion.finish, text: UnsafeRawBufferPointer(completion.text)) {
      $0.promptTokens = completion.counts.promptTokens
      $0.completionTokens = completion.counts.completionTokens
      $0.latency = completion.counts.latencyNanoseconds
      $0.scores = completion.scores
    }
  }

  private func answer(_ entry: InFlight, finish: StopReason, error: String) {
    Array(error.utf8).withUnsafeBytes { error in
      write(entry, finish: finish, text: UnsafeRawBufferPointer(start: nil, count: 0)) {
        $0.error = error
      }
    }
  }

  private func write(
    _ entry: InFlight, finish: StopReason, text: UnsafeRawBufferPointer,
    _ complete: (inout CompletionMessage) -> Void
  ) {
    var header = entry.header
    header.kind = .completion
    header.flags = finish == .error || finish == .cancelled ? FrameFlags.failure : 0
    entry.key.withBytes { key in
      entry.promptHash.withBytes { hash in
        entry.stage.withUnsafeBytes { stage in
          entry.newPart.withUnsafeBytes { part in
            var message = CompletionMessage(
              finish: finish, workKey: key, promptHash: hash, stage: stage, prompt: part,
              text: text)
            complete(&message)
            message.write(header, to: line.link.outgoing)
          }
        }
      }
    }
  }
}
