// Continuous batching: requests join and leave at any step, prompts are read in chunks beside them.
internal import PluginKit

/// Keeps many requests going on one model, step by step, for one thread.
///
/// What comes of a request depends on the request alone: a step only decides which tokens are worked on
/// together, and the kernels give each token the same bits in any company.
final class BatchEngine {
  /// A beginning that is not known yet is worth waiting for, or keeping, from this many tokens on.
  private static let worthSharing = 32

  let forward: ForwardPass
  let cache: PrefixCache
  /// Most requests at a time.
  let capacity: Int
  private let vocabulary: Vocabulary
  private var active: [ActiveRequest] = []
  private var freeStates: [AlignedFloats] = []
  private var results: [(facts: Deliver.Facts, since: UInt64, result: EngineResult)] = []
  /// Steps of the model, and tokens that went through it.
  private(set) var stepCount = 0
  private(set) var tokenCount = 0
  /// States that were allocated for requests, used or free.
  private(set) var stateCount = 0

  init(_ forward: ForwardPass, _ vocabulary: Vocabulary, capacity: Int, cachedStates: Int) {
    self.forward = forward
    self.vocabulary = vocabulary
    self.capacity = capacity
    cache = PrefixCache(capacity: cachedStates, stateCount: forward.stateCount)
  }

  /// Whether there is anything to work on or to deliver.
  var isIdle: Bool { active.isEmpty && results.isEmpty }

  /// Whether one more request finds room.
  var hasRoom: Bool { active.count < capacity }

  /// Takes a request; there must be room.
  ///
  /// Throws when there is no memory for its state.
  func add(_ request: EngineRequest) throws(PluginFailure) {
    let state = try freeState()
    let new = ActiveRequest(request, state: state)
    if case .generate(let rules, let stops, let seed) = request.work {
      new.sampler = Sampler(rules, seed: seed)
      do throws(StopError) {
        new.matcher = try StopMatcher(stops)
      } catch {
        freeStates.append(state)
        finish(request, .failure(PluginFailure(.invalidArgument, error.description)))
        return
      }
    }
    active.append(new)
    place(new)
    // One whose whole prompt is known may have its result already: its place is free again.
    if new.phase.isOver { active.removeAll { $0 === new } }
  }

  private func freeState() throws(PluginFailure) -> AlignedFloats {
    if let state = freeStates.popLast() { return state }
    let state = try AlignedFloats(count: forward.stateCount)
    stateCount += 1
    return state
  }

  /// Answers a request that cannot be served.
  func refuse(_ facts: Deliver.Facts, _ failure: PluginFailure) {
    results.append((facts, now(), .failure(failure)))
  }

  /// Gives a request up; its end is delivered as for any other, and unknown ids are ignored.
  func cancel(_ id: UInt64) {
    active.first { $0.id == id }?.isCancelled = true
  }

  /// Hands over what is finished until `deliver` wants no more.
  func takeResults(
    _ deliver: (Deliver.Facts, UInt64, EngineResult) throws(PluginFailure) -> Bool
  ) throws(PluginFailure) {
    var taken = 0
    defer { results.removeFirst(taken) }
    for (facts, since, result) in results {
      taken += 1
      guard try deliver(facts, since, result) else { break }
    }
  }

  var hasResults: Bool { !results.isEmpty }

  // MARK: One step

  /// Runs the model once over a token of each text and as much of the prompts as there is room for.
  func step() {
    dropCancelled()
    var segments: [StepSegment] = []
    var parts: [(request: ActiveRequest, rows: Int)] = []
    var rows = forward.mostRows, logits = forward.mostLogits
    // Texts first: each is one row, and a reader that waits a step loses less than a text.
    for request in active {
      guard rows > 0, logits > 0, case .generating(let last) = request.phase else { continue }
      segments.append(StepSegment(state: request.state, tokens: [last], logitCount: 1))
      parts.append((request, 1))
      rows -= 1
      logits -= 1
    }
    for request in active {
      guard rows > 0, let segment = reading(request, rows, logits) else { continue }
      segments.append(segment)
      parts.append((request, segment.tokens.count))
      rows -= segment.tokens.count
      logits -= segment.logitCount
    }
    guard !segments.isEmpty else { return giveUp() }
    forward.run(segments)
    stepCount += 1
    // Before any result is handed on: who is woken by one looks at how far all others are.
    for part in parts {
      if case .reading = part.request.phase { part.request.fed += part.rows }
    }
    var row = 0
    for (index, part) in parts.enumerated() {
      tokenCount += part.rows
      goOn(part.request, fed: part.rows, firstLogits: row)
      row += segments[index].logitCount
    }
    active.removeAll { $0.phase.isOver }
  }

