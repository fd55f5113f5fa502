// The C functions of a backend, and the instance and models behind them.
internal import JSONFormat
internal import PluginAPI

/// An open backend of a type that the C functions need not know.
class BackendInstance {
  func devices(
    _ call: UnsafePointer<evh_call>?, _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {}

  func load(
    _ call: UnsafePointer<evh_call>?, _ model: evh_str, _ device: evh_str
  ) throws(PluginFailure) -> ModelInstance {
    throw PluginFailure(.unsupported, "this backend loads no models")
  }
}

/// An open backend.
final class OpenBackend<Base: Backend>: BackendInstance {
  private let base: Base

  init(_ base: Base) { self.base = base }

  override func devices(
    _ call: UnsafePointer<evh_call>?, _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {
    let devices = try base.devices(call: try CallContext(call)).map { device in
      JSONValue.object([
        JSONMember(key: "id", value: .string(device.id)),
        JSONMember(key: "slots", value: .integer(Int64(device.slots))),
      ])
    }
    try write(.object([JSONMember(key: "devices", value: .array(devices))]), to: sink)
  }

  override func load(
    _ call: UnsafePointer<evh_call>?, _ model: evh_str, _ device: evh_str
  ) throws(PluginFailure) -> ModelInstance {
    let value: JSONValue
    do throws(ConfigurationError) {
      value = try parseConfiguration(model.bytes)
    } catch {
      throw PluginFailure(error)
    }
    let call = try CallContext(call)
    return LoadedModel(try base.load(value, device: device.string, call: call))
  }
}

/// A loaded model of a type that the C functions need not know.
class ModelInstance {
  func describe(
    _ call: UnsafePointer<evh_call>?, _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {}

  /// Submits in order until one finds no room; `accepted` counts also when it throws.
  func submit(
    _ call: UnsafePointer<evh_call>?,
    _ requests: UnsafePointer<UnsafePointer<evh_request>?>, _ count: UInt32,
    accepted: inout UInt32
  ) throws(PluginFailure) {}

  func pump(
    _ call: UnsafePointer<evh_call>?, _ timeout: UInt64,
    _ sink: UnsafePointer<evh_completion_sink>?
  ) throws(PluginFailure) {}

  func cancel(_ request: UInt64) {}
}

/// A loaded model.
final class LoadedModel<Base: BackendModel>: ModelInstance {
  private let base: Base

  init(_ base: Base) { self.base = base }

  override func describe(
    _ call: UnsafePointer<evh_call>?, _ sink: UnsafePointer<evh_sink>?
  ) throws(PluginFailure) {
    let facts = try base.describe(call: try CallContext(call))
    var members = [
      JSONMember(key: "signature", value: .string(facts.signature)),
      JSONMember(key: "build", value: .string(facts.build)),
      JSONMember(key: "max_batch", value: .integer(Int64(facts.maxBatch))),
    ]
    if let length = facts.contextLength {
      members.append(JSONMember(key: "context_length", value: .integer(Int64(length))))
    }
    try write(.object(members), to: sink)
  }

  override func submit(
    _ call: UnsafePointer<evh_call>?,
    _ requests: UnsafePointer<UnsafePointer<evh_request>?>, _ count: UInt32,
    accepted: inout UInt32
  ) throws(PluginFailure) {
    let call = try CallContext(call)
    for index in 0..<Int(count) {
      guard try base.submit(try Request(requests[index]), call: call) else {
        throw PluginFailure(.exhausted, "no room for more requests", isRetryable: true)
      }
      accepted += 1
    }
  }

  override func pump(
    _ call: UnsafePointer<evh_call>?, _ timeout: UInt64,
    _ sink: UnsafePointer<evh_completion_sink>?
  ) throws(PluginFailure) {
    try base.pump(timeout: timeout, deliver: try Deliver(sink), call: try CallContext(call))
  }

  override func cancel(_ request: UInt64) { base.cancel(request) }
}

/// The backend table whose open() is `open`; lives until the process ends.
func backendTable(open: @escaping OpenFunction) -> UnsafeRawPointer {
  let table = UnsafeMutablePointer<evh_backend>.allocate(capacity: 1)
  table.initialize(
    to: evh_backend(
      struct_size: UInt32(MemoryLayout<evh_backend>.size), flags: 0,
      open: open, close: { release($0) },
      devices: { instance, call, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(instance, as: BackendInstance.self).devices(call, sink)
        }
      },
      load: { instance, call, model, device, out, error in
        barrier(error) { () throws(PluginFailure) in
          guard let out else { throw missing("place for the model") }
          out.pointee = nil
          let backend = try object(instance, as: BackendInstance.self)
          out.pointee = handle(try backend.load(call, model, device))
        }
      },
      unload: { _, model in release(model) },
      describe: { model, call, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(model, as: ModelInstance.self).describe(call, sink)
        }
      },
      submit: { model, call, requests, count, accepted, error in
        barrier(error) { () throws(PluginFailure) in
          guard let accepted else { throw missing("place for the accepted count") }
          accepted.pointee = 0
          guard count > 0 else { return }
          let model = try object(model, as: ModelInstance.self)
          let requests = try required(requests, "requests")
          try model.submit(call, requests, count, accepted: &accepted.pointee)
        }
      },
      pump: { model, call, timeout, sink, error in
        barrier(error) { () throws(PluginFailure) in
          try object(model, as: ModelInstance.self).pump(call, timeout, sink)
        }
      },
      cancel: { model, request in
        guard let model = try? object(model, as: ModelInstance.self) else { return }
        model.cancel(request)
      }))
  return UnsafeRawPointer(table)
}
