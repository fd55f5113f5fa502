// Messages to the text that RWKV's instruct models were trained on.
internal import JSONFormat
internal import PluginKit

/// RWKV's chat format: `User: ...`, blank line, `Assistant:`.
///
/// Within a message a blank line would end it: it becomes a line break, as the model's authors advise.
enum ChatPrompt {
  /// The text of a JSON array of messages; the model goes on behind `Assistant:`, or behind the last
  /// message if that is the assistant's already.
  static func text(_ messages: String) throws(PluginFailure) -> String {
    let value: JSONValue
    do { value = try JSONValue.parse(Array(messages.utf8)) } catch {
      throw PluginFailure(.invalidArgument, "the prompt's messages are no JSON: \(error)")
    }
    guard let elements = value.elements, !elements.isEmpty else {
      throw PluginFailure(.invalidArgument, "the prompt's messages are no array with a message")
    }
    var parts: [String] = []
    var isAnswerBegun = false
    for (index, element) in elements.enumerated() {
      guard let role = element["role"]?.string, let content = element["content"]?.string else {
        throw PluginFailure(
          .invalidArgument, "message \(index + 1) needs a role and a content that are strings")
      }
      guard let name = ["system": "System", "user": "User", "assistant": "Assistant"][role] else {
        throw PluginFailure(
          .invalidArgument,
          "message \(index + 1) has the role '\(role)'; there are system, user and assistant")
      }
      parts.append("\(name): \(joined(content))")
      isAnswerBegun = role == "assistant" && index == elements.count - 1
    }
    if !isAnswerBegun { parts.append("Assistant:") }
    return parts.joined(separator: "\n\n")
  }

  /// The lines of a text that are not empty, without space at its ends.
  private static func joined(_ content: String) -> String {
    var bytes = Array(content.utf8)[...]
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    bytes = bytes.drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    return String(decoding: Array(lines.joined(separator: [UInt8(ascii: "\n")])), as: UTF8.self)
  }
}
