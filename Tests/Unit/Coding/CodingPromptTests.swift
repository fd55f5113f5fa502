// The prompts: the old runner's byte for byte, the official bare ones, and chat messages.

import CodingCore
import JSONFormat
import PluginKit
import Testing

struct CodingPromptTests {
  static let request =
    "You are a top-level code master. Complete the following code without any additional text or "
    + "explanation:\n"
  static let clean =
    "import math\ndef half(x: int) -> int:\n    \"\"\" Half of x.\n    >>> half(4)\n    2\n    \"\"\""
  static let role =
    "You are an expert Python programmer. You will be given a question (problem specification) and "
    + "will generate a correct Python program that matches the specification and passes all tests."

  struct Case: Sendable {
    var json: String
    var style: CodingPromptStyle
    var mode: CodingMode?
    var wanted: String
  }

  @Test(arguments: [
    Case(
      json: Rows.humanEval, style: .raw, wanted: "User:\(request)\(clean)\n\nAssistant:\(clean)"),
    Case(
      json: Rows.humanEvalFix, style: .raw,
      wanted: "User: \(request)\(clean)\n# Buggy implementation:\n    return x // 3\n"
        + "# Fix the function `half` so it passes all tests.\n\nAssistant: <think></think>\n```python"
    ),
    Case(
      json: Rows.mbpp, style: .raw,
      wanted:
        "User: \(request)Write a function to halve\ta number.\nFunction signature: def half(x):\n"
        + "Write the full function definition.\n\nAssistant: <think></think>\n```python"),
    Case(
      json: Rows.mbppPlus, style: .raw,
      wanted: "User: \(request)\"\"\"\nHalve.\nassert half(4) == 2\n\"\"\"\n\n"
        + "Assistant: <think></think>\n```python"),
    Case(
      json: Rows.contest, style: .raw,
      wanted: "User: \(role)\n### Question:\nPrint half of the input.\n\n"
        + "### Format: Read the inputs from stdin solve the problem and write the answer to stdout "
        + "(do not directly test on the sample inputs). Enclose your code within delimiters as "
        + "follows. Ensure that when the python program runs, it reads the inputs, runs the "
        + "algorithm and writes output to STDOUT.\n```python\n# YOUR CODE HERE\n```\n\n"
        + "### Answer: (use the provided format with backticks)\n\nAssistant: <think"),
    Case(
      json: Rows.calls, style: .raw, mode: .direct,
      wanted: "User: \(role)\n### Question:\nHalve.\n\n"
        + "### Format: You will use the following starter code to write the solution to the problem "
        + "and enclose your code within delimiters.\n```python\nclass Solution:\n"
        + "    def half(self, x: int) -> int:\n\n```\n\n"
        + "### Answer: (use the provided format with backticks)\n\n"
        + "Assistant: <think></think>\n```python\n"),
    Case(json: Rows.humanEval, style: .completion, wanted: Rows.head),
    Case(
      json: Rows.mbpp, style: .completion,
      wanted: "\"\"\"\nWrite a function to halve    a number.\nassert half(4) == 2\n\"\"\"\n"),
    Case(
      json: Rows.mbppPlus, style: .completion,
      wanted: "\"\"\"\nHalve.\nassert half(4) == 2\n\"\"\"\n"),
    Case(
      json: Rows.calls, style: .completion,
      wanted: "### Question\nHalve.\n\n### Starter Code\nclass Solution:\n"
        + "    def half(self, x: int) -> int:\n\n\n### Answer\n\n"),
    Case(
      json: Rows.humanEvalFix, style: .completion,
      wanted: "\(Rows.head)    return x // 3\n\n\ndef check(half):\n    assert half(4) == 2\n\n"
        + "check(half)\nFix bugs in half.\n\n\(Rows.head)"),
  ])
  func `the first prompt of a row`(wanted: Case) throws {
    let prompt = CodingPrompt(style: wanted.style, mode: wanted.mode)
    let request = try #require(prompt.next(try Rows.row(wanted.json), completions: []))
    #expect(request.promptText == wanted.wanted && !request.isMessages)
  }

  @Test func `LiveCodeBench thinks first, and others when asked`() throws {
    let row = try Rows.row(Rows.contest)
    let prompt = CodingPrompt(style: .raw)
    let first = try #require(prompt.next(row, completions: []))
    #expect(first.stage == "cot" && !first.isFinal)
    let second = try #require(prompt.next(row, completions: [">hm</think>"]))
    #expect(second.stage == "final" && second.isFinal)
    #expect(
      second.promptText
        == first.promptText + ">hm</think>\nTherefore, the correct code is ```python\n")
    #expect(prompt.next(row, completions: ["", ""]) == nil)
    let thinking = CodingPrompt(style: .raw, mode: .cot)
    let human = try #require(thinking.next(try Rows.row(Rows.humanEval), completions: []))
    #expect(human.stage == "cot" && human.promptText.hasSuffix("\n\nAssistant: <think"))
    let direct = CodingPrompt(style: .raw)
    let only = try #require(direct.next(try Rows.row(Rows.humanEval), completions: []))
    #expect(only.stage == "final" && only.isFinal && only.stops.isEmpty)
    #expect(direct.next(try Rows.row(Rows.humanEval), completions: ["x"]) == nil)
  }

  @Test func `base models stop where the official harness stops`() throws {
    let prompt = CodingPrompt(style: .completion, mode: .cot)
    let human = try #require(prompt.next(try Rows.row(Rows.humanEval), completions: []))
    #expect(human.stops == ["\nclass", "\ndef", "\n#", "\nif", "\nprint"] && human.isFinal)
    let mbpp = try #require(prompt.next(try Rows.row(Rows.mbpp), completions: []))
    #expect(mbpp.stops.contains("\nassert") && mbpp.stops.contains("\n\"\"\""))
    #expect(prompt.next(try Rows.row(Rows.contest), completions: [])?.stops == ["###"])
  }

  @Test func `chat models get messages, their data escaped`() throws {
    let prompt = CodingPrompt(style: .chat, mode: .cot)
    for json in [
      Rows.humanEval, Rows.humanEvalPlus, Rows.humanEvalFix, Rows.humanEvalX, Rows.mbpp,
      Rows.mbppPlus, Rows.contest, Rows.calls,
    ] {
      let row = try Rows.row(json)
      let request = try #require(prompt.next(row, completions: []))
      #expect(request.isMessages && request.isFinal && request.stage == "final")
      let messages = try #require(JSONValue.parse(Array(request.promptText.utf8)).elements)
      let roles = messages.compactMap { $0["role"]?.string }
      #expect(roles == (row.benchmark == .liveCodeBench ? ["system", "user"] : ["user"]))
      let content = try #require(messages.last?["content"]?.string)
      if row.benchmark == .humanEval {
        #expect(
          content
            == "Please provide a self-contained Python script that solves the following problem in "
            + "a markdown code block:\n```\n\(Rows.head)```\n")
      }
    }
  }
}
