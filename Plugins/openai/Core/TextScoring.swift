// Scoring whole texts (prompt and choice): which requests that takes, and the scores in their answers.
internal import JSONFormat
internal import PluginKit

/// The scoring of the choices of one request by the prompt's own log-probabilities.
struct TextScoring {
  private let prompt: String
  private let choices: [String]
  private let batches: Bool
  /// Tokens to ask for beyond the text with `echo`; nil: by `prompt_logprobs`.
  private let echoTokens: Int?

  /// Nil when the method does not score whole texts.
  init?(_ method: ChooseMethod, prompt: String, choices: [String]) {
    switch method {
    case .echo(let maxTokens, let batches):
      echoTokens = maxTokens
      self.batches = batches
    case .promptLogprobs(let batches):
      echoTokens = nil
      self.batches = batches
    case .topLogprobs, .none: return nil
    }
    self.prompt = prompt
    self.choices = choices
  }

  /// The bodies to send, each with the choices that it scores.
  func calls(
    _ body: RequestBody
  ) throws(PluginFailure) -> [(body: [UInt8], part: Range<Int>)] {
    var calls: [(body: [UInt8], part: Range<Int>)] = []
    let step = batches ? max(choices.count, 1) : 1
    for start in stride(from: 0, to: choices.count, by: step) {
      let part = start..<min(start + step, choices.count)
      let texts = choices[part].map { prompt + $0 }
      let bytes =
        if let echoTokens {
          try body.echo(texts, maxTokens: echoTokens)
        } else {
          try body.promptLogprobs(texts)
        }
      calls.append((bytes, part))
    }
    return calls
  }

  /// The scores of the choices `part`, in their order.
  func scores(_ answer: JSONValue, _ part: Range<Int>) throws(PluginFailure) -> [ChoiceScore] {
    let list = try AnswerPlace(answer)["choices"].elements()
    guard list.count == part.count else {
      throw PluginFailure(
        .io, "'choices' of the server's answer has \(list.count) elements for \(part.count) texts")
    }
    var scores = [ChoiceScore?](repeating: nil, count: part.count)
    for (place, entry) in list.enumerated() {
      // They may come in any order, as each says which text it is of.
      let index = entry["index"].value.integer.map { Int(clamping: $0) } ?? place
      guard scores.indices.contains(index), scores[index] == nil else {
        throw entry["index"].wrong("the place of one text, each once")
      }
      let tokens =
        if let echoTokens {
          try ScoredTokens(echo: entry, maxTokens: echoTokens)
        } else {
          try ScoredTokens(promptLogprobs: entry)
        }
      scores[index] = try tokens.score(of: choices[part.lowerBound + index], after: prompt)
    }
    return scores.compactMap(\.self)
  }
}
