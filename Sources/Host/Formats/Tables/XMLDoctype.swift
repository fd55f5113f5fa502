// A DOCTYPE with its internal subset, stepped over byte by byte. Nothing in it is interpreted: only
// quotes, comments and processing instructions matter, because brackets in them close nothing.

/// Finds the end of a document type declaration.
struct XMLDoctype: Sendable {
  private var place = Place.outside
  private var isInSubset = false

  private enum Place {
    /// Outside of all markup, in the subset or before and behind it.
    case outside
    case quoted(UInt8)
    /// After `<` in the subset.
    case markup
    /// After `<!`.
    case bang
    /// After `<!-`.
    case dash
    /// In a comment, after that many dashes.
    case comment(dashes: Int)
    /// In a processing instruction, after a question mark or not.
    case instruction(isEnding: Bool)
    case declaration
    case quotedInDeclaration(UInt8)
  }

  /// Takes the next byte and says whether it is the last.
  mutating func ends(at byte: UInt8, line: Int) throws(TableError) -> Bool {
    switch place {
    case .outside: return try endsOutside(at: byte, line: line)
    case .quoted(let quote):
      if byte == quote { place = .outside }
    case .markup:
      switch byte {
      case UInt8(ascii: "!"): place = .bang
      case UInt8(ascii: "?"): place = .instruction(isEnding: false)
      default: throw unreadable(line)
      }
    case .bang:
      place = byte == UInt8(ascii: "-") ? .dash : .declaration
    case .dash:
      guard byte == UInt8(ascii: "-") else { throw unreadable(line) }
      place = .comment(dashes: 0)
    case .comment(let dashes):
      if dashes == 2 {
        guard byte == UInt8(ascii: ">") else { throw unreadable(line) }
        place = .outside
      } else {
        place = .comment(dashes: byte == UInt8(ascii: "-") ? dashes + 1 : 0)
      }
    case .instruction(let isEnding):
      place =
        isEnding && byte == UInt8(ascii: ">")
        ? .outside : .instruction(isEnding: byte == UInt8(ascii: "?"))
    case .declaration:
      switch byte {
      case UInt8(ascii: ">"): place = .outside
      case .quote, .apostrophe: place = .quotedInDeclaration(byte)
      case UInt8(ascii: "<"): throw unreadable(line)
      default: break
      }
    case .quotedInDeclaration(let quote):
      if byte == quote { place = .declaration }
    }
    return false
  }

  private mutating func endsOutside(at byte: UInt8, line: Int) throws(TableError) -> Bool {
    switch byte {
    case .quote, .apostrophe: place = .quoted(byte)
    case UInt8(ascii: "["):
      if isInSubset { throw unreadable(line) }
      isInSubset = true
    case UInt8(ascii: "]"):
      if !isInSubset { throw unreadable(line) }
      isInSubset = false
    case UInt8(ascii: "<"):
      if !isInSubset { throw unreadable(line) }
      place = .markup
    case UInt8(ascii: ">"):
      if isInSubset { throw unreadable(line) }
      return true
    default: break
    }
    return false
  }

  private func unreadable(_ line: Int) -> TableError {
    TableError(line: line, message: "the DOCTYPE is not well-formed; remove it, it is not used")
  }
}

extension UInt8 {
  static let apostrophe = UInt8(ascii: "'")
}
