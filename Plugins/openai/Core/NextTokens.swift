// Scores of choices by their first token alone, for servers that do not score given texts.
internal import JSONFormat
internal import PluginKit

/// The most probable next tokens.
struct NextTokens {
  private var tokens: [(text: String, logprob: Double)] = []

  /// Reads either form: OpenAI's chat form, which llama.cpp has in both APIs, or that of completions.
  init(_ answer: JSONValue) throws(PluginFailure) {
    guard let choice = try AnswerPlace(answer)["choices"].elements().first else {
      throw PluginFailure(.io, "'choices' of the server's answer is empty")
    }
    let logprobs = choice["logprobs"]
    if !logprobs["content"].isNull {
      guard let first = try logprobs["content"].elements().first else {
        throw PluginFailure(.io, "'\(logprobs["content"].path)' of the server's answer is empty")
      }
      for token in try first["top_logprobs"].elements() {
        tokens.append((try token["token"].string(), try token["logprob"].double()))
      }
    } else {
      guard let first = try logprobs["top_logprobs"].elements().first else {
        throw PluginFailure(
          .io, "'\(logprobs["top_logprobs"].path)' of the server's answer is empty")
      }
      for (text, place) in try first.members() { tokens.append((text, try place.double())) }
    }
    guard !tokens.isEmpty else {
      throw PluginFailure(.io, "the server's answer has no log-probabilities in '\(logprobs.path)'")
    }
  }

  /// The scores of `choices`: each that of its first token, as far as one of these tokens is that.
  ///
  /// A token counts for a choice that it begins, the most probable one if there are several, but not if
  /// another choice begins with it too and it is not the whole choice. `ignoresSpace`: white space
  /// before token and choice does not count, as a chat answer begins without the space that a
  /// continuation has. A choice that no token begins gets minus infinity and 0 tokens; throws when that
  /// is the fate of all.
  func scores(
    of choices: [String], ignoresSpace: Bool
  ) throws(PluginFailure) -> [ChoiceScore] {
    let texts = choices.map { bare($0, ignoresSpace) }
    let top = tokens.map(\.logprob).max() ?? 0
    var scores: [ChoiceScore] = []
    for choice in texts {
      var score = ChoiceScore(logprobSum: -.infinity, tokenCount: 0)
      for (text, logprob) in tokens where logprob > score.logprobSum {
        let token = bare(text, ignoresSpace)
        guard !token.isEmpty, choice.utf8.starts(with: token.utf8) else { continue }
        let isWhole = choice.utf8.count == token.utf8.count
        guard isWhole || texts.count(where: { $0.utf8.starts(with: token.utf8) }) == 1 else {
          continue
        }
        score = ChoiceScore(
          logprobSum: logprob, tokenCount: 1, isGreedy: isWhole && logprob >= top)
      }
      scores.append(score)
    }
    guard scores.contains(where: { $0.tokenCount > 0 }) else {
      throw PluginFailure(
        .unsupported,
        "none of the \(choices.count) choices begins with one of the \(tokens.count) most probable next "
          + "tokens, so none has a score; raise top_logprobs, or use a server that scores given texts"
      )
    }
    return scores
  }
}

private func bare(_ text: String, _ ignoresSpace: Bool) -> Substring {
  ignoresSpace ? text.drop(while: \.isWhitespace) : text[...]
}
