// What a model is asked. Texts are written one after the other: nothing from the data is ever
// searched for places to fill.

internal import JSONFormat
package import PluginKit

/// How prompts are written; the option `prompt_style`.
package enum CodingPromptStyle: String, CaseIterable, Sendable {
  /// The texts of the old runner, for RWKV base models.
  case raw
  /// The bare prompts of the official harnesses, which base models continue.
  case completion
  /// A JSON array of chat messages for instruct models.
  case chat
}

/// The course of one try; the configuration's `mode`.
package enum CodingMode: String, CaseIterable, Sendable {
  /// The program at once.
  case direct
  /// First a stage `cot` that thinks, then the program.
  case cot
}

/// The prompts of a task.
package struct CodingPrompt: Sendable {
  /// How prompts are written.
  package let style: CodingPromptStyle
  private let mode: CodingMode?

  /// Prompts of a style; without a mode LiveCodeBench thinks first, as it did, and nothing else does.
  ///
  /// Only the style `raw` has a stage of its own for thinking: chat models think in their one reply,
  /// and base models that continue code do not.
  package init(style: CodingPromptStyle, mode: CodingMode? = nil) {
    self.style = style
    self.mode = mode
  }

  /// Whether tries of this row think in a stage of their own.
  package func thinks(_ row: CodingRow) -> Bool {
    style == .raw && (mode ?? (row.benchmark == .liveCodeBench ? .cot : .direct)) == .cot
  }

  /// The next stage of a try whose stages so far gave `completions`; nil when it has all of them.
  package func next(_ row: CodingRow, completions: [String]) -> StageRequest? {
    let thinks = thinks(row)
    if thinks, let thought = completions.first {
      guard completions.count == 1 else { return nil }
      return .generate(
        stage: "final", prompt: thinkingPrompt(row) + thought + Self.finalDelta, isFinal: true)
    }
    guard completions.isEmpty else { return nil }
    if thinks { return .generate(stage: "cot", prompt: thinkingPrompt(row)) }
    switch style {
    case .raw: return .generate(stage: "final", prompt: rawPrompt(row), isFinal: true)
    case .completion:
      return .generate(
        stage: "final", prompt: Self.continued(row), stops: StopSequences.of(row).texts,
        isFinal: true)
    case .chat:
      return .generate(
        stage: "final", prompt: Self.messages(row), isFinal: true, isMessages: true)
    }
  }

  /// Where the last prompt of a row leaves the model.
  func ending(_ row: CodingRow) -> PromptEnding {
    switch style {
    case .chat: return .question
    case .completion: return row.benchmark == .liveCodeBench ? .question : .code
    case .raw:
      if thinks(row) { return .openFence }
      switch row.benchmark {
      case .humanEval, .humanEvalPlus, .humanEvalX: return .code
      case .humanEvalFix, .mbpp, .mbppPlus, .liveCodeBench: return .openFence
      }
    }
  }
}

/// Where a prompt leaves the model, which decides how its completion is read.
enum PromptEnding: Sendable {
  /// After code that the completion continues.
  case code
  /// Inside a block of code whose fence is open.
  case openFence
  /// After a question; the reply is text with code in it.
  case question
}
