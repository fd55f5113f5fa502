// What the writer keeps: the open store, the attempt, and which rows its tasks are.
internal import JSONFormat
internal import Model
internal import Posix
internal import Store
internal import Wire

/// The store behind the writer's conversation.
final class Ledger {
  private struct OpenedRows {
    var task: Int64
    var judging: Int64
    var spec: TaskSpec
    /// Stored completions are judged again; nothing is generated.
    var isRejudged: Bool
  }

  private let connection: Connection
  private let records: RunRecords
  private let ingest: ResultIngest
  private let queries: ResultQueries
  private let runID: String
  private let fixedTime: Int64
  private let attempt: Int64
  let hello: WriterHello
  private var tasks: [UInt32: OpenedRows] = [:]
  private var values = JSONWriter()
  private(set) var counts = AckMessage(stored: 0, duplicates: 0, conflicts: 0)

  init(path: String, _ start: WriterStart, hostVersion: String) throws {
    connection = try Connection.writer(
      path: path, durability: Durability(rawValue: start.durability) ?? .normal)
    records = RunRecords(connection)
    ingest = try ResultIngest(connection)
    queries = ResultQueries(connection)
    runID = start.runID
    fixedTime = Int64(start.createdAt)
    if start.attemptID == 0 {
      let time = start.createdAt > 0 ? Int64(start.createdAt) : Self.now
      _ = try records.openRun(
        id: runID, configTOML: start.configText, hostVersion: hostVersion, time: time)
      let stored = try records.startAttempt(run: runID, time: Self.now)
      attempt = stored.id
      hello = WriterHello(attemptID: Int(stored.id), attemptNumber: Int(stored.number))
    } else {
      attempt = Int64(start.attemptID)
      hello = WriterHello(attemptID: start.attemptID, attemptNumber: 0)
    }
  }

  private static var now: Int64 { Int64(Clock.wall() / 1_000_000_000) }

  /// The configured time, so that exports can be equal byte for byte; else now.
  private var time: Int64 { fixedTime > 0 ? fixedTime : Self.now }

  func begin() throws { try ingest.begin() }

  func commit() throws { try ingest.commit() }

  // MARK: Tasks

  /// Gets or creates a task and says what it has.
  func open(_ message: OpenTask, position: UInt32) throws -> TaskState {
    let (task, note) = try openRow(message, position)
    let judging = try records.openJudging(
      JudgingOpening(
        task: task, evaluator: message.spec.evaluator, decide: message.spec.decide,
        metrics: message.spec.metrics, metricOptions: message.spec.metricOptions,
        isFresh: message.judgesAgain, time: time))
    tasks[position] = OpenedRows(
      task: task, judging: judging.id, spec: message.spec,
      isRejudged: message.taskID > 0)
    try records.setStatus(.running, ofTask: task)
    return try state(message, task, judging, note: note)
  }

  /// The task's row, and why other rows of the run cannot be used for it.
  private func openRow(_ message: OpenTask, _ position: UInt32) throws -> (Int64, String) {
    if message.taskID > 0 { return (Int64(message.taskID), "") }
    var digest = SHA256()
    for field in message.spec.generationIdentity {
      digest.update(field: field.name)
      digest.update(field: field.value)
    }
    let opened = try records.openTask(
      TaskOpening(
        runID: runID, position: Int(position), spec: message.spec,
        specJSON: message.spec.jsonText, generationKey: digest.finish().bytes, time: time))
    // Their results stay stored; exports and the index show the work of the configuration that ran last.
    if message.supersedes {
      for other in opened.differing { try records.setStatus(.superseded, ofTask: other.id) }
    }
    let notes = opened.differing.map { other in
      "task \(other.id) of this run differs in \(other.fields.joined(separator: ", "))"
    }
    return (opened.id, notes.joined(separator: "; "))
  }

