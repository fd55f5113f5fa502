// Where an answer was found.

/// The ways in which an answer is marked, in the order in which they are looked for.
package enum ExtractionMethod: String, Sendable {
  /// The last `\boxed{}` or `\fbox{}`, or several that belong together.
  case boxed
  /// What follows the last `####`.
  case hashes
  /// What follows "the answer is" or "Answer:".
  case phrase
  /// The whole text, which is nothing but an answer.
  case whole
  /// The last formula of the text.
  case formula
  /// The last number of the text.
  case lastNumber = "last number"
  /// The whole text, in words.
  case words
}

/// An answer as its text wrote it.
package struct ExtractedAnswer: Sendable {
  /// The text of the answer, without the marks around it.
  package let text: String
  /// How it was found.
  package let method: ExtractionMethod

  init(_ text: some Sequence<UInt8>, _ method: ExtractionMethod) {
    self.text = String(decoding: Array(text), as: UTF8.self)
    self.method = method
  }
}
