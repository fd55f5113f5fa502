// Arena-Hard v0.1: questions in one file, the answers of the model to compare with in another, joined by id.

package import JSONFormat
package import PluginKit

/// The dataset.
package struct ArenaHard: Dataset {
  /// The component's id, version and promises.
  package static let info = ComponentInfo(
    id: "arena_hard", title: "Arena-Hard v0.1", capabilities: .deterministic)

  private static let revision = "6c82720015d5da7b8795b809b91f63ef74abbf6a"
  private static let folder =
    "https://raw.githubusercontent.com/lmarena/arena-hard-auto/\(revision)/data/arena-hard-v0.1"

  /// Opens the dataset, which has no options.
  package init(configuration: JSONValue, host: Host) throws(ConfigurationError) {
    try Options(configuration).finish()
  }

  /// What it offers.
  package func describe(call: CallContext) throws(PluginFailure) -> JSONValue {
    .object([
      JSONMember(key: "benchmark", value: .string("arena_hard")),
      JSONMember(key: "splits", value: .array([.string("test")])),
    ])
  }

  /// Writes the questions in their order, each with its reference answer.
  package func prepare(
    _ request: PrepareRequest, call: CallContext
  ) throws(PluginFailure) -> JSONValue {
    let questions = try RowFile.jsonLines(at: try request.fetch("\(Self.folder)/question.jsonl"))
    let answers = try RowFile.jsonLines(
      at: try request.fetch("\(Self.folder)/model_answer/gpt-4-0314.jsonl"))
    var answerByID: [String: String] = [:]
    for answer in answers {
      guard let id = Self.id(of: answer), let text = Self.answer(in: answer) else {
        throw PluginFailure(.io, "gpt-4-0314.jsonl: an answer has no id or no text")
      }
      answerByID[id] = text
    }
    let rows = RowFile(request.outputPath)
    for question in questions {
      guard let id = Self.id(of: question), let text = Self.question(in: question) else {
        throw PluginFailure(.io, "question.jsonl: a question has no id or no text")
      }
      guard let answer = answerByID[id] else {
        throw PluginFailure(.io, "gpt-4-0314.jsonl has no answer to question '\(id)'")
      }
      try rows.append { row in
        row.key("question")
        row.string(text)
        row.key("reference_answer")
        row.string(answer)
        row.key("subject")
        row.string(question["cluster"]?.string ?? "")
        row.key("id")
        row.string(id)
      }
    }
    try rows.close()
    return .object([JSONMember(key: "revision", value: .string(Self.revision))])
  }

  private static func id(of row: JSONValue) -> String? {
    row["question_id"]?.string ?? row["uid"]?.string
  }

  private static func question(in row: JSONValue) -> String? {
    row["turns"]?.elements?.first?["content"]?.string ?? row["prompt"]?.string
  }

  private static func answer(in row: JSONValue) -> String? {
    if let old = row["choices"]?.elements?.first?["turns"]?.elements?.first?["content"] {
      return old.string
    }
    guard let content = row["messages"]?.elements?.last?["content"] else { return nil }
    return content.string ?? content["answer"]?.string
  }
}
