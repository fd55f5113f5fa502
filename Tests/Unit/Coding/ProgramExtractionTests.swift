// From completions to programs: what is cut, which block is taken, what is put above it, and what is
// no program.

import CodingCore
import JSONFormat
import TestSupport
import Testing

struct ProgramExtractionTests {
  struct Case: Sendable {
    var json: String
    var style: CodingPromptStyle
    var mode: CodingMode?
    var completion: String
    var method: String
    var source: String

    init(
      _ json: String, _ style: CodingPromptStyle, mode: CodingMode? = nil,
      _ completion: String, _ method: String, _ source: String
    ) {
      self.json = json
      self.style = style
      self.mode = mode
      self.completion = completion
      self.method = method
      self.source = source
    }

    /// A reply of a chat model to a HumanEval row.
    static func chat(_ completion: String, _ method: String, _ source: String) -> Case {
      Case(Rows.humanEval, .chat, completion, method, source)
    }
  }

  static let head = Rows.head
  static let above = "import math\n\n\n"
  static let whole = "def half(x):\n    return x // 2\n"

  static let cases: [Case] = [
    // Continuations: cut at the stop sequences, a fence ends them too.
    Case(
      Rows.humanEval, .completion, "    return x // 2\n\ndef other():\n    pass", "continuation",
      head + "    return x // 2\n"),
    Case(
      Rows.humanEval, .raw, "\n    return x // 2\n# more\nx", "continuation",
      head + "\n    return x // 2"),
    Case(
      Rows.humanEval, .raw, "\n    return x // 2\n```\nThat is it.", "continuation",
      head + "\n    return x // 2\n"),
    // Lost blanks: of the first line, of all lines, tabs, other widths.
    Case(
      Rows.humanEval, .raw, "y = x\n    return y // 2", "continuation",
      head + "    y = x\n    return y // 2"),
    Case(
      Rows.humanEval, .raw, "if x:\n        return x // 2\n    return 0", "continuation",
      head + "    if x:\n        return x // 2\n    return 0"),
    Case(
      Rows.humanEval, .raw, "if x:\n    return x // 2\nreturn 0", "continuation",
      head + "    if x:\n        return x // 2\n    return 0"),
    Case(Rows.humanEval, .raw, "\treturn x // 2", "continuation", head + "    return x // 2"),
    Case(
      Rows.humanEval, .raw, "  if x:\n    return x\n  return 0", "continuation",
      head + "    if x:\n      return x\n    return 0"),
    // A variable named like the function is no definition of it.
    Case(
      Rows.humanEval, .raw, "half = []\n    return half", "continuation",
      head + "    half = []\n    return half"),
    // A completion that begins anew is a whole solution; what the prompt has above it is put there.
    Case(
      Rows.humanEval, .completion, whole + "\nprint(half(3))\n", "whole_text", above + whole + "\n"),
    Case(
      Rows.humanEval, .completion, "import math\n\n" + whole, "whole_text",
      "import math\n\n" + whole),
    // MBPP continues a docstring with a whole function, which it may repeat first.
    Case(Rows.mbpp, .completion, whole + "\nassert half(4) == 2\n", "whole_text", whole),
    Case(
      Rows.mbpp, .completion, "\"\"\"\nHalve.\n\"\"\"\n" + whole + "\"\"\"\nNext", "whole_text",
      "\n" + whole),
    // Blocks: the one that defines the function and returns; unclosed, indented, glued, inline.
    .chat("```python\n\(whole)```", "fenced_solution", above + whole),
    .chat(
      "First:\n```py\ndef half(x):\n    pass\n```\nBetter:\n```\n\(whole)```\n", "fenced_solution",
      above + whole),
    .chat(
      "```sh\npip install x\n```\n```python\n\(whole)```\n```python\nprint(half(2))\n```",
      "fenced_solution", above + whole),
    .chat("```python\n\(whole)", "fenced_solution", above + whole),
    .chat(
      "1. Do:\n   ```python\n   def half(x):\n       return x // 2\n   ```", "fenced_solution",
      above + whole),
    .chat("The correct code is ```python\n\(whole)```", "fenced_solution", above + whole),
    .chat("````python\n\(whole)# ```\n````", "fenced_solution", above + whole + "# ```\n"),
    .chat(
      "Use ```python half = lambda x: x // 2``` here.", "fenced_solution",
      above + "half = lambda x: x // 2\n"),
    .chat("```python\n    return x // 2\n```", "fenced_body", head + "    return x // 2\n"),
    .chat(
      "```python\n\(whole)\nassert half(4) == 2\nif __name__ == '__main__':\n    main()\n```",
      "fenced_solution", above + whole + "\n"),
    .chat(
      "Here you go:\n\n\(whole)\nThis function halves (x).", "whole_text", above + whole + "\n"),
    .chat("    return x // 2", "continuation", head + "    return x // 2"),
    Case(Rows.mbpp, .raw, "\n\(whole)```\nUser: next", "fenced_solution", "\n" + whole),
    Case(
      Rows.mbpp, .raw, "\n  return x // 2\n", "fenced_body", "def half(x):\n\n    return x // 2\n"),
    // Thinking is never the program.
    .chat(
      "<think>\n```python\ndef half(x): return 1\n```\n</think>\n```python\n\(whole)```",
      "fenced_solution", above + whole),
    .chat("<think>```python\n\(whole)```", "none", "the thinking does not end"),
    .chat("", "none", "the completion is empty"),
    .chat(" \n", "none", "the completion is empty"),
    .chat("I cannot do that.", "none", "no code block and no definition of 'half'"),
    .chat("```python\n```", "none", "the code block is empty"),
    Case(Rows.humanEval, .raw, "\n# so\n", "none", "the completion has no code"),
    // LiveCodeBench: the lines between the last two fences, and nothing else.
    Case(
      Rows.contest, .chat, "```\nold\n```\ntext\n```python\nprint(1)\n```", "last_fence", "print(1)"
    ),
    Case(
      Rows.contest, .chat, "print(1)", "none",
      "no code block: the program stands between the last two fences"),
    Case(
      Rows.contest, .chat, "```python\nprint(1)", "none",
      "one fence only: the program stands between the last two fences"),
    Case(Rows.contest, .chat, "```python\n\n```", "none", "the last code block is empty"),
    Case(Rows.contest, .raw, "print(1)\n", "fenced_solution", "print(1)\n"),
    Case(Rows.contest, .raw, "print(1)\n```\nDone.", "last_fence", "print(1)"),
    Case(Rows.contest, .raw, mode: .direct, "print(1)\n```", "last_fence", "print(1)"),
    Case(Rows.contest, .completion, "print(1)\n\n### Question\n", "whole_text", "print(1)"),
  ]