  /// Ends what cannot go on: nothing can be worked on although requests are there.
  private func giveUp() {
    for request in active where !request.phase.isOver {
      end(
        request,
        .failure(
          PluginFailure(
            .exhausted, "no memory for the state of a continuation: lower max_batch",
            isRetryable: true)))
    }
    active.removeAll { $0.phase.isOver }
  }

  /// The next part of a prompt or of a continuation, of at most `rows` tokens; nil = not now.
  private func reading(_ request: ActiveRequest, _ rows: Int, _ logits: Int) -> StepSegment? {
    switch request.phase {
    case .reading:
      let tokens = request.request.tokens
      let end = min(request.snapshots.first ?? tokens.count, request.fed + rows)
      let isEnd = end == tokens.count
      guard end > request.fed, !isEnd || logits > 0 else { return nil }
      return StepSegment(
        state: request.state, tokens: tokens[request.fed..<end], logitCount: isEnd ? 1 : 0)
    case .choosing(let choice, let fed):
      guard case .choose(let choices, _) = request.request.work, logits > 0 else { return nil }
      let end = min(choices[choice].count - 1, fed + min(rows, logits))
      guard end > fed, let branch = branchState(request, isNew: fed == 0) else { return nil }
      return StepSegment(
        state: branch, tokens: choices[choice][fed..<end], logitCount: end - fed)
    case .waiting, .generating, .over:
      return nil
    }
  }

  private func branchState(_ request: ActiveRequest, isNew: Bool) -> AlignedFloats? {
    if request.branch == nil {
      request.branch = try? freeState()
    }
    if isNew { request.branch?.copy(from: request.state) }
    return request.branch
  }

  private func goOn(_ request: ActiveRequest, fed: Int, firstLogits row: Int) {
    switch request.phase {
    case .generating(let last):
      request.history.append(last)
      sample(request, forward.logits(row))
    case .reading:
      let isEnd = request.fed == request.request.tokens.count
      if isEnd || request.snapshots.first == request.fed {
        cache.keep(
          Array(request.request.tokens[..<request.fed]), request.state,
          logits: isEnd ? forward.logits(row) : nil)
        wake(request.id, length: request.fed)
        if !isEnd { request.snapshots.removeFirst() }
      }
      if isEnd { begin(request, forward.logits(row)) }
    case .choosing(let choice, let before):
      guard case .choose(let choices, _) = request.request.work else { return }
      request.phase = .choosing(choice: choice, fed: before + fed)
      for offset in 0..<fed {
        let wanted = [(choice: choice, token: choices[choice][before + offset + 1])]
        guard score(request, wanted, forward.logits(row + offset)) else { return }
      }
      nextChoice(request)
    case .waiting, .over: break
    }
  }

  // MARK: Joining

  /// Decides where a request begins: at a known beginning, behind another that reads the same, or at zero.
  private func place(_ request: ActiveRequest) {
    let tokens = request.request.tokens
    let hit = cache.find(tokens)
    let known = hit?.length ?? 0
    if let (other, length) = companion(for: request, beyond: known) {
      if length < other.request.tokens.count, !other.snapshots.contains(length) {
        other.snapshots.append(length)
        other.snapshots.sort()
      }
      request.phase = .waiting(on: other.id, length: length)
      return
    }
    if let hit {
      request.state.copy(from: hit.state)
    } else {
      request.state.clear()
    }
    request.fed = known
    request.phase = .reading
    // What earlier prompts began with as well, later ones will probably too.
    let common = min(cache.commonLength(tokens), tokens.count - 1)
    if common >= known + Self.worthSharing { request.snapshots = [common] }
    if known == tokens.count, let hit {
      // A copy: the sampler writes into it.
      var logits = hit.logits
      logits.withUnsafeMutableBufferPointer { begin(request, $0) }
    }
  }

  /// A request that is about to read more of the same beginning than is known.
  private func companion(
    for request: ActiveRequest, beyond known: Int
  ) -> (ActiveRequest, length: Int)? {
    var best: (ActiveRequest, length: Int)?
    let tokens = request.request.tokens
    for other in active where other !== request {
      guard case .reading = other.phase else { continue }
      let common = commonPrefixLength(other.request.tokens, tokens)
      let isSame = common == tokens.count && common == other.request.tokens.count
      let length = isSame ? common : min(common, tokens.count - 1)
      guard isSame || length >= known + Self.worthSharing, length > other.fed,
        length > best?.length ?? known
      else { continue }
      best = (other, length)
    }
    return best
  }

