// A model behind a server: requests become calls, calls wait, travel and come back, answers are handed
// over. All of it happens in pump, on the host's thread.
internal import HTTPClient
internal import JSONFormat
package import PluginKit

/// A model behind a server.
package final class OpenAIModel: BackendModel {
  private let options: OpenAIOptions
  private let line: ServerLine
  private let server: ServerFacts
  private let bodies: RequestBody
  /// How many requests may be on their way.
  private let connections: Int
  private var circuit = Circuit(
    threshold: 5, firstInterval: 250_000_000, longestInterval: 30_000_000_000)

  private var jobs: [UInt64: Job] = [:]
  private var calls: [Int: Call] = [:]
  private var lastCall = 0
  /// Calls that are to be sent, by when; numbers without a call belong to requests that have ended.
  private var waiting = DueQueue()
  /// Calls that are on their way.
  private var sent: [RequestID: Int] = [:]
  /// The call that finds out whether the server is back.
  private var probe: Int?
  /// No call is sent before: the server asked all to wait.
  private var gate: UInt64 = 0
  /// When the circuit opened, by the wall clock, and why.
  private var lost = (at: 0, reason: "")
  private var finished: [Finished] = []
  /// The first of `finished` that is not delivered.
  private var head = 0

  init(_ options: OpenAIOptions, _ line: ServerLine, _ server: ServerFacts) {
    self.options = options
    self.line = line
    self.server = server
    bodies = RequestBody(options, server: server.kind)
    connections = server.connections(options)
  }

  /// What was found when the model was loaded.
  package func describe(call: CallContext) throws(PluginFailure) -> ModelDescription {
    server.description(options)
  }

  /// Queues a request; false when there is no room.
  package func submit(_ request: Request, call: CallContext) throws(PluginFailure) -> Bool {
    guard jobs.count + finished.count - head < options.maxBatch else { return false }
    let facts = Deliver.Facts(request: request.id, stage: request.stage)
    do throws(PluginFailure) {
      try accept(request, facts)
    } catch {
      fail(error, facts)
    }
    return true
  }

  /// Sends what is due and delivers what is done.
  package func pump(
    timeout: UInt64, deliver: Deliver, call: CallContext
  ) throws(PluginFailure) {
    let deadline = later(now(), by: timeout)
    while true {
      sendDue(call)
      let delivered = head < finished.count
      guard try deliverFinished(to: deliver), !delivered else { return }
      let moment = now()
      // Of nothing in flight nothing comes.
      guard moment < deadline, !jobs.isEmpty, !call.isCancelled else { return }
      let wake = min(nextSend(after: moment), deadline, later(moment, by: patience))
      let span = wake > moment ? wake - moment : 0
      if sent.isEmpty, line.client.unfinished == 0 {
        if span > 0 { pause(span) }
        continue
      }
      for completion in line.client.poll(timeoutNanoseconds: span) { take(completion, call) }
    }
  }

  /// Gives up a request; it is delivered as cancelled.
  package func cancel(_ request: UInt64) {
    guard let job = jobs[request] else { return }
    drop(request)
    finished.append(.cancelled(job.facts))
  }

  /// Delivers in order; false when the host wants no more in this call.
  private func deliverFinished(to host: Deliver) throws(PluginFailure) -> Bool {
    while head < finished.count {
      let next = finished[head]
      head += 1
      guard try next.deliver(to: host) else { return false }
    }
    finished.removeAll(keepingCapacity: true)
    head = 0
    return true
  }
}

// MARK: Requests

extension OpenAIModel {
  private func accept(_ request: Request, _ facts: Deliver.Facts) throws(PluginFailure) {
    guard let kind = request.kind else {
      throw PluginFailure(.unsupported, "openai does not know this kind of request")
    }
    let wish = Wish(
      prompt: request.prompt, isMessages: request.isMessages, sampling: try request.sampling(),
      seed: request.seed)
    let seed = mix(request.seed ^ mix(request.id))
    switch kind {
    case .generate:
      let api = try bodies.api(for: wish)
      let body = try bodies.generate(wish, api)
      let job = Job(
        facts: facts,
        kind: .text(
          stops: wish.sampling?.stops ?? [], maxTokens: wish.sampling?.maxTokens ?? 0),
        seed: seed)
      add(job, [Call(job: facts.request, api: api, body: body)])
    case .choose: try acceptChoice(request.choices, wish, facts, seed)
    }
  }

