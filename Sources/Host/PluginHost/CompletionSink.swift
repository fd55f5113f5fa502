// Where a backend delivers completions: each accepted request exactly once, in whatever order.

import Model
import PluginAPI

/// Checks what a backend delivers and hands it on during one `pump`.
final class CompletionSink {
  /// Requests that were accepted and not delivered yet, with the number of their choices.
  private(set) var inFlight: [UInt64: UInt32] = [:]
  /// Deliveries that were refused: of unknown or finished requests, or unreadable.
  private(set) var refusedCount = 0
  /// The first rule broken in this pump.
  private(set) var fault: SinkFault?
  private let label: String
  private let sink = UnsafeMutablePointer<evh_completion_sink>.allocate(capacity: 1)
  private var deliver: ((CompletionView) -> Void)?

  /// Bytes of the longest completion.
  static let textLimit = 64 << 20

  /// `label` is how messages name the plugin.
  init(label: String) {
    self.label = label
    sink.initialize(to: evh_completion_sink())
    sink.pointee.struct_size = structSize(evh_completion_sink.self)
    sink.pointee.ctx = Unmanaged.passUnretained(self).toOpaque()
    sink.pointee.done = { sink, output in
      guard let context = sink?.pointee.ctx else { return CallStatus.invalidArgument.rawValue }
      // The model that owns the sink makes the call.
      return Unmanaged<CompletionSink>.fromOpaque(context).takeUnretainedValue().accept(output)
    }
  }

  deinit { sink.deallocate() }

  /// Runs `body` with the C face; deliveries reach `deliver` while it runs, and only then.
  func receive(
    _ deliver: (CompletionView) -> Void,
    during body: (UnsafePointer<evh_completion_sink>) -> evh_status
  ) -> evh_status {
    fault = nil
    return withoutActuallyEscaping(deliver) { deliver in
      self.deliver = deliver
      defer { self.deliver = nil }
      return body(UnsafePointer(sink))
    }
  }

  /// Notes an accepted request.
  func expect(_ requestID: UInt64, choices: Int) { inFlight[requestID] = UInt32(choices) }

  private func accept(_ pointer: UnsafePointer<evh_output>?) -> evh_status {
    do throws(SinkFault) {
      guard let deliver else { throw SinkFault("called done() outside of pump()") }
      let output = try read(pointer)
      guard let choices = inFlight.removeValue(forKey: output.request_id) else {
        throw SinkFault(
          "delivered a request that is not in flight, or twice", status: .notFound)
      }
      deliver(completion(output, choices: choices))
      return CallStatus.ok.rawValue
    } catch {
      refusedCount += 1
      fault = fault ?? error
      return error.status.rawValue
    }
  }

  private func read(_ pointer: UnsafePointer<evh_output>?) throws(SinkFault) -> evh_output {
    guard let pointer else { throw SinkFault("delivered a null output") }
    let size = pointer.pointee.struct_size
    guard size >= FirstRelease.output else {
      throw SinkFault("delivered an output shorter than version 1.0's")
    }
    return copy(pointer, size: size, over: evh_output())
  }

  /// The view of an output; one that cannot be used becomes an error of its request.
  private func completion(_ output: evh_output, choices: UInt32) -> CompletionView {
    let raw = UInt8(exactly: output.finish)
    guard let finish = raw.flatMap(StopReason.init(rawValue:)) else {
      return broken(output, "delivered unknown finish \(output.finish)")
    }
    if finish == .error { return failed(output) }
    let text: UnsafeBufferPointer<UInt8>
    do throws(TextFault) {
      text = try output.text.bytes(limit: Self.textLimit)
    } catch {
      let fault = error.fault(
        "delivered a text without bytes", "delivered a text over 64 MiB",
        "delivered a text that is not UTF-8")
      return broken(output, "\(fault.reason)")
    }
    guard finish == .cancelled || (finish == .choice) == (choices > 0) else {
      return broken(output, "delivered finish \(output.finish) for \(choices) choices")
    }
    if finish != .cancelled, output.score_count != choices {
      return broken(output, "delivered \(output.score_count) scores for \(choices) choices")
    }
    guard output.score_count == 0 || output.scores != nil else {
      return broken(output, "delivered a count of scores without them")
    }
    let scores = UnsafeBufferPointer(start: output.scores, count: Int(output.score_count))
    guard scores.allSatisfy({ !$0.logprob_sum.isNaN }) else {
      return broken(output, "delivered a log-probability that is not a number")
    }
    return CompletionView(
      requestID: output.request_id, finish: finish, text: text, counts: counts(output),
      failure: nil, rawScores: scores)
  }

  private func counts(_ output: evh_output) -> CompletionCounts {
    CompletionCounts(
      promptTokens: output.prompt_tokens, completionTokens: output.completion_tokens,
      latencyNanoseconds: output.latency_ns)
  }

  private func failed(_ output: evh_output) -> CompletionView {
    let status = CallStatus(rawValue: output.error_code)
    let said = output.error.messageText()
    return failure(
      output,
      CallFailure(
        status: status == .ok ? .internalFailure : status ?? .internalFailure,
        message: "\(label), done(): \(said.isEmpty ? "no reason given" : said)",
        isRetryable: output.error_flags & UInt32(EVH_ERR_RETRYABLE) != 0,
        isPoisoned: output.error_flags & UInt32(EVH_ERR_POISONED) != 0))
  }

  private func broken(_ output: evh_output, _ reason: String) -> CompletionView {
    failure(
      output,
      CallFailure(
        status: .internalFailure, message: "\(label), done(): broke the ABI: \(reason)",
        brokeContract: true))
  }

  private func failure(_ output: evh_output, _ failure: CallFailure) -> CompletionView {
    CompletionView(
      requestID: output.request_id, finish: .error,
      text: UnsafeBufferPointer(start: nil, count: 0), counts: CompletionCounts(),
      failure: failure, rawScores: UnsafeBufferPointer(start: nil, count: 0))
  }
}
