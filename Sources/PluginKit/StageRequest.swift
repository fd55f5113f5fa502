// What an evaluator asks for: one stage of one try.
internal import PluginAPI

/// One model call that an evaluator asks for.
///
/// The host adds seed and sampling.
public struct StageRequest: Sendable {
  /// What the backend is to do.
  public enum Kind: Int32, Sendable {
    /// Generate text after the prompt.
    case generate = 1
    /// Score given continuations of the prompt by their log-probability.
    case choose = 2
  }

  /// Text that is a string or is UTF-8 already; neither is copied on its way to the host.
  enum Text: Sendable {
    case string(String)
    case bytes([UInt8])
  }

  /// What the backend is to do.
  public var kind: Kind
  /// The stage's name, such as `cot`; picks `[sampling.<stage>]` of the run configuration.
  public var stage: String
  var prompt: Text
  /// The continuations to score; empty for `.generate`.
  public var choices: [String]
  /// Stop strings, in addition to the configured ones.
  public var stops: [String]
  /// No stage follows this one: the host goes straight to `score`.
  public var isFinal: Bool
  /// The prompt is a JSON array of `{"role": ..., "content": ...}`.
  public var isMessages: Bool

  /// Asks for text after `prompt`, which is the whole context, earlier stages included.
  public static func generate(
    stage: String, prompt: String, stops: [String] = [], isFinal: Bool = false,
    isMessages: Bool = false
  ) -> StageRequest {
    StageRequest(
      kind: .generate, stage: stage, prompt: .string(prompt), choices: [], stops: stops,
      isFinal: isFinal, isMessages: isMessages)
  }

  /// Asks for text after `prompt`, given as UTF-8.
  public static func generate(
    stage: String, prompt: [UInt8], stops: [String] = [], isFinal: Bool = false,
    isMessages: Bool = false
  ) -> StageRequest {
    StageRequest(
      kind: .generate, stage: stage, prompt: .bytes(prompt), choices: [], stops: stops,
      isFinal: isFinal, isMessages: isMessages)
  }

  /// Asks for the log-probability of each of `choices` after `prompt`.
  public static func choose(
    stage: String, prompt: String, choices: [String], isFinal: Bool = false,
    isMessages: Bool = false
  ) -> StageRequest {
    StageRequest(
      kind: .choose, stage: stage, prompt: .string(prompt), choices: choices, stops: [],
      isFinal: isFinal, isMessages: isMessages)
  }

  /// Asks for the log-probability of each of `choices` after `prompt`, given as UTF-8.
  public static func choose(
    stage: String, prompt: [UInt8], choices: [String], isFinal: Bool = false,
    isMessages: Bool = false
  ) -> StageRequest {
    StageRequest(
      kind: .choose, stage: stage, prompt: .bytes(prompt), choices: choices, stops: [],
      isFinal: isFinal, isMessages: isMessages)
  }

  /// The whole context as text, for tests of `next`.
  public var promptText: String {
    switch prompt {
    case .string(let text): text
    case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
    }
  }
}

extension StageRequest {
  /// Hands the request to the host.
  func send(to sink: UnsafePointer<evh_stage_sink>?) throws(PluginFailure) {
    let sink = try required(sink, "stage sink")
    try checkSize(sink.pointee.struct_size, atLeast: MinimumSize.sink, "evh_stage_sink")
    guard let accept = sink.pointee.request else { throw missing("stage sink function") }
    if kind == .choose, choices.isEmpty {
      throw PluginFailure(.internalError, "stage '\(stage)' asks to choose from no choices")
    }
    let status = withPrompt { prompt in
      withText(stage) { stage in
        withTexts(choices) { choices, choiceCount in
          withTexts(stops) { stops, stopCount in
            var request = evh_stage_request()
            request.struct_size = UInt32(MemoryLayout<evh_stage_request>.size)
            request.kind = kind.rawValue
            request.flags = flags
            request.choice_count = choiceCount
            request.stage = stage
            request.prompt = prompt
            request.choices = choices
            request.stops = stops
            request.stop_count = stopCount
            return accept(sink, &request)
          }
        }
      }
    }
    _ = try checkSinkStatus(status, "stage request")
  }

  private var flags: UInt32 {
    (isMessages ? UInt32(EVH_REQF_MESSAGES) : 0) | (isFinal ? UInt32(EVH_REQF_FINAL) : 0)
  }

  @inline(__always)
  private func withPrompt<Result>(_ body: (evh_str) -> Result) -> Result {
    switch prompt {
    case .string(let text): withText(text, body)
    case .bytes(let bytes): withText(bytes, body)
    }
  }
}
