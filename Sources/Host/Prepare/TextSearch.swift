// Texts compared and cut by their bytes, so that characters that only look equal are not taken for each other.
internal import Declarations

func isBlank(_ scalar: Unicode.Scalar) -> Bool {
  scalar.isASCII
    ? scalar == " " || (0x09...0x0d).contains(scalar.value) : scalar.properties.isWhitespace
}

/// A text without blanks at its ends, or without the characters given.
func stripped(_ text: String, of characters: String? = nil) -> String {
  let isOut = { (scalar: Unicode.Scalar) in
    characters?.unicodeScalars.contains(scalar) ?? isBlank(scalar)
  }
  var scalars = text.unicodeScalars[...]
  while let first = scalars.first, isOut(first) { scalars.removeFirst() }
  while let last = scalars.last, isOut(last) { scalars.removeLast() }
  return String(scalars)
}

/// A text as an error shows it: not longer than 60 characters, on one line.
func shown(_ text: String) -> String {
  let line = text.prefix(60).map { $0.isNewline ? " " : $0 }
  return String(line) + (text.count > 60 ? "…" : "")
}

extension String {
  /// The first or last place of another text, byte for byte.
  func range(of other: String, _ end: Step.End) -> Range<String.Index>? {
    let bytes = Array(utf8)
    let wanted = Array(other.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
    let starts = 0...(bytes.count - wanted.count)
    let isHere = { (start: Int) in bytes[start] == wanted[0] && bytes[start...].starts(with: wanted)
    }
    guard let start = end == .first ? starts.first(where: isHere) : starts.last(where: isHere)
    else { return nil }
    let from = utf8.index(utf8.startIndex, offsetBy: start)
    return from..<utf8.index(from, offsetBy: wanted.count)
  }

  /// Every place of another text, byte for byte, replaced in one pass.
  func replacing(exactly other: String, with new: String) -> String {
    let bytes = Array(utf8)
    let wanted = Array(other.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return self }
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == wanted[0], bytes[index...].starts(with: wanted) {
        result += new.utf8
        index += wanted.count
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
