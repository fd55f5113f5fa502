// What is known of the servers that are told apart, and which fields beyond OpenAI's they take.

/// A server program that is recognised by what it says of itself.
package enum ServerKind: String, Sendable {
  case vllm
  case sglang
  case llamaCpp = "llama.cpp"
  /// The server of the Python package llama-cpp-python, which is not llama.cpp's own.
  case llamaCppPython = "llama-cpp-python"
  case ollama
  /// Any other, the hosted ones too.
  case other

  /// Recognises a server by `owned_by` in its list of models and by its Server header.
  package init(ownedBy: String, serverHeader: String) {
    switch ownedBy.lowercased() {
    case "vllm": self = .vllm
    case "sglang": self = .sglang
    case "llamacpp": self = .llamaCpp
    case "me": self = .llamaCppPython
    case "library": self = .ollama
    default: self = serverHeader.lowercased().hasPrefix("llama.cpp") ? .llamaCpp : .other
    }
  }

  /// The fields that it takes and that would otherwise be what the model's maker recommends.
  var fields: [ExtraField] {
    switch self {
    case .vllm, .sglang: [.topK, .minP, .repetitionPenalty]
    case .llamaCpp: [.topK, .minP]
    case .llamaCppPython: [.topK, .minP, .repeatPenalty]
    case .ollama, .other: []
    }
  }

  /// Whether values that change nothing are sent as well, because leaving them out means another value:
  /// vLLM and SGLang take the model's `generation_config.json`, llama.cpp and
  /// llama-cpp-python have defaults of their own.
  var wantsNeutralValues: Bool {
    switch self {
    case .vllm, .sglang, .llamaCpp, .llamaCppPython: true
    case .ollama, .other: false
    }
  }

  /// The value of `top_k` that cuts nothing off: llama-cpp-python refuses negative ones.
  var wholeTopK: Int64 { self == .llamaCppPython ? 0 : -1 }

  /// How many next tokens are asked for, the first that it takes: hosted servers give at most 20 in the
  /// chat API and 5 in the other, llama.cpp any number.
  var topLogprobs: [Int] { self == .llamaCpp ? [100, 20, 5] : [20, 5] }

  /// How many stop strings it takes; the rest is applied here.
  var mostStops: Int {
    switch self {
    case .vllm, .sglang, .llamaCpp, .llamaCppPython: .max
    case .ollama, .other: 4
    }
  }
}

/// A member of a request that OpenAI does not have.
package enum ExtraField: String, Sendable, CaseIterable {
  case topK = "top_k"
  /// Sent as 0: no such cut is configurable, and some servers have one of their own.
  case minP = "min_p"
  /// Sent as 1, for the same reason.
  case repetitionPenalty = "repetition_penalty"
  /// The same by llama.cpp's name: sent as 1.
  case repeatPenalty = "repeat_penalty"
  // The members below are ids of the model's own vocabulary, or RWKV's, and go out as configured.
  case stopTokenIDs = "stop_token_ids"
  case banTokens = "ban_tokens"
  case noPenaltyTokens = "no_penalty_tokens"
  case penaltyDecay = "penalty_decay"
  case padZero = "pad_zero"
}
