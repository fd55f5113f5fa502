// The C functions of an evaluator, and the instance behind them.
internal import JSONFormat
internal import PluginAPI

/// An open evaluator of a type that the C functions need not know.
class EvaluatorInstance {
  func validate(_ record: UnsafePointer<evh_record>?) throws(PluginFailure) {}

  func next(
    _ call: UnsafePointer<evh_call>?, _ record: UnsafePointer<evh_record>?,
    _ outputs: UnsafePointer<UnsafePointer<evh_output>?>?, _ outputCount: UInt32,
    _ sink: UnsafePointer<evh_stage_sink>?
  ) throws(PluginFailure) {}

  func score(
    _ call: UnsafePointer<evh_call>?, _ record: UnsafePointer<evh_record>?,
    _ outputs: UnsafePointer<UnsafePointer<evh_output>?>?, _ outputCount: UInt32,
    _ sink: UnsafePointer<evh_verdict_sink>?
  ) throws(PluginFailure) {}
}

/// An open evaluator with the rows it parsed lately.
///
/// The host never overlaps two calls on it.
final class OpenEvaluator<Base: Evaluator>: EvaluatorInstance {
  /// A parsed row as an object.
  private final class Parsed {
    let row: Base.Row

    init(_ row: Base.Row) { self.row = row }
  }

  private let base: Base
  private var rows = RowCache()

  init(_ base: Base) { self.base = base }

  @inline(__always)
  private func parsed(_ record: UnsafePointer<evh_record>?) throws(PluginFailure) -> Parsed {
    let text = try RowText(record)
    // Only this instance's parse() puts anything into its cache.
    if let known = rows.row(of: text) { return unsafeDowncast(known, to: Parsed.self) }
    return try parse(text)
  }

  private func parse(_ text: RowText) throws(PluginFailure) -> Parsed {
    do throws(BadRecord) {
      let parsed = Parsed(try base.row(text))
      rows.keep(parsed, of: text)
      return parsed
    } catch {
      throw PluginFailure(error)
    }
  }

  override func validate(_ record: UnsafePointer<evh_record>?) throws(PluginFailure) {
    _ = try parsed(record)
  }

  override func next(
    _ call: UnsafePointer<evh_call>?, _ record: UnsafePointer<evh_record>?,
    _ outputs: UnsafePointer<UnsafePointer<evh_output>?>?, _ outputCount: UInt32,
    _ sink: UnsafePointer<evh_stage_sink>?
  ) throws(PluginFailure) {
    let call = try CallContext(call)
    let parsed = try parsed(record)
    let request = try withOutputs(outputs, outputCount) { outputs throws(PluginFailure) in
      try base.next(parsed.row, outputs: outputs, call: call)
    }
    try request?.send(to: sink)
  }

  override func score(
    _ call: UnsafePointer<evh_call>?, _ record: UnsafePointer<evh_record>?,
    _ outputs: UnsafePointer<UnsafePointer<evh_output>?>?, _ outputCount: UInt32,
    _ sink: UnsafePointer<evh_verdict_sink>?
  ) throws(PluginFailure) {
    let call = try CallContext(call)
    let sink = try VerdictSink(sink)
    let parsed = try parsed(record)
    let verdict = try withOutputs(outputs, outputCount) { outputs throws(PluginFailure) in
      try base.score(parsed.row, outputs: outputs, call: call)
    }
    try sink.send(verdict)
  }
}

/// The evaluator table whose open() is `open`; lives until the process ends.
func evaluatorTable(open: @escaping OpenFunction) -> UnsafeRawPointer {
  let table = UnsafeMutablePointer<evh_evaluator>.allocate(capacity: 1)
  table.initialize(
    to: evh_evaluator(
      struct_size: UInt32(MemoryLayout<evh_evaluator>.size), flags: 0,
      open: open, close: { release($0) },
      validate: { instance, _, record, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: EvaluatorInstance.self).validate(record)
        }
      },
      next: { instance, call, record, outputs, count, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: EvaluatorInstance.self)
            .next(call, record, outputs, count, sink)
        }
      },
      score: { instance, call, record, outputs, count, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: EvaluatorInstance.self)
            .score(call, record, outputs, count, sink)
        }
      }))
  return UnsafeRawPointer(table)
}
