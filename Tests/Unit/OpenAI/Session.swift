// A loaded model of the openai backend, driven over the ABI as a host drives it.
internal import OpenAICore
internal import PluginAPI
internal import PluginKit
internal import Testing

/// A request of a test.
struct Ask {
  var prompt = "Q: 1+1?\nA:"
  var isMessages = false
  var choices: [String] = []
  var seed: UInt64 = 7
  var maxTokens: UInt32 = 16
  var temperature = 0.5
  var topP = 1.0
  var topK: UInt32 = 0
  var presence = 0.0
  var frequency = 0.0
  var stops: [String] = []
  var stopTokens: [Int32] = [0, 261]
}

/// What came back for a request.
struct Answer {
  var finish: Int32
  /// The text, or why there is none.
  var text: String
  var isRetryable: Bool
  var scores: [String]
  var tokens: [UInt32]
  var latency: UInt64
}

/// A model loaded over the C tables, and what it delivered.
final class Session {
  private let table: UnsafePointer<evh_backend>
  private var instance: OpaquePointer?
  private var model: OpaquePointer?
  private var nextID: UInt64 = 0
  /// Why it was not loaded; empty when it was.
  private(set) var message = ""
  private(set) var isRetryable = false
  private(set) var description = ""
  /// All answers of a request: exactly one, if the backend keeps its promise.
  private(set) var answers: [UInt64: [Answer]] = [:]
  private(set) var delivered = 0
  private(set) var logs: [String] = []
  /// How often a call showed that it is alive.
  private(set) var signs = 0
  private var isCancelled = false
  private let onLog: (String) -> Bool
  /// What the host says to an answer; 0 = go on.
  var sinkStatus: evh_status = 0
  private var call = evh_call()

