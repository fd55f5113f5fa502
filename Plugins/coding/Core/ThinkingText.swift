// Thinking before an answer: `<think> ... </think>`. What is thought is never the program.

/// What is left of a completion once its thinking is taken away.
enum ThinkingText {
  private static let opening = Array("<think>".utf8)
  private static let closing = Array("</think>".utf8)

  /// The bytes behind the last `</think>`; all of them where nothing was thought, and nothing where
  /// the thinking never ends.
  static func answer(in completion: [UInt8]) -> [UInt8]? {
    if let end = completion.lastPlace(of: closing) {
      return Array(completion[(end + closing.count)...])
    }
    return completion.trimmed.starts(with: opening) ? nil : completion
  }
}
