// The words after a value, in one spelling, so that the same unit compares equal however it is written.

/// Brings units into one form.
enum UnitWords {
  /// The unit of words in lower case.
  static func unit(_ words: [String]) -> Unit? {
    var named: [String] = []
    var pendingPower: String?
    for word in words where word != "(" && word != ")" {
      if let power = Words.powers[word] {
        if word.hasSuffix("ed"), !named.isEmpty {
          named.append("^" + power)
        } else {
          pendingPower = power
        }
        continue
      }
      if Words.fillers.contains(word) || word == "of" { continue }
      named.append(Words.units[word] ?? singular(word))
      if let power = pendingPower {
        named.append("^" + power)
        pendingPower = nil
      }
    }
    if named.isEmpty { return pendingPower.map { .named(["^" + $0]) } }
    if named.count == 3, named[1] == "per", named[2] == "h", named[0] == "mi" || named[0] == "km" {
      named = [named[0] == "mi" ? "mph" : "kph"]
    }
    if named == ["°"] { return .degree }
    if named[0] == "%" { return .percent }
    if named.count > 1, named[0] == "°" { return .degree }
    return .named(named)
  }

  private static func singular(_ word: String) -> String {
    word.utf8.count > 3 && word.hasSuffix("s") && !word.hasSuffix("ss")
      ? String(word.dropLast()) : word
  }

  /// True when the words are a measure known here, not just a noun.
  static func isMeasure(_ words: [String]) -> Bool {
    guard let first = words.first, first != "unit", first != "U" else { return false }
    return measures.contains(first)
  }

  /// True when two units exclude each other: both are measures and differ.
  static func conflict(_ left: Unit, _ right: Unit) -> Bool {
    switch (left, right) {
    case (.named(let a), .named(let b)):
      if a.first == "unit", b.first == "unit", a.count > 1, b.count > 1 { return a != b }
      return isMeasure(a) && isMeasure(b) && a.prefix(4) != b.prefix(4)
    case (.percent, .named(let words)), (.named(let words), .percent),
      (.degree, .named(let words)), (.named(let words), .degree):
      return isMeasure(words)
    case (.percent, .degree), (.degree, .percent): return true
    default: return false
    }
  }

  private static let measures: Set<String> = Set(Words.units.values).subtracting(["unit"])
}
