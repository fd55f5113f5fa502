// An evaluator in use. next() and score() are the hottest calls of the host: they reuse one record,
// one sink and one table of outputs, and their results land in buffers the caller keeps.

import PluginAPI

/// One opened evaluator; used from one thread.
package final class EvaluatorInstance {
  private let instance: OpenInstance
  private let frame: CallFrame
  private let functions: Functions
  private let outputs = OutputTable()
  // What the plugin gets pointers to, at one address for the life of the instance.
  private let record = UnsafeMutablePointer<evh_record>.allocate(capacity: 1)
  private let stageSink = UnsafeMutablePointer<evh_stage_sink>.allocate(capacity: 1)
  private let verdictSink = UnsafeMutablePointer<evh_verdict_sink>.allocate(capacity: 1)

  private typealias Validate =
    @convention(c) (
      OpaquePointer?, UnsafePointer<evh_call>?, UnsafePointer<evh_record>?,
      UnsafeMutablePointer<evh_error>?
    ) -> evh_status
  private typealias Next =
    @convention(c) (
      OpaquePointer?, UnsafePointer<evh_call>?, UnsafePointer<evh_record>?,
      UnsafePointer<UnsafePointer<evh_output>?>?, UInt32, UnsafePointer<evh_stage_sink>?,
      UnsafeMutablePointer<evh_error>?
    ) -> evh_status
  private typealias Score =
    @convention(c) (
      OpaquePointer?, UnsafePointer<evh_call>?, UnsafePointer<evh_record>?,
      UnsafePointer<UnsafePointer<evh_output>?>?, UInt32, UnsafePointer<evh_verdict_sink>?,
      UnsafeMutablePointer<evh_error>?
    ) -> evh_status

  /// The three functions, known to be there.
  private struct Functions {
    let validate: Validate
    let next: Next
    let score: Score

    init?(_ table: evh_evaluator) {
      guard let validate = table.validate, let next = table.next, let score = table.score else {
        return nil
      }
      self.validate = validate
      self.next = next
      self.score = score
    }
  }

  /// Opens an evaluator with its JSON configuration.
  ///
  /// Throws what the plugin says of the configuration (`badConfig`) or how it broke the ABI.
  package init(
    _ library: PluginLibrary, component: PluginComponent, configuration: [UInt8],
    observer: CallObserver
  ) throws(CallFailure) {
    guard case .evaluator(let table) = component.table, let functions = Functions(table) else {
      throw CallFailure(
        status: .invalidArgument,
        message: "\(library.label): component '\(component.id)' is no evaluator")
    }
    instance = try OpenInstance(
      library, component, open: table.open, close: table.close, configuration: configuration,
      observer: observer)
    frame = instance.frame
    self.functions = functions
    record.initialize(to: evh_record())
    record.pointee.struct_size = structSize(evh_record.self)
    verdictSink.initialize(to: makeVerdictSink())
    stageSink.initialize(to: evh_stage_sink())
    stageSink.pointee.struct_size = structSize(evh_stage_sink.self)
    stageSink.pointee.request = { sink, request in
      guard let context = sink?.pointee.ctx else { return CallStatus.invalidArgument.rawValue }
      // next() puts its buffer here, holds it during the call, and clears the field afterwards.
      return Unmanaged<StageRequestBuffer>.fromOpaque(context).takeUnretainedValue()
        .accept(request)
    }
  }

  deinit {
    record.deallocate()
    stageSink.deallocate()
    verdictSink.deallocate()
  }

  /// Whether a row can be evaluated; `badRecord` says why not.
  package func validate(index: UInt64, row: UnsafeBufferPointer<UInt8>) -> CallResult {
    guard frame.begin() else { return .failed(frame.refused("validate")) }
    return frame.finish(
      functions.validate(instance.handle, frame.call, fill(index, row), frame.error), "validate",
      nil)
  }

  /// Asks for the next stage of a try.
  ///
  /// - Parameters:
  ///   - index: `sample_index`.
  ///   - row: One JSON object, the row as it stands in the file; borrowed for the call.
  ///   - earlier: The outputs so far, in stage order.
  ///   - buffer: Holds the stage that was asked for, or nothing when the try is ready for `score`.
  /// - Returns: `ok`, or why the buffer is empty.
  package func next(
    index: UInt64, row: UnsafeBufferPointer<UInt8>, outputs earlier: [StageOutput],
    into buffer: StageRequestBuffer
  ) -> CallResult {
    buffer.reset()
    guard frame.begin() else { return .failed(frame.refused("next")) }
    outputs.fill(earlier)
    stageSink.pointee.ctx = Unmanaged.passUnretained(buffer).toOpaque()
    let status = withExtendedLifetime((earlier, buffer)) {
      functions.next(
        instance.handle, frame.call, fill(index, row), outputs.base, UInt32(earlier.count),
        stageSink, frame.error)
    }
    stageSink.pointee.ctx = nil
    let result = frame.finish(status, "next", buffer.fault)
    if !result.isOK { buffer.discard() }
    return result
  }

  /// Judges a try.
  ///
  /// Parameters as for `next`; `buffer` holds a verdict exactly when the result is `ok`.
  package func score(
    index: UInt64, row: UnsafeBufferPointer<UInt8>, outputs earlier: [StageOutput],
    into buffer: VerdictBuffer
  ) -> CallResult {
    buffer.reset()
    guard frame.begin() else { return .failed(frame.refused("score")) }
    outputs.fill(earlier)
    verdictSink.pointee.ctx = Unmanaged.passUnretained(buffer).toOpaque()
    let status = withExtendedLifetime((earlier, buffer)) {
      functions.score(
        instance.handle, frame.call, fill(index, row), outputs.base, UInt32(earlier.count),
        verdictSink, frame.error)
    }
    verdictSink.pointee.ctx = nil
    if status == CallStatus.ok.rawValue { buffer.requireVerdict() }
    let result = frame.finish(status, "score", buffer.fault)
    if !result.isOK { buffer.discard() }
    return result
  }

  @inline(__always)
  private func fill(
    _ index: UInt64, _ row: UnsafeBufferPointer<UInt8>
  ) -> UnsafePointer<evh_record> {
    record.pointee.index = index
    record.pointee.json = view(row)
    return UnsafePointer(record)
  }
}
