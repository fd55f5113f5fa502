// Bytes out of a plugin: a JSON description, a path, a manifest.

import PluginAPI

/// Collects what a plugin writes during one call.
final class ByteSink {
  private(set) var bytes: [UInt8] = []
  private(set) var fault: SinkFault?
  private let sink = UnsafeMutablePointer<evh_sink>.allocate(capacity: 1)

  /// Bytes of the longest result.
  static let limit = 64 << 20

  init() {
    sink.initialize(to: evh_sink())
    sink.pointee.struct_size = structSize(evh_sink.self)
    sink.pointee.ctx = Unmanaged.passUnretained(self).toOpaque()
    sink.pointee.write = { sink, chunk in
      guard let context = sink?.pointee.ctx else { return CallStatus.invalidArgument.rawValue }
      // The caller of the plugin holds the sink until the call returns.
      return Unmanaged<ByteSink>.fromOpaque(context).takeUnretainedValue().accept(chunk)
    }
  }

  deinit { sink.deallocate() }

  /// The C face; valid while the object lives.
  var pointer: UnsafePointer<evh_sink> { UnsafePointer(sink) }

  private func accept(_ chunk: evh_str) -> evh_status {
    do throws(TextFault) {
      // A chunk may end inside a code point: the whole is checked by `text`.
      bytes.append(
        contentsOf: try chunk.bytes(limit: Self.limit - bytes.count, isUTF8Needed: false))
      return CallStatus.ok.rawValue
    } catch {
      let found = error.fault(
        "wrote a chunk without bytes", "wrote over 64 MiB into a sink", "wrote no UTF-8")
      fault = fault ?? found
      return found.status.rawValue
    }
  }

  /// Notes a broken rule when the whole is not UTF-8.
  func checkText() {
    guard fault == nil else { return }
    if !bytes.withUnsafeBufferPointer(isUTF8) { fault = SinkFault("wrote what is not UTF-8") }
  }
}
