// The evaluator: its options, its row, its one stage and the verdict.

package import JSONFormat
package import PluginKit

/// Checkable instructions, as in IFEval.
package struct InstructionFollowing: Evaluator {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "instruction_following", title: "Checkable instructions, judged strictly and loosely",
    configSchema: """
      {"type":"object","additionalProperties":false,"properties":{\
      "mode":{"enum":["direct","think"],"default":"direct"},\
      "decide":{"enum":["strict","loose"],"default":"strict"},\
      "prompt_style":{"enum":["raw","chat"],"default":"raw"}}}
      """, capabilities: .deterministic)

  /// What is kept of a row.
  package struct Row: Sendable {
    let prompt: String
    let task: InstructionTask
  }

  private let rule: DecidingRule
  private let prompts: InstructionPrompt
  private let resources = InstructionResources()

  /// Bytes of a response that a verdict keeps.
  private static let longestAnswerKept = 65_536

  /// Bytes from which on a response takes long enough to show signs of life.
  private static let longResponse = 100_000

  /// Opens an instance.
  ///
  /// `mode` is direct or think; `decide` strict or loose, which of the two judgements is the outcome, both are
  /// reported; `prompt_style` raw or chat.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    var options = try Options(configuration)
    let mode = try Self.word("mode", InstructionMode.direct, &options)
    rule = try Self.word("decide", .strict, &options)
    prompts = InstructionPrompt(
      mode: mode, style: try Self.word("prompt_style", .raw, &options))
    try options.finish()
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ fallback: Word, _ options: inout Options
  ) throws(ConfigurationError) -> Word where Word.RawValue == String {
    let text = try options.string(
      name, default: fallback.rawValue, oneOf: Word.allCases.map(\.rawValue))
    return Word(rawValue: text) ?? fallback
  }

  /// Parses a row; an unknown instruction or a missing argument is a data error that names it.
  package func row(_ text: RowText) throws(BadRecord) -> Row {
    let value = try text.value()
    guard let prompt = value["prompt"]?.string, !prompt.isEmpty else {
      throw BadRecord("field 'prompt' is missing or empty")
    }
    do throws(InstructionError) {
      let task = try InstructionTask(row: value, registry: .ifeval, resources: resources)
      return Row(prompt: prompt, task: task)
    } catch {
      throw BadRecord(error.message)
    }
  }

  /// One stage `final`.
  package func next(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> StageRequest? {
    guard outputs.isEmpty else { return nil }
    return .generate(
      stage: "final", prompt: prompts.text(row.prompt), isFinal: true,
      isMessages: prompts.style == .chat)
  }

  /// Judges the response of the last stage by every instruction.
  package func score(
    _ row: Row, outputs: [Output], call: CallContext
  ) throws(PluginFailure) -> Verdict {
    guard let last = outputs.last else {
      throw PluginFailure(.invalidArgument, "score was called without an output")
    }
    if last.finish == .error || last.finish == .cancelled {
      return Verdict(.error, reference: row.task.reference, failReason: "no completion")
    }
    let response = prompts.response(in: last.text, prompt: row.prompt)
    var looks: UInt64 = 0
    let judgements = row.task.judge(response) {
      looks += 1
      if response.bytes.count > Self.longResponse { call.progress(looks) }
    }
    let verdict = InstructionVerdict(judgements: judgements, rule: rule)
    return Verdict(
      verdict.passes ? .pass : .fail,
      answer: String(decoding: response.bytes.prefix(Self.longestAnswerKept), as: UTF8.self),
      reference: row.task.reference, failReason: verdict.failReason, details: verdict.details,
      values: verdict.values)
  }
}
