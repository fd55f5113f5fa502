// Cutting texts at the ends.

extension StringProtocol {
  /// Without white space at both ends.
  var trimmed: String {
    let isKept: (Character) -> Bool = { !$0.isWhitespace }
    guard let first = firstIndex(where: isKept), let last = lastIndex(where: isKept) else {
      return ""
    }
    return String(self[first...last])
  }

  /// In one line of at most `limit` characters, for messages.
  func shortened(to limit: Int) -> String {
    let line = split(whereSeparator: \.isNewline).map(\.trimmed).joined(separator: " ").trimmed
    return line.count <= limit ? line : line.prefix(limit - 3) + "..."
  }
}
