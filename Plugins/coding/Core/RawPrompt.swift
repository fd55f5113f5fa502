// The prompts of the old runner, byte for byte. Its oddities are kept: no space after `User:` for
// HumanEval, the head given twice, four spaces as a tab for MBPP.

extension CodingPrompt {
  /// What the stage after thinking adds to the context; it opens a block of code.
  package static let finalDelta = "\nTherefore, the correct code is ```python\n"

  private static let request =
    "You are a top-level code master. Complete the following code without any additional text or "
    + "explanation:\n"

  /// The prompt that asks for a program at once.
  func rawPrompt(_ row: CodingRow) -> String {
    switch row.benchmark {
    case .humanEval, .humanEvalPlus, .humanEvalX:
      let clean = Self.clean(row.prompt)
      return "User:\(Self.request)\(clean)\n\nAssistant:\(clean)"
    case .humanEvalFix, .mbpp, .mbppPlus:
      let clean = Self.clean(Self.wish(row))
      return "User: \(Self.request)\(clean)\n\nAssistant: <think></think>\n```python"
    case .liveCodeBench:
      // The old runner always thought first here; this is its other prompts' way not to.
      return "User: \(Self.contestText(row, isOld: true))Assistant: <think></think>\n```python\n"
    }
  }

  /// The prompt of the stage that thinks.
  func thinkingPrompt(_ row: CodingRow) -> String {
    if row.benchmark == .liveCodeBench {
      return "User: \(Self.contestText(row, isOld: true))Assistant: <think"
    }
    return "User: \(Self.request)\(Self.clean(Self.wish(row)))\n\nAssistant: <think"
  }

  /// What is asked of the families without a head to continue.
  private static func wish(_ row: CodingRow) -> String {
    switch row.benchmark {
    case .humanEval, .humanEvalPlus, .humanEvalX, .liveCodeBench: return row.prompt
    case .humanEvalFix: return row.repairPrompt
    case .mbpp, .mbppPlus:
      let prompt = tabbed(row.prompt)
      return row.signature.isEmpty
        ? prompt
        : "\(prompt)\nFunction signature: \(row.signature)\nWrite the full function definition."
    }
  }

  /// A text without its blank lines and without blanks at its ends.
  static func clean(_ text: String) -> String {
    PythonText.stripped(
      PythonText.lines(text).filter { !PythonText.isBlank($0) }.joined(separator: "\n"))
  }

  /// Four spaces as a tab, as the old prepper wrote MBPP; a text that it wrote stays as it is.
  private static func tabbed(_ text: String) -> String {
    let bytes = Array(text.utf8)
    let spaces = Array("    ".utf8)
    var tabbed: [UInt8] = []
    var at = 0
    while let place = bytes.firstPlace(of: spaces, from: at) {
      tabbed += bytes[at..<place]
      tabbed.append(UInt8(ascii: "\t"))
      at = place + 4
    }
    return (tabbed + bytes[at...]).text
  }

  /// The question of LiveCodeBench with its format, as the official harness and the old runner ask.
  ///
  /// The old runner strips the question, the official harness does not.
  static func contestText(_ row: CodingRow, isOld: Bool) -> String {
    let question = isOld ? PythonText.stripped(row.prompt) : row.prompt
    let system = isOld ? contestRole + "\n" : ""
    let format =
      row.starter.isEmpty
      ? "Read the inputs from stdin solve the problem and write the answer to stdout (do not "
        + "directly test on the sample inputs). Enclose your code within delimiters as follows. "
        + "Ensure that when the python program runs, it reads the inputs, runs the algorithm and "
        + "writes output to STDOUT.\n```python\n# YOUR CODE HERE\n```\n\n"
      : "You will use the following starter code to write the solution to the problem and enclose "
        + "your code within delimiters.\n```python\n\(row.starter)\n```\n\n"
    return "\(system)### Question:\n\(question)\n\n### Format: \(format)"
      + "### Answer: (use the provided format with backticks)\n\n"
  }

  /// What LiveCodeBench tells a model it is.
  static let contestRole =
    "You are an expert Python programmer. You will be given a question (problem specification) and "
    + "will generate a correct Python program that matches the specification and passes all tests."
}
