// TOML 1.0 (https://toml.io/en/v1.0.0), whole: lines, headers, keys, arrays and inline tables.
// Strings, numbers and times are in their own files.

extension TOMLTable {
  /// Reads a TOML 1.0 document.
  ///
  /// - Parameter bytes: UTF-8, with or without a byte order mark.
  /// - Throws: `TOMLError` at the first thing that is not TOML 1.0.
  package init(parsing bytes: [UInt8]) throws(TOMLError) {
    var parser = TOMLParser(cursor: try TOMLCursor(bytes))
    self = try parser.document()
  }

  /// Reads a TOML 1.0 document.
  ///
  /// - Throws: `TOMLError` at the first thing that is not TOML 1.0.
  package init(parsing text: String) throws(TOMLError) {
    try self.init(parsing: Array(text.utf8))
  }
}

extension TOMLValue {
  /// Reads one TOML value that fills the whole text, as after an equals sign.
  ///
  /// - Throws: `TOMLError` when the text is not exactly one value.
  package init(parsing text: String) throws(TOMLError) {
    var parser = TOMLParser(cursor: try TOMLCursor(Array(text.utf8)))
    parser.cursor.skipBlanks()
    self = try parser.value(depth: 1)
    parser.cursor.skipBlanks()
    if !parser.cursor.atEnd {
      throw parser.cursor.fail(
        "expected nothing after the value, found \(parser.cursor.nextDescribed)")
    }
  }
}

/// A recursive-descent parser; the first error ends it.
struct TOMLParser {
  /// Nesting beyond this is refused, so that no text can exhaust the stack.
  static let depthLimit = 128

  var cursor: TOMLCursor

  mutating func document() throws(TOMLError) -> TOMLTable {
    let root = TableNode(.header, at: .start)
    var section = root
    var sectionDepth = 0
    while true {
      try cursor.skipLines()
      guard let byte = cursor.next else { return root.frozen() }
      if byte == UInt8(ascii: "[") {
        (section, sectionDepth) = try header(root)
      } else {
        let path = try keyPath(depth: sectionDepth)
        try equalsSign(after: path)
        let value = try value(depth: sectionDepth + path.count + 1)
        try section.insert(path, value)
        try endOfLine(after: "the value")
      }
    }
  }