  /// Loads a model; `options` are members of a JSON object, `table` those of the whole.
  ///
  /// `onLog` gets each line of the log; the host wants its calls to end as soon as it returns true.
  init(
    _ url: String, _ options: String = "", table members: String = "",
    onLog: @escaping (String) -> Bool = { _ in false }
  ) throws {
    self.onLog = onLog
    let plugin = Plugin(id: "openai", version: "1.0.0", components: [.backend(OpenAI.self)])
    let found = plugin.descriptor(forHostMinor: 0)?.pointee.components?[0]?.pointee.vtable
    table = try #require(found).assumingMemoryBound(to: evh_backend.self)
    try #require(with("{}") { table.pointee.open(nil, nil, $0, &instance, nil) } == 0)
    call.struct_size = UInt32(MemoryLayout<evh_call>.size)
    call.ctx = Unmanaged.passUnretained(self).toOpaque()
    call.log = { call, _, text in
      guard let context = call?.pointee.ctx else { return }
      let session = Unmanaged<Session>.fromOpaque(context).takeUnretainedValue()
      session.logs.append(string(text))
      if session.onLog(string(text)) { session.isCancelled = true }
    }
    call.cancelled = { call in
      guard let context = call?.pointee.ctx else { return 0 }
      return Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().isCancelled ? 1 : 0
    }
    call.progress = { call, _, _ in
      guard let context = call?.pointee.ctx else { return }
      Unmanaged<Session>.fromOpaque(context).takeUnretainedValue().signs += 1
    }
    var error = evh_error()
    error.struct_size = UInt32(MemoryLayout<evh_error>.size)
    var all = [#""base_url":"\#(url)""#]
    if !options.contains("retries") { all.append(#""retries":3"#) }
    all.append(#""backoff_s":0.002"#)
    if !options.isEmpty { all.append(options) }
    let tail = members.isEmpty ? "" : ",\(members)"
    let json = #"{"name":"m","options":{\#(all.joined(separator: ","))}\#(tail)}"#
    let status = with(json) { model in
      with("cpu") { table.pointee.load(instance, &call, model, $0, &self.model, &error) }
    }
    if status != 0 {
      isRetryable = error.flags & UInt32(EVH_ERR_RETRYABLE) != 0
      message = withUnsafeBytes(of: error.message) {
        String(decoding: $0.prefix(Int(error.message_len)), as: UTF8.self)
      }
    } else {
      description = describe()
    }
  }

  deinit {
    table.pointee.unload(instance, model)
    table.pointee.close(instance)
  }

  /// Submits a request and returns its number, or nil when there is no room.
  func submit(_ ask: Ask) -> UInt64? {
    nextID += 1
    var accepted: UInt32 = 0
    withViews(ask.choices) { choices in
      withViews(ask.stops) { stops in
        ask.stopTokens.withUnsafeBufferPointer { tokens in
          with(ask.prompt) { prompt in
            with("cot") { stage in
              var sampling = evh_sampling()
              sampling.struct_size = UInt32(MemoryLayout<evh_sampling>.size)
              sampling.max_tokens = ask.maxTokens
              sampling.temperature = ask.temperature
              sampling.top_p = ask.topP
              sampling.top_k = ask.topK
              sampling.presence_penalty = ask.presence
              sampling.frequency_penalty = ask.frequency
              sampling.penalty_decay = 0.996
              sampling.stop_tokens = tokens.baseAddress
              sampling.stop_token_count = UInt32(tokens.count)
              sampling.stops = stops.baseAddress
              sampling.stop_count = UInt32(stops.count)
              var request = evh_request()
              request.struct_size = UInt32(MemoryLayout<evh_request>.size)
              request.kind = ask.choices.isEmpty ? 1 : 2
              request.flags = ask.isMessages ? UInt32(EVH_REQF_MESSAGES) : 0
              request.request_id = nextID
              request.stage_index = 1
              request.seed = ask.seed
              request.stage = stage
              request.prompt = prompt
              request.choices = choices.baseAddress
              request.choice_count = UInt32(choices.count)
              withUnsafePointer(to: &sampling) { sampling in
                request.sampling = sampling
                withUnsafePointer(to: &request) { pointer in
                  var list: UnsafePointer<evh_request>? = pointer
                  _ = table.pointee.submit(model, &call, &list, 1, &accepted, nil)
                }
              }
            }
          }
        }
      }
    }
    return accepted == 1 ? nextID : nil
  }

  /// Pumps once, for at most `timeout` nanoseconds.
  func pump(_ timeout: UInt64 = 20_000_000) {
    var sink = evh_completion_sink(
      struct_size: UInt32(MemoryLayout<evh_completion_sink>.size), flags: 0,
      ctx: Unmanaged.passUnretained(self).toOpaque(),
      done: { sink, output in
        guard let context = sink?.pointee.ctx, let output = output?.pointee else { return 1 }
        let session = Unmanaged<Session>.fromOpaque(context).takeUnretainedValue()
        session.take(output)
        return session.sinkStatus
      })
    _ = table.pointee.pump(model, &call, timeout, &sink, nil)
  }

  /// Pumps until `count` answers have come in all, or nothing has for long.
  func pump(until count: Int) {
    var quiet = 0
    while delivered < count, quiet < 1000 {
      let before = delivered
      pump()
      quiet = delivered == before ? quiet + 1 : 0
    }
  }

  func cancel(_ request: UInt64) { table.pointee.cancel(model, request) }

  /// Asks one thing and returns its answer.
  func answer(_ ask: Ask) throws -> Answer {
    let id = try #require(submit(ask))
    pump(until: delivered + 1)
    return try #require(answers[id]?.first)
  }

  private func take(_ output: evh_output) {
    delivered += 1
    let scores = (0..<Int(output.score_count)).map { index in
      let score = output.scores[index]
      return "\(score.logprob_sum) \(score.token_count) \(score.flags)"
    }
    answers[output.request_id, default: []].append(
      Answer(
        finish: output.finish, text: string(output.finish == 4 ? output.error : output.text),
        isRetryable: output.error_flags & UInt32(EVH_ERR_RETRYABLE) != 0, scores: scores,
        tokens: [output.prompt_tokens, output.completion_tokens], latency: output.latency_ns))
  }

  private func describe() -> String {
    var text = [UInt8]()
    withUnsafeMutablePointer(to: &text) { place in
      var sink = evh_sink(
        struct_size: UInt32(MemoryLayout<evh_sink>.size), flags: 0, ctx: place,
        write: { sink, chunk in
          guard let place = sink?.pointee.ctx else { return 1 }
          place.assumingMemoryBound(to: [UInt8].self).pointee += Array(string(chunk).utf8)
          return 0
        })
      _ = table.pointee.describe(model, &call, &sink, nil)
    }
    return String(decoding: text, as: UTF8.self)
  }
}

private func string(_ text: evh_str) -> String {
  guard let start = text.ptr else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(text.len)), as: UTF8.self)
}

private func with<Result>(_ text: String, _ body: (evh_str) -> Result) -> Result {
  Array(text.utf8).withUnsafeBytes { bytes in
    body(
      evh_str(
        ptr: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), len: UInt64(bytes.count)))
  }
}

private func withViews(_ texts: [String], _ body: (UnsafeBufferPointer<evh_str>) -> Void) {
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
