// The requests of the host, and the calls to the server that each of them takes.
internal import JSONFormat
internal import PluginKit

/// A request that was accepted.
struct Job {
  var facts: Deliver.Facts
  /// How its answers are read.
  var kind: Kind
  /// Calls whose answers are still to come.
  var calls: Set<Int> = []
  /// Decides the jitter of its retries.
  var seed: UInt64
  /// Scores of the choices that are known; as many as there are choices.
  var scores: [ChoiceScore?] = []

  enum Kind {
    /// A text, cut at these stop strings.
    case text(stops: [String], maxTokens: UInt32)
    /// Scores from the log-probabilities of whole texts.
    case texts(TextScoring, choices: [String])
    /// Scores from the next token's.
    case nextToken(choices: [String])
  }
}

/// One call to the server.
struct Call {
  var job: UInt64
  var api: API
  var body: [UInt8]
  /// The choices that it scores.
  var part = 0..<0
  /// Times that it failed and that count against its retries.
  var failures = 0
}

/// The end of a request, which the host may not want yet.
enum Finished {
  case text(GeneratedText, Deliver.Facts)
  case scores([ChoiceScore], best: String, Deliver.Facts)
  case failure(PluginFailure, Deliver.Facts)
  case cancelled(Deliver.Facts)

  func deliver(to host: Deliver) throws(PluginFailure) -> Bool {
    switch self {
    case .text(let answer, let facts):
      try host.text(answer.text, finish: answer.finish, facts)
    case .scores(let scores, let best, let facts):
      try host.scores(scores, best: best, facts)
    case .failure(let failure, let facts): try host.failure(failure, facts)
    case .cancelled(let facts): try host.cancelled(facts)
    }
  }
}

extension Job {
  /// Takes an answer in; gives the end of the request when it was the last.
  ///
  /// Throws when the answer is not what it must be.
  mutating func take(
    _ answer: JSONValue, of call: Call, includesReasoning: Bool
  ) throws(PluginFailure) -> Finished? {
    let usage = AnswerPlace(answer)["usage"]
    facts.promptTokens = sum(facts.promptTokens, usage["prompt_tokens"].count)
    facts.completionTokens = sum(facts.completionTokens, usage["completion_tokens"].count)
    switch kind {
    case .text(let stops, let maxTokens):
      let text = try GeneratedText(
        answer, call.api, stops: stops, maxTokens: maxTokens, includesReasoning: includesReasoning)
      return .text(text, facts)
    case .texts(let scoring, let choices):
      for (index, score) in zip(call.part, try scoring.scores(answer, call.part)) {
        scores[index] = score
      }
      return finished(choices)
    case .nextToken(let choices):
      scores = try NextTokens(answer).scores(of: choices, ignoresSpace: call.api == .chat)
      return finished(choices)
    }
  }

  private func finished(_ choices: [String]) -> Finished? {
    let known = scores.compactMap(\.self)
    guard known.count == choices.count else { return nil }
    var best = 0
    for index in known.indices where known[index].logprobSum > known[best].logprobSum {
      best = index
    }
    return .scores(known, best: choices[best], facts)
  }
}

private func sum(_ one: UInt32, _ other: UInt32) -> UInt32 {
  UInt32(clamping: UInt64(one) + UInt64(other))
}
