// The prompts of the official harnesses: bare ones that base models continue, and chat messages.
// HumanEval's is its prompt as it stands; MBPP's is the docstring of EvalPlus; HumanEvalFix's is that
// of OctoPack; LiveCodeBench's are its own, the bare one without its solved example.

internal import JSONFormat

extension CodingPrompt {
  /// The prompt that a base model continues.
  static func continued(_ row: CodingRow) -> String {
    switch row.benchmark {
    case .humanEval, .humanEvalPlus, .humanEvalX: row.prompt
    case .humanEvalFix: "\(repairText(row))\n\n\(row.head)"
    case .mbpp, .mbppPlus: docstring(row)
    case .liveCodeBench:
      "### Question\n\(row.prompt)\n\n"
        + (row.starter.isEmpty ? "" : "### Starter Code\n\(row.starter)\n\n") + "### Answer\n\n"
    }
  }

  /// The messages for a chat model, as a JSON array.
  static func messages(_ row: CodingRow) -> String {
    switch row.benchmark {
    case .humanEval, .humanEvalPlus, .humanEvalX:
      return written([("user", fenced(row.prompt))])
    case .mbpp, .mbppPlus: return written([("user", fenced(docstring(row)))])
    case .humanEvalFix:
      return written([
        (
          "user",
          "\(repairText(row))\nProvide the whole corrected function in a markdown code block."
        )
      ])
    case .liveCodeBench:
      return written([("system", contestRole), ("user", contestText(row, isOld: false))])
    }
  }

  private static func fenced(_ prompt: String) -> String {
    "Please provide a self-contained Python script that solves the following problem in a markdown "
      + "code block:\n```\n\(PythonText.stripped(prompt))\n```\n"
  }

  /// The sentence and the first assert as a docstring; a prompt that is a docstring stays as it is.
  static func docstring(_ row: CodingRow) -> String {
    let sentence = PythonText.stripped(row.prompt)
    if sentence.hasPrefix("\"\"\"") { return sentence + "\n" }
    var first = ""
    switch row.tests {
    case .asserts(let tests): first = tests.sources.first ?? ""
    case .inputs(let tests): first = tests.check.sources.first ?? ""
    case .cases: break
    }
    let assert = PythonText.lines(PythonText.stripped(first)).first { $0.hasPrefix("assert") } ?? ""
    return "\"\"\"\n\(sentence)\n\(assert)\n\"\"\"\n"
  }

  /// The buggy function, its tests and what to do with them.
  private static func repairText(_ row: CodingRow) -> String {
    if row.head != row.prompt { return row.prompt }
    var test = ""
    if case .asserts(let tests) = row.tests { test = tests.sources.first ?? "" }
    return "\(row.head)\(row.buggySolution)\n\(test)\nFix bugs in \(row.entryPoint)."
  }

  private static func written(_ messages: [(role: String, content: String)]) -> String {
    var writer = JSONWriter(capacity: 256)
    writer.beginArray()
    for message in messages {
      writer.beginObject()
      writer.key("role")
      writer.string(message.role)
      writer.key("content")
      writer.string(message.content)
      writer.endObject()
    }
    writer.endArray()
    return writer.bytes.text
  }
}
