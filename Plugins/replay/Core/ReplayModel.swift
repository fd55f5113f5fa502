// A loaded model: requests wait in a queue, and pump answers them in their order.
internal import Glibc
package import PluginKit

/// Recorded completions behind the interface of a model.
package final class ReplayModel: BackendModel {
  /// A request that was accepted.
  private struct Pending {
    var facts: Deliver.Facts
    var wanted: WantedRecord
    var isChoice: Bool
    /// The continuations to score.
    var choices: [String]
    /// When it was submitted, in nanoseconds of CLOCK_MONOTONIC.
    var since: UInt64
    var isCancelled = false
    var fails = false
  }

  private let options: ReplayOptions
  private let source: any RecordSource
  private var queue: [Pending] = []
  /// The first of `queue` that is not answered yet.
  private var head = 0
  private var submitted = 0
  private var record = RecordedCompletion()

  init(_ options: ReplayOptions, _ source: any RecordSource) {
    self.options = options
    self.source = source
  }

  /// The recording's signature and how many requests are taken at a time.
  package func describe(call: CallContext) throws(PluginFailure) -> ModelDescription {
    ModelDescription(
      signature: try source.signature(),
      build: options.byWorkKey ? "replay 1, by work key" : "replay 1, by sample",
      maxBatch: options.maxBatch)
  }

  /// Queues a request; false when there is no room.
  package func submit(_ request: Request, call: CallContext) throws(PluginFailure) -> Bool {
    guard queue.count - head < options.maxBatch else { return false }
    if head > 0, queue.count == queue.capacity {
      queue.removeSubrange(..<head)
      head = 0
    }
    submitted += 1
    let isChoice = request.kind == .choose
    queue.append(
      Pending(
        facts: Deliver.Facts(request: request.id, stage: request.stage),
        wanted: WantedRecord(
          sample: request.sampleIndex, repetition: request.repeatIndex, stage: request.stageIndex,
          task: request.withTaskBytes { bytes($0) },
          workKey: options.byWorkKey ? request.withWorkKey { WorkKey(bytes($0)) } : nil),
        isChoice: isChoice, choices: isChoice ? request.choices : [], since: now(),
        fails: options.failEvery > 0 && submitted % options.failEvery == 0))
    return true
  }

  /// Answers what is due.
  package func pump(
    timeout: UInt64, deliver: Deliver, call: CallContext
  ) throws(PluginFailure) {
    let (sum, overflows) = now().addingReportingOverflow(timeout)
    let deadline = overflows ? UInt64.max : sum
    var answered = 0
    while head < queue.count {
      guard wait(for: queue[head], until: deadline) else { break }
      guard let wantsMore = try answer(queue[head], deliver, deadline) else { break }
      head += 1
      answered += 1
      if !wantsMore { break }
      if answered % 64 == 0, now() >= deadline { break }
    }
    if head == queue.count {
      queue.removeAll(keepingCapacity: true)
      head = 0
    }
  }

  /// Marks a queued request as cancelled.
  package func cancel(_ request: UInt64) {
    for index in head..<queue.count where queue[index].facts.request == request {
      queue[index].isCancelled = true
    }
  }

  // MARK: One request

  /// Sleeps until the answer is due; false when that is behind the deadline.
  private func wait(for pending: Pending, until deadline: UInt64) -> Bool {
    guard options.latency > 0 else { return true }
    let due = pending.since + UInt64(options.latency) * 1_000_000
    sleep(until: min(due, deadline))
    return due <= deadline
  }

  /// Answers a request; nil when the source is not read far enough yet.
  private func answer(
    _ pending: Pending, _ deliver: Deliver, _ deadline: UInt64
  ) throws(PluginFailure) -> Bool? {
    var facts = pending.facts
    if pending.isCancelled { return try deliver.cancelled(facts) }
    if options.crashOn.contains(pending.wanted.sample) { abort() }
    while options.hangOn.contains(pending.wanted.sample) { sleep(until: .max) }
    if pending.fails {
      return try deliver.failure(
        PluginFailure(.io, "told to fail by fail_every", isRetryable: true), facts)
    }
    switch try source.find(pending.wanted, into: &record, deadline: deadline) {
    case .unfinished: return nil
    case .refused(let failure): return try deliver.failure(failure, facts)
    case .found: break
    }
    if options.latency > 0 { facts.latency = now() - pending.since }
    if record.finish == .error || record.finish == .cancelled {
      return try deliver.failure(
        PluginFailure(.internalError, "an error was recorded instead of a completion"), facts)
    }
    if pending.isChoice { return try answerChoice(pending, deliver, facts) }
    let finish = record.finish == .choice ? Finish.stop : record.finish
    let text = record.text
    return try deliver.text(text.span, finish: finish, facts)
  }

  /// Answers a request to choose, from recorded scores or from the recorded choice alone.
  private func answerChoice(
    _ pending: Pending, _ deliver: Deliver, _ facts: Deliver.Facts
  ) throws(PluginFailure) -> Bool {
    let best = String(decoding: record.text, as: UTF8.self)
    var scores = record.scores
    if scores.isEmpty, pending.choices.contains(best) {
      // Old exports hold the choice and no scores: it is replayed as certain.
      scores = pending.choices.map { choice in
        ChoiceScore(logprobSum: choice == best ? 0 : -100, tokenCount: 1, isGreedy: choice == best)
      }
    }
    guard scores.count == pending.choices.count else {
      let recorded = scores.isEmpty ? "the choice '\(best)'" : "\(scores.count) scores"
      return try deliver.failure(
        PluginFailure(
          .unsupported,
          "sample \(pending.wanted.sample) was recorded with \(recorded), which does not fit the "
            + "\(pending.choices.count) choices asked for"), facts)
    }
    return try deliver.scores(scores, best: best, facts)
  }
}

/// A copy of a span.
private func bytes(_ span: Span<UInt8>) -> [UInt8] {
  span.withUnsafeBufferPointer { Array($0) }
}
