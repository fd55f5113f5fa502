// Where a base model's completion ends: it goes on after the function with whatever comes next in a
// file. The official harnesses stop there while generating; recorded completions are cut here.

/// The texts at which the completions of a row end.
struct StopSequences: Sendable {
  let texts: [String]

  /// The stop sequences of the official harness for a row.
  static func of(_ row: CodingRow) -> StopSequences {
    switch row.benchmark {
    case .humanEval, .humanEvalPlus, .humanEvalFix, .humanEvalX: body
    case .mbpp, .mbppPlus: solution
    case .liveCodeBench: StopSequences(texts: ["###"])
    }
  }

  /// After the body of a function.
  static let body = StopSequences(texts: ["\nclass", "\ndef", "\n#", "\nif", "\nprint"])

  /// After a whole function that stands below a docstring.
  static let solution = StopSequences(
    texts: ["\n\"\"\"", "\nassert", "\nif __name__", "\ndef main(", "\nprint("])

  /// The length of `text` up to the first stop sequence at or after `start`.
  func end(in text: [UInt8], from start: Int = 0) -> Int {
    texts.compactMap { text.firstPlace(of: Array($0.utf8), from: start) }.min() ?? text.count
  }
}
