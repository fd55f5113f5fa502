// What a model of this backend may be told.
internal import HTTPClient
package import JSONFormat
package import PluginKit

/// The `[[models]]` table, its `[models.options]` checked; docs/openai.md has the table of them.
package struct OpenAIOptions: Sendable {
  /// Which of the two APIs requests go to.
  package enum EndpointChoice: String, Sendable {
    /// Messages to chat, text to completions.
    case auto
    case chat
    case completions
  }

  /// How continuations are scored.
  package enum Choose: String, Sendable, CaseIterable {
    /// What the server is found to be able to.
    case auto
    case echo
    case promptLogprobs = "prompt_logprobs"
    case topLogprobs = "top_logprobs"
    /// Not at all: nothing is tried, requests to choose fail.
    case none
  }

  /// The server and the path that `/chat/completions` is appended to.
  let endpoint: Endpoint
  /// The model's name at the server.
  let model: String
  /// The signature that the configuration gives, if any.
  let signature: String?
  let apiKeyEnvironment: String?
  let apiKeyHeader: String
  let headers: [(name: String, value: String)]
  let verifyTLS: Bool
  let caFile: String?
  let endpointChoice: EndpointChoice
  let choose: Choose
  let topLogprobs: Int?
  let sendsSeed: Bool
  /// Members that OpenAI does not have and this server takes; nil = by what server it is.
  let fields: [ExtraField]?
  /// Members that are never sent.
  let omit: [String]
  let maxTokensField: String
  /// Members that each request has besides.
  let body: [JSONMember]
  let includesReasoning: Bool
  let maxBatch: Int
  /// Nil: as many as the server says that it serves at once, else as many as is usual.
  let connections: Int?
  /// In nanoseconds, as all times below.
  let timeout: UInt64
  let connectTimeout: UInt64
  let retry: RetryPolicy
  let giveUpAfter: UInt64

  /// Reads the `[[models]]` table.
  package init(model table: JSONValue) throws(ConfigurationError) {
    var options = try Options(table["options"] ?? .object([]))
    guard let url = try options.string("base_url"), !url.isEmpty else {
      throw ConfigurationError(
        "openai needs the option 'base_url', such as \"http://127.0.0.1:8000/v1\"")
    }
    do throws(EndpointError) {
      endpoint = try Endpoint(url)
    } catch {
      throw ConfigurationError("option 'base_url': \(error)")
    }
    let name = table["name"]?.string ?? ""
    model = try options.string("model", default: name)
    guard !model.isEmpty else {
      throw ConfigurationError("openai needs the option 'model': the model's name at the server")
    }
    signature = table["signature"]?.string
    apiKeyEnvironment = try options.string("api_key_env")
    apiKeyHeader = try options.string("api_key_header", default: "Authorization")
    headers = try Self.headers(&options)
    verifyTLS = try options.bool("verify_tls", default: true)
    caFile = try options.string("ca_file")
    endpointChoice = try Self.word(&options, "endpoint", .auto, [.auto, .chat, .completions])
    choose = try Self.word(&options, "choose", .auto, Choose.allCases)
    topLogprobs =
      options.has("top_logprobs")
      ? try options.integer("top_logprobs", default: 20, in: 1...1000) : nil
    sendsSeed = try options.bool("seed", default: true)
    fields = try Self.fields(&options)
    omit = try options.strings("omit") ?? []
    for name in omit where Self.reserved.contains(name) {
      throw ConfigurationError("option 'omit' may not name '\(name)': a request needs it")
    }
    maxTokensField = try options.string(
      "max_tokens_field", default: "max_tokens", oneOf: ["max_tokens", "max_completion_tokens"])
    body = try Self.body(&options)
    includesReasoning =
      try options.string("reasoning", default: "ignore", oneOf: ["ignore", "include"]) == "include"
    maxBatch = try options.integer("max_batch", default: 256, in: 1...65_536)
    connections =
      options.has("connections")
      ? try options.integer("connections", default: 64, in: 1...4096) : nil
    timeout = try Self.seconds(&options, "timeout_s", 600)
    connectTimeout = try Self.seconds(&options, "connect_timeout_s", 10)
    retry = RetryPolicy(
      retries: try options.integer("retries", default: 8, in: 0...1000),
      base: try Self.seconds(&options, "backoff_s", 0.5),
      longest: try Self.seconds(&options, "max_backoff_s", 60),
      longestRetryAfter: try Self.seconds(&options, "max_retry_after_s", 120))
    giveUpAfter = try Self.seconds(&options, "give_up_after_s", 300)
    try options.finish()
  }
}

