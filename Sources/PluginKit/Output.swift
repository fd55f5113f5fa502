// What came back for one stage, read from the host's memory only as far as somebody asks.
internal import PluginAPI

/// Log-probability of one continuation of a CHOOSE request.
public struct ChoiceScore: Sendable, Equatable {
  /// Sum of the log-probabilities of the continuation's tokens.
  public var logprobSum: Double
  /// Tokens of the continuation.
  public var tokenCount: UInt32
  /// Whether greedy decoding would have given this continuation.
  public var isGreedy: Bool

  /// The score of one continuation.
  public init(logprobSum: Double, tokenCount: UInt32, isGreedy: Bool = false) {
    self.logprobSum = logprobSum
    self.tokenCount = tokenCount
    self.isGreedy = isGreedy
  }
}

/// Why a completion ended; the raw values are those of `EVH_FINISH_*`.
public enum Finish: Int32, Sendable {
  /// A stop token or stop string, which is not part of the text.
  case stop = 1
  /// The largest number of tokens was reached.
  case length = 2
  /// A CHOOSE request was scored.
  case choice = 3
  /// The backend failed: `Output.failure` says why, nothing else is valid.
  case error = 4
  /// The request was cancelled.
  case cancelled = 5
}

/// What came back for one stage.
///
/// Valid only until the method that got it returns; what it gave (strings, arrays) is yours to keep.
public final class Output {
  private enum Source {
    case borrowed(UnsafePointer<evh_output>)
    case made(stage: String, text: String, finish: Finish, scores: [ChoiceScore])
    case expired
  }

  private var source: Source
  private var cachedText: String?

  /// An output of one's own, for tests of `next` and `score`.
  public init(
    stage: String, text: String, finish: Finish = .stop, scores: [ChoiceScore] = []
  ) {
    source = .made(stage: stage, text: text, finish: finish, scores: scores)
  }

  init(_ output: UnsafePointer<evh_output>?) throws(PluginFailure) {
    let output = try required(output, "output")
    try checkSize(output.pointee.struct_size, atLeast: MinimumSize.output, "evh_output")
    guard Finish(rawValue: output.pointee.finish) != nil else {
      throw PluginFailure(
        .invalidArgument, "an output of the host has the unknown finish \(output.pointee.finish)")
    }
    source = .borrowed(output)
  }

  /// Cuts the tie to the host's memory; later use of the output traps instead of reading freed bytes.
  func expire() { source = .expired }

  private var expired: Never {
    preconditionFailure("an Output was used after the call that it came with had returned")
  }
}

extension Output {
  /// Why the completion ended.
  public var finish: Finish {
    switch source {
    // Checked when the output was made.
    case .borrowed(let output): Finish(rawValue: output.pointee.finish) ?? .error
    case .made(_, _, let finish, _): finish
    case .expired: expired
    }
  }

  /// The stage's name, such as `cot`.
  public var stage: String {
    switch source {
    case .borrowed(let output): output.pointee.stage.string
    case .made(let stage, _, _, _): stage
    case .expired: expired
    }
  }

  /// The completion, or for a CHOOSE request the best continuation; made once, repaired to UTF-8.
  public var text: String {
    if let cachedText { return cachedText }
    switch source {
    case .borrowed(let output):
      let text = output.pointee.text.string
      cachedText = text
      return text
    case .made(_, let text, _, _): return text
    case .expired: expired
    }
  }

  /// Lends `body` the completion's bytes, UTF-8 as far as the model wrote any, without a copy.
  public func withTextBytes<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    switch source {
    case .borrowed(let output): return try body(output.pointee.text.bytes.span)
    case .made(_, let text, _, _): return try body(text.utf8Span.span)
    case .expired: expired
    }
  }

  /// The scores of a CHOOSE request, in the order of its choices; empty for another.
  public var scores: [ChoiceScore] {
    switch source {
    case .borrowed(let output):
      guard let scores = output.pointee.scores else { return [] }
      return UnsafeBufferPointer(start: scores, count: Int(output.pointee.score_count)).map {
        ChoiceScore(
          logprobSum: $0.logprob_sum, tokenCount: $0.token_count,
          isGreedy: $0.flags & UInt32(EVH_CHOICEF_GREEDY) != 0)
      }
    case .made(_, _, _, let scores): return scores
    case .expired: expired
    }
  }

  /// Tokens of the prompt and of the completion, as far as the backend counts them.
  public var tokenCounts: (prompt: UInt32, completion: UInt32) {
    switch source {
    case .borrowed(let output):
      (output.pointee.prompt_tokens, output.pointee.completion_tokens)
    case .made: (0, 0)
    case .expired: expired
    }
  }

  /// What the backend says when `finish` is `.error`, else nil.
  public var failure: PluginFailure? {
    guard finish == .error, case .borrowed(let output) = source else { return nil }
    return PluginFailure(
      PluginFailure.Code(rawValue: output.pointee.error_code) ?? .internalError,
      output.pointee.error.string,
      isRetryable: output.pointee.error_flags & UInt32(EVH_ERR_RETRYABLE) != 0)
  }
}

/// Runs `body` with the host's outputs and cuts their tie to its memory afterwards.
@inline(__always)
func withOutputs<Result>(
  _ outputs: UnsafePointer<UnsafePointer<evh_output>?>?, _ count: UInt32,
  _ body: ([Output]) throws(PluginFailure) -> Result
) throws(PluginFailure) -> Result {
  guard count > 0 else { return try body([]) }
  let pointers = try required(outputs, "outputs")
  var list: [Output] = []
  list.reserveCapacity(Int(count))
  defer { for output in list { output.expire() } }
  for index in 0..<Int(count) { list.append(try Output(pointers[index])) }
  return try body(list)
}
