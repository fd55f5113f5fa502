// The metric: options, where the references come from, and the two numbers.

package import JSONFormat
package import PluginKit

/// Exact match and token F1 of an answer against its references.
package struct TokenF1: Metric {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "token_f1", title: "Exact match and F1 over tokens, as in SQuAD",
    configSchema: """
      {"type":"object","additionalProperties":false,"properties":{\
      "source":{"enum":["answer","prediction"],"default":"answer"},\
      "pass_f1":{"type":"number","minimum":0,"maximum":1}}}
      """,
    capabilities: .deterministic)

  private let readsPrediction: Bool
  private let passF1: Double?

  /// Opens an instance.
  ///
  /// `source`: `answer` measures what the evaluator read, and the whole text where it read nothing;
  /// `prediction` always the whole text. `pass_f1`: the F1 from which the verdict is a pass; without it
  /// only an exact match passes.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    var options = try Options(configuration)
    readsPrediction =
      try options.string("source", default: "answer", oneOf: ["answer", "prediction"])
      == "prediction"
    let threshold = try options.double("pass_f1", default: -1)
    try options.finish()
    guard threshold <= 1, threshold >= 0 || threshold == -1 else {
      throw ConfigurationError("option 'pass_f1' is \(threshold); it must be 0 to 1")
    }
    passF1 = threshold < 0 ? nil : threshold
  }

  /// `f1` and `exact_match`, each 0 to 1, and a verdict for a configuration that decides by them.
  package func score(_ item: JudgedTry, call: CallContext) throws(PluginFailure) -> Measurement {
    let references = item.references.isEmpty ? try Self.references(item.row) : item.references
    let answer = readsPrediction || item.answer.isEmpty ? item.prediction : item.answer
    let match = AnswerMatch(answer: answer, references: references)
    let passes = passF1.map { match.f1 >= $0 } ?? match.isExact
    let isBlank = AnswerTokens(answer).words.isEmpty && !passes
    return Measurement(
      [("f1", match.f1), ("exact_match", match.isExact ? 1 : 0)],
      verdict: Verdict(
        passes ? .pass : isBlank ? .unparsed : .fail, answer: answer,
        reference: references.first ?? "", failReason: passes ? "" : "incorrect"))
  }

  /// The references of a row when the host gives none: SQuAD's `answers.text`, a list, or `answer`.
  private static func references(_ row: RowText) throws(PluginFailure) -> [String] {
    do throws(BadRecord) {
      let value = try row.value()
      let list = value["answers"]?["text"]?.elements ?? value["answers"]?.elements ?? []
      let texts = list.compactMap(\.string)
      if !texts.isEmpty { return texts }
      if let answer = value["answer"]?.string { return [answer] }
    } catch {
      throw PluginFailure(error)
    }
    throw PluginFailure(.badRecord, "the row has no reference: no 'answers' and no 'answer'")
  }
}
