// The options of the evaluator.

internal import JSONFormat
internal import PluginKit

/// The evaluator's configuration, checked.
///
/// `mode` direct or cot; `language` en or zh; `answer_by` choose or generate; `prompt_style` raw or chat
/// (chat generates); `continuation` letter or text; `decide` which comparison of scores gives the
/// verdict; `unconditioned` adds the stage that `accuracy_unconditioned` needs; `compat_mode` repairs
/// one-based indices; `shots` of `examples`, rows that the host takes from the declared split in order.
struct MultiChoiceOptions: Sendable {
  let mode: ChoiceMode
  let language: ChoiceLanguage
  let style: ChoicePromptStyle
  let continuation: ChoiceContinuation
  let normalisation: ChoiceNormalisation
  let answersByChoice: Bool
  let asksUnconditioned: Bool
  let template: ChoiceTemplate?
  let answerPrefix: String?
  let repairs: Bool
  let shots: Int
  let examples: [ChoiceRow]

  static let schema = """
    {"type":"object","additionalProperties":false,"properties":{\
    "mode":{"enum":["direct","cot"],"default":"direct"},\
    "language":{"enum":["en","zh"],"default":"en"},\
    "prompt_style":{"enum":["raw","chat"],"default":"raw"},\
    "answer_by":{"enum":["choose","generate"],"default":"choose"},\
    "continuation":{"enum":["letter","text"],"default":"letter"},\
    "template":{"type":"string"},"answer_prefix":{"type":"string"},\
    "decide":{"enum":["accuracy","accuracy_token_norm","accuracy_byte_norm",\
    "accuracy_unconditioned"],"default":"accuracy"},\
    "unconditioned":{"type":"boolean","default":false},\
    "compat_mode":{"type":"boolean","default":false},\
    "shots":{"type":"integer","minimum":0,"maximum":64,"default":0},\
    "examples":{"type":"array","items":{"type":"object"}}}}
    """

  init(_ configuration: JSONValue) throws(ConfigurationError) {
    var options = try Options(configuration)
    mode = try Self.word("mode", .direct, &options)
    language = try Self.word("language", .english, &options)
    style = try Self.word("prompt_style", .raw, &options)
    continuation = try Self.word("continuation", .letter, &options)
    normalisation = try Self.word("decide", .sum, &options)
    let answerBy = try options.string(
      "answer_by", default: style == .chat ? "generate" : "choose", oneOf: ["choose", "generate"])
    answersByChoice = answerBy == "choose"
    let wantsUnconditioned = try options.bool("unconditioned", default: false)
    asksUnconditioned = wantsUnconditioned || normalisation == .unconditioned
    template = try options.string("template").map(ChoiceTemplate.init)
    answerPrefix = try options.string("answer_prefix")
    repairs = try options.bool("compat_mode", default: false)
    shots = try options.integer("shots", default: 0, in: 0...64)
    examples = try Self.examples(options.value("examples"), repairs: repairs)
    try options.finish()
    try check()
  }

  private func check() throws(ConfigurationError) {
    if let template {
      guard template.has(.question) else {
        throw ConfigurationError("option 'template' has no place <Q> for the question")
      }
      guard answerPrefix == nil, style == .raw else {
        throw ConfigurationError(
          "option 'template' is for raw prompts and holds the answer's prefix itself; remove "
            + "'answer_prefix', or 'template'")
      }
      guard shots == 0 || template.has(.shots) else {
        throw ConfigurationError("option 'template' has no place <SHOTS> for \(shots) examples")
      }
    }
    if examples.count < shots {
      throw ConfigurationError(
        "option 'shots' is \(shots) but 'examples' has \(examples.count) rows; "
          + "name a split with enough rows")
    }
    if style == .chat && answersByChoice {
      throw ConfigurationError("prompt_style 'chat' cannot choose; set answer_by to 'generate'")
    }
    if !answersByChoice && (continuation == .text || asksUnconditioned || normalisation != .sum) {
      throw ConfigurationError(
        "answer_by 'generate' has no scores: leave out 'continuation', 'decide', 'unconditioned'")
    }
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ fallback: Word, _ options: inout Options
  ) throws(ConfigurationError) -> Word where Word.RawValue == String {
    let text = try options.string(
      name, default: fallback.rawValue, oneOf: Word.allCases.map(\.rawValue))
    return Word(rawValue: text) ?? fallback
  }

  private static func examples(
    _ value: JSONValue?, repairs: Bool
  ) throws(ConfigurationError) -> [ChoiceRow] {
    guard let value else { return [] }
    guard let rows = value.elements else {
      throw ConfigurationError("option 'examples' must be a list of rows")
    }
    var examples: [ChoiceRow] = []
    for (index, row) in rows.enumerated() {
      do throws(BadRecord) {
        examples.append(try ChoiceRow(row, repairs: repairs))
      } catch {
        throw ConfigurationError("option 'examples': row \(index): \(error.message)")
      }
    }
    return examples
  }
}