  /// The state that others wait for is in the cache, or its reader is gone.
  private func wake(_ id: UInt64, length: Int?) {
    for request in active {
      guard case .waiting(id, let wanted) = request.phase, length.map({ $0 == wanted }) ?? true
      else { continue }
      request.phase = .reading
      place(request)
    }
  }

  // MARK: Texts

  /// The prompt is read.
  private func begin(_ request: ActiveRequest, _ logits: UnsafeMutableBufferPointer<Float>) {
    switch request.request.work {
    case .generate(let rules, _, _):
      if rules.maxTokens == 0 { return endText(request, .length) }
      sample(request, logits)
    case .choose(let choices, _):
      let none = ChoiceScore(logprobSum: 0, tokenCount: 0, isGreedy: true)
      request.scores = Array(repeating: none, count: choices.count)
      request.phase = .choosing(choice: 0, fed: 0)
      let wanted = choices.enumerated().map { (choice: $0.offset, token: $0.element[0]) }
      if score(request, wanted, logits) { nextChoice(request) }
    }
  }

  private func sample(_ request: ActiveRequest, _ logits: UnsafeMutableBufferPointer<Float>) {
    let token: UInt32
    do throws(SamplingFailure) {
      guard let next = try request.sampler?.next(logits) else { return }
      token = next
    } catch {
      return end(request, .failure(PluginFailure(.internalError, error.description)))
    }
    guard let rules = request.sampler?.rules else { return }
    if rules.isStop(token) { return endText(request, .stop) }
    request.generated += 1
    if let bytes = vocabulary.bytes(of: token),
      request.matcher?.append(bytes, to: &request.text) == true
    {
      return endText(request, .stop)
    }
    if request.generated >= rules.maxTokens { return endText(request, .length) }
    request.phase = .generating(last: token)
  }

  private func endText(_ request: ActiveRequest, _ finish: Finish) {
    if request.matcher?.match == nil { request.matcher?.finish(&request.text) }
    request.text.finish()
    // The next stage goes on from this text.
    if request.generated > 0 { cache.keep(request.history, request.state) }
    end(
      request,
      .text(request.text.utf8, finish: finish, replaced: request.text.replacementCount))
  }

  // MARK: Continuations

  /// Adds how likely tokens of continuations are after the same tokens; false = the request has failed.
  private func score(
    _ request: ActiveRequest, _ wanted: [(choice: Int, token: UInt32)],
    _ logits: UnsafeMutableBufferPointer<Float>
  ) -> Bool {
    let values = UnsafeBufferPointer(logits)
    do throws(SamplingFailure) {
      let all = try LogProbabilities(values)
      let best = forward.best(of: logits)
      for (choice, token) in wanted {
        request.scores[choice].logprobSum += all.of(logit: values[Int(token)])
        request.scores[choice].tokenCount += 1
        if token != best { request.scores[choice].isGreedy = false }
      }
      return true
    } catch {
      end(request, .failure(PluginFailure(.internalError, error.description)))
      return false
    }
  }

  /// Goes to the next continuation that has tokens to read; its last one only needs to be predicted.
  private func nextChoice(_ request: ActiveRequest) {
    guard case .choose(let choices, let texts) = request.request.work,
      case .choosing(var choice, var fed) = request.phase
    else { return }
    while choice < choices.count, fed >= choices[choice].count - 1 {
      choice += 1
      fed = 0
    }
    if choice < choices.count {
      request.phase = .choosing(choice: choice, fed: fed)
      return
    }
    var best = 0
    for index in request.scores.indices
    where request.scores[index].logprobSum > request.scores[best].logprobSum {
      best = index
    }
    end(request, .scores(request.scores, best: texts[best]))
  }

  // MARK: Ends

  private func dropCancelled() {
    for request in active where request.isCancelled && !request.phase.isOver {
      end(request, .cancelled)
    }
    active.removeAll { $0.phase.isOver }
  }

  private func end(_ request: ActiveRequest, _ result: EngineResult) {
    request.request.facts.promptTokens = UInt32(clamping: request.request.tokens.count)
    request.request.facts.completionTokens = UInt32(clamping: request.generated)
    request.phase = .over
    freeStates.append(request.state)
    if let branch = request.branch { freeStates.append(branch) }
    finish(request.request, result)
    wake(request.id, length: nil)
  }

  private func finish(_ request: EngineRequest, _ result: EngineResult) {
    results.append((request.facts, request.since, result))
  }
}