  private mutating func header(
    _ root: TableNode
  ) throws(TOMLError) -> (section: TableNode, depth: Int) {
    let start = cursor.position
    cursor.advance()
    let isElement = cursor.next == UInt8(ascii: "[")
    if isElement { cursor.advance() }
    cursor.skipBlanks()
    let path = try keyPath(depth: 0)
    for _ in 0..<(isElement ? 2 : 1) {
      guard cursor.next == UInt8(ascii: "]") else {
        throw cursor.fail(
          "expected '\(isElement ? "]]" : "]")' to end the header, found \(cursor.nextDescribed)")
      }
      cursor.advance()
    }
    let node =
      isElement
      ? try root.appendTable(path, at: start) : try root.openTable(path, at: start)
    try endOfLine(after: "the header")
    return (node, path.count)
  }

  /// A dotted key and the blanks after it.
  mutating func keyPath(depth: Int) throws(TOMLError) -> [TOMLKeyPart] {
    var parts: [TOMLKeyPart] = []
    while true {
      parts.append(try keyPart())
      if depth + parts.count > Self.depthLimit {
        throw cursor.fail("more than \(Self.depthLimit) levels of tables; flatten the keys")
      }
      cursor.skipBlanks()
      guard cursor.next == UInt8(ascii: ".") else { return parts }
      cursor.advance()
      cursor.skipBlanks()
    }
  }

  private mutating func keyPart() throws(TOMLError) -> TOMLKeyPart {
    let start = cursor.position
    switch cursor.next {
    case .quote?:
      if cursor.starts(with: "\"\"\"") {
        throw cursor.fail("a key cannot be a multi-line string; use single quotation marks")
      }
      return TOMLKeyPart(text: try basicString(), position: start)
    case .apostrophe?:
      if cursor.starts(with: "'''") {
        throw cursor.fail("a key cannot be a multi-line string; use single quotation marks")
      }
      return TOMLKeyPart(text: try literalString(), position: start)
    default:
      let first = cursor.index
      while let byte = cursor.next, byte.isBareKey { cursor.advance() }
      guard cursor.index > first else {
        throw cursor.fail(
          "expected a key, found \(cursor.nextDescribed); "
            + "bare keys are letters, digits, '_' and '-', others need quotation marks")
      }
      let text = String(decoding: cursor.bytes[first..<cursor.index], as: UTF8.self)
      return TOMLKeyPart(text: text, position: start)
    }
  }

  private mutating func equalsSign(after path: [TOMLKeyPart]) throws(TOMLError) {
    guard cursor.next == UInt8(ascii: "=") else {
      let key = path.map(\.text).joined(separator: ".")
      throw cursor.fail(
        "expected '=' after the key '\(key)', found \(cursor.nextDescribed); "
          + "keys with other characters than letters, digits, '_' and '-' need quotation marks")
    }
    cursor.advance()
    cursor.skipBlanks()
  }

  private mutating func endOfLine(after what: String) throws(TOMLError) {
    cursor.skipBlanks()
    try cursor.skipComment()
    if cursor.atEnd { return }
    guard cursor.atNewline else {
      throw cursor.fail("expected the end of the line after \(what), found \(cursor.nextDescribed)")
    }
    cursor.skipNewline()
  }

  mutating func value(depth: Int) throws(TOMLError) -> TOMLValue {
    let start = cursor.position
    if depth > Self.depthLimit {
      throw cursor.fail("more than \(Self.depthLimit) levels of nesting; flatten the value")
    }
    switch cursor.next {
    case .quote?:
      let isLong = cursor.starts(with: "\"\"\"")
      return TOMLValue(.string(isLong ? try longBasicString() : try basicString()), at: start)
    case .apostrophe?:
      let isLong = cursor.starts(with: "'''")
      return TOMLValue(.string(isLong ? try longLiteralString() : try literalString()), at: start)
    case UInt8(ascii: "[")?:
      return TOMLValue(.array(try array(depth: depth)), at: start)
    case UInt8(ascii: "{")?:
      return TOMLValue(.table(try inlineTable(depth: depth)), at: start)
    default:
      return TOMLValue(try scalar(), at: start)
    }
  }

  private mutating func array(depth: Int) throws(TOMLError) -> [TOMLValue] {
    let start = cursor.position
    cursor.advance()
    var values: [TOMLValue] = []
    while true {
      try cursor.skipLines()
      if cursor.next == UInt8(ascii: "]") { break }
      try refuseEnd(of: "array", from: start, closing: "]")
      values.append(try value(depth: depth + 1))
      try cursor.skipLines()
      if cursor.next == UInt8(ascii: ",") {
        cursor.advance()
      } else if cursor.next != UInt8(ascii: "]") {
        try refuseEnd(of: "array", from: start, closing: "]")
        throw cursor.fail("expected ',' or ']' in the array, found \(cursor.nextDescribed)")
      }
    }
    cursor.advance()
    return values
  }

  private mutating func inlineTable(depth: Int) throws(TOMLError) -> TOMLTable {
    let start = cursor.position
    let node = TableNode(.header, at: start)
    cursor.advance()
    cursor.skipBlanks()
    var mayEnd = true
    while true {
      if mayEnd, cursor.next == UInt8(ascii: "}") { break }
      try refuseEnd(of: "inline table", from: start, closing: "}")
      if cursor.atNewline {
        throw cursor.fail("an inline table must stay on one line; use a [table] header instead")
      }
      let path = try keyPath(depth: depth)
      try equalsSign(after: path)
      try node.insert(path, try value(depth: depth + path.count))
      cursor.skipBlanks()
      mayEnd = cursor.next != UInt8(ascii: ",")
      if mayEnd, cursor.next != UInt8(ascii: "}") {
        try refuseEnd(of: "inline table", from: start, closing: "}")
        throw cursor.fail("expected ',' or '}' in the inline table, found \(cursor.nextDescribed)")
      }
      if !mayEnd {
        cursor.advance()
        cursor.skipBlanks()
        if cursor.next == UInt8(ascii: "}") {
          throw cursor.fail("a comma before '}' is not allowed in an inline table; remove it")
        }
      }
    }
    cursor.advance()
    return node.frozen()
  }

  private func refuseEnd(
    of what: String, from start: SourcePosition, closing: String
  ) throws(TOMLError) {
    if cursor.atEnd {
      throw cursor.fail("the \(what) that begins at \(start) is not closed; add '\(closing)'")
    }
  }
}
