// What is known of a server after it was asked, and what that means for signature and build.
internal import HTTPClient
internal import JSONFormat
internal import PluginKit

/// How continuations are scored on a server.
package enum ChooseMethod: Equatable, Sendable {
  /// The completions API gives the prompt's own log-probabilities back; `maxTokens` is the smallest
  /// number that it takes, `batches` whether it takes several prompts at once.
  case echo(maxTokens: Int, batches: Bool)
  /// The same by vLLM's own field.
  case promptLogprobs(batches: Bool)
  /// Only the next token's most probable values are known.
  case topLogprobs(API, count: Int)
  case none

  /// Names the method as far as scores depend on it.
  package var name: String {
    switch self {
    case .echo: "echo"
    case .promptLogprobs: "prompt_logprobs"
    case .topLogprobs(let api, let count):
      "top_logprobs \(count) (\(api == .chat ? "chat" : "completions"))"
    case .none: "nothing"
    }
  }
}

/// What a server says of itself.
package struct ServerFacts: Sendable {
  var kind: ServerKind
  var choose: ChooseMethod
  /// Tokens of prompt and completion together.
  var contextLength: Int?
  /// What the list of models says of the model, as far as it does not change from start to start.
  var identity: String
  /// How many requests it serves at once, if it says so (llama.cpp).
  var slots: Int?
}

extension ServerFacts {
  /// How many requests may be on their way at once.
  func connections(_ options: OpenAIOptions) -> Int {
    // More would only wait, and at llama.cpp keep connections from being served at all.
    options.connections ?? min(options.maxBatch, slots ?? 64)
  }

  /// What the host is told; the same for the same server and options whenever it is asked.
  func description(_ options: OpenAIOptions) -> ModelDescription {
    ModelDescription(
      signature: options.signature ?? signature(options), build: build(options),
      maxBatch: options.maxBatch, contextLength: contextLength)
  }

  /// Names what can be known of weights behind a server: its address, the model's name, its listing.
  ///
  /// A port on the machine itself names nothing: servers that are started for a run take any.
  private func signature(_ options: OpenAIOptions) -> String {
    let endpoint = options.endpoint
    let isHere =
      endpoint.host == "localhost" || endpoint.host == "::1"
      || endpoint.hostIsAddress && endpoint.host.hasPrefix("127.")
    let server =
      isHere
      ? "\(endpoint.scheme.rawValue)://localhost\(endpoint.path)" : endpoint.description
    return "remote:\(server) model=\(options.model)" + (identity.isEmpty ? "" : " \(identity)")
  }

  private func build(_ options: OpenAIOptions) -> String {
    let apis =
      switch options.endpointChoice {
      case .auto: "chat+completions"
      case .chat: "chat"
      case .completions: "completions"
      }
    var text = "openai 1; \(apis); choose by \(choose.name); server \(kind.rawValue)"
    let others = Self.deciding(options)
    if !others.isEmpty { text += "; \(others)" }
    return text
  }

  /// The options that decide completions and are not named elsewhere, as a word; empty by default.
  private static func deciding(_ options: OpenAIOptions) -> String {
    var parts: [String] = []
    if !options.sendsSeed { parts.append("no seed") }
    if options.includesReasoning { parts.append("with reasoning") }
    var members = options.body
    if let fields = options.fields {
      let names = fields.map { JSONValue.string($0.rawValue) }
      members.append(JSONMember(key: "(fields)", value: .array(names)))
    }
    if !options.omit.isEmpty {
      let names = options.omit.map { JSONValue.string($0) }
      members.append(JSONMember(key: "(omit)", value: .array(names)))
    }
    for header in options.headers {
      members.append(JSONMember(key: "(\(header.name))", value: .string(header.value)))
    }
    if !members.isEmpty, let bytes = try? JSONValue.object(members).serialized() {
      parts.append("options \(String(fingerprint(bytes), radix: 16))")
    }
    return parts.joined(separator: ", ")
  }
}

/// FNV-1a of 64 bits: tells configurations apart, keeps no secret.
private func fingerprint(_ bytes: [UInt8]) -> UInt64 {
  bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}
