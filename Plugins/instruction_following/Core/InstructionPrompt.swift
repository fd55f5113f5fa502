// The prompt of a row and the response in a completion.

internal import JSONFormat

/// The course of one try; the configuration's `mode`.
enum InstructionMode: String, CaseIterable, Sendable {
  /// The completion is the response.
  case direct
  /// The model thinks first; the response stands behind the last `</think>`.
  case think
}

/// How prompts are written; the option `prompt_style`.
enum InstructionPromptStyle: String, CaseIterable, Sendable {
  /// Plain text for base models.
  case raw
  /// A JSON array of chat messages for instruct models.
  case chat
}

/// The prompts of a task, in the raw style those of the old runner byte for byte.
struct InstructionPrompt: Sendable {
  let mode: InstructionMode
  let style: InstructionPromptStyle

  /// The prompt that asks for a response.
  func text(_ prompt: String) -> String {
    switch style {
    case .raw: "User: \(prompt)\n\nAssistant:" + (mode == .think ? " <think" : "")
    case .chat: Self.message(prompt)
    }
  }

  private static func message(_ prompt: String) -> String {
    var writer = JSONWriter(capacity: prompt.utf8.count + 48)
    writer.beginArray()
    writer.beginObject()
    writer.key("role")
    writer.string("user")
    writer.key("content")
    writer.string(prompt)
    writer.endObject()
    writer.endArray()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The response in a completion: what stands behind the last `</think>` where the prompt has `<think`, or
  /// the mode is to think; blanks around it removed.
  func response(in completion: String, prompt: String) -> ResponseText {
    let bytes = Array(completion.utf8)
    var start = 0
    if mode == .think || Array(text(prompt).utf8).place(of: "<think") != nil {
      let mark: StaticString = "</think>"
      while let found = bytes.place(of: mark, from: start) {
        start = found + mark.utf8CodeUnitCount
      }
    }
    return ResponseText(bytes[bytes.trimmed(start..<bytes.count)])
  }
}
