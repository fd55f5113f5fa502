// Answers in words: case, articles, spelling of the same word and the order of a date's parts do not count.

/// Normalises and compares words.
enum Texts {
  /// Words in lower case without articles and punctuation.
  static func normal(_ words: [String]) -> [String] {
    var result: [String] = []
    for word in words {
      let kept = word.lowercased().unicodeScalars.filter {
        $0.properties.isAlphabetic || $0.properties.isIdeographic || $0.isDigit
      }
      var text = String(String.UnicodeScalarView(kept))
      text = Words.synonyms[text] ?? text
      if let number = Words.numbers[text] { text = String(number) }
      if !text.isEmpty, !Words.fillers.contains(text) || words.count == 1 { result.append(text) }
    }
    return date(result) ?? result
  }

  /// A month with its day and year, in that order whatever way it was written.
  private static func date(_ words: [String]) -> [String]? {
    guard (2...4).contains(words.count),
      let month = words.compactMap({ Words.months[$0] }).first
    else { return nil }
    var numbers: [Int] = []
    for word in words where Words.months[word] == nil && word != "of" {
      let digits = word.prefix { $0.isNumber }
      guard let number = Int(digits),
        ["", "st", "nd", "rd", "th"].contains(word.dropFirst(digits.count))
      else { return nil }
      numbers.append(number)
    }
    return ["month \(month)"] + numbers.sorted().map(String.init)
  }

  /// The words that a node is, if it is words or letters.
  static func words(of node: Node) -> [String]? {
    switch node {
    case .text(let words): return words
    case .symbol(let name): return [name]
    case .product(let factors):
      var letters = ""
      for factor in factors {
        guard case .symbol(let name) = factor, name.utf8.count == 1 else { return nil }
        letters += name
      }
      return [letters]
    case .quantity(let inner, .named(let unit)): return words(of: inner).map { $0 + unit }
    default: return nil
    }
  }

  /// Classes of answers that are said in many ways.
  enum Meaning: Equatable {
    case noSolution, undefined, unlimited, everything
  }

  /// What a node means when it is one of the fixed phrases or signs.
  static func meaning(of node: Node) -> Meaning? {
    switch node {
    case .symbol("∅"), .set([]): return .noSolution
    case .symbol("ℝ"): return .everything
    case .text, .quantity, .product:
      guard let words = words(of: node) else { return nil }
      return meaning(ofWords: words)
    case .group("(", let parts, ")"):
      return parts.count == 2 && parts[0].infinity == -1 && parts[1].infinity == 1
        ? .everything : nil
    case .relation(let sides, [.member]): return meaning(of: sides[1])
    default: return nil
    }
  }

  private static func meaning(ofWords words: [String]) -> Meaning? {
    var plain = words.joined(separator: " ").lowercased()
    for start in [
      "there is ", "there are ", "there exists ", "it has ", "the equation has ", "has ",
    ]
    where plain.hasPrefix(start) {
      plain = String(plain.dropFirst(start.count))
    }
    if plain.hasPrefix("no "), plain.contains("solution"), words.count <= 7 { return .noSolution }
    for text in [normal(words).joined(separator: " "), plain] {
      if Words.noSolution.contains(text) { return .noSolution }
      if Words.undefined.contains(text) { return .undefined }
      if Words.unlimited.contains(text) { return .unlimited }
      if Words.everything.contains(text) { return .everything }
    }
    return nil
  }

  /// Compares two answers of which at least one is in words; nothing when neither is.
  static func compare(_ gold: Node, _ prediction: Node) -> Judgement? {
    if let left = meaning(of: gold), let right = meaning(of: prediction) {
      return left == right ? .equal("the same in words") : .different("\(left) is not \(right)")
    }
    for (one, other) in [(gold, prediction), (prediction, gold)]
    where meaning(of: one) == .unlimited && other.infinity == 1 {
      return .equal("infinitely many")
    }
    if let choices = choices(gold, prediction) { return choices }
    let isText = [gold, prediction].contains { if case .text = $0 { true } else { false } }
    guard isText else { return nil }
    guard let left = words(of: gold), let right = words(of: prediction) else {
      return .different("one is in words, the other is not")
    }
    // A single letter is the label of a choice or a variable: its case counts then.
    if joined(left).utf8.count == 1, joined(right).utf8.count == 1 {
      return joined(left) == joined(right)
        ? .equal("the same letter") : .different("the letters differ")
    }
    let (a, b) = (normal(left), normal(right))
    if a == b || a.joined() == b.joined() && !a.isEmpty { return .equal("the same words") }
    return .different("\"\(a.joined(separator: " "))\" is not \"\(b.joined(separator: " "))\"")
  }

  /// Several choices, ACF for A, C, F.
  ///
  /// Nothing unless one side is a list of capitals and the other a word of them.
  static func choices(_ gold: Node, _ prediction: Node) -> Judgement? {
    for (one, other) in [(gold, prediction), (prediction, gold)] {
      guard case .list(let parts) = one, let word = words(of: other), word.count == 1,
        word[0].utf8.count > 1
      else { continue }
      let labels = parts.compactMap { part -> String? in
        guard let letters = words(of: part), letters.count == 1, letters[0].utf8.count == 1 else {
          return nil
        }
        return letters[0]
      }
      guard labels.count == parts.count, word[0].allSatisfy(\.isUppercase) else { continue }
      return labels.sorted() == word[0].map(String.init).sorted()
        ? .equal("the same choices") : .different("the choices differ")
    }
    return nil
  }

  private static func joined(_ words: [String]) -> String { words.joined() }
}
