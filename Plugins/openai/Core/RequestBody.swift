// The JSON that goes out. Pure: what was asked, what the options say, what the server is.
internal import JSONFormat
internal import PluginKit

/// What is asked for, copied from the host's request.
struct Wish {
  /// The context: text, or a JSON array of messages.
  var prompt: String
  var isMessages: Bool
  var sampling: Sampling?
  var seed: UInt64
}

/// Which of the server's two APIs.
package enum API: String, Sendable {
  case chat = "/chat/completions"
  case completions = "/completions"
}

/// Makes the bodies of requests.
struct RequestBody: Sendable {
  private let options: OpenAIOptions
  private let server: ServerKind
  private let fields: [ExtraField]

  init(_ options: OpenAIOptions, server: ServerKind) {
    self.options = options
    self.server = server
    fields = options.fields ?? server.fields
  }

  /// The API that takes this wish.
  func api(for wish: Wish) throws(PluginFailure) -> API {
    switch options.endpointChoice {
    case .auto: return wish.isMessages ? .chat : .completions
    case .chat: return .chat
    case .completions:
      guard !wish.isMessages else {
        throw PluginFailure(
          .unsupported,
          "the request is made of chat messages and the option endpoint is \"completions\"; set it to "
            + "\"auto\" or \"chat\"")
      }
      return .completions
    }
  }

  /// The body that asks for a text.
  func generate(_ wish: Wish, _ api: API) throws(PluginFailure) -> [UInt8] {
    var members = try context(wish, api)
    if let sampling = wish.sampling { members += self.members(of: sampling, api) }
    if options.sendsSeed { members.append("seed", .integer(Int64(portable(wish.seed)))) }
    return try serialized(members, isChoice: false)
  }

  /// The body that asks for the log-probabilities of whole texts, one or several.
  func echo(_ texts: [String], maxTokens: Int) throws(PluginFailure) -> [UInt8] {
    var members = scored(texts, maxTokens: maxTokens)
    members.append("echo", .bool(true))
    members.append("logprobs", .integer(1))
    return try serialized(members, isChoice: true)
  }

  /// The same for vLLM's own field, which adds one token that nobody asked for.
  func promptLogprobs(_ texts: [String]) throws(PluginFailure) -> [UInt8] {
    var members = scored(texts, maxTokens: 1)
    members.append("prompt_logprobs", .integer(1))
    return try serialized(members, isChoice: true)
  }

  /// The body that asks for the `count` most probable next tokens.
  func topLogprobs(_ wish: Wish, _ api: API, count: Int) throws(PluginFailure) -> [UInt8] {
    var members = try context(wish, api)
    members.append(maxTokensField(api), .integer(1))
    members.append("temperature", .integer(0))
    switch api {
    case .chat:
      members.append("logprobs", .bool(true))
      members.append("top_logprobs", .integer(Int64(count)))
    case .completions: members.append("logprobs", .integer(Int64(count)))
    }
    return try serialized(members, isChoice: true)
  }

  // MARK: Parts

  /// Only the chat API has the newer name.
  private func maxTokensField(_ api: API) -> String {
    api == .chat ? options.maxTokensField : "max_tokens"
  }

  private func context(_ wish: Wish, _ api: API) throws(PluginFailure) -> [JSONMember] {
    var members = [JSONMember(key: "model", value: .string(options.model))]
    switch api {
    case .completions:
      guard !wish.isMessages else {
        throw PluginFailure(.unsupported, "chat messages cannot go to the completions API")
      }
      members.append("prompt", .string(wish.prompt))
    case .chat: members.append("messages", try messages(wish))
    }
    return members
  }

  /// The messages as they are, or text as the one message of a user.
  private func messages(_ wish: Wish) throws(PluginFailure) -> JSONValue {
    guard wish.isMessages else {
      var message: [JSONMember] = []
      message.append("role", .string("user"))
      message.append("content", .string(wish.prompt))
      return .array([.object(message)])
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue.parse(Array(wish.prompt.utf8))
    } catch {
      throw PluginFailure(.invalidArgument, "the prompt is not JSON messages: \(error)")
    }
    guard let elements = value.elements, !elements.isEmpty else {
      throw PluginFailure(.invalidArgument, "the prompt is not a JSON array of messages")
    }
    return value
  }

  private func scored(_ texts: [String], maxTokens: Int) -> [JSONMember] {
    var members = [JSONMember(key: "model", value: .string(options.model))]
    // Some servers take only a string.
    let prompt: JSONValue =
      texts.count == 1 ? .string(texts[0]) : .array(texts.map { .string($0) })
    members.append("prompt", prompt)
    members.append("max_tokens", .integer(Int64(maxTokens)))
    members.append("temperature", .integer(0))
    return members
  }

  private func members(of sampling: Sampling, _ api: API) -> [JSONMember] {
    let sendsAll = server.wantsNeutralValues
    var members: [JSONMember] = []
    if sampling.maxTokens > 0 {
      members.append(maxTokensField(api), .integer(Int64(sampling.maxTokens)))
    }
    members.append("temperature", .number(sampling.temperature))
    if sendsAll || sampling.topP != 1 { members.append("top_p", .number(sampling.topP)) }
    if sendsAll || sampling.presencePenalty != 0 {
      members.append("presence_penalty", .number(sampling.presencePenalty))
    }
    if sendsAll || sampling.frequencyPenalty != 0 {
      members.append("frequency_penalty", .number(sampling.frequencyPenalty))
    }
    for field in fields { members.append(field.rawValue, value(of: field, sampling)) }
    let stops = sampling.stops.filter { !$0.isEmpty }.prefix(server.mostStops)
    if !stops.isEmpty { members.append("stop", .array(stops.map { .string($0) })) }
    return members
  }

  private func value(of field: ExtraField, _ sampling: Sampling) -> JSONValue {
    func list(_ ids: [Int32]) -> JSONValue { .array(ids.map { .integer(Int64($0)) }) }
    switch field {
    case .topK: return .integer(sampling.topK == 0 ? server.wholeTopK : Int64(sampling.topK))
    case .minP: return .integer(0)
    case .repetitionPenalty, .repeatPenalty: return .integer(1)
    case .stopTokenIDs: return list(sampling.stopTokens)
    case .banTokens: return list(sampling.banTokens)
    case .noPenaltyTokens: return list(sampling.noPenaltyTokens)
    case .penaltyDecay: return .number(sampling.penaltyDecay)
    case .padZero: return .bool(sampling.padZero)
    }
  }

  /// Puts the members of the option `body` in and takes those of `omit` out.
  ///
  /// A member of `body` stands instead of one of ours; where continuations are scored ours stay.
  private func serialized(
    _ members: [JSONMember], isChoice: Bool
  ) throws(PluginFailure) -> [UInt8] {
    var members = members.filter { !options.omit.contains($0.key) }
    for extra in options.body {
      if let at = members.firstIndex(where: { $0.key == extra.key }) {
        if !isChoice { members[at] = extra }
      } else {
        members.append(extra)
      }
    }
    do throws(JSONError) {
      return try JSONValue.object(members).serialized()
    } catch {
      throw PluginFailure(.invalidArgument, "the request cannot be written: \(error)")
    }
  }
}

/// A seed that every server takes: 31 bits, as llama.cpp keeps 32 and means "any" by all ones.
///
/// All bits of the host's seed decide it.
private func portable(_ seed: UInt64) -> UInt32 { UInt32(mix(seed) >> 33) }

extension [JSONMember] {
  fileprivate mutating func append(_ key: String, _ value: JSONValue) {
    append(JSONMember(key: key, value: value))
  }
}
