// What is known of the servers that are told apart, and which fields beyond OpenAI's they take.

/// A server program that is recognised by what it says of itself.
package enum ServerKind: String, Sendable {
  case vllm
  case sglang
  case llamaCpp = "llama.cpp"
  case ollama
  /// Any other, the hosted ones too.
  case other

  /// Recognises a server by `owned_by` in its list of models and by its Server header.
  package init(ownedBy: String, serverHeader: String) {
    switch ownedBy.lowercased() {
    case "vllm": self = .vllm
    case "sglang": self = .sglang
    case "llamacpp": self = .llamaCpp
    case "library": self = .ollama
    default: self = serverHeader.lowercased().hasPrefix("llama.cpp") ? .llamaCpp : .other
    }
  }

  /// The fields that it takes and that would otherwise be what the model's maker recommends.
  var fields: [ExtraField] {
    switch self {
    case .vllm, .sglang: [.topK, .minP, .repetitionPenalty]
    case .llamaCpp: [.topK, .minP]
    case .ollama, .other: []
    }
  }

  /// Whether values that change nothing are sent as well, because leaving them out means another value:
  /// vLLM and SGLang take the model's `generation_config.json`, llama.cpp has defaults of its own.
  var wantsNeutralValues: Bool {
    switch self {
    case .vllm, .sglang, .llamaCpp: true
    case .ollama, .other: false
    }
  }

  /// How many stop strings it takes; the rest is applied here.
  var mostStops: Int {
    switch self {
    case .vllm, .sglang, .llamaCpp: .max
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
  // The members below are ids of the model's own vocabulary, or RWKV's, and go out as configured.
  case stopTokenIDs = "stop_token_ids"
  case banTokens = "ban_tokens"
  case noPenaltyTokens = "no_penalty_tokens"
  case penaltyDecay = "penalty_decay"
  case padZero = "pad_zero"
}