  private func state(
    _ message: OpenTask, _ task: Int64, _ judging: OpenedJudging, note: String
  ) throws -> TaskState {
    let spec = message.spec
    var finished = TryMask(count: spec.tryCount)
    var started = TryMask(count: spec.tryCount)
    func index(_ sample: UInt32, _ repetition: UInt32) -> Int? {
      guard sample < spec.sampleCount, repetition < spec.repeats else { return nil }
      return Int(sample) * spec.repeats + Int(repetition)
    }
    try queries.forEachDoneTry(judging: judging.id) { sample, repetition in
      if let index = index(sample, repetition) { finished.insert(index) }
    }
    if !finished.isFull {
      // A judging with a repaired evaluator tries what the earlier one gave up.
      if message.taskID == 0 {
        try queries.forEachExhaustedTry(task: task, maxAttempts: message.maxAttempts) {
          sample, repetition in
          let repeats = repetition.map { $0...$0 } ?? 0...UInt32(spec.repeats - 1)
          for repetition in repeats {
            if let index = index(sample, repetition) { finished.insert(index) }
          }
        }
      }
      try queries.forEachStoredTry(task: task, judging: judging.id) { sample, repetition, _ in
        if let index = index(sample, repetition) { started.insert(index) }
      }
    }
    let isScored = try queries.score(judging: judging.id) != nil
    return TaskState(
      taskID: UInt64(task), judgingID: UInt64(judging.id), isScored: isScored, note: note,
      finished: finished.words, started: started.words)
  }

  private func rows(_ position: UInt32) throws -> OpenedRows {
    guard let rows = tasks[position] else {
      throw WireError.malformedPayload(.openTask, "task \(position) is not open")
    }
    return rows
  }

  func endTask(_ position: UInt32, _ word: String) throws {
    let rows = try rows(position)
    if let status = TaskStatus(rawValue: word) {
      try records.setStatus(status, ofTask: rows.task)
    }
  }

  func endAttempt(_ word: String) throws {
    try records.endAttempt(
      attempt, outcome: AttemptOutcome(rawValue: word) ?? .failed, time: Self.now)
    try connection.checkpoint()
  }

  func recordScore(_ frame: Frame) throws {
    let rows = try rows(frame.header.task)
    try records.recordScore(
      judging: rows.judging, scoreJSON: String(decoding: frame.payload, as: UTF8.self),
      time: time)
    try records.completeJudging(rows.judging)
  }

  // MARK: Envelopes

  /// Stores one completion, verdict or error.
  func store(_ frame: Frame) throws {
    let rows = try rows(frame.header.task)
    let result: IngestResult
    do {
      switch frame.header.kind {
      case .completion: result = try storeCompletion(frame, rows)
      case .verdict: result = try storeVerdict(frame, rows)
      default: result = try storeError(frame, rows)
      }
    } catch let error as WireError {
      // A worker with broken memory must not end the writer, and its try must not pass as done.
      result = try ingest.insert(
        ErrorRow(
          task: rows.task, place: .worker, sample: frame.header.sample,
          repetition: frame.header.repetition, reason: error.description, judging: rows.judging,
          attempt: attempt))
    }
    switch result {
    case .stored: counts.stored += 1
    case .duplicate: counts.duplicates += 1
    case .conflict: counts.conflicts += 1
    }
  }

  private func storeCompletion(_ frame: Frame, _ rows: OpenedRows) throws -> IngestResult {
    let message = try CompletionMessage(frame)
    let header = frame.header
    return try ingest.insert(
      CompletionRow(
        task: rows.task, sample: header.sample, repetition: header.repetition,
        stage: header.stage, stageName: message.stage.bindMemory(to: UInt8.self),
        workKey: message.workKey, promptHash: message.promptHash,
        prompt: message.prompt.bindMemory(to: UInt8.self),
        text: message.text.bindMemory(to: UInt8.self), stopReason: message.finish,
        promptTokens: message.promptTokens, completionTokens: message.completionTokens,
        latencyMicroseconds: message.latency / 1000,
        choices: message.scores,
        attempt: attempt), time: time)
  }

