// The host's side of the ABI, as small as tests need it: structs of the right size, sinks that collect.
internal import PluginAPI
internal import PluginKit

/// What a plugin sent to the host's sinks during one call.
struct Collected {
  var stage = ""
  var prompt = ""
  var choices: [String] = []
  var stops: [String] = []
  var flags: UInt32 = 0
  var outcome: Int32 = 0
  var answer = ""
  var reference = ""
  var failReason = ""
  var group = ""
  var details = ""
  var values: [String] = []
  var verdicts = 0
  var bytes: [UInt8] = []
  var done: [String] = []
}

/// The text behind a view.
func string(_ text: evh_str) -> String {
  guard let start = text.ptr else { return "" }
  return String(decoding: UnsafeRawBufferPointer(start: start, count: Int(text.len)), as: UTF8.self)
}

/// Lends `body` a view of `text` that is not followed by a NUL.
func with<Result>(_ text: String, _ body: (evh_str) -> Result) -> Result {
  Array(text.utf8).withUnsafeBytes { bytes in
    body(
      evh_str(
        ptr: bytes.baseAddress?.assumingMemoryBound(to: CChar.self), len: UInt64(bytes.count)))
  }
}

private func sinkTarget(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Collected>? {
  context?.assumingMemoryBound(to: Collected.self)
}

/// An error struct that is ready to be filled.
func freshError() -> evh_error {
  var error = evh_error()
  error.struct_size = UInt32(MemoryLayout<evh_error>.size)
  return error
}

/// The message of an error struct.
func message(_ error: evh_error) -> String {
  withUnsafeBytes(of: error.message) {
    String(decoding: $0.prefix(Int(error.message_len)), as: UTF8.self)
  }
}

/// What a call came to.
struct Answer {
  var status: evh_status = 0
  var got = Collected()
  var message = ""
  var flags: UInt32 = 0
}

/// Changes to the sizes that the host claims, to play a broken host.
struct Sizes {
  var call = UInt32(MemoryLayout<evh_call>.size)
  var record = UInt32(MemoryLayout<evh_record>.size)
  var output = UInt32(MemoryLayout<evh_output>.size)
  var sink = UInt32(MemoryLayout<evh_stage_sink>.size)
  var verdictSink = UInt32(MemoryLayout<evh_verdict_sink>.size)
  /// What sinks answer.
  var sinkStatus: evh_status = 0
}

/// One component of a plugin, opened over the ABI.
struct OpenComponent {
  let table: UnsafeRawPointer
  let instance: OpaquePointer?
  let status: evh_status
  let message: String

  /// Opens the first component of a plugin.
  init(_ component: Component, _ configuration: String = "") {
    let plugin = Plugin(id: "test", version: "1.2.3", components: [component])
    let descriptor = plugin.descriptor(forHostMinor: 0)
    var error = freshError()
    var instance: OpaquePointer?
    var status: evh_status = -1
    var table: UnsafeRawPointer = UnsafeRawPointer(bitPattern: 8) ?? UnsafeRawPointer(#dsohandle)
    if let found = descriptor?.pointee.components?[0]?.pointee.vtable {
      table = found
      // Every table begins with struct_size, flags, open, close.
      let open = found.assumingMemoryBound(to: evh_metric.self).pointee.open
      status = with(configuration) { open?(nil, nil, $0, &instance, &error) ?? -1 }
    }
    self.table = table
    self.instance = instance
    self.status = status
    message = PluginKitTests.message(error)
  }

  /// Closes the instance.
  func close() {
    table.assumingMemoryBound(to: evh_metric.self).pointee.close(instance)
  }
}

extension OpenComponent {
  private var evaluator: UnsafePointer<evh_evaluator> {
    table.assumingMemoryBound(to: evh_evaluator.self)
  }

  /// Calls validate(), or with `outputs` next() or score().
  func call(
    _ hook: Hook, row: String, index: UInt64 = 0, outputs texts: [String] = [],
    sizes: Sizes = Sizes()
  ) -> Answer {
    var answer = Answer()
    var error = freshError()
    var call = evh_call()
    call.struct_size = sizes.call
    withUnsafeMutablePointer(to: &answer.got) { got in
      answerStatus(hook, row, index, texts, sizes, &call, got, &error)
    }.assign(to: &answer, error)
    return answer
  }

  /// Which function of an evaluator is meant.
  enum Hook { case validate, next, score }

  private func answerStatus(
    _ hook: Hook, _ row: String, _ index: UInt64, _ texts: [String], _ sizes: Sizes,
    _ call: UnsafePointer<evh_call>, _ got: UnsafeMutablePointer<Collected>,
    _ error: UnsafeMutablePointer<evh_error>
  ) -> evh_status {
    with(row) { json in
      var record = evh_record(struct_size: sizes.record, flags: 0, index: index, json: json)
      if hook == .validate { return evaluator.pointee.validate(instance, call, &record, error) }
      return withOutputs(texts, sizes) { outputs, count in
        if hook == .next {
          var sink = evh_stage_sink(
            struct_size: sizes.sink, flags: UInt32(bitPattern: sizes.sinkStatus), ctx: got,
            request: collectRequest)
          return evaluator.pointee.next(instance, call, &record, outputs, count, &sink, error)
        }
        var sink = evh_verdict_sink(
          struct_size: sizes.verdictSink, flags: UInt32(bitPattern: sizes.sinkStatus), ctx: got,
          value: collectValue, verdict: collectVerdict)
        return evaluator.pointee.score(instance, call, &record, outputs, count, &sink, error)
      }
    }
  }
}

extension evh_status {
  fileprivate func assign(to answer: inout Answer, _ error: evh_error) {
    answer.status = self
    answer.message = message(error)
    answer.flags = error.flags
  }
}

/// Lends `body` outputs with these texts, each in memory of its own.
private func withOutputs<Result>(
  _ texts: [String], _ sizes: Sizes,
  _ body: (UnsafePointer<UnsafePointer<evh_output>?>?, UInt32) -> Result
) -> Result {
  var copies: [UnsafeMutableBufferPointer<UInt8>] = []
  var outputs: [UnsafePointer<evh_output>?] = []
  for text in texts {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = copy.initialize(from: text.utf8)
    copies.append(copy)
    let output = UnsafeMutablePointer<evh_output>.allocate(capacity: 1)
    output.initialize(to: evh_output())
    output.pointee.struct_size = sizes.output
    output.pointee.finish = Int32(EVH_FINISH_STOP)
    output.pointee.text = evh_str(
      ptr: UnsafeRawPointer(copy.baseAddress)?.assumingMemoryBound(to: CChar.self),
      len: UInt64(copy.count))
    outputs.append(UnsafePointer(output))
  }
  defer {
    for copy in copies { copy.deallocate() }
    for output in outputs { output?.deallocate() }
  }
  return outputs.withUnsafeBufferPointer { body($0.baseAddress, UInt32($0.count)) }
}

private let collectRequest:
  @convention(c) (
    UnsafePointer<evh_stage_sink>?, UnsafePointer<evh_stage_request>?
  ) -> evh_status = { sink, request in
    guard let sink, let got = sinkTarget(sink.pointee.ctx), let request else { return 1 }
    got.pointee.stage = string(request.pointee.stage)
    got.pointee.prompt = string(request.pointee.prompt)
    got.pointee.flags = request.pointee.flags
    got.pointee.choices = (0..<Int(request.pointee.choice_count)).map {
      string(request.pointee.choices[$0])
    }
    got.pointee.stops = (0..<Int(request.pointee.stop_count)).map {
      string(request.pointee.stops[$0])
    }
    return evh_status(bitPattern: sink.pointee.flags)
  }

let collectValue: @convention(c) (UnsafePointer<evh_verdict_sink>?, evh_str, Double) -> evh_status =
  {
    sink, name, value in
    guard let sink, let got = sinkTarget(sink.pointee.ctx) else { return 1 }
    got.pointee.values.append("\(string(name))=\(value)")
    return evh_status(bitPattern: sink.pointee.flags)
  }

let collectVerdict:
  @convention(c) (
    UnsafePointer<evh_verdict_sink>?, UnsafePointer<evh_verdict>?
  ) -> evh_status = { sink, verdict in
    guard let sink, let got = sinkTarget(sink.pointee.ctx), let verdict else { return 1 }
    got.pointee.verdicts += 1
    got.pointee.outcome = verdict.pointee.outcome
    got.pointee.answer = string(verdict.pointee.answer)
    got.pointee.reference = string(verdict.pointee.reference)
    got.pointee.failReason = string(verdict.pointee.fail_reason)
    got.pointee.group = string(verdict.pointee.group)
    got.pointee.details = string(verdict.pointee.details_json)
    return evh_status(bitPattern: sink.pointee.flags)
  }

/// Runs `body` with a byte sink and returns what came through it.
func collectBytes(_ body: (UnsafePointer<evh_sink>) -> evh_status) -> Answer {
  var answer = Answer()
  withUnsafeMutablePointer(to: &answer.got) { got in
    var sink = evh_sink(
      struct_size: UInt32(MemoryLayout<evh_sink>.size), flags: 0, ctx: got,
      write: { sink, chunk in
        guard let got = sinkTarget(sink?.pointee.ctx) else { return 1 }
        got.pointee.bytes.append(contentsOf: string(chunk).utf8)
        return 0
      })
    return body(&sink)
  }.assign(to: &answer, evh_error())
  return answer
}

/// Runs `body` with a completion sink; each completion becomes a line in `done`.
func collectCompletions(
  sinkStatus: evh_status = 0, _ body: (UnsafePointer<evh_completion_sink>) -> evh_status
) -> Answer {
  var answer = Answer()
  withUnsafeMutablePointer(to: &answer.got) { got in
    var sink = evh_completion_sink(
      struct_size: UInt32(MemoryLayout<evh_completion_sink>.size),
      flags: UInt32(bitPattern: sinkStatus), ctx: got,
      done: { sink, output in
        guard let sink, let got = sinkTarget(sink.pointee.ctx), let output else { return 1 }
        let text = string(output.pointee.finish == 4 ? output.pointee.error : output.pointee.text)
        got.pointee.done.append("\(output.pointee.request_id) \(output.pointee.finish) \(text)")
        return evh_status(bitPattern: sink.pointee.flags)
      })
    return body(&sink)
  }.assign(to: &answer, evh_error())
  return answer
}
