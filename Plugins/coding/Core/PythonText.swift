// What Python's own text methods do, for prompts that must equal those of the old runner.

/// Python's `splitlines`, `strip` and `isspace`.
enum PythonText {
  /// Whether `str.isspace` is true of the scalar.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }

  /// Whether nothing but space is in it.
  static func isBlank(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy(isSpace)
  }

  /// `strip()`.
  static func stripped(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !isSpace($0) }),
      let last = scalars.lastIndex(where: { !isSpace($0) })
    else { return "" }
    return String(scalars[first...last])
  }

  /// `rstrip()`.
  static func strippedAtEnd(_ text: String) -> String {
    guard let last = text.unicodeScalars.lastIndex(where: { !isSpace($0) }) else { return "" }
    return String(text.unicodeScalars[...last])
  }

  /// `splitlines()`.
  static func lines(_ text: String) -> [String] {
    var lines: [String] = []
    let scalars = text.unicodeScalars
    var start = scalars.startIndex
    var at = start
    while at < scalars.endIndex {
      let scalar = scalars[at]
      var next = scalars.index(after: at)
      guard isLineEnd(scalar) else {
        at = next
        continue
      }
      lines.append(String(scalars[start..<at]))
      if scalar == "\r", next < scalars.endIndex, scalars[next] == "\n" {
        next = scalars.index(after: next)
      }
      start = next
      at = next
    }
    if start < scalars.endIndex { lines.append(String(scalars[start...])) }
    return lines
  }

  private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
