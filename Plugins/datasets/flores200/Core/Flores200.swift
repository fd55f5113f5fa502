// FLORES+: the same sentences in many languages, one config of the Hub's set each. A row here is a sentence in one
// language and in another; all ordered pairs of six languages, as the old system had them.

package import JSONFormat
package import PluginKit

/// The dataset.
package struct Flores200: Dataset {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "flores200", title: "FLORES+ in six languages", capabilities: .deterministic)

  /// The source's configs and their languages as a prompt names them.
  static let languages = [
    ("eng_Latn", "English"), ("deu_Latn", "German"), ("spa_Latn", "Spanish"),
    ("fra_Latn", "French"), ("ita_Latn", "Italian"), ("jpn_Jpan", "Japanese"),
  ]

  private static let pageRows = 100

  /// Opens the dataset, which has no options.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    try Options(configuration).finish()
  }

  /// What it offers.
  package func describe(call: CallContext) throws(PluginFailure) -> JSONValue {
    .object([
      JSONMember(key: "benchmark", value: .string("flores200")),
      JSONMember(key: "splits", value: .array([.string("devtest"), .string("dev")])),
    ])
  }

  /// Writes all ordered pairs: pair by pair, sentences in the source's order.
  package func prepare(
    _ request: PrepareRequest, call: CallContext
  ) throws(PluginFailure) -> JSONValue {
    var texts: [[String]] = []
    for (config, _) in Self.languages {
      let column = try sentences(config, request)
      guard column.count == texts.first?.count ?? column.count else {
        throw PluginFailure(
          .io, "\(config) has \(column.count) sentences, \(Self.languages[0].0) \(texts[0].count)")
      }
      texts.append(column)
    }
    let rows = RowFile(request.outputPath)
    for (from, source) in Self.languages.enumerated() {
      for (to, target) in Self.languages.enumerated() where to != from {
        for (place, sentence) in texts[from].enumerated() {
          try rows.append { row in
            row.key("question")
            row.string("Translate the following text from \(source.1) to \(target.1).\n\(sentence)")
            row.key("expected_answer")
            row.string(texts[to][place])
            row.key("subject")
            row.string("\(source.0)-\(target.0)")
            row.key("id")
            row.integer(place)
          }
        }
      }
    }
    try rows.close()
    return .object([])
  }

  /// The sentences of a language, page by page.
  private func sentences(
    _ config: String, _ request: PrepareRequest
  ) throws(PluginFailure) -> [String] {
    var sentences: [String] = []
    while true {
      let url =
        "https://datasets-server.huggingface.co/rows?dataset=openlanguagedata%2Fflores_plus"
        + "&config=\(config)&split=\(request.split)&offset=\(sentences.count)&length=\(Self.pageRows)"
      let page = try RowFile.json(at: try request.fetch(url))
      guard let rows = page["rows"]?.elements, let total = page["num_rows_total"]?.integer else {
        throw PluginFailure(.io, "\(url): no rows in the answer")
      }
      guard page["partial"]?.bool != true else {
        throw PluginFailure(.io, "\(config): the Hub serves a part of its rows alone")
      }
      for row in rows {
        let cut = (row["truncated_cells"]?.elements ?? []).compactMap(\.string)
        guard row["row_idx"]?.integer == Int64(sentences.count), !cut.contains("text"),
          let text = row["row"]?["text"]?.string
        else {
          throw PluginFailure(
            .io, "\(config): row \(sentences.count) is out of order, cut or without 'text'")
        }
        sentences.append(text)
      }
      if sentences.count >= Int(total) { return sentences }
      guard !rows.isEmpty else {
        throw PluginFailure(.io, "\(config): the rows end at \(sentences.count) of \(total)")
      }
    }
  }
}
