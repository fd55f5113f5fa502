// The part that every kind of component shares: open() with a configuration, close() at the end.

import PluginAPI

/// An opened instance of a component; closes itself.
final class OpenInstance {
  let handle: OpaquePointer
  let frame: CallFrame
  /// Keeps the host's table and the library's label reachable.
  let library: PluginLibrary
  private let close: @convention(c) (OpaquePointer?) -> Void

  typealias Open =
    @convention(c) (
      UnsafePointer<evh_host>?, UnsafePointer<evh_call>?, evh_str,
      UnsafeMutablePointer<OpaquePointer?>?, UnsafeMutablePointer<evh_error>?
    ) -> evh_status

  /// Opens an instance; throws what the plugin says of its configuration.
  init(
    _ library: PluginLibrary, _ component: PluginComponent, open: Open?,
    close: (@convention(c) (OpaquePointer?) -> Void)?, configuration: [UInt8],
    observer: CallObserver
  ) throws(CallFailure) {
    let label =
      component.id == library.manifest.id
      ? library.label : "\(library.label), component '\(component.id)'"
    let frame = CallFrame(observer: observer, plugin: label)
    guard let open, let close else { throw frame.broken("open", "has no open() or close()") }
    _ = frame.begin()
    var made: OpaquePointer?
    let status = configuration.withUnsafeBufferPointer { bytes in
      open(library.host, frame.call, view(bytes), &made, frame.error)
    }
    try frame.check(status, "open")
    guard let made else { throw frame.broken("open", "returned OK without an instance") }
    handle = made
    self.frame = frame
    self.library = library
    self.close = close
  }

  deinit { close(handle) }
}
