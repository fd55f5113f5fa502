// What a comparison finds.

/// Whether two answers are equal, and why.
enum Judgement: Sendable {
  /// They are; the words say by which rule.
  case equal(String)
  /// They are not, or it cannot be shown that they are; the words name the first difference.
  case different(String)

  var isEqual: Bool {
    if case .equal = self { return true }
    return false
  }

  /// The rule or the difference.
  var reason: String {
    switch self {
    case .equal(let text), .different(let text): text
    }
  }

  /// The judgement with a place before its difference.
  func at(_ place: String) -> Judgement {
    if case .different(let text) = self { return .different("\(place): \(text)") }
    return self
  }
}
