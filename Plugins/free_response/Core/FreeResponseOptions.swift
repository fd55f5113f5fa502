// The options of the evaluator.

internal import JSONFormat
internal import PluginKit

/// The evaluator's configuration, checked.
///
/// `mode` cot or direct; `decide` numeric or legacy; `answer_format`; `prompt_style` raw or chat;
/// `answer_prefix` what stands behind `Assistant:` in mode direct; `template` a raw prompt with `<SHOTS>`, `<Q>`, `<SUBJECT>`; `instruction` for chat questions; `shots` how
/// many of `examples`, rows that the host takes from the declared split in file order, are shown.
struct FreeResponseOptions: Sendable {
  let mode: ResponseMode
  let rule: AnswerRule
  let format: AnswerFormat
  let style: PromptStyle
  let template: String?
  let answerPrefix: String
  let instruction: String
  let shots: Int
  let examples: [ShotExample]

  static let schema = """
    {"type":"object","additionalProperties":false,"properties":{\
    "mode":{"enum":["cot","direct"],"default":"cot"},\
    "decide":{"enum":["numeric","legacy"],"default":"numeric"},\
    "answer_format":{"enum":["auto","boxed","hashes","json","last_number","whole"],\
    "default":"auto"},\
    "prompt_style":{"enum":["raw","chat"],"default":"raw"},\
    "template":{"type":"string"},"answer_prefix":{"type":"string"},"instruction":{"type":"string"},\
    "shots":{"type":"integer","minimum":0,"maximum":64,"default":0},\
    "examples":{"type":"array","items":{"type":"object"}}}}
    """

  init(_ configuration: JSONValue) throws(ConfigurationError) {
    var options = try Options(configuration)
    mode = try Self.word("mode", .cot, &options)
    rule = try Self.word("decide", .numeric, &options)
    format = try Self.word("answer_format", .auto, &options)
    style = try Self.word("prompt_style", .raw, &options)
    template = try options.string("template")
    answerPrefix = try options.string("answer_prefix") ?? ""
    instruction = try options.string(
      "instruction", default: FreeResponsePrompt.defaultInstruction)
    shots = try options.integer("shots", default: 0, in: 0...64)
    examples = try Self.examples(options.value("examples"))
    try options.finish()
    if examples.count < shots {
      throw ConfigurationError(
        "option 'shots' is \(shots) but 'examples' has \(examples.count) rows; "
          + "name a split with enough rows")
    }
    if !answerPrefix.isEmpty, template != nil || style != .raw || mode != .direct {
      throw ConfigurationError(
        "option 'answer_prefix' is for raw prompts in mode direct without a 'template', which holds it "
          + "itself; remove one")
    }
    if let template, !template.utf8.contains("<Q>".utf8) {
      throw ConfigurationError("option 'template' has no place <Q> for the question")
    }
  }

  private static func word<Word: RawRepresentable & CaseIterable>(
    _ name: String, _ fallback: Word, _ options: inout Options
  ) throws(ConfigurationError) -> Word where Word.RawValue == String {
    let text = try options.string(
      name, default: fallback.rawValue, oneOf: Word.allCases.map(\.rawValue))
    return Word(rawValue: text) ?? fallback
  }

  private static func examples(_ value: JSONValue?) throws(ConfigurationError) -> [ShotExample] {
    guard let value else { return [] }
    guard let rows = value.elements else {
      throw ConfigurationError("option 'examples' must be a list of rows")
    }
    var examples: [ShotExample] = []
    for (index, row) in rows.enumerated() {
      let text = { (key: String) in row[key].flatMap(FreeResponseKeys.scalarText) }
      guard let question = FreeResponseKeys.firstText(FreeResponseKeys.question, text),
        let reference = FreeResponseKeys.reference(row: text, rawRecord: { _ in nil })
      else {
        throw ConfigurationError("option 'examples': row \(index) has no question or no answer")
      }
      examples.append(ShotExample(question: question, reference: reference))
    }
    return examples
  }
}

extension FreeResponseKeys {
  /// The text of a scalar as the old loader wrote it: whole floats as integers, booleans as words.
  static func scalarText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .integer(let integer): return "\(integer)"
    case .number(let number):
      if number == number.rounded(), let integer = Int64(exactly: number) { return "\(integer)" }
      return "\(number)"
    case .null, .array, .object: return nil
    }
  }
}
