// The judgement of one try, and the way of it and of named values to the host.
internal import PluginAPI

/// A named number about one try, such as ("f1", 0.5); names need no declaration.
public typealias NamedValue = (name: String, value: Double)

/// The judgement of one try.
public struct Verdict: Sendable {
  /// What the evaluator says; the raw values are those of `EVH_OUTCOME_*`.
  public enum Outcome: Int32, Sendable {
    /// The answer is right.
    case pass = 1
    /// The answer is wrong.
    case fail = 2
    /// No answer could be read from the completion.
    case unparsed = 3
    /// Infrastructure failed (a judge was not available): never a wrong answer.
    case error = 4
  }

  /// What the evaluator says.
  public var outcome: Outcome
  /// The answer that was read from the completion; empty = none.
  public var answer: String
  /// The reference answer it was compared with.
  public var reference: String
  /// Why it did not pass, in a word or a line; empty when it passed.
  public var failReason: String
  /// What the try is also counted under, such as the subject; empty = none.
  public var group: String
  /// A JSON object with anything else, as `JSONWriter.bytes`; empty = none.
  public var details: [UInt8]
  /// Numbers beside the verdict; all must be finite.
  public var values: [NamedValue]

  /// A verdict; only the outcome must be given.
  public init(
    _ outcome: Outcome, answer: String = "", reference: String = "", failReason: String = "",
    group: String = "", details: [UInt8] = [], values: [NamedValue] = []
  ) {
    self.outcome = outcome
    self.answer = answer
    self.reference = reference
    self.failReason = failReason
    self.group = group
    self.details = details
    self.values = values
  }
}

/// The host's sink for values and one verdict, checked.
struct VerdictSink {
  private let sink: UnsafePointer<evh_verdict_sink>

  init(_ sink: UnsafePointer<evh_verdict_sink>?) throws(PluginFailure) {
    self.sink = try required(sink, "verdict sink")
    let size = self.sink.pointee.struct_size
    try checkSize(size, atLeast: MinimumSize.verdictSink, "evh_verdict_sink")
  }

  /// Sends the numbers; throws for one that is not finite before any is sent.
  func send(_ values: [NamedValue]) throws(PluginFailure) {
    if values.isEmpty { return }
    guard let accept = sink.pointee.value else { throw missing("value function") }
    for named in values where !named.value.isFinite {
      throw PluginFailure(.internalError, "the value '\(named.name)' is \(named.value), not finite")
    }
    for named in values {
      let status = withText(named.name) { accept(sink, $0, named.value) }
      guard try checkSinkStatus(status, "value") else { return }
    }
  }

  /// Sends the verdict with its values.
  func send(_ verdict: Verdict) throws(PluginFailure) {
    try send(verdict.values)
    guard let accept = sink.pointee.verdict else { throw missing("verdict function") }
    let status = withText(verdict.answer) { answer in
      withText(verdict.reference) { reference in
        withText(verdict.failReason) { failReason in
          withText(verdict.group) { group in
            withText(verdict.details) { details in
              var raw = evh_verdict()
              raw.struct_size = UInt32(MemoryLayout<evh_verdict>.size)
              raw.outcome = verdict.outcome.rawValue
              raw.answer = answer
              raw.reference = reference
              raw.fail_reason = failReason
              raw.group = group
              raw.details_json = details
              return accept(sink, &raw)
            }
          }
        }
      }
    }
    _ = try checkSinkStatus(status, "verdict")
  }
}
