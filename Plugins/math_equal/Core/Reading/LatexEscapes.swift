// Backslashes that a JSON or Python string doubled once too often, and commands that touch what follows them.

/// Repairs of how LaTeX commands are written.
enum LatexEscapes {
  /// The scalars of a text with doubled backslashes made single.
  ///
  /// A text in which every command has two backslashes was escaped once too often, and a new row has four
  /// then. In another text a doubled backslash is a new row inside an environment, and a slip before the name
  /// of a command outside of one.
  static func undoubled(_ text: String) -> [Unicode.Scalar] {
    let scalars = Array(text.unicodeScalars)
    guard scalars.contains("\\") else { return scalars }
    let hasEnvironment = text.utf8.contains(UInt8(ascii: "&")) || containsBegin(scalars)
    var runs: [Int] = []
    var index = 0
    while index < scalars.count {
      guard scalars[index] == "\\" else {
        index += 1
        continue
      }
      let start = index
      while index < scalars.count, scalars[index] == "\\" { index += 1 }
      let startsCommand =
        index < scalars.count && (scalars[index].isLatinLetter || scalars[index] == "{")
      if startsCommand || index - start > 1 { runs.append(index - start) }
    }
    let isDoubled = runs.allSatisfy { $0 % 2 == 0 }
    if hasEnvironment && !isDoubled { return scalars }
    if hasEnvironment && !beginsDoubled(scalars) { return scalars }
    return halved(scalars, isDoubled: isDoubled)
  }

  private static func containsBegin(_ scalars: [Unicode.Scalar]) -> Bool {
    let begin = Array("begin{".unicodeScalars)
    guard scalars.count >= begin.count else { return false }
    return (0...(scalars.count - begin.count)).contains {
      scalars[$0] == "b" && Array(scalars[$0..<($0 + begin.count)]) == begin
    }
  }

  private static func beginsDoubled(_ scalars: [Unicode.Scalar]) -> Bool {
    let begin = Array("\\\\begin{".unicodeScalars)
    guard scalars.count >= begin.count else { return false }
    return (0...(scalars.count - begin.count)).contains {
      scalars[$0] == "\\" && Array(scalars[$0..<($0 + begin.count)]) == begin
    }
  }

  private static func halved(_ scalars: [Unicode.Scalar], isDoubled: Bool) -> [Unicode.Scalar] {
    var out: [Unicode.Scalar] = []
    out.reserveCapacity(scalars.count)
    var index = 0
    while index < scalars.count {
      let isPair = scalars[index] == "\\" && index + 1 < scalars.count && scalars[index + 1] == "\\"
      if isPair {
        let next = index + 2 < scalars.count ? scalars[index + 2] : " "
        if isDoubled || next.isLatinLetter || "{}()[],;!$%".unicodeScalars.contains(next) {
          out.append("\\")
        } else {
          out += ["\\", "\\"]
        }
        index += 2
      } else {
        out.append(scalars[index])
        index += 1
      }
    }
    return out
  }

  /// The known command that a name begins with when the whole is none: `\cotx` is `\cot x`.
  ///
  /// - Parameters:
  ///   - name: The letters after the backslash.
  ///   - moveBack: The place after them, moved to the end of what is taken.
  /// - Returns: The command, or the whole name when none begins it.
  static func knownPrefix(of name: String, moveBack: inout Int) -> String {
    if isKnown(name) { return name }
    var length = name.count - 1
    while length >= 2 {
      let prefix = String(name.prefix(length))
      if isKnown(prefix), !Notation.invisible.contains(prefix) {
        moveBack -= name.count - length
        return prefix
      }
      length -= 1
    }
    return name
  }

  private static func isKnown(_ name: String) -> Bool {
    Notation.names.contains(name) || Notation.synonyms[name] != nil || Notation.marks[name] != nil
      || Notation.invisible.contains(name) || Notation.textual.contains(name)
      || Notation.constants[name] != nil || Notation.greek[name] != nil
      || ["mathbb", "mathds", "minus", "N", "Z", "Q", "sqrtsign"].contains(name)
  }
}
