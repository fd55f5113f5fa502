// A metric component in use: named values of one judged try, and a verdict where it can decide.

package import Model
import PluginAPI

/// One judged try as a metric sees it; the views are borrowed for the call.
package struct JudgedTry {
  /// `sample_index`.
  package var index: UInt64
  /// One JSON object, the row as it stands in the file.
  package var row: UnsafeBufferPointer<UInt8>
  /// The last stage's text.
  package var prediction: UnsafeBufferPointer<UInt8>
  /// What the evaluator read from it.
  package var answer: UnsafeBufferPointer<UInt8>
  /// The reference answers.
  package var references: ByteList
  /// What the evaluator decided.
  package var outcome: Outcome

  /// Describes one try.
  package init(
    index: UInt64, row: UnsafeBufferPointer<UInt8>, prediction: UnsafeBufferPointer<UInt8>,
    answer: UnsafeBufferPointer<UInt8>, references: ByteList, outcome: Outcome
  ) {
    self.index = index
    self.row = row
    self.prediction = prediction
    self.answer = answer
    self.references = references
    self.outcome = outcome
  }
}

/// One opened metric; used from one thread.
package final class MetricInstance {
  private let instance: OpenInstance
  private let frame: CallFrame
  private let function: Score
  private let references = ViewTable()
  private let record = UnsafeMutablePointer<evh_record>.allocate(capacity: 1)
  private let judged = UnsafeMutablePointer<evh_judged>.allocate(capacity: 1)
  private let sink = UnsafeMutablePointer<evh_verdict_sink>.allocate(capacity: 1)

  private typealias Score =
    @convention(c) (
      OpaquePointer?, UnsafePointer<evh_call>?, UnsafePointer<evh_judged>?,
      UnsafePointer<evh_verdict_sink>?, UnsafeMutablePointer<evh_error>?
    ) -> evh_status

  /// Opens a metric with its JSON configuration.
  ///
  /// Throws what the plugin says of the configuration (`badConfig`) or how it broke the ABI.
  package init(
    _ library: PluginLibrary, component: PluginComponent, configuration: [UInt8],
    observer: CallObserver
  ) throws(CallFailure) {
    guard case .metric(let table) = component.table, let score = table.score else {
      throw CallFailure(
        status: .invalidArgument,
        message: "\(library.label): component '\(component.id)' is no metric")
    }
    instance = try OpenInstance(
      library, component, open: table.open, close: table.close, configuration: configuration,
      observer: observer)
    frame = instance.frame
    function = score
    record.initialize(to: evh_record())
    record.pointee.struct_size = structSize(evh_record.self)
    judged.initialize(to: evh_judged())
    judged.pointee.struct_size = structSize(evh_judged.self)
    judged.pointee.record = UnsafePointer(record)
    sink.initialize(to: makeVerdictSink())
  }

  deinit {
    record.deallocate()
    judged.deallocate()
    sink.deallocate()
  }

  /// Computes the values of one try, and a verdict when the metric gives one.
  package func score(_ item: JudgedTry, into buffer: VerdictBuffer) -> CallResult {
    buffer.reset()
    guard frame.begin() else { return .failed(frame.refused("score")) }
    record.pointee.index = item.index
    record.pointee.json = view(item.row)
    judged.pointee.outcome = Int32(item.outcome.rawValue)
    judged.pointee.prediction = view(item.prediction)
    judged.pointee.answer = view(item.answer)
    judged.pointee.reference_count = UInt32(item.references.count)
    sink.pointee.ctx = Unmanaged.passUnretained(buffer).toOpaque()
    let status = item.references.bytes.withUnsafeBufferPointer { bytes in
      references.fill(item.references, bytes: bytes)
      judged.pointee.references = item.references.isEmpty ? nil : UnsafePointer(references.base)
      return withExtendedLifetime(buffer) {
        function(instance.handle, frame.call, judged, sink, frame.error)
      }
    }
    sink.pointee.ctx = nil
    let result = frame.finish(status, "score", buffer.fault)
    if !result.isOK { buffer.discard() }
    return result
  }
}
