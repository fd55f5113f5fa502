// What a backend is asked for, read from the host's memory only as far as somebody asks.
internal import PluginAPI

/// How to sample.
public struct Sampling: Sendable {
  /// Most tokens to generate.
  public var maxTokens: UInt32
  /// 0 = greedy.
  public var temperature: Double
  /// Nucleus: 1 = all.
  public var topP: Double
  /// 0 = all.
  public var topK: UInt32
  /// Subtracted once from the logit of each token that has occurred.
  public var presencePenalty: Double
  /// Subtracted for each occurrence.
  public var frequencyPenalty: Double
  /// Factor on the counts of occurrences after each token.
  public var penaltyDecay: Double
  /// Feed token 0 before the prompt.
  public var padZero: Bool
  /// Tokens that end the text.
  public var stopTokens: [Int32]
  /// Tokens that are never sampled.
  public var banTokens: [Int32]
  /// Tokens that no penalty applies to.
  public var noPenaltyTokens: [Int32]
  /// Strings that end the text.
  public var stops: [String]

  init(_ sampling: UnsafePointer<evh_sampling>) throws(PluginFailure) {
    try checkSize(sampling.pointee.struct_size, atLeast: MinimumSize.sampling, "evh_sampling")
    maxTokens = sampling.pointee.max_tokens
    temperature = sampling.pointee.temperature
    topP = sampling.pointee.top_p
    topK = sampling.pointee.top_k
    presencePenalty = sampling.pointee.presence_penalty
    frequencyPenalty = sampling.pointee.frequency_penalty
    penaltyDecay = sampling.pointee.penalty_decay
    padZero = sampling.pointee.pad_zero != 0
    stopTokens = list(sampling.pointee.stop_tokens, sampling.pointee.stop_token_count)
    banTokens = list(sampling.pointee.ban_tokens, sampling.pointee.ban_token_count)
    noPenaltyTokens = list(
      sampling.pointee.no_penalty_tokens, sampling.pointee.no_penalty_token_count)
    stops = list(sampling.pointee.stops, sampling.pointee.stop_count).map(\.string)
  }
}

/// A copy of the host's `count` elements; a null pointer is none.
private func list<Element>(_ start: UnsafePointer<Element>?, _ count: UInt32) -> [Element] {
  guard let start else { return [] }
  return Array(UnsafeBufferPointer(start: start, count: Int(count)))
}

/// One request of the host; valid only until `submit` returns: copy what is needed later.
public struct Request {
  private let request: UnsafePointer<evh_request>

  init(_ request: UnsafePointer<evh_request>?) throws(PluginFailure) {
    self.request = try required(request, "request")
    let size = self.request.pointee.struct_size
    try checkSize(size, atLeast: MinimumSize.request, "evh_request")
  }

  /// The host's number for it, unique within the worker.
  public var id: UInt64 { request.pointee.request_id }
  /// Generate or choose; nil for a kind that this kit does not know.
  public var kind: StageRequest.Kind? { StageRequest.Kind(rawValue: request.pointee.kind) }
  /// From 0, in file order.
  public var sampleIndex: UInt64 { request.pointee.sample_index }
  /// From 0.
  public var repeatIndex: UInt32 { request.pointee.repeat_index }
  /// From 1.
  public var stageIndex: UInt32 { request.pointee.stage_index }
  /// Decides the text whatever the batch, its neighbours or the worker.
  public var seed: UInt64 { request.pointee.seed }
  /// The stage's name, such as `cot`.
  public var stage: String { request.pointee.stage.string }
  /// The whole context.
  public var prompt: String { request.pointee.prompt.string }
  /// Whether the prompt is a JSON array of messages.
  public var isMessages: Bool { request.pointee.flags & UInt32(EVH_REQF_MESSAGES) != 0 }
  /// How many continuations are to be scored.
  public var choiceCount: Int { Int(request.pointee.choice_count) }
  /// The continuations to score; empty for `.generate`.
  public var choices: [String] {
    list(request.pointee.choices, request.pointee.choice_count).map(\.string)
  }
  /// Names the work in logs, such as `gsm8k_test/cot`.
  public var task: String { request.pointee.task.string }

  /// How to sample; nil when the host does not say.
  public func sampling() throws(PluginFailure) -> Sampling? {
    guard let sampling = request.pointee.sampling else { return nil }
    return try Sampling(sampling)
  }

  /// Lends `body` the whole context as UTF-8, without a copy.
  public func withPromptBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(request.pointee.prompt.bytes.span)
  }

  /// Lends `body` the name of the work in logs as UTF-8, without a copy.
  public func withTaskBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(request.pointee.task.bytes.span)
  }

  /// Lends `body` the hash (16 bytes) of everything that decides the completion.
  public func withWorkKey<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(request.pointee.work_key.bytes.span)
  }
}
