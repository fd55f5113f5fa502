// The sampling parameters of one stage, their keys, defaults and ranges, and the one JSON form
// that is stored with completions.

/// A key of a sampling table, in the order in which parameters are written.
package enum SamplingKey: String, CaseIterable, Sendable {
  /// Tokens generated at most, at least 1.
  case maxGenerateTokens = "max_generate_tokens"
  /// The temperature, 0 or more.
  case temperature = "temperature"
  /// Only the k likeliest tokens, 0 for all.
  case topK = "top_k"
  /// Only the likeliest tokens of this mass, from 0 to 1.
  case topP = "top_p"
  /// The presence penalty.
  case alphaPresence = "alpha_presence"
  /// The frequency penalty.
  case alphaFrequency = "alpha_frequency"
  /// The decay of the penalties by token, from 0 to 1.
  case alphaDecay = "alpha_decay"
  /// Tokens that end the stage.
  case stopTokens = "stop_tokens"
  /// Tokens that are never sampled.
  case banTokens = "ban_tokens"
  /// Whether the prompt begins with token 0.
  case padZero = "pad_zero"
  /// Tokens without penalty.
  case noPenaltyTokenIDs = "no_penalty_token_ids"
  /// Texts that end the stage.
  case stop = "stop"
}

/// The value of one sampling key.
package enum SamplingValue: Equatable, Sendable {
  /// A count.
  case integer(Int)
  /// A number.
  case number(Double)
  /// A switch.
  case flag(Bool)
  /// Token ids; nil only as the default of `ban_tokens`.
  case tokens([Int]?)
  /// Texts.
  case texts([String])
}

/// The sampling parameters of one stage, whole.
package struct SamplingParameters: Equatable, Sendable {
  /// Tokens generated at most, at least 1.
  package var maxGenerateTokens = 4096
  /// The temperature, 0 or more.
  package var temperature = 0.3
  /// Only the k likeliest tokens, 0 for all.
  package var topK = 50
  /// Only the likeliest tokens of this mass, from 0 to 1.
  package var topP = 0.3
  /// The presence penalty.
  package var alphaPresence = 0.5
  /// The frequency penalty.
  package var alphaFrequency = 0.5
  /// The decay of the penalties by token, from 0 to 1.
  package var alphaDecay = 0.99
  /// Tokens that end the stage.
  package var stopTokens = [0, 261, 24281]
  /// Tokens that are never sampled; nil and empty sample alike but are written apart.
  package var banTokens: [Int]?
  /// Whether the prompt begins with token 0.
  package var padZero = true
  /// Tokens without penalty.
  package var noPenaltyTokenIDs = [33, 10] + Array(49...58)
  /// Texts that end the stage.
  package var stop: [String] = []

  /// Makes the parameters with their defaults.
  package init() {}

  /// The value of a key; setting a value of another kind than the key's changes nothing.
  package subscript(key: SamplingKey) -> SamplingValue {
    get {
      switch key {
      case .maxGenerateTokens: .integer(maxGenerateTokens)
      case .temperature: .number(temperature)
      case .topK: .integer(topK)
      case .topP: .number(topP)
      case .alphaPresence: .number(alphaPresence)
      case .alphaFrequency: .number(alphaFrequency)
      case .alphaDecay: .number(alphaDecay)
      case .stopTokens: .tokens(stopTokens)
      case .banTokens: .tokens(banTokens)
      case .padZero: .flag(padZero)
      case .noPenaltyTokenIDs: .tokens(noPenaltyTokenIDs)
      case .stop: .texts(stop)
      }
    }
    set {
      switch (key, newValue) {
      case (.maxGenerateTokens, .integer(let value)): maxGenerateTokens = value
      case (.temperature, .number(let value)): temperature = value
      case (.topK, .integer(let value)): topK = value
      case (.topP, .number(let value)): topP = value
      case (.alphaPresence, .number(let value)): alphaPresence = value
      case (.alphaFrequency, .number(let value)): alphaFrequency = value
      case (.alphaDecay, .number(let value)): alphaDecay = value
      case (.stopTokens, .tokens(let value)): stopTokens = value ?? []
      case (.banTokens, .tokens(let value)): banTokens = value
      case (.padZero, .flag(let value)): padZero = value
      case (.noPenaltyTokenIDs, .tokens(let value)): noPenaltyTokenIDs = value ?? []
      case (.stop, .texts(let value)): stop = value
      default: break
      }
    }
  }

  /// The parameters as a JSON object in UTF-8: always the eleven keys of old exports in their
  /// order, then `stop` when it is not empty; no white space, numbers as Swift and Python print
  /// them, so equal parameters give equal bytes.
  package func json() -> [UInt8] {
    var fields: [String] = []
    for key in SamplingKey.allCases where key != .stop || !stop.isEmpty {
      fields.append("\"\(key.rawValue)\":\(self[key].json)")
    }
    return Array("{\(fields.joined(separator: ","))}".utf8)
  }
}

extension SamplingValue {
  fileprivate var json: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): value.description
    case .flag(let value): value ? "true" : "false"
    case .tokens(nil): "null"
    case .tokens(let values?): "[\(values.map(String.init).joined(separator: ","))]"
    case .texts(let values): "[\(values.map(jsonString).joined(separator: ","))]"
    }
  }
}

private func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