// MARK: Single options

extension OpenAIOptions {
  /// Members that decide what a request is; neither `body` nor `omit` may name one.
  private static let reserved: Set<String> = [
    "model", "prompt", "messages", "stream", "n", "echo", "logprobs", "top_logprobs",
    "prompt_logprobs", "best_of",
  ]

  /// Headers that this backend or its HTTP client writes, or that are secrets by their name.
  private static let ownHeaders: Set<String> = ["content-type", "accept", "accept-encoding"]
  private static let secretHeaders: Set<String> = [
    "authorization", "proxy-authorization", "api-key", "x-api-key", "cookie",
  ]

  private static func word<Word: RawRepresentable<String>>(
    _ options: inout Options, _ name: String, _ fallback: Word, _ words: [Word]
  ) throws(ConfigurationError) -> Word {
    let text = try options.string(
      name, default: fallback.rawValue, oneOf: words.map(\.rawValue))
    return Word(rawValue: text) ?? fallback
  }

  /// A span in seconds, as nanoseconds.
  private static func seconds(
    _ options: inout Options, _ name: String, _ fallback: Double
  ) throws(ConfigurationError) -> UInt64 {
    let seconds = try options.double(name, default: fallback)
    guard seconds >= 0.001, seconds <= 1e7 else {
      throw ConfigurationError(
        "option '\(name)' is \(seconds); it must be 0.001 to 10000000 seconds")
    }
    return nanoseconds(seconds)
  }

  private static func headers(
    _ options: inout Options
  ) throws(ConfigurationError) -> [(name: String, value: String)] {
    guard let value = options.value("headers") else { return [] }
    guard let members = value.members else {
      throw ConfigurationError("option 'headers' must be a table of names and strings")
    }
    var headers: [(name: String, value: String)] = []
    for member in members {
      guard let text = member.value.string else {
        throw ConfigurationError("option 'headers': '\(member.key)' must be a string")
      }
      let name = member.key.lowercased()
      guard !secretHeaders.contains(name) else {
        throw ConfigurationError(
          "option 'headers' may not hold '\(member.key)': it would be stored with the run; put the "
            + "key into an environment variable and name that with 'api_key_env'")
      }
      guard !ownHeaders.contains(name) else {
        throw ConfigurationError("option 'headers' may not hold '\(member.key)': it is set already")
      }
      headers.append((member.key, text))
    }
    do throws(HTTPRequestError) {
      _ = try HTTPHeaders(headers)
    } catch {
      throw ConfigurationError("option 'headers': \(error)")
    }
    return headers
  }

  private static func fields(_ options: inout Options) throws(ConfigurationError) -> [ExtraField]? {
    guard let names = try options.strings("fields") else { return nil }
    var fields: [ExtraField] = []
    for name in names {
      guard let field = ExtraField(rawValue: name) else {
        let known = ExtraField.allCases.map(\.rawValue).joined(separator: ", ")
        throw ConfigurationError(
          "option 'fields' names '\(name)'; it may name \(known); anything else goes into 'body'")
      }
      if !fields.contains(field) { fields.append(field) }
    }
    return fields
  }

  private static func body(_ options: inout Options) throws(ConfigurationError) -> [JSONMember] {
    guard let value = options.value("body") else { return [] }
    guard let members = value.members else {
      throw ConfigurationError("option 'body' must be a table: members of each request")
    }
    for member in members where reserved.contains(member.key) {
      throw ConfigurationError("option 'body' may not set '\(member.key)': the backend does")
    }
    guard (try? value.serialized()) != nil else {
      throw ConfigurationError("option 'body' holds a number that JSON cannot carry")
    }
    return members
  }
}

extension Options {
  /// Whether the option is there; it still has to be read.
  fileprivate mutating func has(_ name: String) -> Bool { value(name) != nil }
}
