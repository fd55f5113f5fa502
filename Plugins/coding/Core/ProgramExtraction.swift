// From a completion to a program. A completion may continue the prompt's code, stand inside a block
// that the prompt opened, or be a reply with code somewhere in it; and it may be a whole solution or
// only the body of the function asked for.

/// A program that was found in a completion.
package struct ExtractedProgram: Sendable, Equatable {
  /// Its whole source, ready to run.
  package let source: String
  /// How it was found, for the verdict's details.
  package let method: ExtractionMethod
}

/// How a program was found.
package enum ExtractionMethod: String, Sendable {
  /// The completion continues the prompt's function.
  case continuation
  /// The completion is a whole solution without a fence.
  case wholeText = "whole_text"
  /// A block of code that is a whole solution.
  case fencedSolution = "fenced_solution"
  /// A block of code with only the body of the function.
  case fencedBody = "fenced_body"
  /// The text between the last two fences, as LiveCodeBench takes it.
  case lastFence = "last_fence"
  /// The rule of the old runner.
  case legacy
}

/// What a completion holds.
package enum Extraction: Sendable, Equatable {
  /// A program.
  case program(ExtractedProgram)
  /// None, and why.
  case none(reason: String)
}

/// Finds programs in completions, by one style of prompt and one set of rules.
package struct ProgramExtraction: Sendable {
  private let prompt: CodingPrompt
  private let rules: CodingRules

  /// Makes an extraction for completions of a prompt.
  package init(prompt: CodingPrompt, rules: CodingRules) {
    self.prompt = prompt
    self.rules = rules
  }

  /// The program in the completion of a try's last stage.
  package func program(in completion: String, of row: CodingRow) -> Extraction {
    if rules == .legacy {
      let source = LegacyExtraction.source(completion, of: row)
      return .program(ExtractedProgram(source: source, method: .legacy))
    }
    let bytes = Array(completion.utf8)
    guard let answer = ThinkingText.answer(in: bytes) else {
      return .none(reason: "the thinking does not end")
    }
    guard !answer.trimmed.isEmpty else { return .none(reason: "the completion is empty") }
    let ending = prompt.ending(row)
    if row.benchmark == .liveCodeBench {
      return contest(answer, isOpen: ending == .openFence)
    }
    return SolutionReader(row: row).read(answer, ending: ending)
  }

  /// The official rule of LiveCodeBench; a block that the prompt opened may stay open.
  private func contest(_ answer: [UInt8], isOpen: Bool) -> Extraction {
    let text = isOpen ? Array("```python\n".utf8) + answer : answer
    if let code = CodeFences.betweenLastTwoLines(of: text) {
      guard !code.trimmed.isEmpty else { return .none(reason: "the last code block is empty") }
      return .program(ExtractedProgram(source: code.text, method: .lastFence))
    }
    if isOpen {
      // A fence glued to the last line is the only one there can be.
      let end = answer.firstPlace(of: Array("```".utf8)) ?? answer.count
      guard !answer[..<end].trimmed.isEmpty else { return .none(reason: "the code block is empty") }
      return .program(ExtractedProgram(source: answer[..<end].text, method: .fencedSolution))
    }
    if prompt.style == .completion {
      let code = answer[..<StopSequences(texts: ["###"]).end(in: answer)].trimmed
      guard !code.isEmpty else { return .none(reason: "the completion is empty") }
      return .program(ExtractedProgram(source: code.text, method: .wholeText))
    }
    let hasFence = answer.firstPlace(of: Array("```".utf8)) != nil
    let fences = hasFence ? "one fence only" : "no code block"
    return .none(reason: "\(fences): the program stands between the last two fences")
  }
}