  private func storeVerdict(_ frame: Frame, _ rows: OpenedRows) throws -> IngestResult {
    let message = try VerdictMessage(frame)
    values.removeAll()
    if !message.values.isEmpty {
      values.beginObject()
      for item in message.values {
        values.key(text: String(decoding: item.name, as: UTF8.self))
        try values.double(item.value)
      }
      values.endObject()
    }
    return try values.bytes.withUnsafeBufferPointer { values in
      try ingest.insert(
        VerdictRow(
          judging: rows.judging, sample: frame.header.sample,
          repetition: frame.header.repetition, outcome: message.outcome,
          answer: message.answer.bindMemory(to: UInt8.self),
          reference: message.reference.bindMemory(to: UInt8.self),
          failReason: message.failReason.bindMemory(to: UInt8.self),
          group: message.group.bindMemory(to: UInt8.self),
          details: message.details.bindMemory(to: UInt8.self), values: values,
          attempt: attempt), time: time)
    }
  }

  private func storeError(_ frame: Frame, _ rows: OpenedRows) throws -> IngestResult {
    let message = try DataErrorMessage(frame)
    // What a judging misses was never asked of the model: no attempt failed.
    if rows.isRejudged, message.place == .backend { return .duplicate }
    return try ingest.insert(
      ErrorRow(
        task: rows.task, place: message.place, sample: frame.header.sample,
        repetition: frame.header.repetition, line: message.line == 0 ? nil : UInt64(message.line),
        reason: message.reason, plugin: message.plugin.isEmpty ? nil : message.plugin,
        judging: rows.judging, attempt: attempt))
  }

  // MARK: Stored stages

  /// Sends the stored completions of a lease's tries, then the lease itself.
  func sendStored(_ frame: Frame, to link: FrameLink) throws {
    let rows = try rows(frame.header.task)
    let lease = try LeaseMessage(frame)
    let first = frame.header.sample
    // The lease's own ticket travels in `route`: the frame's ticket is the writer's sequence number.
    var header = frame.header
    header.ticket = UInt64(frame.header.route)
    header.route = 0
    let zeros = [UInt8](repeating: 0, count: 16)
    try zeros.withUnsafeBytes { noHash in
      try queries.forEachCompletion(
        task: rows.task, samples: first...(first + lease.sampleCount - 1)
      ) { view in
        let place = Int(view.sample - first) * rows.spec.repeats + Int(view.repetition)
        guard view.repetition < rows.spec.repeats,
          lease.mask[place >> 6] >> UInt64(place & 63) & 1 == 1
        else { return }
        var stored = header
        stored.kind = .stored
        stored.sample = view.sample
        stored.repetition = view.repetition
        stored.stage = view.stage
        var message = CompletionMessage(
          finish: view.stopReason, workKey: UnsafeRawBufferPointer(view.workKey),
          promptHash: noHash, stage: UnsafeRawBufferPointer(view.stageName),
          prompt: noHash.prefixView(0), text: UnsafeRawBufferPointer(view.text))
        message.promptTokens = UInt32(clamping: view.promptTokens)
        message.completionTokens = UInt32(clamping: view.completionTokens)
        message.latency = UInt64(max(0, view.latencyMicroseconds)) * 1000
        message.scores = try StoredChoices.read(view.choices)
        message.write(stored, to: link.outgoing)
      }
    }
    lease.write(header, to: link.outgoing)
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func prefixView(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: self[..<count])
  }
}

/// The choice scores of a stored stage.
private enum StoredChoices {
  /// Reads `[[log-probability, tokens, is greedy], ...]`.
  static func read(_ json: UnsafeBufferPointer<UInt8>) throws -> [ChoiceScore] {
    guard !json.isEmpty else { return [] }
    return try JSON.read(Array(json)) { cursor throws(JSONError) in
      var scores: [ChoiceScore] = []
      try cursor.beginArray()
      while try cursor.nextElement() {
        try cursor.beginArray()
        var score = ChoiceScore(logProbability: -.infinity, tokenCount: 0, isGreedy: false)
        if try cursor.nextElement(), try !cursor.takeNull() {
          score.logProbability = try cursor.readDouble()
        }
        if try cursor.nextElement() { score.tokenCount = UInt32(clamping: try cursor.readInt()) }
        if try cursor.nextElement() {
          score.isGreedy =
            try cursor.peekKind() == .bool ? try cursor.readBool() : try cursor.readInt() != 0
        }
        while try cursor.nextElement() { try cursor.skip() }
        scores.append(score)
      }
      return scores
    }
  }
}
