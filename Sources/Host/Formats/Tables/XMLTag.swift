// The inside of one tag, or of the XML declaration, which has the same shape: a name and then pairs
// of name and quoted value.

/// Reads the text between `<` and `>` from front to back.
struct XMLTag {
  /// What stands between the angle brackets.
  let bytes: [UInt8]
  /// The line that it begins on.
  private let firstLine: Int
  private var at: Int

  /// Where the parts of one attribute stand.
  struct Attribute {
    var name: Range<Int>
    /// Between the quotes.
    var value: Range<Int>
  }

  init(_ bytes: [UInt8], line: Int, from start: Int = 0) {
    self.bytes = bytes
    firstLine = line
    at = start
  }

  /// The line of what is read next; costs a look at all before it, so for errors only.
  var line: Int { firstLine + bytes.span.extracting(..<at).occurrences(of: .lineFeed) }

  /// Whether nothing is left.
  var isAtEnd: Bool { at == bytes.count }

  mutating func name() throws(TableError) -> Range<Int> {
    let end = bytes.span.endOfXMLName(from: at)
    if end == at { throw failure("expected a name; a '<' that is text must be written as '&lt;'") }
    defer { at = end }
    return at..<end
  }

  /// The next attribute, or nil when there is none before the end or a closing slash.
  mutating func attribute() throws(TableError) -> Attribute? {
    let isParted = skipBlanks()
    if isAtEnd || bytes[at] == UInt8(ascii: "/") { return nil }
    if !isParted { throw failure("white space is missing before an attribute") }
    let name = try name()
    skipBlanks()
    guard !isAtEnd, bytes[at] == UInt8(ascii: "=") else {
      throw failure("the attribute '\(text(name))' has no value")
    }
    at += 1
    skipBlanks()
    guard !isAtEnd, bytes[at] == .quote || bytes[at] == .apostrophe else {
      throw failure("the value of the attribute '\(text(name))' must stand in quotes")
    }
    let start = at + 1
    let end = bytes.span.first(bytes[at], from: start)
    // The tag was cut out with its quotes in pairs.
    guard end < bytes.count else { throw failure("a quote does not close") }
    at = end + 1
    return Attribute(name: name, value: start..<end)
  }

  /// Appends the value of `attribute` with its references resolved and its line ends as spaces.
  func appendValue(of attribute: Attribute, to value: inout [UInt8]) throws(TableError) {
    let span = bytes.span
    let raw = attribute.value
    var at = raw.lowerBound
    while at < raw.upperBound {
      let byte = span[at]
      if byte == UInt8(ascii: "&") {
        let reach = span.extracting(..<min(raw.upperBound, at + 2 + XMLReference.longest))
        let end = reach.first(UInt8(ascii: ";"), from: at)
        if end == reach.count { throw failure(XMLReference.Fault.bareAmpersand.message) }
        let name = span.extracting(at + 1..<end)
        at = end + 1
        do throws(XMLReference.Fault) {
          value.append(contentsOf: String(try XMLReference.scalar(name)).utf8)
        } catch { throw failure(error.message) }
      } else {
        value.append(byte == .lineFeed || byte == .tab ? .space : byte)
        at += 1
      }
    }
  }

  /// Takes the slash that closes an empty element, if it is what is left; nothing else may be.
  mutating func takeClosingSlash() throws(TableError) -> Bool {
    skipBlanks()
    if isAtEnd { return false }
    guard at == bytes.count - 1, bytes[at] == UInt8(ascii: "/") else {
      throw failure("this cannot stand in a tag")
    }
    at += 1
    return true
  }

  @discardableResult
  mutating func skipBlanks() -> Bool {
    let start = at
    while at < bytes.count, bytes[at].isBlank { at += 1 }
    return at > start
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  func failure(_ message: String) -> TableError { TableError(line: line, message: message) }
}
