// The prompts of the evaluator: the raw style of the old runner, byte for byte, and chat messages.

/// The course of one try; the configuration's `mode`.
package enum ResponseMode: String, CaseIterable, Sendable {
  /// Two stages: `cot` thinks, `final` completes an opened box.
  case cot
  /// One stage `final`, whose completion is the whole answer.
  case direct
}

/// How prompts are written; the evaluator's option `prompt_style`.
package enum PromptStyle: String, CaseIterable, Sendable {
  /// Plain text for base models.
  case raw
  /// A JSON array of chat messages for instruct models.
  case chat
}

/// A solved question that is shown before the question asked.
package struct ShotExample: Sendable {
  /// The question.
  package let question: String
  /// The worked solution; empty when the row has only an answer.
  package let solution: String
  /// The final answer.
  package let answer: String

  /// Makes an example.
  package init(question: String, solution: String, answer: String) {
    self.question = question
    self.solution = solution
    self.answer = answer
  }

  /// Makes an example of a row whose answer may be a worked solution ending in `#### 18`.
  package init(question: String, reference: String) {
    let bytes = Array(reference.utf8)
    let final = ReferenceText.finalAnswer(of: bytes)
    var solution = bytes.count > final.count ? bytes[..<(bytes.count - final.count)] : []
    while let last = solution.last,
      AnswerExtraction.isBlank(last) || last == UInt8(ascii: "#")
    { solution.removeLast() }
    self.init(
      question: question, solution: String(decoding: solution, as: UTF8.self),
      answer: String(decoding: final, as: UTF8.self))
  }
}

/// The prompts of a task.
package struct FreeResponsePrompt: Sendable {
  /// What the `final` stage of ``ResponseMode/cot`` adds to the context; it opens a box.
  package static let finalDelta = "\nTherefore, the answer is \\(\\boxed{"
  /// What chat models are asked for when no instruction is configured.
  package static let defaultInstruction =
    "Please reason step by step, and put your final answer within \\boxed{}."

  private let mode: ResponseMode
  private let style: PromptStyle
  private let template: PromptTemplate
  private let instruction: String
  private let examples: [ShotExample]
  private let shots: Int
  private let shownQuestions: Set<String>
  private var shotsText: String

  /// Prepares everything that is the same for all rows.
  ///
  /// - Parameters:
  ///   - mode: One stage or two.
  ///   - style: Raw text or chat messages; chat always has one stage.
  ///   - template: A raw template of one's own with `<SHOTS>` and `<Q>`; nothing for the standard.
  ///   - answerPrefix: Put behind the standard raw text of mode direct, where the answer begins; empty for none.
  ///   - instruction: Added to chat questions, one empty line between; empty for none.
  ///   - examples: Solved questions in file order; one that equals the question asked is left out.
  ///   - shots: How many examples to show, the first ones; nothing shows all.
  package init(
    mode: ResponseMode, style: PromptStyle, template: String? = nil, answerPrefix: String = "",
    instruction: String = FreeResponsePrompt.defaultInstruction, examples: [ShotExample] = [],
    shots: Int? = nil
  ) {
    self.mode = mode
    self.style = style
    self.instruction = instruction
    let prefix = answerPrefix.isEmpty ? "" : " " + answerPrefix
    self.template = PromptTemplate(template ?? Self.standardTemplate(mode), ending: prefix)
    self.examples = examples
    self.shots = shots ?? examples.count
    let shown = examples.prefix(self.shots)
    shownQuestions = Set(shown.map(\.question))
    shotsText = ""
    shotsText = written(Array(shown))
  }

  /// True when the last stage's prompt ends with an open box, as the extraction needs to know.
  package var opensBox: Bool { mode == .cot && style == .raw }

  /// The prompt of the first stage: raw text, or a JSON array of messages.
  package func first(question: String, subject: String = "") -> String {
    let shown =
      shownQuestions.contains(question)
      ? written(Array(examples.lazy.filter { $0.question != question }.prefix(shots))) : shotsText
    switch style {
    case .raw: return template.filled(question: question, subject: subject, shots: shown)
    case .chat:
      var messages = shown
      let parts = instruction.isEmpty ? [question] : [question, "\n\n", instruction]
      ChatMessages.append(role: "user", content: parts, to: &messages)
      return ChatMessages.closed(messages)
    }
  }

  /// The examples as text before the raw question, or as the first messages of a chat.
  private func written(_ shown: [ShotExample]) -> String {
    var text = ""
    for shot in shown {
      switch style {
      case .raw: text += Self.rawShot(shot, mode: mode)
      case .chat:
        let parts = instruction.isEmpty ? [shot.question] : [shot.question, "\n\n", instruction]
        ChatMessages.append(role: "user", content: parts, to: &text)
        ChatMessages.append(role: "assistant", content: [Self.chatReply(shot)], to: &text)
      }
    }
    return text
  }

  private static func standardTemplate(_ mode: ResponseMode) -> String {
    switch mode {
    case .cot: "<SHOTS>User: <Q>\n\nAssistant: <think"
    case .direct: "<SHOTS>User: <Q>\n\nAssistant:"
    }
  }

  private static func rawShot(_ shot: ShotExample, mode: ResponseMode) -> String {
    switch mode {
    case .cot:
      "User: \(shot.question)\n\nAssistant: <think>\(shot.solution)</think>\(finalDelta)"
        + "\(shot.answer)}\\)\n\n"
    case .direct:
      "User: \(shot.question)\n\nAssistant: \(directReply(shot))\n\n"
    }
  }

  private static func directReply(_ shot: ShotExample) -> String {
    shot.solution.isEmpty ? shot.answer : "\(shot.solution)\nThe answer is \(shot.answer)."
  }

  private static func chatReply(_ shot: ShotExample) -> String {
    shot.solution.isEmpty
      ? "\\boxed{\(shot.answer)}" : "\(shot.solution)\n\n\\boxed{\(shot.answer)}"
  }
}
