// The SQuAD v1.1 measures (Rajpurkar et al. 2016): exact match and token F1 after a normalisation
// that lowers case and drops ASCII punctuation, the articles a, an, the, and surplus blanks.

/// A normalised answer: its words, in order.
package struct AnswerTokens: Equatable, Sendable {
  /// The words in text order; lower case, no punctuation, no articles.
  package let words: [String]

  /// Normalises an answer.
  ///
  /// Punctuation is removed and does not separate: `it's` becomes `its`, `3.5` becomes `35`, as in the
  /// official script. Only ASCII punctuation counts; case and blanks follow Unicode.
  package init(_ text: String) {
    var bytes = Array(text.utf8)
    if !bytes.allSatisfy({ $0 < 0x80 }) { bytes = Array(Self.folded(text).utf8) }
    var words: [String] = []
    var word: [UInt8] = []
    func close() {
      if !word.isEmpty {
        let text = String(decoding: word, as: UTF8.self)
        if text != "a" && text != "an" && text != "the" { words.append(text) }
        word.removeAll(keepingCapacity: true)
      }
    }
    for byte in bytes {
      switch byte {
      case 0x09...0x0D, 0x1C...0x20: close()
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): word.append(byte | 0x20)
      case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: break
      default: word.append(byte)
      }
    }
    close()
    self.words = words
  }

  /// Lower case by Unicode, every white space a blank, for texts beyond ASCII.
  private static func folded(_ text: String) -> String {
    var out = String()
    out.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      if scalar.properties.isWhitespace {
        out.append(" ")
      } else {
        out += scalar.properties.lowercaseMapping
      }
    }
    return out
  }

  /// F1 of the words two answers have in common, counted with repetition: 0 to 1.
  ///
  /// Two answers without words are equal and give 1; one without words gives 0.
  package func f1(against reference: AnswerTokens) -> Double {
    if words.isEmpty || reference.words.isEmpty { return words == reference.words ? 1 : 0 }
    var left: [String: Int] = [:]
    for word in reference.words { left[word, default: 0] += 1 }
    var common = 0
    for word in words {
      if let count = left[word], count > 0 {
        left[word] = count - 1
        common += 1
      }
    }
    if common == 0 { return 0 }
    let precision = Double(common) / Double(words.count)
    let recall = Double(common) / Double(reference.words.count)
    return 2 * precision * recall / (precision + recall)
  }
}

/// Exact match and F1 of an answer against the best of its references.
package struct AnswerMatch: Equatable, Sendable {
  /// True when the answer equals a reference after normalisation.
  package let isExact: Bool
  /// The largest token F1 over the references, 0 to 1; 0 when there is none.
  package let f1: Double

  /// Measures an answer.
  package init(answer: String, references: [String]) {
    let given = AnswerTokens(answer)
    var isExact = false
    var best = 0.0
    for reference in references {
      let wanted = AnswerTokens(reference)
      if wanted == given { isExact = true }
      best = max(best, given.f1(against: wanted))
    }
    self.isExact = isExact
    self.f1 = best
  }
}
