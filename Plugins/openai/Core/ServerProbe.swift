// Finding out what a server is and can, by asking it while the model is loaded.
internal import HTTPClient
internal import JSONFormat
internal import PluginKit

/// Asks a server a few small things, once.
struct ServerProbe {
  /// What trying a request gave.
  private enum Attempt {
    case answer(JSONValue)
    /// The server refused this request, or answered it with something else.
    case refused(String)
    /// The whole API is not there.
    case noSuchPath(String)
  }

  private let options: OpenAIOptions
  private let line: ServerLine
  private var kind = ServerKind.other
  /// Why the methods that were tried do not work, for the error when one was demanded.
  private var reasons: [String] = []

  init(_ options: OpenAIOptions, _ line: ServerLine) {
    self.options = options
    self.line = line
  }

  /// Asks; throws a retryable failure when the server is not there.
  mutating func run(call: CallContext) throws(PluginFailure) -> ServerFacts {
    let listing = try models(call)
    let choose = try findChoose(call)
    if choose == .none, options.choose != .none {
      guard options.choose == .auto else {
        throw PluginFailure(
          .badConfiguration,
          "\(options.endpoint): the server cannot score choices by \(options.choose.rawValue): "
            + (reasons.last ?? "it refused"))
      }
      call.log(
        .info, "\(options.endpoint): the server gives no log-probabilities; it cannot choose")
    }
    return ServerFacts(
      kind: kind, choose: choose, contextLength: listing.contextLength,
      identity: listing.identity)
  }

  // MARK: The list of models

  private mutating func models(
    _ call: CallContext
  ) throws(PluginFailure) -> (identity: String, contextLength: Int?) {
    let (listing, header) = try attempt(try line.request(.get, "/models"), call)
    guard case .answer(let answer) = listing, let data = answer["data"]?.elements else {
      kind = ServerKind(ownedBy: "", serverHeader: header)
      return ("", nil)
    }
    let named = data.first { $0["id"]?.string == options.model }
    let entry = named ?? (data.count == 1 ? data[0] : .null)
    if named == nil, !data.isEmpty {
      let names = data.compactMap { $0["id"]?.string }.prefix(5).joined(separator: ", ")
      let listed = line.key.redacting(names).shortened(to: 200)
      call.log(
        .warning, "\(options.endpoint) does not list the model '\(options.model)'; it has \(listed)"
      )
    }
    let owner = entry["owned_by"]?.string ?? ""
    kind = ServerKind(ownedBy: owner, serverHeader: header)
    var facts: [String] = []
    for key in ["id", "owned_by", "root"] {
      guard let value = entry[key]?.string, key != "id" || value != options.model else { continue }
      facts.append("\(key)=\(line.key.redacting(value).shortened(to: 200))")
    }
    for key in ["n_params", "size"] {
      if let value = entry["meta"]?[key]?.integer { facts.append("\(key)=\(value)") }
    }
    let length = entry["max_model_len"]?.integer.flatMap { $0 > 0 ? Int($0) : nil }
    return (facts.joined(separator: " "), length)
  }

  // MARK: How to choose

  private mutating func findChoose(_ call: CallContext) throws(PluginFailure) -> ChooseMethod {
    let body = RequestBody(options, server: kind)
    let mayComplete = options.endpointChoice != .chat
    var wanted: [OpenAIOptions.Choose] = [options.choose]
    if options.choose == .auto { wanted = [.echo, .promptLogprobs, .topLogprobs] }
    var completes = mayComplete
    for method in wanted {
      switch method {
      case .echo where completes:
        for (maxTokens, batches) in [(0, true), (1, true), (0, false), (1, false)] {
          let found = ChooseMethod.echo(maxTokens: maxTokens, batches: batches)
          if try scores(found, body, call, &completes) { return found }
          guard completes else { break }
        }
      case .promptLogprobs where completes:
        for batches in [true, false] {
          let found = ChooseMethod.promptLogprobs(batches: batches)
          if try scores(found, body, call, &completes) { return found }
          guard completes else { break }
        }
      case .topLogprobs:
        // Hosted servers give at most 20 in the chat API and 5 in the other.
        let counts = options.topLogprobs.map { [$0] } ?? [20, 5]
        let apis: [API] =
          switch options.endpointChoice {
          case .auto: completes ? [.completions, .chat] : [.chat]
          case .chat: [.chat]
          case .completions: [.completions]
          }
        for api in apis {
          for count in counts {
            if try hasTop(api, count, body, call) { return .topLogprobs(api, count: count) }
          }
        }
      case .echo, .promptLogprobs:
        reasons.append("the completions API is needed for it (option endpoint)")
      case .auto, .none: break
      }
    }
    return .none
  }

  /// Whether the server scores two small texts in this way.
  private mutating func scores(
    _ method: ChooseMethod, _ body: RequestBody, _ call: CallContext, _ completes: inout Bool
  ) throws(PluginFailure) -> Bool {
    let scoring = TextScoring(method, prompt: "1, 2, 3,", choices: [" 4", " 5"])
    guard let scoring, let (bytes, part) = try scoring.calls(body).first else { return false }
    switch try attempt(try line.request(.completions, bytes), call).attempt {
    case .answer(let answer):
      do throws(PluginFailure) {
        _ = try scoring.scores(answer, part)
        return true
      } catch {
        reasons.append(error.message)
        return false
      }
    case .refused(let reason):
      reasons.append(reason)
      return false
    case .noSuchPath(let reason):
      reasons.append(reason)
      completes = false
      return false
    }
  }

  private mutating func hasTop(
    _ api: API, _ count: Int, _ body: RequestBody, _ call: CallContext
  ) throws(PluginFailure) -> Bool {
    let wish = Wish(prompt: "1, 2, 3,", isMessages: false, sampling: nil, seed: 0)
    let request = try line.request(api, try body.topLogprobs(wish, api, count: count))
    switch try attempt(request, call).attempt {
    case .answer(let answer):
      do throws(PluginFailure) {
        _ = try NextTokens(answer)
        return true
      } catch {
        reasons.append(error.message)
        return false
      }
    case .refused(let reason), .noSuchPath(let reason):
      reasons.append(reason)
      return false
    }
  }

  // MARK: One request

  /// Sends a request, again where that may help; throws when the server is not to be had.
  private func attempt(
    _ request: HTTPRequest, _ call: CallContext
  ) throws(PluginFailure) -> (attempt: Attempt, serverHeader: String) {
    var failures = 0
    while true {
      let completion = try line.send(request, call: call)
      let response: HTTPResponse
      switch completion.outcome {
      case .failure(let failure):
        throw PluginFailure(
          .io, line.key.redacting(line.sentence(failure)), isRetryable: failure.meaning != .final)
      case .response(let found): response = found
      }
      let header = response.headers.first("server") ?? ""
      switch line.reply(response) {
      case .answer(let value): return (.answer(value), header)
      case .refused(let reason, status: 401):
        throw PluginFailure(.badConfiguration, "\(options.endpoint): \(reason)")
      case .refused(let reason, status: 404), .refused(let reason, status: 405):
        return (.noSuchPath(reason), header)
      case .refused(let reason, _): return (.refused(reason), header)
      case .tryAgain(let reason, let status, let after):
        failures += 1
        // llama.cpp refuses fields that it does not have with 500.
        if status == 500, failures == 2 { return (.refused(reason), header) }
        guard failures <= 4,
          let delay = options.retry.delay(failures: failures, seed: 0, retryAfter: after)
        else {
          throw PluginFailure(.io, "\(options.endpoint): \(reason)", isRetryable: true)
        }
        try line.wait(delay, call: call)
      }
    }
  }
}
