// What an evaluator plugin supplies: read a row, say the next model call, judge.
public import JSONFormat

/// A way to turn rows into model calls and completions into verdicts.
///
/// The host loops, schedules, retries and stores; an evaluator does none of that. `row`, `next` and
/// `score` must be pure: equal arguments give equal results, in this process or another, because a
/// fresh worker goes on where another died.
///
/// A whole evaluator, which asks once and compares:
///
///     public struct ExactMatch: Evaluator {
///       public static let info = ComponentInfo(
///         id: "exact_match", title: "One completion, compared as it is",
///         capabilities: .deterministic)
///
///       /// What is kept of a row: PluginKit caches it, so a row is parsed once.
///       public struct Row {
///         var question = ""
///         var answer = ""
///       }
///
///       private let ignoresCase: Bool
///
///       public init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
///         var options = try Options(configuration)
///         ignoresCase = try options.bool("ignore_case", default: false)
///         try options.finish()
///       }
///
///       public func row(_ text: RowText) throws(BadRecord) -> Row {
///         let row = try text.read { cursor throws(JSONError) in
///           var row = Row()
///           try cursor.beginObject()
///           while let key = try cursor.nextKey() {
///             switch key {
///             case "question": row.question = try cursor.readString()
///             case "answer": row.answer = try cursor.readString()
///             default: try cursor.skip()
///             }
///           }
///           return row
///         }
///         guard !row.answer.isEmpty else { throw BadRecord("field 'answer' is missing or empty") }
///         return row
///       }
///
///       public func next(_ row: Row, outputs: [Output], call: CallContext)
///         throws(PluginFailure) -> StageRequest?
///       {
///         guard outputs.isEmpty else { return nil }
///         return .generate(
///           stage: "final", prompt: "User: \(row.question)\n\nAssistant:", isFinal: true)
///       }
///
///       public func score(_ row: Row, outputs: [Output], call: CallContext)
///         throws(PluginFailure) -> Verdict
///       {
///         let answer = outputs.last?.text ?? ""
///         let isRight = ignoresCase
///           ? answer.lowercased() == row.answer.lowercased() : answer == row.answer
///         return Verdict(isRight ? .pass : .fail, answer: answer, reference: row.answer)
///       }
///     }
///
/// Its library's Entry target is ten lines: see `Plugin`.
public protocol Evaluator: Sendable {
  /// What is kept of a parsed row.
  associatedtype Row

  /// The component's id, version and promises.
  static var info: ComponentInfo { get }

  /// Opens an instance; `configuration` is a JSON object, empty when the host has nothing to say.
  init(configuration: JSONValue, host: Host) throws(ConfigurationError)

  /// Parses and checks a row; what it refuses is counted as a data error of that row.
  func row(_ text: RowText) throws(BadRecord) -> Row

  /// The next stage of a try whose stages so far gave `outputs`; nil when it is ready for `score`.
  func next(_ row: Row, outputs: [Output], call: CallContext) throws(PluginFailure)
    -> StageRequest?

  /// Judges a try from the outputs of all its stages, in stage order.
  func score(_ row: Row, outputs: [Output], call: CallContext) throws(PluginFailure) -> Verdict
}
