// The way of a backend's answers to the host, without a copy of any text.
internal import PluginAPI

/// Hands what is done to the host, once for each accepted request; valid only until `pump` returns.
///
/// Each method returns whether the host wants more in this call; on false keep the rest for the next.
public struct Deliver {
  private let sink: UnsafePointer<evh_completion_sink>
  private let done:
    @convention(c) (
      UnsafePointer<evh_completion_sink>?, UnsafePointer<evh_output>?
    ) -> evh_status

  init(_ sink: UnsafePointer<evh_completion_sink>?) throws(PluginFailure) {
    self.sink = try required(sink, "completion sink")
    let size = self.sink.pointee.struct_size
    try checkSize(size, atLeast: MinimumSize.sink, "evh_completion_sink")
    guard let done = self.sink.pointee.done else { throw missing("done function") }
    self.done = done
  }

  /// What is known of a finished request besides its text.
  public struct Facts: Sendable {
    /// The request's id.
    public var request: UInt64
    /// The request's stage.
    public var stage: String
    /// Tokens of the prompt.
    public var promptTokens: UInt32
    /// Tokens generated.
    public var completionTokens: UInt32
    /// From submit to done, in nanoseconds.
    public var latency: UInt64

    /// The facts of one request.
    public init(
      request: UInt64, stage: String, promptTokens: UInt32 = 0, completionTokens: UInt32 = 0,
      latency: UInt64 = 0
    ) {
      self.request = request
      self.stage = stage
      self.promptTokens = promptTokens
      self.completionTokens = completionTokens
      self.latency = latency
    }
  }

  /// Delivers generated text.
  public func text(
    _ text: String, finish: Finish, _ facts: Facts
  ) throws(PluginFailure) -> Bool {
    try self.text(text.utf8Span.span, finish: finish, facts)
  }

  /// Delivers generated text that is UTF-8 already.
  public func text(
    _ text: Span<UInt8>, finish: Finish, _ facts: Facts
  ) throws(PluginFailure) -> Bool {
    var output = Self.output(facts, finish)
    return try text.withUnsafeBufferPointer { bytes throws(PluginFailure) in
      output.text = evh_str(bytes)
      return try send(&output, stage: facts.stage)
    }
  }

  /// Delivers the scores of all choices, in their order, and the best continuation.
  public func scores(
    _ scores: [ChoiceScore], best: String, _ facts: Facts
  ) throws(PluginFailure) -> Bool {
    var output = Self.output(facts, .choice)
    let raw = scores.map {
      evh_choice_score(
        logprob_sum: $0.logprobSum, token_count: $0.tokenCount,
        flags: $0.isGreedy ? UInt32(EVH_CHOICEF_GREEDY) : 0)
    }
    let status = withText(best) { best in
      raw.withUnsafeBufferPointer { raw in
        output.text = best
        output.scores = raw.baseAddress
        output.score_count = UInt32(raw.count)
        return withText(facts.stage) { stage in
          output.stage = stage
          return done(sink, &output)
        }
      }
    }
    return try checkSinkStatus(status, "completion")
  }

  /// Delivers that the request failed; the host decides whether to ask again.
  public func failure(
    _ failure: PluginFailure, _ facts: Facts
  ) throws(PluginFailure) -> Bool {
    var output = Self.output(facts, .error)
    output.error_code = failure.code.rawValue
    output.error_flags = failure.isRetryable ? UInt32(EVH_ERR_RETRYABLE) : 0
    return try failure.message.utf8Span.span.withUnsafeBufferPointer {
      bytes throws(PluginFailure) in
      output.error = evh_str(bytes)
      return try send(&output, stage: facts.stage)
    }
  }

  /// Delivers that the request was cancelled.
  public func cancelled(_ facts: Facts) throws(PluginFailure) -> Bool {
    var output = Self.output(facts, .cancelled)
    return try send(&output, stage: facts.stage)
  }

  private static func output(_ facts: Facts, _ finish: Finish) -> evh_output {
    var output = evh_output()
    output.struct_size = UInt32(MemoryLayout<evh_output>.size)
    output.finish = finish.rawValue
    output.request_id = facts.request
    output.prompt_tokens = facts.promptTokens
    output.completion_tokens = facts.completionTokens
    output.latency_ns = facts.latency
    return output
  }

  private func send(
    _ output: inout evh_output, stage: String
  ) throws(PluginFailure) -> Bool {
    let status = withText(stage) { stage in
      output.stage = stage
      return done(sink, &output)
    }
    return try checkSinkStatus(status, "completion")
  }
}
