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
  /// The paths that were asked: whether nothing is there, in the server's words.
  private var missing: [String: String] = [:]
  private var present: Set<String> = []

  init(_ options: OpenAIOptions, _ line: ServerLine) {
    self.options = options
    self.line = line
  }

  /// Asks, waiting for a server that is not up yet; throws when it is not to be had.
  mutating func run(call: CallContext) throws(PluginFailure) -> ServerFacts {
    let listing = try models(call)
    let choose = try findChoose(call)
    try checkPaths()
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
    var facts = ServerFacts(
      kind: kind, choose: choose, contextLength: listing.contextLength,
      identity: listing.identity)
    if kind == .llamaCpp, options.connections == nil { facts.slots = try slots(call) }
    if choose != .none {
      call.log(
        .info,
        "\(options.endpoint): choices are scored by \(choose.name); server \(kind.rawValue)")
    }
    if let slots = facts.slots {
      call.log(
        .info,
        "\(options.endpoint): the server has \(slots) slots; \(facts.connections(options)) "
          + "connections are used (option connections)")
    }
    return facts
  }

  /// Throws where nothing of the API was found, which would fail each request.
  private func checkPaths() throws(PluginFailure) {
    let apis: [API] =
      switch options.endpointChoice {
      case .auto: [.completions, .chat]
      case .chat: [.chat]
      case .completions: [.completions]
      }
    let paths = ["/models"] + apis.map(\.rawValue)
    guard present.isEmpty, paths.allSatisfy({ missing[$0] != nil }), let words = missing["/models"]
    else { return }
    throw PluginFailure(
      .badConfiguration,
      "nothing of the OpenAI API is at \(options.endpoint) (asked for "
        + "\(paths.joined(separator: ", "))): \(words); base_url usually ends in /v1")
  }

  /// How many requests llama.cpp serves at once; nil when it does not say.
  private func slots(_ call: CallContext) throws(PluginFailure) -> Int? {
    let completion = try line.send(try line.request(beside: "/props"), call: call)
    guard case .response(let response) = completion.outcome,
      case .answer(let answer) = line.reply(response),
      let slots = answer["total_slots"]?.integer, slots > 0
    else { return nil }
    return Int(clamping: slots)
  }

  // MARK: The list of models

  private mutating func models(
    _ call: CallContext
  ) throws(PluginFailure) -> (identity: String, contextLength: Int?) {
    let (listing, header) = try attempt(try line.request(.get, "/models"), call)
    note(listing, at: "/models")
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
        // 0 comes last and only where 1 is refused: to llama-cpp-python it means "no limit".
        var isRefused = true
        for (maxTokens, batches) in [(1, true), (1, false), (0, true), (0, false)] {
          guard completes, maxTokens > 0 || isRefused else { break }
          let found = ChooseMethod.echo(maxTokens: maxTokens, batches: batches)
          switch try scores(found, body, call, &completes) {
          case .scores: return found
          case .none: isRefused = false
          case .refused: break
          }
        }
      case .promptLogprobs where completes:
        for batches in [true, false] {
          let found = ChooseMethod.promptLogprobs(batches: batches)
          if try scores(found, body, call, &completes) == .scores { return found }
          guard completes else { break }
        }
      case .topLogprobs:
        let counts = options.topLogprobs.map { [$0] } ?? kind.topLogprobs
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

  /// What came of trying to have texts scored.
  private enum Trial {
    case scores
    /// An answer, but without scores.
    case none
    case refused
  }

  /// Whether the server scores two small texts in this way.
  private mutating func scores(
    _ method: ChooseMethod, _ body: RequestBody, _ call: CallContext, _ completes: inout Bool
  ) throws(PluginFailure) -> Trial {
    let scoring = TextScoring(method, prompt: "1, 2, 3,", choices: [" 4", " 5"])
    guard let scoring, let (bytes, part) = try scoring.calls(body).first else { return .refused }
    let tried = try attempt(try line.request(.completions, bytes), call).attempt
    note(tried, at: API.completions.rawValue)
    switch tried {
    case .answer(let answer):
      do throws(PluginFailure) {
        _ = try scoring.scores(answer, part)
        if case .echo(maxTokens: 0, _) = method,
          answer["usage"]?["completion_tokens"]?.integer != 0
        {
          throw PluginFailure(.io, "the server generates text for max_tokens = 0")
        }
        return .scores
      } catch {
        reasons.append(error.message + line.advice(on: answer))
        return .none
      }
    case .refused(let reason):
      reasons.append(reason)
      return .refused
    case .noSuchPath(let reason):
      reasons.append(reason)
      completes = false
      return .refused
    }
  }

  private mutating func hasTop(
    _ api: API, _ count: Int, _ body: RequestBody, _ call: CallContext
  ) throws(PluginFailure) -> Bool {
    let wish = Wish(prompt: "1, 2, 3,", isMessages: false, sampling: nil, seed: 0)
    let request = try line.request(api, try body.topLogprobs(wish, api, count: count))
    let tried = try attempt(request, call).attempt
    note(tried, at: api.rawValue)
    switch tried {
    case .answer(let answer):
      do throws(PluginFailure) {
        _ = try NextTokens(answer)
        return true
      } catch {
        reasons.append(error.message + line.advice(on: answer))
        return false
      }
    case .refused(let reason), .noSuchPath(let reason):
      reasons.append(reason)
      return false
    }
  }

  /// Remembers whether there is something at a path.
  private mutating func note(_ attempt: Attempt, at path: String) {
    if case .noSuchPath(let words) = attempt { missing[path] = words } else { present.insert(path) }
  }

  // MARK: One request

  /// Sends a request, again where that may help; throws when the server is not to be had.
  private func attempt(
    _ request: HTTPRequest, _ call: CallContext
  ) throws(PluginFailure) -> (attempt: Attempt, serverHeader: String) {
    var failures = 0
    var absence = Absence()
    while true {
      let completion = try line.send(request, call: call)
      let response: HTTPResponse
      switch completion.outcome {
      case .failure(let failure):
        try wait(after: failure, &absence, call)
        continue
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

  /// How long a server has not been there.
  private struct Absence {
    var failures = 0
    var since: UInt64 = 0
  }

  /// Waits for a server that is not up yet; throws after any other failure, and when it was long enough.
  private func wait(
    after failure: HTTPFailure, _ absence: inout Absence, _ call: CallContext
  ) throws(PluginFailure) {
    let sentence = line.key.redacting(line.sentence(failure))
    // Later it may be the server's trouble; of one that never spoke TLS it is the address.
    guard failure.reason != .handshakeTimeout else {
      throw PluginFailure(.badConfiguration, sentence)
    }
    guard failure.isNobodyThere, options.retry.retries > 0 else {
      throw PluginFailure(.io, sentence, isRetryable: failure.meaning != .final)
    }
    let moment = now()
    let seconds = options.giveUpAfter / 1_000_000_000
    absence.failures += 1
    if absence.failures == 1 {
      absence.since = moment
      call.log(.warning, "\(sentence) (waiting up to \(seconds) s for it: give_up_after_s)")
    }
    let end = later(absence.since, by: options.giveUpAfter)
    // The host's own tries would wait as long again, each.
    guard moment < end else {
      throw PluginFailure(.io, "\(sentence) (given up after \(seconds) s: give_up_after_s)")
    }
    let delay = options.retry.delay(
      failures: min(absence.failures, options.retry.retries), seed: UInt64(absence.failures))
    try line.wait(min(delay ?? 0, end - moment), call: call)
  }
}