  private func acceptChoice(
    _ choices: [String], _ wish: Wish, _ facts: Deliver.Facts, _ seed: UInt64
  ) throws(PluginFailure) {
    guard !choices.isEmpty else {
      throw PluginFailure(.invalidArgument, "there are no choices to choose from")
    }
    if case .topLogprobs(let found, let count) = server.choose {
      var api = try bodies.api(for: wish)
      // Where only the chat API has log-probabilities, text goes there as one message.
      if found == .chat { api = .chat }
      let body = try bodies.topLogprobs(wish, api, count: count)
      let job = Job(facts: facts, kind: .nextToken(choices: choices), seed: seed)
      return add(job, [Call(job: facts.request, api: api, body: body)])
    }
    guard
      let scoring = TextScoring(server.choose, prompt: wish.prompt, choices: choices)
    else {
      throw PluginFailure(
        .unsupported,
        "\(options.endpoint): the server gives no log-probabilities, so it cannot choose; use a mode "
          + "that generates an answer, or another server")
    }
    guard !wish.isMessages else {
      throw PluginFailure(
        .unsupported,
        "choices after chat messages cannot be scored by \(server.choose.name), which takes text; set "
          + "choose = \"top_logprobs\"")
    }
    let parts = try scoring.calls(bodies)
    let job = Job(
      facts: facts, kind: .texts(scoring, choices: choices), seed: seed,
      scores: Array(repeating: nil, count: choices.count))
    add(
      job, parts.map { Call(job: facts.request, api: .completions, body: $0.body, part: $0.part) })
  }

  private func add(_ job: Job, _ parts: [Call]) {
    var job = job
    for part in parts {
      lastCall += 1
      calls[lastCall] = part
      job.calls.insert(lastCall)
      waiting.add(lastCall, due: 0)
    }
    jobs[job.facts.request] = job
  }

  /// Forgets a request and its calls.
  private func drop(_ request: UInt64) {
    guard let job = jobs.removeValue(forKey: request), !job.calls.isEmpty else { return }
    for number in job.calls {
      calls[number] = nil
      if probe == number {
        probe = nil
        circuit.abandonedProbe(at: now())
      }
    }
    for (id, number) in sent where job.calls.contains(number) {
      line.client.cancel(id)
      sent[id] = nil
    }
  }

  private func fail(_ failure: PluginFailure, _ facts: Deliver.Facts) {
    drop(facts.request)
    var failure = failure
    failure.message = line.key.redacting(failure.message)
    finished.append(.failure(failure, facts))
  }
}

// MARK: Sending

extension OpenAIModel {
  /// Sends what may be sent, and fails what has waited too long for a server that is gone.
  private func sendDue(_ context: CallContext) {
    let moment = now()
    while sent.count < connections, let due = waiting.firstDue, max(due, gate) <= moment {
      let permission = circuit.permission(at: moment)
      if case .none = permission { break }
      guard let number = waiting.removeFirst() else { break }
      guard let call = calls[number], let job = jobs[call.job] else { continue }
      do throws(PluginFailure) {
        let id = line.client.start(try line.request(call.api, call.body))
        sent[id] = number
      } catch {
        fail(error, job.facts)
        continue
      }
      if permission == .probe {
        circuit.sentProbe()
        probe = number
      }
    }
    guard let since = circuit.openSince, moment - min(since, moment) >= options.giveUpAfter else {
      return
    }
    giveUp()
  }

  /// When the next call may be sent; the largest number when only an answer can change that.
  private func nextSend(after moment: UInt64) -> UInt64 {
    guard sent.count < connections, let due = waiting.firstDue else { return .max }
    var next = max(due, gate)
    if case .none(let until) = circuit.permission(at: moment) { next = max(next, until) }
    if let since = circuit.openSince { next = min(next, later(since, by: options.giveUpAfter)) }
    // In the past when the circuit has been given up and a probe is on its way.
    return max(next, moment)
  }

