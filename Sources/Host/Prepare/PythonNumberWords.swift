// Python's json module writes NaN and Infinity as bare words, which are no JSON.

/// The words for numbers that JSON does not have.
enum PythonNumberWords {
  private static let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }

  /// A text in which every such word outside of strings is zeros and blanks of the same length.
  static func masked(_ text: [UInt8]) -> [UInt8] {
    var masked = text
    var isInString = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      if isInString {
        if byte == UInt8(ascii: "\\") {
          index += 1
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isInString = true
      } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "I") || byte == UInt8(ascii: "N"),
        let word = words.first(where: { text[index...].starts(with: $0) })
      {
        for place in index..<(index + word.count) { masked[place] = 0x20 }
        masked[index] = UInt8(ascii: "0")
        index += word.count - 1
      }
      index += 1
    }
    return masked
  }
}
