// Why a vocabulary file is refused.

/// A vocabulary file that cannot be used: the line, what belongs there, and what is there.
package struct VocabularyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Counted from 1; nil when the file as a whole is at fault.
  package let line: Int?
  /// What the tokenizer needs there.
  package let expected: String
  /// What it found instead.
  package let found: String

  init(line: Int? = nil, expected: String, found: String) {
    self.line = line
    self.expected = expected
    self.found = found
  }

  /// One line for people.
  package var description: String {
    let place = line.map { "vocabulary line \($0)" } ?? "vocabulary"
    return "\(place): expected \(expected), found \(found)"
  }
}
