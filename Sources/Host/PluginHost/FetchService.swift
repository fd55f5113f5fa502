// The host service "evh.fetch/1" as a dataset plugin gets it: a closure that fetches, behind C.

import PluginAPI

/// Fetches a file for a dataset plugin; how, the host decides.
package final class FetchService {
  /// Returns the local path of a URL's verified content, or throws why there is none.
  ///
  /// The second text is the SHA-256 the content must have, in hex, or empty.
  package typealias Fetch = (_ url: String, _ sha256: String) throws(CallFailure) -> String

  private let fetch: Fetch
  private let table = UnsafeMutablePointer<evh_fetch>.allocate(capacity: 1)

  /// Makes a service of a closure that runs on the plugin's thread, inside its call.
  package init(_ fetch: @escaping Fetch) {
    self.fetch = fetch
    table.initialize(to: evh_fetch())
    table.pointee.struct_size = structSize(evh_fetch.self)
    table.pointee.ctx = Unmanaged.passUnretained(self).toOpaque()
    table.pointee.get = { service, _, url, sha256, path, error in
      guard let context = service?.pointee.ctx else { return CallStatus.invalidArgument.rawValue }
      // The caller of prepare() holds the service until the call returns.
      return Unmanaged<FetchService>.fromOpaque(context).takeUnretainedValue()
        .get(url, sha256, path, error)
    }
  }

  deinit { table.deallocate() }

  /// The C face; valid while the object lives.
  var pointer: UnsafePointer<evh_fetch> { UnsafePointer(table) }

  private func get(
    _ url: evh_str, _ sha256: evh_str, _ path: UnsafePointer<evh_sink>?,
    _ error: UnsafeMutablePointer<evh_error>?
  ) -> evh_status {
    do throws(CallFailure) {
      let place = try fetch(try Self.text(url, "URL"), try Self.text(sha256, "sha256"))
      let bytes = Array(place.utf8)
      guard let path, let write = path.pointee.write else {
        throw CallFailure(status: .invalidArgument, message: "fetch without a sink for the path")
      }
      return bytes.withUnsafeBufferPointer { write(path, view($0)) }
    } catch let failure {
      if let error { Self.report(failure, in: error) }
      return failure.status.rawValue
    }
  }

  private static func text(_ text: evh_str, _ name: String) throws(CallFailure) -> String {
    do throws(TextFault) {
      return String(decoding: try text.bytes(limit: 1 << 16), as: UTF8.self)
    } catch {
      throw CallFailure(status: .invalidArgument, message: "fetch with an unreadable \(name)")
    }
  }

  /// Fills a plugin's error struct, which may be no longer than it says.
  private static func report(_ failure: CallFailure, in error: UnsafeMutablePointer<evh_error>) {
    guard error.pointee.struct_size >= structSize(evh_error.self) else { return }
    error.pointee.code = failure.status.rawValue
    error.pointee.flags = failure.isRetryable ? UInt32(EVH_ERR_RETRYABLE) : 0
    // The layout is the header's; the offset exists because the field does.
    let offset = MemoryLayout<evh_error>.offset(of: \.message) ?? 16
    let room = MemoryLayout<evh_error>.size - offset
    var bytes = Array(failure.message.utf8.prefix(room))
    while !bytes.withUnsafeBufferPointer(isUTF8) { bytes.removeLast() }
    (UnsafeMutableRawPointer(error) + offset).copyMemory(from: bytes, byteCount: bytes.count)
    error.pointee.message_len = UInt32(bytes.count)
  }
}
