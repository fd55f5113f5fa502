// The prompts: the raw templates of the old runner in English and Chinese, byte for byte, and chat
// messages. Texts are written one after the other; nothing from the data is searched for placeholders.

/// The language of the prompts; the option `language`, never guessed from a name.
package enum ChoiceLanguage: String, CaseIterable, Sendable {
  /// English.
  case english = "en"
  /// Chinese.
  case chinese = "zh"
}

/// The course of one try; the configuration's `mode`.
package enum ChoiceMode: String, CaseIterable, Sendable {
  /// The answer at once.
  case direct
  /// First a stage `cot` that thinks, then the answer.
  case cot
}

/// How prompts are written; the option `prompt_style`.
package enum ChoicePromptStyle: String, CaseIterable, Sendable {
  /// Plain text for base models.
  case raw
  /// A JSON array of chat messages for instruct models.
  case chat
}

/// What stands behind the prompt when a choice is scored; the option `continuation`.
package enum ChoiceContinuation: String, CaseIterable, Sendable {
  /// The choice's letter: ` A`. The choices are listed in the prompt.
  case letter
  /// The choice's text: ` Paris`. The prompt does not list the choices.
  case text
}

/// The prompts of a task.
package struct ChoicePrompt: Sendable {
  private let mode: ChoiceMode
  private let style: ChoicePromptStyle
  private let language: ChoiceLanguage
  private let continuation: ChoiceContinuation
  private let template: ChoiceTemplate?
  private let answerPrefix: String?
  private let examples: [ChoiceRow]
  private let shots: Int
  private let shownQuestions: Set<String>
  private var shotsText: String

  /// Prepares everything that is the same for all rows.
  ///
  /// - Parameters:
  ///   - mode: One stage or two.
  ///   - style: Raw text or chat messages; chat is always one generated stage.
  ///   - language: The language of the templates.
  ///   - continuation: Letters (and listed choices) or texts.
  ///   - template: A raw prompt of the benchmark's own; nothing for the language's standard.
  ///   - answerPrefix: What stands between `Assistant:` and the answer in direct mode; nothing for the standard.
  ///   - examples: Solved rows in file order; one that equals the question asked is left out.
  ///   - shots: How many examples to show, the first ones; nothing shows all.
  package init(
    mode: ChoiceMode, style: ChoicePromptStyle, language: ChoiceLanguage,
    continuation: ChoiceContinuation = .letter, template: ChoiceTemplate? = nil,
    answerPrefix: String? = nil, examples: [ChoiceRow] = [], shots: Int? = nil
  ) {
    self.template = template
    self.answerPrefix = answerPrefix
    self.mode = mode
    self.style = style
    self.language = language
    self.continuation = continuation
    self.examples = examples
    self.shots = shots ?? examples.count
    let shown = examples.prefix(self.shots)
    shownQuestions = Set(shown.map(\.question))
    shotsText = ""
    shotsText = written(Array(shown))
  }

  /// The examples as text before the raw question, or as the first messages of a chat.
  private func written(_ shown: [ChoiceRow]) -> String {
    var text = ""
    for example in shown {
      switch style {
      case .raw:
        Self.appendQuestion(example, language, continuation, to: &text)
        text += directLead
        text += Self.continuation(example, example.answer, continuation)
        text += "\n\n"
      case .chat:
        ChatText.append(role: "user", Self.chatQuestion(example, language), to: &text)
        ChatText.append(role: "assistant", Self.chatReply(example.letter, language), to: &text)
      }
    }
    return text
  }

  /// The prompt of the first stage.
  package func first(_ row: ChoiceRow) -> String {
    let shown =
      shownQuestions.contains(row.question)
      ? written(Array(examples.lazy.filter { $0.question != row.question }.prefix(shots)))
      : shotsText
    var out = ""
    out.reserveCapacity(shown.utf8.count + row.question.utf8.count + 512)
    if style == .raw, let template {
      template.fill(&out) { slot, out in
        switch slot {
        case .shots: out += shown
        case .subject: Self.appendSubject(row.subject, to: &out)
        case .question: out += row.question
        case .choices: Self.appendChoices(row, to: &out, isFirstLineOpen: true)
        }
      }
      return out
    }
    out += shown
    switch style {
    case .raw:
      Self.appendQuestion(row, language, continuation, to: &out)
      out += mode == .direct ? directLead : Self.cotLead(language)
      return out
    case .chat:
      ChatText.append(role: "user", Self.chatQuestion(row, language), to: &out)
      return ChatText.closed(out)
    }
  }

  /// The prompt of the stage that follows thinking: the whole context with the final words.
  package func final(_ row: ChoiceRow, thought: String) -> String {
    first(row) + thought + Self.finalDelta(language)
  }

  /// The prompt without the question, for scores that measure how likely a choice is by itself.
  package var unconditioned: String {
    "Assistant:" + (mode == .direct ? directWords : Self.finalWords(language))
  }

  /// The continuations to score, in the order of the choices.
  package func continuations(_ row: ChoiceRow) -> [String] {
    row.choices.indices.map { Self.continuation(row, $0, continuation) }
  }

  // MARK: Templates

  /// What the answer stage of ``ChoiceMode/cot`` adds to the context.
  package static func finalDelta(_ language: ChoiceLanguage) -> String {
    "\n" + finalWords(language).drop { $0 == " " }
  }

  private static func finalWords(_ language: ChoiceLanguage) -> String {
    switch language {
    case .english: " Therefore, the answer is"
    case .chinese: " 综上所述，答案是"
    }
  }

  private var directWords: String {
    if let answerPrefix { return answerPrefix.isEmpty ? "" : " " + answerPrefix }
    return switch language {
    case .english: " The answer is"
    case .chinese: " 正确答案是"
    }
  }

  private var directLead: String { "\n\nAssistant:" + directWords }

  private static func cotLead(_ language: ChoiceLanguage) -> String {
    switch language {
    case .english: "\n\nAssistant: <think"
    case .chinese: "\n\nAssistant:"
    }
  }

  private static func appendQuestion(
    _ row: ChoiceRow, _ language: ChoiceLanguage, _ continuation: ChoiceContinuation,
    to out: inout String
  ) {
    switch language {
    case .english:
      out += "User: You are a very talented expert in "
      appendSubject(row.subject, to: &out)
      out += ". Answer this question:\n"
    case .chinese: out += "User: "
    }
    out += row.question
    if continuation == .letter { appendChoices(row, to: &out) }
  }

  private static func appendSubject(_ subject: String, to out: inout String) {
    if subject.isEmpty {
      out += "unknown"
    } else if subject.utf8.contains(UInt8(ascii: "_")) {
      let bytes = subject.utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: " ") : $0 }
      out += String(decoding: bytes, as: UTF8.self)
    } else {
      out += subject
    }
  }

  /// Each choice on a line of its own; `isFirstLineOpen` writes the first one where the text stands.
  private static func appendChoices(
    _ row: ChoiceRow, to out: inout String, isFirstLineOpen: Bool = false
  ) {
    for index in row.choices.indices {
      if index > 0 || !isFirstLineOpen { out += "\n" }
      out += ChoiceRow.letter(index)
      out += ". "
      out += row.choices[index]
    }
  }

  private static func continuation(
    _ row: ChoiceRow, _ index: Int, _ kind: ChoiceContinuation
  ) -> String {
    switch kind {
    case .letter: " " + ChoiceRow.letter(index)
    case .text: " " + row.choices[index]
    }
  }

  private static func chatQuestion(_ row: ChoiceRow, _ language: ChoiceLanguage) -> String {
    var text = row.question
    appendChoices(row, to: &text)
    switch language {
    case .english:
      text += "\n\nThink step by step, then end with \"The answer is (X)\", X being the letter."
    case .chinese: text += "\n\n请逐步思考，最后写“答案是(X)”，其中 X 是正确选项的字母。"
    }
    return text
  }

  private static func chatReply(_ letter: String, _ language: ChoiceLanguage) -> String {
    switch language {
    case .english: "The answer is (\(letter))."
    case .chinese: "答案是(\(letter))。"
    }
  }
}
