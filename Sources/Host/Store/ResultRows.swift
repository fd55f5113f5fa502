// What the writer offers to the store: rows whose texts are views into a received frame.

import CSQLite
package import Model

/// A completion on its way into the store.
///
/// The buffers are borrowed for the call that takes the row; texts are valid UTF-8.
package struct CompletionRow {
  /// `task_id`.
  package var task: Int64
  package var sample: UInt32
  package var repetition: UInt32
  /// From 1.
  package var stage: UInt8
  /// The stage's name: `cot`, `final`, ...
  package var stageName: Bytes
  /// 16 bytes; all zero when unknown.
  package var workKey: UnsafeRawBufferPointer
  /// 16 bytes: the first 16 bytes of BLAKE2b-256.
  package var promptHash: UnsafeRawBufferPointer
  /// What this stage's prompt adds to what came before.
  package var prompt: Bytes
  package var text: Bytes
  /// `stopToken`, `maxLength` or `choice`.
  package var stopReason: StopReason
  package var promptTokens: UInt32
  package var completionTokens: UInt32
  package var latencyMicroseconds: UInt64
  /// Empty for a stage that was generated.
  package var choices: [ChoiceScore]
  /// `attempt_id`.
  package var attempt: Int64

  /// Describes one completion.
  package init(
    task: Int64, sample: UInt32, repetition: UInt32, stage: UInt8, stageName: Bytes,
    workKey: UnsafeRawBufferPointer, promptHash: UnsafeRawBufferPointer, prompt: Bytes,
    text: Bytes, stopReason: StopReason, promptTokens: UInt32 = 0, completionTokens: UInt32 = 0,
    latencyMicroseconds: UInt64 = 0, choices: [ChoiceScore] = [], attempt: Int64
  ) {
    self.task = task
    self.sample = sample
    self.repetition = repetition
    self.stage = stage
    self.stageName = stageName
    self.workKey = workKey
    self.promptHash = promptHash
    self.prompt = prompt
    self.text = text
    self.stopReason = stopReason
    self.promptTokens = promptTokens
    self.completionTokens = completionTokens
    self.latencyMicroseconds = latencyMicroseconds
    self.choices = choices
    self.attempt = attempt
  }
}

/// A verdict on its way into the store; buffers as in `CompletionRow`, empty = none.
package struct VerdictRow {
  /// `judging_id`.
  package var judging: Int64
  package var sample: UInt32
  package var repetition: UInt32
  /// `pass`, `fail` or `unparsed`.
  package var outcome: Outcome
  package var answer: Bytes
  package var reference: Bytes
  package var failReason: Bytes
  /// For example the subject.
  package var group: Bytes
  /// For a person to read; not compared, as it may hold times.
  package var details: Bytes
  /// The values of metrics, as JSON.
  package var values: Bytes
  /// `attempt_id`.
  package var attempt: Int64

  /// Describes one verdict.
  package init(
    judging: Int64, sample: UInt32, repetition: UInt32, outcome: Outcome, answer: Bytes,
    reference: Bytes, failReason: Bytes = noBytes, group: Bytes = noBytes,
    details: Bytes = noBytes, values: Bytes = noBytes, attempt: Int64
  ) {
    self.judging = judging
    self.sample = sample
    self.repetition = repetition
    self.outcome = outcome
    self.answer = answer
    self.reference = reference
    self.failReason = failReason
    self.group = group
    self.details = details
    self.values = values
    self.attempt = attempt
  }
}

/// An infrastructure or data error on its way into the store.
package struct ErrorRow: Sendable {
  /// `task_id`.
  package var task: Int64
  package var place: ErrorPlace
  /// Nil only for a data row whose index cannot be used; then `line` says which.
  package var sample: UInt32?
  /// Nil for an error of all repeats of a sample.
  package var repetition: UInt32?
  /// The line of the prepared file, from 1.
  package var line: UInt64?
  package var reason: String
  /// Id and version of the plugin at fault, if one is.
  package var plugin: String?
  /// Which failure of this try at this place it is, from 1: the same one twice counts once.
  ///
  /// 0 = one more than are stored, at most one for each attempt.
  package var failureNumber: UInt32
  /// The judging that it happened in; nil = generating, or the task's current judging.
  ///
  /// An error of a try that this judging has a verdict for came late and is resolved at once.
  package var judging: Int64?
  /// `attempt_id`.
  package var attempt: Int64

  /// Describes one error.
  package init(
    task: Int64, place: ErrorPlace, sample: UInt32?, repetition: UInt32?, line: UInt64? = nil,
    reason: String, plugin: String? = nil, failureNumber: UInt32 = 0, judging: Int64? = nil,
    attempt: Int64
  ) {
    self.task = task
    self.place = place
    self.sample = sample
    self.repetition = repetition
    self.line = line
    self.reason = reason
    self.plugin = plugin
    self.failureNumber = failureNumber
    self.judging = judging
    self.attempt = attempt
  }
}

/// No text.
package var noBytes: Bytes { Bytes(start: nil, count: 0) }

/// What became of an offered row.
package enum IngestResult: UInt8, Sendable {
  /// It is stored.
  case stored
  /// An equal one was stored before; nothing changed.
  case duplicate
  /// A different one is stored for the same key and stays; this one lies in `conflicts`.
  case conflict
}
