// The metric: which text holds the answer, which references count, and the verdict with its account.

package import JSONFormat
package import PluginKit

/// Mathematical equality of an answer and its references.
package struct MathEqual: Metric {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "math_equal", title: "Equality of mathematical answers, exact or by proven bounds",
    configSchema: MathOptions.schema, capabilities: .deterministic)

  private let options: MathOptions

  /// Opens an instance; the options are those of `MathOptions`.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    options = try MathOptions(configuration)
  }

  /// `math_equal`, 1 when the answer equals any reference, else 0, and the verdict.
  package func score(_ item: JudgedTry, call: CallContext) throws(PluginFailure) -> Measurement {
    let references = item.references.isEmpty ? try Self.references(item.row) : item.references
    let text = text(of: item)
    var first: MathComparison?
    for reference in references {
      let comparison = MathComparison(gold: reference, prediction: text, options: options)
      if comparison.outcome == .equal { return Self.measurement(comparison, reference) }
      // The first difference is shown; a reading beats none.
      if first == nil || first?.outcome == .unparsed && comparison.outcome == .different {
        first = comparison
      }
    }
    guard let first, let reference = references.first else {
      throw PluginFailure(
        .badRecord, "the row has no reference: no 'answer' and no 'expected_answer'")
    }
    return Self.measurement(first, reference)
  }

  private func text(of item: JudgedTry) -> String {
    let isBlank = { (text: String) in !text.utf8.contains { $0 > 0x20 } }
    switch options.source {
    case .prediction: return isBlank(item.prediction) ? item.answer : item.prediction
    case .answer: return isBlank(item.answer) ? item.prediction : item.answer
    }
  }

  private static func measurement(_ comparison: MathComparison, _ reference: String) -> Measurement
  {
    let outcome: Verdict.Outcome
    let reason: String
    switch comparison.outcome {
    case .equal: (outcome, reason) = (.pass, "")
    case .different: (outcome, reason) = (.fail, comparison.failReason)
    case .unparsed: (outcome, reason) = (.unparsed, comparison.reason)
    }
    return Measurement(
      [("math_equal", outcome == .pass ? 1 : 0)],
      verdict: Verdict(
        outcome, answer: kept(comparison.prediction.extracted?.text ?? ""),
        reference: kept(comparison.gold.extracted?.text ?? reference), failReason: reason,
        details: comparison.details))
  }

  /// Characters of an answer that a verdict keeps.
  private static func kept(_ text: String) -> String {
    text.utf8.count <= 1024 ? text : String(text.prefix(1024))
  }

  /// The references of a row when the host gives none.
  private static func references(_ row: RowText) throws(PluginFailure) -> [String] {
    do throws(BadRecord) {
      let value = try row.value()
      for key in ["answer", "expected_answer", "gold", "solution"] {
        if let text = value[key]?.string { return [text] }
        if let number = value[key]?.integer { return [String(number)] }
        let texts = (value[key]?.elements ?? []).compactMap(\.string)
        if !texts.isEmpty { return texts }
      }
    } catch {
      throw PluginFailure(error)
    }
    return []
  }
}

extension MathComparison {
  /// One line: both sides as they were understood, and the first difference.
  var failReason: String {
    let left = gold.reading.isEmpty ? gold.extracted?.text ?? "" : gold.reading
    return "expected \(Self.line(left)), found \(Self.line(prediction.reading)): \(reason)"
  }

  private static func line(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return line.utf8.count <= 120 ? line : String(line.prefix(120)) + "…"
  }

  /// The account of the comparison as a JSON object.
  package var details: [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.beginObject()
    for (key, side) in [("reference", gold), ("prediction", prediction)] {
      writer.key(text: key)
      writer.beginObject()
      if let extracted = side.extracted {
        writer.key("method")
        writer.string(extracted.method.rawValue)
        writer.key("extracted")
        writer.string(String(extracted.text.prefix(1024)))
      }
      if let refusal = side.refusal {
        writer.key("not_readable")
        writer.string(refusal)
      } else {
        writer.key("read_as")
        writer.string(side.reading)
      }
      writer.endObject()
    }
    writer.key(outcome == .equal ? "rule" : "difference")
    writer.string(reason)
    writer.endObject()
    return writer.bytes
  }
}
