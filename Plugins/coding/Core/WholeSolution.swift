// What of a whole solution is run: its imports, definitions and values. Examples of use are left out,
// as a wrong assert or a wait for input in them says nothing about the function.

/// The parts of a solution that defines its function itself.
enum WholeSolution {
  /// The source without examples at the top, and without prose behind the function.
  static func cleaned(_ outline: PythonOutline, keeping name: String) -> [UInt8] {
    var kept: [UInt8] = []
    kept.reserveCapacity(outline.source.count)
    let definition = outline.definitions(of: name).last ?? 0
    var index = 0
    while index < outline.lines.count {
      let line = outline.lines[index]
      if outline.isTop(line) {
        let text = outline.text(line)
        if index > definition, isProse(text) { break }
        if isExample(text) {
          index = outline.endOfBlock(index)
          continue
        }
      }
      kept += outline.text(line)
      kept.append(UInt8(ascii: "\n"))
      index += 1
    }
    return kept
  }

  private static func isExample(_ line: ArraySlice<UInt8>) -> Bool {
    line.begins(with: "print(") || line.begins(with: "assert ") || line.begins(with: "assert(")
      || line.begins(with: "if __name__") || line.begins(with: "```")
  }

  /// Whether a line cannot be Python because two words stand side by side, or a list's mark begins it.
  static func isProse(_ line: ArraySlice<UInt8>) -> Bool {
    if line.begins(with: "**") || line.begins(with: "```") { return true }
    let word = line.prefix(while: \.isNamePart)
    let rest = line[word.endIndex...]
    if word.isEmpty { return false }
    if keywords.contains(word.text) { return false }
    if let first = word.first, !first.isNameStart {
      return rest.begins(with: ". ") || rest.begins(with: ") ")
    }
    if rest.begins(with: ":") {
      let after = rest.dropFirst().trimmed
      if after.isEmpty { return true }
      let isAnnotation = after.contains(UInt8(ascii: "=")) || after.contains(UInt8(ascii: "["))
      return !isAnnotation && after.contains(0x20)
    }
    let blanks = rest.prefix { $0 == 0x20 }
    guard !blanks.isEmpty, let next = rest[blanks.endIndex...].first, next.isNameStart else {
      return false
    }
    return !operators.contains(rest[blanks.endIndex...].prefix(while: \.isNamePart).text)
  }

  private static let operators: Set<String> = ["and", "or", "in", "is", "if", "not", "for"]
  private static let keywords: Set<String> = [
    "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
    "except",
    "finally", "for", "from", "global", "if", "import", "lambda", "match", "nonlocal", "not",
    "pass",
    "raise", "return", "try", "type", "while", "with", "yield",
  ]

  /// What the prompt has above its function, imports and helpers, when the solution lacks any of it.
  static func helpers(_ row: CodingRow, missingIn code: [UInt8]) -> [UInt8] {
    guard !row.head.isEmpty else { return [] }
    let outline = PythonOutline(Array(row.head.utf8))
    guard let definition = outline.definitions(of: row.entryPoint).last, definition > 0 else {
      return []
    }
    let above = Array(outline.source[..<outline.lines[definition].start])
    guard !above[...].trimmed.isEmpty else { return [] }
    // Must be the first statement of a module.
    if code.firstPlace(of: Array("from __future__".utf8)) != nil { return [] }
    let given = Set(lines(code))
    return lines(above).allSatisfy { given.contains($0) } ? [] : above
  }

  private static func lines(_ code: [UInt8]) -> [ArraySlice<UInt8>] {
    code.split(separator: UInt8(ascii: "\n")).map(\.trimmed).filter { !$0.isEmpty }
  }
}
