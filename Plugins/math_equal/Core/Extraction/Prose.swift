// Telling sentences from answers: an answer has few words, and a sentence is no answer even where each of its words
// could be read as a product of variables.

/// Tells sentences from answers.
enum Prose {
  /// True for a text of sentences, or with many words in a row.
  static func isProse(_ text: ArraySlice<UInt8>) -> Bool {
    var scan = Scan()
    for place in text.indices {
      let byte = text[place]
      scan.take(byte)
      if scan.isIdeographicSentence { return true }
      if byte == UInt8(ascii: "."), scan.words > 1, TextScan.endsSentence(text, at: place),
        TextScan.trimmed(text[(place + 1)...]).contains(where: TextScan.isLetter)
      {
        return true
      }
    }
    scan.take(0x20)
    // Several lines with words on them are a solution, unless they are the rows of an environment.
    if scan.words > 1, text.contains(0x0A), TextScan.places(of: "\\begin", in: text).isEmpty {
      return true
    }
    return scan.words > 8 || (scan.words > 0 && scan.hasValue && scan.words + scan.letters > 2)
  }

  /// Counts words outside of commands and braces.
  private struct Scan {
    /// Runs of at least two letters that are no part of a formula or unit.
    var words = 0
    /// Single letters with blanks around them.
    var letters = 0
    /// True when a digit or a formula stands among the words.
    var hasValue = false
    private var run: [UInt8] = []
    private var isCommand = false
    private var braces = 0
    private var hasIdeograph = false
    private var before: UInt8 = 0x20
    private var start: UInt8 = 0x20

    var isIdeographicSentence: Bool { hasIdeograph && hasValue }

    mutating func take(_ byte: UInt8) {
      defer { before = byte }
      if TextScan.isLetter(byte) || (0xC3...0xCD).contains(byte)
        || (!run.isEmpty && (0x80...0xBF).contains(byte))
      {
        if run.isEmpty { start = before }
        run.append(byte)
        return
      }
      if !run.isEmpty && !isCommand && braces <= 0 { close(by: byte) }
      run.removeAll(keepingCapacity: true)
      isCommand = byte == UInt8(ascii: "\\")
      if byte == UInt8(ascii: "{") { braces += 1 }
      if byte == UInt8(ascii: "}") { braces -= 1 }
      if (0xE3...0xE9).contains(byte) { hasIdeograph = true }
      if TextScan.isDigit(byte) || byte == UInt8(ascii: "$") { hasValue = true }
    }

    private mutating func close(by byte: UInt8) {
      if run.count == 1 {
        if TextScan.isBlank(start) && byte == 0x20 { letters += 1 }
        return
      }
      // What touches a sign is a name in a formula: `ab+`, `f(`, `AB=`.
      if run.count == 2,
        !TextScan.isBlank(start) || !(TextScan.isBlank(byte) || byte == UInt8(ascii: ","))
      {
        return
      }
      let word = String(decoding: run, as: UTF8.self).lowercased()
      let isMath =
        Notation.plainNames.contains(word) || Notation.greek[word] != nil
        || Words.units[word] != nil
        || Words.multipliers[word] != nil || Words.months[word] != nil || Words.powers[word] != nil
        || ["and", "or", "pi", "infinity", "am", "pm", "minus", "only"].contains(word)
      if !isMath { words += 1 }
    }
  }

  /// True for a tree with a sentence in it.
  static func isProse(_ node: Node) -> Bool {
    if case .text = node {
    } else if node.contains(where: { isWords($0, atLeast: 2) }) {
      return true
    }
    return node.contains {
      switch $0 {
      case .text(let words):
        words.count > 3
          || words.count > 1 && words.contains { $0.utf8.contains(where: TextScan.isDigit) }
            && Texts.normal(words).first?.hasPrefix("month") != true
      case .quantity(_, .named(let words)): words.count > 5
      // "Total: 42"
      case .ratio(let parts): parts.contains { isWords($0, atLeast: 1) }
      default: false
      }
    }
  }

  private static func isWords(_ node: Node, atLeast count: Int) -> Bool {
    if case .text(let words) = node { return words.count >= count }
    return false
  }

  /// True for a text with a word outside of commands and braces, in any script.
  static func hasWord(_ text: ArraySlice<UInt8>) -> Bool {
    var isCommand = false
    var letters = 0
    for byte in text {
      if byte >= 0xE3 || byte == 0x0A { return true }
      if TextScan.isLetter(byte) || byte >= 0x80 {
        letters += isCommand ? 0 : 1
      } else {
        if letters >= 2 && (byte == 0x20 || byte == UInt8(ascii: ":")) { return true }
        letters = 0
        isCommand = byte == UInt8(ascii: "\\")
      }
    }
    return false
  }
}
