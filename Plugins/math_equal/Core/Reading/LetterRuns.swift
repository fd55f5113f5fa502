// Runs of letters: `xy` is a product, `cos` a function, `cm` a unit, `odd` an answer in words.

/// Decides what a run of Latin letters is.
enum LetterRuns {
  /// The tokens of a run.
  ///
  /// - Parameters:
  ///   - run: The letters.
  ///   - isText: True inside a text command.
  ///   - follows: The sign after the run.
  /// - Returns: A word, or symbols and names.
  static func tokens(of run: String, isText: Bool, follows: Unicode.Scalar?) -> [Token] {
    if run.unicodeScalars.count == 1 { return [single(run, follows)] }
    let lower = run.lowercased()
    if lower == "and" || lower == "or" { return [.mark("and")] }
    if run == "pi" || run == "Pi" && isText { return [.symbol("pi")] }
    if run == "infinity" || run == "Infinity" || run == "infty" || run == "oo" || run == "inf" {
      return [.symbol("∞")]
    }
    if let letter = Notation.greek[run], run != "nu", run != "partial" { return [.symbol(letter)] }
    if Notation.plainNames.contains(run) { return [.name(Notation.synonyms[run] ?? run)] }
    if isText || Words.isKnown(lower) { return [.word(run)] }
    if let parts = prefixed(run) { return parts }
    let letters = Array(run)
    let isProduct = letters.count <= 3 || isAlphabetical(letters)
    return isProduct ? letters.map { .symbol(String($0)) } : [.word(run)]
  }

  private static func single(_ letter: String, _ follows: Unicode.Scalar?) -> Token {
    letter == "U" && (follows == "(" || follows == "[" || follows == " ")
      ? .word("U") : .symbol(letter)
  }

  /// A function name that touches its argument: `sinx`, `sqrt2`, `ln` before a letter or two.
  private static func prefixed(_ run: String) -> [Token]? {
    for name in [
      "arcsin", "arccos", "arctan", "sqrt", "sin", "cos", "tan", "cot", "sec", "csc", "log", "ln",
    ]
    where run.hasPrefix(name) && run.count <= name.count + 2 {
      return [.name(name)] + run.dropFirst(name.count).map { .symbol(String($0)) }
    }
    if run.hasPrefix("pi") && run.count <= 4 {
      return [.symbol("pi")] + run.dropFirst(2).map { .symbol(String($0)) }
    }
    return nil
  }

  /// `abcd`, `wxyz`: different letters in order are a product of variables rather than a word.
  private static func isAlphabetical(_ letters: [Character]) -> Bool {
    letters.count <= 6 && zip(letters, letters.dropFirst()).allSatisfy { $0 < $1 }
  }
}
