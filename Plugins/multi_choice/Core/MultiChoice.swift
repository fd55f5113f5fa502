// The evaluator: which stage comes next, and the verdict.

package import JSONFormat
package import PluginKit

/// Multiple choice, by log-probability of the choices or by a generated letter.
package struct MultiChoice: Evaluator {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "multi_choice", title: "Multiple choice, by log-probability or by a generated letter",
    configSchema: MultiChoiceOptions.schema, capabilities: .deterministic)

  /// What is kept of a row.
  package struct Row: Sendable {
    let question: ChoiceRow
    let continuations: [String]
  }

  private let options: MultiChoiceOptions
  private let prompts: ChoicePrompt

  /// Opens an instance; see ``MultiChoiceOptions`` for the options.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    let options = try MultiChoiceOptions(configuration)
    self.options = options
    prompts = ChoicePrompt(
      mode: options.mode, style: options.style, language: options.language,
      continuation: options.continuation, template: options.template,
      answerPrefix: options.answerPrefix, examples: options.examples, shots: options.shots)
  }

  /// Parses a row strictly: see ``ChoiceRow``.
  package func row(_ text: RowText) throws(BadRecord) -> Row {
    let question = try ChoiceRow(try text.value(), repairs: options.repairs)
    return Row(question: question, continuations: prompts.continuations(question))
  }

  /// `cot` where the mode thinks first, then `final`, then `unconditioned` where it was asked for.
  package func next(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> StageRequest? {
    if options.style == .chat {
      return outputs.isEmpty
        ? .generate(
          stage: "final", prompt: prompts.first(row.question), isFinal: true, isMessages: true)
        : nil
    }
    let thinks = options.mode == .cot
    if thinks && outputs.isEmpty {
      return .generate(stage: "cot", prompt: prompts.first(row.question))
    }
    let finals = outputs.count - (thinks ? 1 : 0)
    if finals == 0 {
      let prompt =
        thinks
        ? prompts.final(row.question, thought: outputs[0].text) : prompts.first(row.question)
      return options.answersByChoice
        ? .choose(
          stage: "final", prompt: prompt, choices: row.continuations,
          isFinal: !options.asksUnconditioned)
        : .generate(stage: "final", prompt: prompt, isFinal: true)
    }
    if finals == 1 && options.asksUnconditioned {
      return .choose(
        stage: "unconditioned", prompt: prompts.unconditioned, choices: row.continuations,
        isFinal: true)
    }
    return nil
  }

  /// Picks the choice and compares it with the right one.
  package func score(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> Verdict {
    let position = options.mode == .cot && options.style == .raw ? 1 : 0
    guard outputs.indices.contains(position) else {
      throw PluginFailure(.invalidArgument, "score was called without the output of stage 'final'")
    }
    let final = outputs[position]
    if final.finish == .error || final.finish == .cancelled {
      return Verdict(
        .error, reference: row.question.letter, failReason: "no completion",
        group: row.question.subject)
    }
    if options.answersByChoice && !final.scores.isEmpty {
      let extra = outputs.dropFirst(position + 1).first
      return try scored(row, final.scores, unconditioned: extra?.scores ?? [])
    }
    let index =
      options.answersByChoice
      ? chosen(final.text, row)
      : LetterExtraction.index(
        in: final.text, choiceCount: row.question.choices.count,
        promptAsked: options.style == .raw)
    return judged(row, index, [])
  }

  /// A CHOOSE output without scores, as old recordings have it: its text names the choice.
  private func chosen(_ text: String, _ row: Row) -> Int? {
    if let exact = row.continuations.firstIndex(of: text) { return exact }
    guard options.continuation == .letter, let index = LetterExtraction.firstCapital(in: text),
      index < row.question.choices.count
    else { return nil }
    return index
  }

  private func scored(
    _ row: Row, _ scores: [ChoiceScore], unconditioned: [ChoiceScore]
  ) throws(PluginFailure) -> Verdict {
    guard scores.count == row.continuations.count else {
      throw PluginFailure(
        .invalidArgument,
        "the backend scored \(scores.count) of \(row.continuations.count) choices")
    }
    let measured = zip(scores, row.continuations).map {
      ScoredChoice(
        logprobSum: $0.logprobSum, tokenCount: Int($0.tokenCount),
        byteCount: $1.utf8.count - ($1.utf8.first == UInt8(ascii: " ") ? 1 : 0))
    }
    let plain = unconditioned.map(\.logprobSum)
    var values: [NamedValue] = []
    var decided: Int?
    for normalisation in ChoiceNormalisation.allCases {
      if normalisation == .unconditioned && !options.asksUnconditioned { continue }
      let best = ChoiceScoring.best(of: measured, by: normalisation, unconditioned: plain)
      if normalisation == options.normalisation { decided = best }
      guard let best else { continue }
      values.append((normalisation.rawValue, best == row.question.answer ? 1 : 0))
    }
    guard let decided else {
      return Verdict(
        .error, reference: row.question.letter,
        failReason: "the scores cannot be compared by \(options.normalisation.rawValue)",
        group: row.question.subject)
    }
    return judged(row, decided, values)
  }

  private func judged(_ row: Row, _ index: Int?, _ values: [NamedValue]) -> Verdict {
    var values = values
    let isRight = index == row.question.answer
    if values.isEmpty { values.append((ChoiceNormalisation.sum.rawValue, isRight ? 1 : 0)) }
    if row.question.isRepaired { values.append(("index_repaired", 1)) }
    guard let index else {
      return Verdict(
        .unparsed, reference: row.question.letter, failReason: "no choice found",
        group: row.question.subject, values: values)
    }
    return Verdict(
      isRight ? .pass : .fail, answer: ChoiceRow.letter(index), reference: row.question.letter,
      failReason: isRight ? "" : "incorrect", group: row.question.subject, values: values)
  }
}
