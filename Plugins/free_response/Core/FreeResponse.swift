// The evaluator: its options, its row, and which stage comes next.

package import JSONFormat
package import PluginKit

/// Free-form answers: think, answer, compare.
package struct FreeResponse: Evaluator {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "free_response", title: "Free-form answers, compared as exact numbers or by the old rule",
    configSchema: FreeResponseOptions.schema, capabilities: .deterministic)

  /// What is kept of a row.
  package struct Row: Sendable {
    let question: String
    let subject: String
    let reference: NumericReference
  }

  private let options: FreeResponseOptions
  private let prompts: FreeResponsePrompt

  /// Opens an instance; see ``FreeResponseOptions`` for the options.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    let options = try FreeResponseOptions(configuration)
    self.options = options
    prompts = FreeResponsePrompt(
      mode: options.mode, style: options.style, template: options.template,
      answerPrefix: options.answerPrefix, instruction: options.instruction,
      examples: options.examples, shots: options.shots)
  }

  /// Parses a row; a row without question or reference is a data error.
  package func row(_ text: RowText) throws(BadRecord) -> Row {
    let value = try text.value()
    guard value.members != nil else { throw BadRecord("the row is not an object") }
    let row = { (key: String) in value[key].flatMap(FreeResponseKeys.scalarText) }
    guard let question = FreeResponseKeys.firstText(FreeResponseKeys.question, row) else {
      throw BadRecord("the question is missing: no 'question', 'problem' or 'prompt'")
    }
    let raw = value["raw_record"]
    let reference = FreeResponseKeys.reference(
      row: row, rawRecord: { raw?[$0].flatMap(FreeResponseKeys.scalarText) })
    guard let reference else {
      throw BadRecord("the reference is missing: no 'expected_answer', 'answer' or the like")
    }
    return Row(
      question: question,
      subject: FreeResponseKeys.firstText(FreeResponseKeys.subject, row) ?? "",
      reference: NumericReference(reference))
  }

  /// Stage `cot` and then `final`, or `final` alone.
  package func next(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> StageRequest? {
    let first = prompts.first(question: row.question, subject: row.subject)
    guard prompts.opensBox else {
      return outputs.isEmpty
        ? .generate(
          stage: "final", prompt: first, isFinal: true, isMessages: options.style == .chat) : nil
    }
    switch outputs.count {
    case 0: return .generate(stage: "cot", prompt: first)
    case 1:
      return .generate(
        stage: "final", prompt: first + outputs[0].text + FreeResponsePrompt.finalDelta,
        isFinal: true)
    default: return nil
    }
  }

  /// Compares the answer of the last stage with the reference.
  package func score(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> Verdict {
    guard let last = outputs.last else {
      throw PluginFailure(.invalidArgument, "score was called without an output")
    }
    if last.finish == .error || last.finish == .cancelled {
      return Verdict(.error, reference: row.reference.text, failReason: "no completion")
    }
    let verdict =
      switch options.rule {
      case .legacy: LegacyRule.judge(completion: last.text, reference: row.reference.text)
      case .numeric:
        NumericRule.judge(
          completion: last.text, reference: row.reference, promptOpenedBox: prompts.opensBox,
          format: options.format)
      }
    return Verdict(
      verdict.outcome.abi, answer: verdict.answer, reference: verdict.reference,
      failReason: verdict.failReason, group: row.subject)
  }
}

extension FreeResponseOutcome {
  fileprivate var abi: Verdict.Outcome {
    switch self {
    case .pass: .pass
    case .fail: .fail
    case .unparsed: .unparsed
    }
  }
}