  /// Fails the requests that have nothing on its way.
  private func giveUp() {
    let busy = Set(sent.values.compactMap { calls[$0]?.job })
    for (id, job) in jobs where !busy.contains(id) {
      fail(
        PluginFailure(
          .io,
          "the server is gone since \(timeOfDay(lost.at)): \(lost.reason); given up after "
            + "\(options.giveUpAfter / 1_000_000_000) s (give_up_after_s)",
          isRetryable: true), job.facts)
    }
  }
}

// MARK: Answers

extension OpenAIModel {
  private func take(_ completion: HTTPCompletion, _ context: CallContext) {
    // Cancelled ones are forgotten already.
    guard let number = sent.removeValue(forKey: completion.id), var call = calls[number],
      let job = jobs[call.job]
    else { return }
    let isProbe = probe == number
    if isProbe { probe = nil }
    switch completion.outcome {
    case .failure(let failure):
      let sentence = line.sentence(failure)
      guard failure.meaning != .lost else {
        return connectionLost(number, call, job, sentence, isProbe: isProbe, context)
      }
      serverIsThere(context)
      guard failure.meaning == .transient else {
        return fail(PluginFailure(.io, sentence), job.facts)
      }
      retry(number, &call, job, sentence, after: nil)
    case .response(let response):
      serverIsThere(context)
      switch line.reply(response) {
      case .refused(let reason, _):
        fail(PluginFailure(.io, "\(options.endpoint): \(reason)"), job.facts)
      case .tryAgain(let reason, _, let after):
        retry(number, &call, job, "\(options.endpoint): \(reason)", after: after)
      case .answer(let answer):
        let whole = completion.latencyNanoseconds
        let latency = whole - min(completion.queuedNanoseconds, whole)
        settle(number, call, job, answer, latency: latency)
      }
    }
  }

  private func settle(
    _ number: Int, _ call: Call, _ job: Job, _ answer: JSONValue, latency: UInt64
  ) {
    var job = job
    job.calls.remove(number)
    calls[number] = nil
    // The calls of one request travel side by side.
    job.facts.latency = max(job.facts.latency, latency)
    do throws(PluginFailure) {
      let end = try job.take(answer, of: call, includesReasoning: options.includesReasoning)
      jobs[call.job] = job
      guard let end else { return }
      drop(call.job)
      finished.append(end)
    } catch {
      jobs[call.job] = job
      let message = "\(options.endpoint): \(error.message)\(line.advice(on: answer))"
      fail(PluginFailure(error.code, message), job.facts)
    }
  }

  /// Sends a call again later, or gives its request up.
  private func retry(
    _ number: Int, _ call: inout Call, _ job: Job, _ reason: String, after: UInt64?
  ) {
    call.failures += 1
    let seed = job.seed &+ UInt64(call.part.lowerBound)
    guard
      let delay = options.retry.delay(failures: call.failures, seed: seed, retryAfter: after)
    else {
      let tries = call.failures == 1 ? "" : " (tried \(call.failures) times)"
      return fail(PluginFailure(.io, reason + tries, isRetryable: true), job.facts)
    }
    calls[number] = call
    let moment = now()
    if let after {
      // What it says to one it would say to all: their retries are not spent on hearing it.
      gate = max(gate, later(moment, by: min(after, options.retry.longestRetryAfter)))
    }
    waiting.add(number, due: later(moment, by: delay))
  }

  private func connectionLost(
    _ number: Int, _ call: Call, _ job: Job, _ reason: String, isProbe: Bool,
    _ context: CallContext
  ) {
    var call = call
    let moment = now()
    if case .opened(let since) = circuit.failed(isProbe: isProbe, at: moment) {
      lost = (wallSeconds() - Int((moment - since) / 1_000_000_000), line.key.redacting(reason))
      context.log(
        .warning,
        "the server is gone since \(timeOfDay(lost.at)): \(lost.reason); requests wait up to "
          + "\(options.giveUpAfter / 1_000_000_000) s for it")
    }
    guard circuit.openSince != nil, options.retry.retries > 0 else {
      return retry(number, &call, job, reason, after: nil)
    }
    // It waits for the circuit and keeps its retries.
    waiting.add(number, due: moment)
  }

  private func serverIsThere(_ context: CallContext) {
    guard case .closed(let span) = circuit.succeeded(at: now()) else { return }
    probe = nil
    context.log(
      .info, "\(options.endpoint): the server is back after \(span / 1_000_000_000) s")
  }
}
