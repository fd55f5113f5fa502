// A loaded replay model, driven over the ABI as a host drives it.
internal import Glibc
internal import PluginAPI
internal import PluginKit
internal import ReplayCore
internal import Testing

/// A request of a test.
struct Ask {
  var sample: UInt64 = 0
  var repetition: UInt32 = 0
  var stage: UInt32 = 1
  var choices: [String] = []
  var task = "gsm8k_test/cot"
  var workKey: [UInt8] = []
}

/// A loaded replay model and what it delivered.
final class Session {
  let table: UnsafePointer<evh_backend>
  var instance: OpaquePointer?
  var model: OpaquePointer?
  var message = ""
  /// One line for each completion: id, finish, text or error, scores.
  var done: [String] = []

  /// Loads a model with these options, a JSON object.
  init(_ options: String) throws {
    let plugin = Plugin(id: "replay", version: "1.0.0", components: [.backend(Replay.self)])
    let found = plugin.descriptor(forHostMinor: 0)?.pointee.components?[0]?.pointee.vtable
    table = try #require(found).assumingMemoryBound(to: evh_backend.self)
    try #require(with("{}") { table.pointee.open(nil, nil, $0, &instance, nil) } == 0)
    var error = evh_error()
    error.struct_size = UInt32(MemoryLayout<evh_error>.size)
    _ = with(#"{"name":"r","options":\#(options)}"#) { model in
      with("cpu") { table.pointee.load(instance, nil, model, $0, &self.model, &error) }
    }
    message = withUnsafeBytes(of: error.message) {
      String(decoding: $0.prefix(Int(error.message_len)), as: UTF8.self)
    }
  }

  deinit {
    table.pointee.unload(instance, model)
    table.pointee.close(instance)
  }

  /// Submits one request; false when there is no room.
  func submit(_ ask: Ask, id: UInt64 = 0) -> Bool {
    var accepted: UInt32 = 0
    withViews(ask.choices) { choices in
      ask.workKey.withUnsafeBytes { key in
        with(ask.task) { task in
          with(ask.stage == 1 ? "cot" : "final") { stage in
            var request = evh_request()
            request.struct_size = UInt32(MemoryLayout<evh_request>.size)
            request.kind = ask.choices.isEmpty ? 1 : 2
            request.request_id = id
            request.sample_index = ask.sample
            request.repeat_index = ask.repetition
            request.stage_index = ask.stage
            request.stage = stage
            request.task = task
            request.choices = choices.baseAddress
            request.choice_count = UInt32(choices.count)
            request.work_key = evh_str(
              ptr: key.baseAddress?.assumingMemoryBound(to: CChar.self), len: UInt64(key.count))
            withUnsafePointer(to: &request) { pointer in
              var list: UnsafePointer<evh_request>? = pointer
              _ = table.pointee.submit(model, nil, &list, 1, &accepted, nil)
            }
          }
        }
      }
    }
    return accepted == 1
  }

  /// Pumps once.
  func pump(_ timeout: UInt64 = 1_000_000_000) {
    let me = Unmanaged.passUnretained(self).toOpaque()
    var sink = evh_completion_sink(
      struct_size: UInt32(MemoryLayout<evh_completion_sink>.size), flags: 0, ctx: me,
      done: { sink, output in
        guard let context = sink?.pointee.ctx, let output = output?.pointee else { return 1 }
        let session = Unmanaged<Session>.fromOpaque(context).takeUnretainedValue()
        var line = "\(output.request_id) \(output.finish) "
        line += string(output.finish == 4 ? output.error : output.text)
        for index in 0..<Int(output.score_count) {
          let score = output.scores[index]
          line += " [\(score.logprob_sum),\(score.token_count),\(score.flags)]"
        }
        session.done.append(line)
        return 0
      })
    _ = table.pointee.pump(model, nil, timeout, &sink, nil)
  }

  /// Asks one thing and returns the line it gave.
  func answer(_ ask: Ask) -> String {
    done = []
    guard submit(ask) else { return "no room" }
    pump()
    return done.joined(separator: "; ")
  }
}

func string(_ text: evh_str) -> String {
  guard let start = text.ptr else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(text.len)), as: UTF8.self)
}

func with<Result>(_ text: String, _ body: (evh_str) -> Result) -> Result {
  Array(text.utf8).withUnsafeBytes { bytes in
    body(
      evh_str(
        ptr: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), len: UInt64(bytes.count)))
  }
}

func withViews(_ texts: [String], _ body: (UnsafeBufferPointer<evh_str>) -> Void) {
  var copies: [UnsafeMutableBufferPointer<CChar>] = []
  defer { for copy in copies { copy.deallocate() } }
  let views = texts.map { text in
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.utf8.count)
    _ = copy.initialize(from: text.utf8.map { CChar(bitPattern: $0) })
    copies.append(copy)
    return evh_str(ptr: UnsafePointer(copy.baseAddress), len: UInt64(copy.count))
  }
  views.withUnsafeBufferPointer(body)
}

/// Writes a file, lends its path, and removes it.
func withFile(_ lines: String, _ body: (String) throws -> Void) throws {
  var template = Array("/tmp/evalhost-replay-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  try #require(descriptor >= 0)
  let path = template.withUnsafeBytes {
    String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
  }
  defer { unlink(path) }
  let bytes = Array(lines.utf8)
  var written = 0
  while written < bytes.count {
    written += bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
  close(descriptor)
  try body(path)
}
