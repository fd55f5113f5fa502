// Bytes through evh_sink: ours to the host's, and the host's into an array of ours.
internal import JSONFormat
internal import PluginAPI

/// Writes `value` as compact JSON to the host's sink.
func write(_ value: JSONValue, to sink: UnsafePointer<evh_sink>?) throws(PluginFailure) {
  let sink = try required(sink, "sink")
  try checkSize(sink.pointee.struct_size, atLeast: MinimumSize.sink, "evh_sink")
  guard let accept = sink.pointee.write else { throw missing("write function") }
  let bytes: [UInt8]
  do throws(JSONError) {
    bytes = try value.serialized()
  } catch {
    throw PluginFailure(.internalError, "the answer cannot be written as JSON: \(error)")
  }
  _ = try checkSinkStatus(withText(bytes) { accept(sink, $0) }, "bytes")
}

/// Lends `body` a sink that appends what it gets to `bytes`.
func withByteSink(
  into bytes: inout [UInt8], _ body: (UnsafePointer<evh_sink>) -> evh_status
) -> evh_status {
  withUnsafeMutablePointer(to: &bytes) { target in
    var sink = evh_sink()
    sink.struct_size = UInt32(MemoryLayout<evh_sink>.size)
    sink.ctx = UnsafeMutableRawPointer(target)
    sink.write = { sink, chunk in
      guard let context = sink?.pointee.ctx else { return evh_status(EVH_E_INVALID_ARG) }
      context.assumingMemoryBound(to: [UInt8].self).pointee.append(contentsOf: chunk.bytes)
      return statusOK
    }
    return body(&sink)
  }
}

/// The failure that a service of the host reported.
func received(_ error: evh_error, _ status: evh_status) -> PluginFailure {
  let length = min(Int(error.message_len), MemoryLayout.size(ofValue: error.message))
  let message = withUnsafeBytes(of: error.message) {
    String(decoding: $0.prefix(length), as: UTF8.self)
  }
  return PluginFailure(
    PluginFailure.Code(rawValue: status) ?? .internalError, message,
    isRetryable: error.flags & UInt32(EVH_ERR_RETRYABLE) != 0)
}
