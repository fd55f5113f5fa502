// What a whole tag or processing instruction means.

extension XMLRows {
  /// More attributes than this in one tag are refused, because each is compared with all others.
  private static var attributeLimit: Int { 256 }

  mutating func readWholeTag(
    _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    if token.first == UInt8(ascii: "/") {
      var tag = XMLTag(token, line: tokenStart.line, from: 1)
      let name = try tag.name()
      tag.skipBlanks()
      if !tag.isAtEnd { throw tag.failure("only a name may stand in an end tag") }
      try elements.check(closing: tag.bytes.span.extracting(name), line: tokenStart.line)
      try close(body)
    } else {
      var tag = XMLTag(token, line: tokenStart.line)
      try open(&tag)
      if try tag.takeClosingSlash() { try close(body) }
    }
  }

  private mutating func open(_ tag: inout XMLTag) throws(TableError) {
    let name = try tag.name()
    try elements.open(tag.bytes.span.extracting(name), line: tokenStart.line)
    let isRecord = try collector.open(tag.bytes.span.extracting(name), at: tokenStart)
    var value: [UInt8] = []
    attributeNames.removeAll(keepingCapacity: true)
    while let attribute = try tag.attribute() {
      try addName(of: attribute, in: tag)
      value.removeAll(keepingCapacity: true)
      try tag.appendValue(of: attribute, to: &value)
      if isRecord {
        try collector.addAttribute(tag.text(attribute.name), value.span)
      }
    }
  }

  private mutating func addName(
    of attribute: XMLTag.Attribute, in tag: XMLTag
  ) throws(TableError) {
    let span = tag.bytes.span
    let name = span.extracting(attribute.name)
    for other in attributeNames where span.extracting(other).hasSameBytes(as: name) {
      throw tag.failure("the attribute '\(name.text)' is there twice")
    }
    if attributeNames.count == Self.attributeLimit {
      throw tag.failure("more than \(Self.attributeLimit) attributes in one tag")
    }
    attributeNames.append(attribute.name)
  }

  private mutating func close(
    _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    elements.closeLast()
    if collector.close() { try body(collector.record) }
  }

  mutating func readWholeInstruction() throws(TableError) {
    var tag = XMLTag(token, line: tokenStart.line)
    let target = tag.text(try tag.name())
    if target.lowercased() == "xml" {
      guard target == "xml", tokenStart.byteOffset == documentOffset else {
        throw tag.failure("'<?xml' may stand only at the very beginning of the file")
      }
      try readDeclaration(&tag)
    } else if !tag.isAtEnd, !tag.skipBlanks() {
      throw tag.failure("white space is missing after the name of a processing instruction")
    }
  }

  private func readDeclaration(_ tag: inout XMLTag) throws(TableError) {
    var expected = ["version", "encoding", "standalone"]
    while let attribute = try tag.attribute() {
      let name = tag.text(attribute.name)
      let value = tag.text(attribute.value)
      guard let place = expected.firstIndex(of: name), name == "version" || expected.count < 3
      else {
        throw tag.failure("'\(name)' cannot stand here in the XML declaration")
      }
      expected.removeSubrange(...place)
      try check(name, value, tag)
    }
    if expected.count == 3 { throw tag.failure("the XML declaration names no version") }
    if !tag.isAtEnd { throw tag.failure("this cannot stand in the XML declaration") }
  }

  private func check(_ name: String, _ value: String, _ tag: XMLTag) throws(TableError) {
    let isRight =
      switch name {
      case "version":
        value.hasPrefix("1.") && value.utf8.count > 2 && value.utf8.dropFirst(2).allSatisfy(isDigit)
      case "encoding": ["utf-8", "us-ascii"].contains(value.lowercased())
      default: value == "yes" || value == "no"
      }
    if isRight { return }
    throw tag.failure(
      name == "encoding"
        ? "the file says that its encoding is '\(value)'; convert it to UTF-8"
        : "'\(value)' is no \(name) of XML 1.0")
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
