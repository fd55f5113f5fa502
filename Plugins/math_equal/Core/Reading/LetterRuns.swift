// Runs of letters: `xy` is a product, `cos` a function, `cm` a unit, `odd` an answer in words.

/// What stands around a run of letters.
struct LetterContext {
  /// True inside a text command.
  let isText: Bool
  /// The token before the run.
  let previous: Token?
  /// The sign right after the run.
  let follows: Unicode.Scalar?
  /// The first sign after the run that is no blank.
  let next: Unicode.Scalar?

  /// True after a value that a unit may belong to.
  var isAfterValue: Bool {
    switch previous {
    case .number: true
    case .mark(let mark): mark == "}" || mark == ")" || mark == "°"
    case .symbol, .name, .word, nil: false
    }
  }

  /// True where a unit may end: before nothing, punctuation, a power or another word.
  var endsUnit: Bool {
    guard let next else { return true }
    return ".,;:)]}/^$²³?!".unicodeScalars.contains(next) || (follows == " " && next.isLatinLetter)
  }

  /// True between words: before a letter, a number or a formula, and not behind an operator.
  var isAmongWords: Bool {
    guard follows == " ", let next,
      next.isLatinLetter || next.isDigit || next == "$" || next == "\\"
    else {
      return false
    }
    switch previous {
    case nil, .word, .number, .symbol: return true
    case .mark(let mark): return mark == "," || mark == "and" || mark == "or" || mark == ")"
    case .name: return false
    }
  }
}

/// Decides what a run of Latin letters is.
enum LetterRuns {
  /// The tokens of a run in its context: a word, or symbols and names.
  static func tokens(of run: String, in context: LetterContext) -> [Token] {
    if run.unicodeScalars.count == 1 { return [single(run, context.follows)] }
    let lower = run.lowercased()
    if let mark = marks[lower] { return [.mark(mark)] }
    if run == "pi" || run == "Pi" && context.isText { return [.symbol("pi")] }
    if infinities.contains(run) { return [.symbol("∞")] }
    if let letter = Notation.greek[run], run != "nu", run != "partial" { return [.symbol(letter)] }
    if Notation.plainNames.contains(run) { return [.name(Notation.synonyms[run] ?? run)] }
    if context.isText { return [.word(run)] }
    if run.utf8.count == 2 {
      return isShortWord(lower, context) ? [.word(run)] : run.map { .symbol(String($0)) }
    }
    if Words.isKnown(lower) { return [.word(run)] }
    if let parts = prefixed(run) { return parts }
    let letters = Array(run)
    let isProduct = letters.count <= 3 || isAlphabetical(letters)
    return isProduct ? letters.map { .symbol(String($0)) } : [.word(run)]
  }

  private static let marks = [
    "and": "and", "or": "or", "minus": "-", "negative": "-", "plus": "+",
  ]
  private static let infinities: Set<String> = ["infinity", "Infinity", "infty", "oo", "inf"]

  /// True for two letters that are a word where they stand: `at^2` and `e^{it}` are products, "5 ft" is not.
  private static func isShortWord(_ lower: String, _ context: LetterContext) -> Bool {
    if lower == "no" { return true }
    if lower == "am" || lower == "pm" { return context.isAfterValue }
    if Words.units[lower] != nil, context.isAfterValue, context.endsUnit { return true }
    return Words.isKnown(lower) && context.isAmongWords
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
    where run.hasPrefix(name) && run.count == name.count + 1 {
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
