// A loaded model: requests go in one at a time, completions come out of pump().

import PluginAPI

/// A model on a device, used from one thread; unloads itself.
package final class BackendModel {
  private let backend: BackendInstance
  private let frame: CallFrame
  private let functions: Functions
  private let model: OpaquePointer
  private let completions: CompletionSink
  private let choices = ViewTable()
  private let request = UnsafeMutablePointer<evh_request>.allocate(capacity: 1)
  private let requests = UnsafeMutablePointer<UnsafePointer<evh_request>?>.allocate(capacity: 1)

  private typealias Submit =
    @convention(c) (
      OpaquePointer?, UnsafePointer<evh_call>?, UnsafePointer<UnsafePointer<evh_request>?>?,
      UInt32, UnsafeMutablePointer<UInt32>?, UnsafeMutablePointer<evh_error>?
    ) -> evh_status
  private typealias Pump =
    @convention(c) (
      OpaquePointer?, UnsafePointer<evh_call>?, UInt64, UnsafePointer<evh_completion_sink>?,
      UnsafeMutablePointer<evh_error>?
    ) -> evh_status

  /// The functions of the hot path, known to be there.
  private struct Functions {
    let submit: Submit
    let pump: Pump
    let cancel: @convention(c) (OpaquePointer?, UInt64) -> Void
    let unload: @convention(c) (OpaquePointer?, OpaquePointer?) -> Void

    init?(_ table: evh_backend) {
      guard let submit = table.submit, let pump = table.pump, let cancel = table.cancel,
        let unload = table.unload
      else { return nil }
      self.submit = submit
      self.pump = pump
      self.cancel = cancel
      self.unload = unload
    }
  }

  /// Loads; throws what the backend says, or how it broke the ABI.
  init(_ backend: BackendInstance, modelJSON: [UInt8], device: String) throws(CallFailure) {
    let frame = backend.instance.frame
    guard let functions = Functions(backend.table), let load = backend.table.load else {
      throw frame.broken("load", "a mandatory function is missing")
    }
    guard frame.begin() else { throw frame.refused("load") }
    var made: OpaquePointer?
    let deviceBytes = Array(device.utf8)
    let status = modelJSON.withUnsafeBufferPointer { json in
      deviceBytes.withUnsafeBufferPointer { device in
        load(
          backend.instance.handle, frame.call, view(json), view(device), &made, frame.error)
      }
    }
    try frame.check(status, "load")
    guard let made else { throw frame.broken("load", "returned OK without a model") }
    self.backend = backend
    self.frame = frame
    self.functions = functions
    model = made
    completions = CompletionSink(label: backend.instance.library.label)
    request.initialize(to: evh_request())
    requests.initialize(to: UnsafePointer(request))
  }

  deinit {
    functions.unload(backend.instance.handle, model)
    request.deallocate()
    requests.deallocate()
  }

  /// Requests that were accepted and not delivered yet.
  package var inFlightCount: Int { completions.inFlight.count }
  /// Deliveries that were refused because the backend broke the ABI; never falls.
  package var refusedDeliveryCount: Int { completions.refusedCount }

  /// The model's own description: signature, build, largest batch, context length, as JSON.
  package func describe() throws(CallFailure) -> [UInt8] {
    try backend.instance.text("describe") { frame, sink in
      backend.table.describe?(model, frame.call, sink, frame.error)
    }
  }

  /// Hands one request in; the backend copies what it keeps.
  package func submit(_ item: RequestView) -> SubmitResult {
    guard completions.inFlight[item.requestID] == nil else {
      return .failed(
        CallFailure(
          status: .invalidArgument, message: "request \(item.requestID) is in flight already"))
    }
    guard frame.begin() else { return .failed(frame.refused("submit")) }
    var accepted: UInt32 = 0
    let status = withExtendedLifetime(item.sampling) {
      item.choices.bytes.withUnsafeBufferPointer { bytes in
        request.pointee = evh_request(item)
        if !item.choices.isEmpty {
          choices.fill(item.choices, bytes: bytes)
          request.pointee.choices = UnsafePointer(choices.base)
        }
        return functions.submit(model, frame.call, requests, 1, &accepted, frame.error)
      }
    }
    switch (CallStatus(rawValue: status), accepted) {
    case (.ok, 1):
      completions.expect(item.requestID, choices: item.choices.count)
      return .accepted
    case (.exhausted, 0): return .full
    case (.ok, _):
      return .failed(frame.broken("submit", "returned OK and accepted \(accepted) of 1"))
    default:
      guard case .failed(let failure) = frame.finish(status, "submit", nil) else {
        return .failed(frame.broken("submit", "called the request a bad record"))
      }
      return .failed(failure)
    }
  }

  /// Lets the backend work for about a time and takes what is done.
  ///
  /// A delivery that the backend may not make is refused, counted and makes the result a failure;
  /// the deliveries that were in order have reached `deliver` all the same. `deliver` must not call
  /// the model.
  package func pump(
    timeoutNanoseconds: UInt64, deliver: (CompletionView) -> Void
  ) throws(CallFailure) {
    guard frame.begin() else { throw frame.refused("pump") }
    let status = completions.receive(deliver) { sink in
      functions.pump(model, frame.call, timeoutNanoseconds, sink, frame.error)
    }
    try frame.check(status, "pump", completions.fault)
  }

  /// Asks the backend to give a request up; its completion still follows.
  package func cancel(_ requestID: UInt64) { functions.cancel(model, requestID) }
}