  @Test(arguments: cases)
  func `the program of a completion`(wanted: Case) throws {
    let found = try Rows.program(wanted.json, wanted.completion, wanted.style, mode: wanted.mode)
    #expect(found.method == wanted.method && found.source == wanted.source, "\(found)")
  }

  @Test(arguments: [
    (
      Rows.humanEval, "\n    return x // 2\nprint(1) \n\n",
      Rows.head + "\n    return x // 2\nprint(1)"
    ),
    (Rows.humanEval, "", Rows.head),
    (Rows.mbpp, "\n\(whole)```\nUser:\u{a0}", "\n\(whole)```\nUser:"),
    (Rows.contest, " x = 1 ", "x = 1"),
    (Rows.contest, "```Python\nx = 1\n```", "x = 1"),
    (Rows.contest, "a ``` b", "a ``` b"),
    (Rows.contest, "```py\r\nx = 1\r\ny = 2\n``` and ```", "and"),
    (Rows.contest, "```py\r\nx = 1\r\ny = 2\n```", "x = 1\ny = 2"),
    (Rows.contest, "```python3\nx\n```", "python3\nx"),
    (
      Rows.humanEvalFix, "\ndef half(x): return 1",
      Rows.head.dropLast() + "\n# Buggy implementation:\n    return x // 3\n"
        + "# Fix the function `half` so it passes all tests.\ndef half(x): return 1"
    ),
  ])
  func `the old rules keep everything`(json: String, completion: String, source: String) throws {
    let found = try Rows.program(json, completion, .raw, .legacy)
    #expect(found.method == "legacy" && found.source == source, "\(found)")
  }

  @Test(.enabled(if: SharedData.isPresent, "the recorded data is not here"))
  func `LiveCodeBench's own extraction is met in every recorded reply`() throws {
    let extraction = ProgramExtraction(prompt: CodingPrompt(style: .chat), rules: .official)
    let row = try Rows.row(Rows.contest)
    var count = 0
    for path in ["livecodebench/o1-mini.half.jsonl.gz", "livecodebench/o1-preview.half.jsonl.gz"] {
      for line in try SharedData.lines(path) {
        let value = try JSONValue.parse(line)
        let replies = try #require(value["output_list"]?.elements).compactMap(\.string)
        let codes = try #require(value["code_list"]?.elements).compactMap(\.string)
        for (reply, code) in zip(replies, codes) {
          count += 1
          switch extraction.program(in: reply, of: row) {
          case .program(let program): #expect(program.source == code)
          case .none: #expect(code.isEmpty)
          }
        }
      }
    }
    #expect(count == 880)
  }

  @Test func `huge and broken texts end soon`() throws {
    for text in [
      String(repeating: "```\n", count: 10_000), String(repeating: "`", count: 50_000),
      String(repeating: "(", count: 50_000), String(repeating: "\"\"\"", count: 20_000),
      String(repeating: "def half(x):\n", count: 4_000),
      String(repeating: "</think>", count: 8_000), String(repeating: "x = '\\\n", count: 8_000),
      String(repeating: "    half\n", count: 8_000), String(repeating: "``` ", count: 10_000),
      String(repeating: "\\'", count: 30_000),
      "\u{feff}\0\r\r\n\u{2028}```",
    ] {
      for json in [Rows.humanEval, Rows.mbpp, Rows.contest] {
        for style in CodingPromptStyle.allCases {
          _ = try Rows.program(json, text, style)
          _ = try Rows.program(json, text, style, .legacy)
        }
      }
    }
  }
}
