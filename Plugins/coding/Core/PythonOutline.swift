// The outline of Python source: where its lines are, and which of them begin a statement. It is a
// scan, not a parser: it knows strings, comments and brackets, and bears with text that is no Python.

/// The lines of a source and what each one is.
struct PythonOutline {
  /// One line, its end without the line feed.
  struct Line {
    let start: Int
    let end: Int
    /// Columns of blanks before its first character; a tab goes to the next multiple of eight.
    let indent: Int
    /// Whether there is nothing on it but blanks or a comment.
    let isBare: Bool
    /// Whether it begins outside of strings and brackets and does not continue the line above.
    let isFresh: Bool
  }

  let source: [UInt8]
  private(set) var lines: [Line] = []

  init(_ source: [UInt8]) {
    self.source = source
    var state = Scan()
    var at = 0
    while at < source.count {
      let end = source[at...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
      lines.append(line(at, end, &state))
      at = end + 1
    }
  }

  private struct Scan {
    /// The quote of an open string of three quotes.
    var quote: UInt8?
    var depth = 0
    var isContinued = false
  }

  private func line(_ start: Int, _ end: Int, _ state: inout Scan) -> Line {
    var at = start
    var indent = 0
    while at < end, source[at] == 0x20 || source[at] == 0x09 || source[at] == 0x0C {
      indent = source[at] == 0x09 ? (indent / 8 + 1) * 8 : indent + 1
      at += 1
    }
    let isEmpty = at == end || (at == end - 1 && source[at] == UInt8(ascii: "\r"))
    if state.quote == nil, state.depth > 0, indent == 0, Self.beginsBlock(source[at..<end]) {
      // Such a word cannot stand inside brackets: an earlier bracket was prose.
      state.depth = 0
    }
    let isFresh = state.quote == nil && state.depth == 0 && !state.isContinued
    let isBare = state.quote == nil && (isEmpty || source[at] == UInt8(ascii: "#"))
    state.isContinued = false
    scan(at, end, &state)
    return Line(start: start, end: end, indent: indent, isBare: isBare, isFresh: isFresh)
  }

  /// Follows strings, comments and brackets through one line.
  private func scan(_ start: Int, _ end: Int, _ state: inout Scan) {
    var at = start
    /// A quote of which the line has no more that could close a string.
    var unclosed: (UInt8?, UInt8?)
    while at < end {
      let byte = source[at]
      if let quote = state.quote {
        if byte == UInt8(ascii: "\\") {
          at += 1
        } else if byte == quote, source.matches([quote, quote, quote], at: at), at + 2 < end {
          state.quote = nil
          at += 2
        }
        at += 1
        continue
      }
      switch byte {
      case UInt8(ascii: "#"): return
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if source.matches([byte, byte, byte], at: at), at + 2 < end {
          state.quote = byte
          at += 2
        } else if byte != unclosed.0, byte != unclosed.1 {
          if let closing = endOfShortString(at, end) {
            at = closing
          } else {
            unclosed = (byte, unclosed.0)
          }
        }
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): state.depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        state.depth = max(0, state.depth - 1)
      case UInt8(ascii: "\\"): state.isContinued = at == end - 1
      default: break
      }
      at += 1
    }
  }

  /// The closing quote of a string that ends on its line; nothing for an apostrophe in prose.
  private func endOfShortString(_ start: Int, _ end: Int) -> Int? {
    var at = start + 1
    while at < end {
      if source[at] == UInt8(ascii: "\\") {
        at += 1
      } else if source[at] == source[start] {
        return at
      }
      at += 1
    }
    return nil
  }

  private static func beginsBlock(_ line: ArraySlice<UInt8>) -> Bool {
    line.begins(with: "def ") || line.begins(with: "class ") || line.begins(with: "import ")
      || line.begins(with: "from ") || line.begins(with: "@")
  }
}

// MARK: Statements at the top

extension PythonOutline {
  /// The text of a line.
  func text(_ line: Line) -> ArraySlice<UInt8> { source[line.start..<line.end] }

  /// Whether a line begins a statement of the module itself.
  func isTop(_ line: Line) -> Bool { line.isFresh && line.indent == 0 && !line.isBare }

  /// The names of the functions that the module defines, in order.
  var functions: [String] {
    lines.compactMap { isTop($0) ? Self.functionName(text($0)) : nil }
  }

  /// The indices of the lines that define `name` in the module: a function, a class, or a name for one.
  func definitions(of name: String) -> [Int] {
    let wanted = Array(name.utf8)
    return lines.indices.filter { index in
      guard isTop(lines[index]) else { return false }
      let text = text(lines[index])
      if Self.functionName(text) == name { return true }
      if text.begins(with: "class ") { return Self.word(text.dropFirst(6)) == name }
      guard text.matches(wanted, at: text.startIndex) else { return false }
      let rest = text.dropFirst(wanted.count).drop { $0 == 0x20 }
      return rest.first == UInt8(ascii: "=") && Self.isFunctionValue(rest.dropFirst())
    }
  }

  /// Whether a value is a function: a lambda, or the name of another.
  ///
  /// Not any value: bodies that lost their blanks have variables named like their function.
  private static func isFunctionValue(_ value: ArraySlice<UInt8>) -> Bool {
    let value = value.trimmed
    if value.begins(with: "lambda") { return true }
    guard let first = value.first, first.isNameStart else { return false }
    return value.allSatisfy { $0.isNamePart || $0 == UInt8(ascii: ".") }
  }

  /// Whether the module defines `name`.
  func defines(_ name: String) -> Bool { !name.isEmpty && !definitions(of: name).isEmpty }

  /// The index of the line after the block that begins at line `index`.
  func endOfBlock(_ index: Int) -> Int {
    var next = index + 1
    while next < lines.count, !isTop(lines[next]) { next += 1 }
    return next
  }

  /// Whether a definition of `name` returns something, so that it is more than a head.
  func returns(from name: String) -> Bool {
    definitions(of: name).contains { index in
      if Self.functionName(text(lines[index])) == nil { return true }
      return lines[index..<endOfBlock(index)].contains { line in
        let text = text(line)
        return text.firstPlace(of: Array("return".utf8)) != nil
          || text.firstPlace(of: Array("yield".utf8)) != nil
      }
    }
  }

  /// The name in `def name(` or `async def name(`.
  static func functionName(_ line: ArraySlice<UInt8>) -> String? {
    var rest = line
    if rest.begins(with: "async ") { rest = rest.dropFirst(6).drop { $0 == 0x20 } }
    guard rest.begins(with: "def ") || rest.begins(with: "def\t") else { return nil }
    return word(rest.dropFirst(4))
  }

  private static func word(_ text: ArraySlice<UInt8>) -> String? {
    let word = text.drop { $0 == 0x20 || $0 == 0x09 }.prefix(while: \.isNamePart)
    return word.isEmpty ? nil : word.text
  }
}
