// The verdict of one try: the evaluator's, with what the metric plugins add to it.
internal import JSONFormat
internal import Model
internal import PluginHost
internal import Wire

/// What is sent to the writer of one judged try.
struct Judgement {
  struct Failure: Error {
    var message: DataErrorMessage
  }

  /// The verdict of a deciding metric.
  private struct Decision {
    var failReason: [UInt8]
    /// What it read as the answer; empty for the evaluator's.
    var answer: [UInt8]
    /// The details of both: the evaluator's, what it would have decided, and the metric's under its id.
    var details: [UInt8]
  }

  /// A metric's named value.
  private struct Value {
    var name: [UInt8]
    var value: Double
  }

  var outcome: Outcome
  /// What the deciding metric said; nil where the evaluator decides.
  private var decided: Decision?
  private var values: [Value] = []

  private init(outcome: Outcome) { self.outcome = outcome }

  /// Runs the task's metrics on what the evaluator decided.
  static func make(
    _ slot: TrySlot, _ task: EvaluatedTask, _ verdict: VerdictBuffer, _ buffer: VerdictBuffer
  ) -> Result<Judgement, Failure> {
    var judgement = Judgement(outcome: verdict.outcome)
    guard !task.metrics.isEmpty else { return .success(judgement) }
    var references = ByteList()
    references.append(verdict.arena[verdict.reference])
    let failure = verdict.arena.withUnsafeBufferPointer { arena in
      let item = JudgedTry(
        index: UInt64(slot.sample), row: slot.row,
        prediction: slot.outputs.last?.text ?? UnsafeBufferPointer(start: nil, count: 0),
        answer: UnsafeBufferPointer(rebasing: arena[verdict.answer]), references: references,
        outcome: verdict.outcome)
      return judgement.run(task, item, verdict, buffer)
    }
    return failure.map { .failure($0) } ?? .success(judgement)
  }

  private mutating func run(
    _ task: EvaluatedTask, _ item: JudgedTry, _ verdict: VerdictBuffer, _ buffer: VerdictBuffer
  ) -> Failure? {
    for (index, metric) in task.metrics.enumerated() {
      let plugin = task.spec.metrics[index]
      if case .failed(let failure) = metric.instance.score(item, into: buffer) {
        return Failure(
          message: DataErrorMessage(
            place: .plugin, line: 0, reason: failure.message,
            plugin: "\(plugin.id) \(plugin.version)"))
      }
      for value in buffer.values {
        let name = Array("\(metric.id).".utf8) + buffer.arena[value.name]
        values.append(Value(name: name, value: value.value))
      }
      guard metric.id == task.spec.decide else { continue }
      guard buffer.hasVerdict, buffer.outcome != .error else {
        let reason = buffer.hasVerdict ? buffer.text(buffer.failReason) : "it gave no verdict"
        return Failure(
          message: DataErrorMessage(
            place: .plugin, line: 0, reason: "metric '\(metric.id)' could not decide: \(reason)",
            plugin: "\(plugin.id) \(plugin.version)"))
      }
      decided = Decision(
        failReason: Array(buffer.arena[buffer.failReason]),
        answer: Array(buffer.arena[buffer.answer]),
        details: Self.details(of: verdict, metric.id, buffer))
      outcome = buffer.outcome
    }
    return nil
  }

  /// The evaluator's details with what it would have decided, and the metric's under its id.
  private static func details(
    of verdict: VerdictBuffer, _ metric: String, _ buffer: VerdictBuffer
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    // Both were checked to be JSON objects, or empty, when they came.
    let own = try? JSONValue.parse(Array(verdict.arena[verdict.details]))
    for member in own?.members ?? [] where member.key != "evaluator" && member.key != metric {
      writer.key(text: member.key)
      try? writer.value(member.value)
    }
    writer.key("evaluator")
    writer.beginObject()
    writer.key("outcome")
    writer.string(verdict.outcome.word)
    writer.key("answer")
    writer.string(verdict.text(verdict.answer))
    writer.key("fail_reason")
    writer.string(verdict.text(verdict.failReason))
    writer.endObject()
    writer.key(text: metric)
    let details = Array(buffer.arena[buffer.details])
    writer.raw(details.isEmpty ? Array("{}".utf8) : details)
    writer.endObject()
    return writer.bytes
  }

  /// Appends the verdict frame.
  func write(_ header: FrameHeader, _ verdict: VerdictBuffer, to queue: ByteQueue) {
    verdict.arena.withUnsafeBytes { arena in
      func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: arena[range])
      }
      // One block of all metric names, so that their views stay valid while the frame is written.
      var names: [UInt8] = []
      for value in values { names += value.name }
      names.withUnsafeBytes { names in
        var all: [(name: UnsafeRawBufferPointer, value: Double)] = []
        for value in verdict.values { all.append((part(value.name), value.value)) }
        var start = 0
        for value in values {
          let name = UnsafeRawBufferPointer(rebasing: names[start..<start + value.name.count])
          all.append((name, value.value))
          start += value.name.count
        }
        guard let decided else {
          VerdictMessage(
            outcome: outcome, answer: part(verdict.answer), reference: part(verdict.reference),
            failReason: part(verdict.failReason), group: part(verdict.group),
            details: part(verdict.details), values: all
          ).write(header, to: queue)
          return
        }
        // One block again, for the same reason.
        let own = decided.answer + decided.failReason + decided.details
        own.withUnsafeBytes { own in
          let reason = decided.answer.count..<(decided.answer.count + decided.failReason.count)
          VerdictMessage(
            outcome: outcome,
            answer: reason.lowerBound == 0
              ? part(verdict.answer) : UnsafeRawBufferPointer(rebasing: own[..<reason.lowerBound]),
            reference: part(verdict.reference),
            failReason: UnsafeRawBufferPointer(rebasing: own[reason]), group: part(verdict.group),
            details: UnsafeRawBufferPointer(rebasing: own[reason.upperBound...]), values: all
          ).write(header, to: queue)
        }
      }
    }
  }
}
