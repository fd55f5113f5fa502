// The log-probability of a continuation out of a scored text (echo, prompt_logprobs).
//
// Which tokens are the continuation's is decided from the end of the text: a token belongs to it when its
// text reaches behind the border. So a token that spans the border counts to the continuation, as it does
// in lm-evaluation-harness, which moves the spaces at the end of a context to the continuation before it
// counts tokens.
internal import JSONFormat
internal import PluginKit

/// The tokens of one scored text.
struct ScoredTokens {
  /// One token of the text.
  struct Token {
    var text: String
    /// Nil for the first one of a text, which nothing comes before.
    var logprob: Double?
    /// Whether it was the most probable one; false when the server did not say.
    var isTop: Bool
  }

  private var tokens: [Token]
  /// Where each token begins, in characters (Unicode scalars), if the server says so.
  private var offsets: [Int]?
  /// Whether the last token may be one that was generated.
  private var mayHaveOneMore: Bool
  private let path: String

  /// The tokens that `echo` gives; `maxTokens` is what the request asked for beyond the text.
  init(echo choice: AnswerPlace, maxTokens: Int) throws(PluginFailure) {
    let logprobs = choice["logprobs"]
    path = logprobs.path
    tokens = []
    let texts = try logprobs["tokens"].elements()
    let values = try logprobs["token_logprobs"].elements()
    let tops = logprobs["top_logprobs"].isNull ? [] : try logprobs["top_logprobs"].elements()
    guard values.count == texts.count, tops.isEmpty || tops.count == texts.count else {
      throw PluginFailure(
        .io, "'\(path)' of the server's answer has \(texts.count) tokens and \(values.count) values"
      )
    }
    for (index, text) in texts.enumerated() {
      let logprob = values[index].isNull ? nil : try values[index].double()
      var isTop = false
      if let logprob, index < tops.count, !tops[index].isNull {
        let best = try tops[index].members().compactMap { $0.place.value.double }.max()
        isTop = best.map { logprob >= $0 } ?? false
      }
      tokens.append(Token(text: try text.string(), logprob: logprob, isTop: isTop))
    }
    let places = logprobs["text_offset"].value.elements?.compactMap { $0.integer.map(Int.init) }
    offsets = places?.count == tokens.count ? places : nil
    mayHaveOneMore = maxTokens > 0
  }

  /// The tokens that vLLM's `prompt_logprobs` gives: each the object's first member.
  init(promptLogprobs choice: AnswerPlace) throws(PluginFailure) {
    let list = choice["prompt_logprobs"]
    path = list.path
    tokens = []
    for place in try list.elements() {
      if place.isNull {
        // The first token; nothing says what it was.
        tokens.append(Token(text: "", logprob: nil, isTop: false))
        continue
      }
      let members = try place.members()
      guard let own = members.first?.place else { throw place.wrong("an object with a token") }
      let logprob = try own["logprob"].double()
      let isTop =
        own["rank"].value.integer.map { $0 == 1 }
        ?? members.allSatisfy { ($0.place["logprob"].value.double ?? -.infinity) <= logprob }
      tokens.append(
        Token(text: try own["decoded_token"].string(), logprob: logprob, isTop: isTop))
    }
    mayHaveOneMore = false
  }

  /// The score of `continuation`, which the text ends with after `prompt`.
  func score(of continuation: String, after prompt: String) throws(PluginFailure) -> ChoiceScore {
    guard !continuation.isEmpty else {
      throw PluginFailure(.unsupported, "an empty choice has no log-probability")
    }
    // A server may leave the one more out when it is the end of the text.
    let hasOneMore = mayHaveOneMore && !spell(prompt + continuation)
    for end in hasOneMore ? [tokens.count - 1, tokens.count] : [tokens.count] where end > 0 {
      if let start = start(of: continuation, end: end, isRaw: false)
        ?? start(of: continuation, end: end, isRaw: true)
        ?? startByOffsets(of: continuation, after: prompt, end: end)
      {
        return try sum(start..<end)
      }
    }
    guard !prompt.isEmpty else { throw Self.startsTheText }
    throw PluginFailure(
      .io,
      "the tokens in '\(path)' of the server's answer do not end with the text of the choice")
  }

  /// Whether all tokens together are this text.
  private func spell(_ text: String) -> Bool {
    var rest = text.unicodeScalars[...]
    for token in tokens {
      let scalars = token.text.unicodeScalars
      guard rest.starts(with: scalars) else { return false }
      rest.removeFirst(scalars.count)
    }
    return rest.isEmpty
  }

  private static let startsTheText = PluginFailure(
    .unsupported,
    "the choice begins at the first token of the text, which has no log-probability: the prompt must "
      + "not be empty")

  private func sum(_ range: Range<Int>) throws(PluginFailure) -> ChoiceScore {
    var sum = 0.0
    for token in tokens[range] {
      guard let logprob = token.logprob else { throw Self.startsTheText }
      sum += logprob
    }
    return ChoiceScore(
      logprobSum: sum, tokenCount: UInt32(range.count),
      isGreedy: tokens[range].allSatisfy(\.isTop))
  }

  /// The first token of `continuation` when `end` is behind its last, found by reading backwards; nil
  /// when the tokens spell something else.
  ///
  /// With `isRaw` the tokens are spelt as vocabularies do, with a mark for a space.
  private func start(of continuation: String, end: Int, isRaw: Bool) -> Int? {
    var rest = continuation.unicodeScalars[...]
    var index = end
    while !rest.isEmpty {
      guard index > 0 else { return nil }
      index -= 1
      for scalar in tokens[index].text.unicodeScalars.reversed() {
        guard let last = rest.last else { break }
        guard (isRaw ? spelled(scalar) : scalar) == last else { return nil }
        rest.removeLast()
      }
    }
    // A character of several tokens has its text at the last of them.
    if let first = continuation.unicodeScalars.first, !first.isASCII {
      while index > 1, tokens[index - 1].text.isEmpty { index -= 1 }
    }
    return index
  }

  /// The same by `text_offset`, for tokens that are parts of characters and so cannot be compared; nil
  /// when the offsets are not those of this text.
  private func startByOffsets(of continuation: String, after prompt: String, end: Int) -> Int? {
    guard let offsets else { return nil }
    let border = prompt.unicodeScalars.count
    let whole = border + continuation.unicodeScalars.count
    guard offsets.allSatisfy({ (0...whole + 1_000_000).contains($0) }),
      offsets[end - 1] + tokens[end - 1].text.unicodeScalars.count == whole,
      zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
    else { return nil }
    let ends = offsets[1..<end] + [whole]
    let start = (0..<end).first { offsets[$0] >= border || ends[$0 + 1] > border }
    guard let start else { return nil }
    // A character that was taken apart has more tokens than characters; anything else is not that.
    let parts = (start..<end).filter { tokens[$0].text.unicodeScalars.contains("\u{FFFD}") }
    let width = parts.map { ends[$0 + 1] - offsets[$0] }.reduce(0, +)
    return parts.count > width ? start : nil
  }
}

/// A mark of a vocabulary as the character that it stands for.
private func spelled(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
  switch scalar {
  case "\u{2581}", "\u{0120}": " "
  case "\u{010A}": "\n"
  default: scalar
  }
}
