// A backend in use: its devices, and the models it loads.

import PluginAPI

/// One opened backend; used from one thread.
package final class BackendInstance {
  let instance: OpenInstance
  let table: evh_backend

  /// Opens a backend with its JSON configuration.
  ///
  /// Throws what the plugin says of the configuration (`badConfig`) or how it broke the ABI.
  package init(
    _ library: PluginLibrary, component: PluginComponent, configuration: [UInt8],
    observer: CallObserver
  ) throws(CallFailure) {
    guard case .backend(let table) = component.table else {
      throw CallFailure(
        status: .invalidArgument,
        message: "\(library.label): component '\(component.id)' is no backend")
    }
    self.table = table
    instance = try OpenInstance(
      library, component, open: table.open, close: table.close, configuration: configuration,
      observer: observer)
  }

  /// The devices as the backend's JSON: `{"devices":[{"id":"cpu","slots":1}]}`.
  package func devices() throws(CallFailure) -> [UInt8] {
    try instance.text("devices") { frame, sink in
      table.devices?(instance.handle, frame.call, sink, frame.error)
    }
  }

  /// Loads a model onto a device.
  ///
  /// - Parameters:
  ///   - modelJSON: The `[[models]]` table as a JSON object.
  ///   - device: An id from `devices()`.
  /// - Returns: The model, which unloads itself.
  /// - Throws: What the backend says, e.g. `notFound` for the device.
  package func load(modelJSON: [UInt8], device: String) throws(CallFailure) -> BackendModel {
    try BackendModel(self, modelJSON: modelJSON, device: device)
  }
}

extension OpenInstance {
  /// What a function writes into a sink: UTF-8, not empty.
  func text(
    _ function: StaticString,
    _ call: (CallFrame, UnsafePointer<evh_sink>) -> evh_status?
  ) throws(CallFailure) -> [UInt8] {
    guard frame.begin() else { throw frame.refused(function) }
    let sink = ByteSink()
    guard let status = call(frame, sink.pointer) else {
      throw frame.broken(function, "the function is missing")
    }
    sink.checkText()
    try frame.check(status, function, sink.fault)
    guard !sink.bytes.isEmpty else { throw frame.broken(function, "returned OK and wrote nothing") }
    return sink.bytes
  }
}
