// What a metric plugin supplies: named numbers about one judged try, and a verdict if it can decide.
public import JSONFormat
internal import PluginAPI

/// One judged try as a metric sees it; valid only until `score` returns.
public struct JudgedTry {
  /// What the evaluator decided; nil when the host does not say.
  public var outcome: Verdict.Outcome?
  /// The row it belongs to.
  public var row: RowText
  /// The last stage's text.
  public var prediction: String
  /// What the evaluator read from it.
  public var answer: String
  /// The answers that count as right; may be empty.
  public var references: [String]

  /// A try of one's own, for tests of a metric.
  public init(
    outcome: Verdict.Outcome?, row: RowText, prediction: String, answer: String,
    references: [String]
  ) {
    self.outcome = outcome
    self.row = row
    self.prediction = prediction
    self.answer = answer
    self.references = references
  }

  init(_ judged: UnsafePointer<evh_judged>?) throws(PluginFailure) {
    let judged = try required(judged, "judged try")
    try checkSize(judged.pointee.struct_size, atLeast: MinimumSize.judged, "evh_judged")
    outcome = Verdict.Outcome(rawValue: judged.pointee.outcome)
    row = try RowText(judged.pointee.record)
    prediction = judged.pointee.prediction.string
    answer = judged.pointee.answer.string
    let count = Int(judged.pointee.reference_count)
    references = UnsafeBufferPointer(
      start: judged.pointee.references, count: judged.pointee.references == nil ? 0 : count
    ).map(\.string)
  }
}

/// What a metric says of one try.
public struct Measurement: Sendable {
  /// Finite numbers by name, such as ("f1", 0.5).
  public var values: [NamedValue]
  /// Pass or fail, from a metric that can decide; used only where the configuration says `decide`.
  public var verdict: Verdict?

  /// Numbers, and a verdict from a metric that can decide.
  public init(_ values: [NamedValue], verdict: Verdict? = nil) {
    self.values = values
    self.verdict = verdict
  }
}

/// A way to put numbers on judged tries; `score` must be pure.
///
///     public struct ExactLength: Metric {
///       public static let info = ComponentInfo(id: "length", capabilities: .deterministic)
///       public init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
///         try Options(configuration).finish()
///       }
///       public func score(_ item: JudgedTry, call: CallContext) throws(PluginFailure)
///         -> Measurement
///       {
///         Measurement([("characters", Double(item.prediction.count))])
///       }
///     }
public protocol Metric: Sendable {
  /// The component's id, version and promises.
  static var info: ComponentInfo { get }

  /// Opens an instance; `configuration` is a JSON object, empty when the host has nothing to say.
  init(configuration: JSONValue, host: Host) throws(ConfigurationError)

  /// The numbers of one try.
  func score(_ item: JudgedTry, call: CallContext) throws(PluginFailure) -> Measurement
}

/// An open metric of a type that the C functions need not know.
class MetricInstance {
  func score(
    _ call: UnsafePointer<evh_call>?, _ item: UnsafePointer<evh_judged>?,
    _ sink: UnsafePointer<evh_verdict_sink>?
  ) throws(PluginFailure) {}
}

/// An open metric.
final class OpenMetric<Base: Metric>: MetricInstance {
  private let base: Base

  init(_ base: Base) { self.base = base }

  override func score(
    _ call: UnsafePointer<evh_call>?, _ item: UnsafePointer<evh_judged>?,
    _ sink: UnsafePointer<evh_verdict_sink>?
  ) throws(PluginFailure) {
    let call = try CallContext(call)
    let sink = try VerdictSink(sink)
    let measurement = try base.score(try JudgedTry(item), call: call)
    try sink.send(measurement.values)
    if let verdict = measurement.verdict { try sink.send(verdict) }
  }
}

/// The metric table whose open() is `open`; lives until the process ends.
func metricTable(open: @escaping OpenFunction) -> UnsafeRawPointer {
  let table = UnsafeMutablePointer<evh_metric>.allocate(capacity: 1)
  table.initialize(
    to: evh_metric(
      struct_size: UInt32(MemoryLayout<evh_metric>.size), flags: 0,
      open: open, close: { release($0) },
      score: { instance, call, item, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: MetricInstance.self).score(call, item, sink)
        }
      }))
  return UnsafeRawPointer(table)
}
