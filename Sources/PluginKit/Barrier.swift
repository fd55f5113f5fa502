// The edge that every call of the host passes: no Swift error crosses it, each becomes a status and a
// message in the caller's own memory. A struct shorter than ABI 1.0 had it is refused unread.
internal import PluginAPI

/// Sizes in bytes that the structs had in ABI 1.0.
///
/// Never edited when a struct grows: a host that passes less is broken, one that passes more is newer,
/// and a field beyond these sizes needs a check of its own.
enum MinimumSize {
  static let host: UInt32 = 72
  static let call: UInt32 = 56
  static let sink: UInt32 = 24
  static let record: UInt32 = 32
  static let sampling: UInt32 = 104
  static let request: UInt32 = 128
  static let output: UInt32 = 104
  static let verdictSink: UInt32 = 32
  static let judged: UInt32 = 64
  static let fetch: UInt32 = 24
  static let prepare: UInt32 = 64
}

/// The status of success.
var statusOK: evh_status { evh_status(EVH_OK) }

/// Runs `body` and turns what it throws into a status and the fields of `error`.
@inline(__always)
func barrier(
  _ error: UnsafeMutablePointer<evh_error>?, _ body: () throws(PluginFailure) -> Void
) -> evh_status {
  do {
    try body()
    return statusOK
  } catch let failure {
    return report(failure, to: error)
  }
}

/// Writes `failure` into the caller's error struct, as much of it as that holds.
func report(_ failure: PluginFailure, to error: UnsafeMutablePointer<evh_error>?) -> evh_status {
  let status = failure.code.rawValue
  let header = UInt32(MemoryLayout<evh_error>.offset(of: \.message) ?? 16)
  guard let error, error.pointee.struct_size >= header else { return status }
  error.pointee.code = status
  error.pointee.flags =
    (failure.isRetryable ? UInt32(EVH_ERR_RETRYABLE) : 0)
    | (failure.isPoisoned ? UInt32(EVH_ERR_POISONED) : 0)
  let room = min(Int(error.pointee.struct_size - header), 496)
  let message = UnsafeMutableRawPointer(error) + Int(header)
  failure.message.utf8Span.span.withUnsafeBufferPointer { text in
    let length = lengthOfWholeCharacters(in: text, atMost: room)
    message.copyMemory(from: UnsafeRawPointer(text.baseAddress ?? noBytes), byteCount: length)
    error.pointee.message_len = UInt32(length)
  }
  return status
}

/// How many bytes of `text` fit into `room` without cutting a code point.
private func lengthOfWholeCharacters(in text: UnsafeBufferPointer<UInt8>, atMost room: Int) -> Int {
  guard text.count > room else { return text.count }
  var end = room
  while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
  return end
}

/// An address for empty buffers, from which nothing is ever read.
var noBytes: UnsafePointer<UInt8> { StaticString("").utf8Start }

/// The pointer, or a failure that names the argument that the host left out.
@inline(__always)
func required<Pointee>(
  _ pointer: UnsafePointer<Pointee>?, _ name: StaticString
) throws(PluginFailure) -> UnsafePointer<Pointee> {
  guard let pointer else { throw missing(name) }
  return pointer
}

/// Throws unless a struct of the host is at least as long as ABI 1.0 had it.
@inline(__always)
func checkSize(
  _ size: UInt32, atLeast minimum: UInt32, _ name: StaticString
) throws(PluginFailure) {
  if size < minimum { throw tooShort(name, size, minimum) }
}

/// What a null argument is answered with.
@inline(never)
func missing(_ name: StaticString) -> PluginFailure {
  PluginFailure(.invalidArgument, "the host passed no \(name)")
}

@inline(never)
private func tooShort(_ name: StaticString, _ size: UInt32, _ minimum: UInt32) -> PluginFailure {
  PluginFailure(
    .invalidArgument,
    "the host's \(name) has \(size) bytes, but ABI 1.0 has \(minimum); it is not a host of ABI 1")
}

/// Turns a sink's answer into whether the host wants more; a refusal becomes a failure.
@inline(__always)
func checkSinkStatus(_ status: evh_status, _ what: StaticString) throws(PluginFailure) -> Bool {
  if status == statusOK { return true }
  if status == evh_status(EVH_E_STOP) { return false }
  throw refused(status, what)
}

@inline(never)
private func refused(_ status: evh_status, _ what: StaticString) -> PluginFailure {
  let code = PluginFailure.Code(rawValue: status) ?? .internalError
  return PluginFailure(code, "the host refused the \(what) with status \(status)")
}
