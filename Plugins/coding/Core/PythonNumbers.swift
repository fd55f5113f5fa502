// Numbers that Python writes into JSON although JSON has none: the inputs of EvalPlus hold them.

/// The bare words `Infinity` and `NaN`.
enum PythonNumbers {
  /// The bytes with ones in place of such words outside of strings, each as long as the word, so that all
  /// places stay what they are; nothing when there is none.
  static func replaced(in bytes: Span<UInt8>) -> [UInt8]? {
    let words = [Array("Infinity".utf8), Array("NaN".utf8)]
    var copy = bytes.copied
    var isFound = false
    var isInString = false
    var at = 0
    while at < copy.count {
      let byte = copy[at]
      if byte == UInt8(ascii: "\\") {
        at += 1
      } else if byte == UInt8(ascii: "\"") {
        isInString.toggle()
      } else if !isInString, byte == UInt8(ascii: "I") || byte == UInt8(ascii: "N"),
        let word = words.first(where: { copy.matches($0, at: at) })
      {
        for place in at..<(at + word.count) { copy[place] = UInt8(ascii: "1") }
        isFound = true
      }
      at += 1
    }
    return isFound ? copy : nil
  }
}
