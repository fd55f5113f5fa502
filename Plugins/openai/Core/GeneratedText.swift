// A completion out of an answer of either API.
package import JSONFormat
package import PluginKit

/// The text that a server generated.
package struct GeneratedText: Equatable {
  package var text: String
  package var finish: Finish
  /// Tokens as the server counts them; 0 = it did not say.
  package var promptTokens: UInt32
  package var completionTokens: UInt32
}

extension GeneratedText {
  /// Reads an answer.
  ///
  /// `stops` are applied here as well: servers differ in how many they take and whether the text still
  /// has one at its end. `maxTokens` decides the finish where the server does not say. Throws when the
  /// answer has no text where it must be.
  package init(
    _ answer: JSONValue, _ api: API, stops: [String], maxTokens: UInt32, includesReasoning: Bool
  ) throws(PluginFailure) {
    let answer = AnswerPlace(answer)
    promptTokens = answer["usage"]["prompt_tokens"].count
    completionTokens = answer["usage"]["completion_tokens"].count
    guard let choice = try answer["choices"].elements().first else {
      throw PluginFailure(.io, "'choices' of the server's answer is empty")
    }
    let reason = choice["finish_reason"]
    // Some servers give an object with more about it.
    let word = reason.value.string ?? reason["type"].value.string
    finish = try Self.finish(word, isFull: maxTokens > 0 && completionTokens >= maxTokens)
    switch api {
    case .completions:
      text = try choice["text"].string()
      cut(at: stops)
    case .chat:
      let message = choice["message"]
      let thoughts =
        message["reasoning_content"].value.string ?? message["reasoning"].value.string ?? ""
      text = try Self.content(of: message, finish: word, hasThoughts: !thoughts.isEmpty)
      cut(at: stops)
      if includesReasoning, !thoughts.isEmpty { text = "<think>\(thoughts)</think>\(text)" }
    }
  }

  private static func finish(_ word: String?, isFull: Bool) throws(PluginFailure) -> Finish {
    switch word {
    case "length", "max_tokens": return .length
    case "abort", "error", "cancelled":
      throw PluginFailure(
        .io, "the server broke the request off ('finish_reason' is '\(word ?? "")')")
    case nil: return isFull ? .length : .stop
    // stop, eos_token, stop_sequence, tool_calls, content_filter: the served model ended there.
    default: return .stop
    }
  }

  /// The text of a chat message.
  private static func content(
    of message: AnswerPlace, finish: String?, hasThoughts: Bool
  ) throws(PluginFailure) -> String {
    let content = message["content"]
    if let string = content.value.string { return string }
    if content.isNull {
      // A model that thinks until its tokens are used up has no content, and no error.
      if hasThoughts { return "" }
      guard finish != "tool_calls", finish != "function_call" else {
        throw PluginFailure(.io, "the model called a tool instead of answering")
      }
      throw content.wrong("a text")
    }
    // Parts: [{"type": "text", "text": "..."}]
    guard content.value.elements != nil else { throw content.wrong("a text") }
    var text = ""
    for part in try content.elements() where part["type"].value.string == "text" {
      text += try part["text"].string()
    }
    return text
  }

  /// Ends the text before the first of `stops` in it.
  private mutating func cut(at stops: [String]) {
    let bytes = Array(text.utf8)
    var end = bytes.count
    for stop in stops where !stop.isEmpty {
      if let at = bytes.firstPlace(of: Array(stop.utf8)) { end = min(end, at) }
    }
    guard end < bytes.count else { return }
    text = String(decoding: bytes[..<end], as: UTF8.self)
    finish = .stop
  }
}
