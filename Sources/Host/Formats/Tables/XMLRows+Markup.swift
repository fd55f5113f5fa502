// Cuts the document into text, tags, references and the rest. What a token means is decided when it
// is whole, so that a chunk may end anywhere inside it.

/// What is being read.
enum MarkupState: Sendable {
  case text
  /// After `&` in text.
  case reference
  /// After `<`.
  case markup
  case tag
  /// In a quoted value of a tag.
  case tagValue
  /// After `<!`.
  case bang
  /// In a comment, after that many dashes.
  case comment, commentDash, commentDashes
  /// In a CDATA section, after that many closing brackets.
  case section, sectionBracket, sectionBrackets
  case instruction
  case doctype
}

extension XMLRows {
  /// Reads on in bytes whose line ends are LF.
  mutating func readMarkup(
    _ bytes: Span<UInt8>, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    var at = 0
    while at < bytes.count {
      switch state {
      case .text: at = try readText(bytes, at)
      case .reference: at = try readReference(bytes, at)
      case .markup: at = try readFirst(bytes, at)
      case .tag, .tagValue: at = try readTag(bytes, at, body)
      case .bang: at = try readBang(bytes, at)
      case .comment, .commentDash, .commentDashes: at = try readComment(bytes, at)
      case .section, .sectionBracket, .sectionBrackets: at = try readSection(bytes, at)
      case .instruction: at = try readInstruction(bytes, at)
      case .doctype: at = try readDoctype(bytes, at)
      }
    }
  }

  func failure(_ message: String) -> TableError { TableError(line: place.line, message: message) }

  mutating func step(over bytes: Span<UInt8>) {
    place.line &+= bytes.occurrences(of: .lineFeed)
    place.byteOffset &+= bytes.count
  }

  mutating func appendToToken(_ bytes: Span<UInt8>) throws(TableError) {
    if token.count &+ bytes.count > recordLimit {
      throw RecordLimit.exceeded(recordLimit, by: tokenStart)
    }
    token.append(bytes)
  }
}

// MARK: Text

extension XMLRows {
  private mutating func readText(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    let end = bytes.first(StopBytes.inText, from: at)
    let run = bytes.extracting(at..<end)
    if elements.depth > 0 {
      try checkBrackets(in: run)
      try collector.append(run)
    } else {
      try checkBlank(run)
    }
    step(over: run)
    if end == bytes.count { return end }
    closingBrackets = 0
    tokenStart = place
    token.removeAll(keepingCapacity: true)
    if bytes[end] == UInt8(ascii: "&"), elements.depth == 0 { throw outside() }
    state = bytes[end] == UInt8(ascii: "&") ? .reference : .markup
    place.byteOffset &+= 1
    return end &+ 1
  }

  /// Text outside of the root must be white space.
  private mutating func checkBlank(_ run: Span<UInt8>) throws(TableError) {
    for index in run.indices where !run[index].isBlank {
      step(over: run.extracting(..<index))
      throw outside()
    }
  }

  func outside() -> TableError {
    failure("text stands \(elements.hasRoot ? "after" : "before") the root element; is this XML?")
  }

  /// Text must not hold the end of a CDATA section, `]]>`.
  private mutating func checkBrackets(in run: Span<UInt8>) throws(TableError) {
    let bracket = UInt8(ascii: "]")
    var at = run.first(UInt8(ascii: ">"), from: 0)
    while at < run.count {
      var before = 0
      while before < at, run[at &- 1 &- before] == bracket, before < 2 { before &+= 1 }
      if before == at { before &+= closingBrackets }
      if before >= 2 {
        step(over: run.extracting(..<at))
        throw failure("']]>' in text must be written as ']]&gt;'")
      }
      at = run.first(UInt8(ascii: ">"), from: at &+ 1)
    }
    var trailing = 0
    while trailing < run.count, trailing < 2, run[run.count &- 1 &- trailing] == bracket {
      trailing &+= 1
    }
    closingBrackets = trailing == run.count ? min(2, trailing &+ closingBrackets) : trailing
  }

  private mutating func readReference(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    let byte = bytes[at]
    guard byte == UInt8(ascii: ";") else {
      let isEarlyEnd = byte.isBlank || byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&")
      if isEarlyEnd || token.count == XMLReference.longest {
        throw TableError(
          line: tokenStart.line, message: XMLReference.Fault.bareAmpersand.message)
      }
      token.append(byte)
      place.byteOffset &+= 1
      return at &+ 1
    }
    place.byteOffset &+= 1
    state = .text
    let scalar: Unicode.Scalar
    do throws(XMLReference.Fault) {
      scalar = try XMLReference.scalar(token.span)
    } catch {
      throw failure(error.message)
    }
    let text = String(scalar)
    try collector.append(text.utf8Span.span)
    return at &+ 1
  }
}

// MARK: Tags

extension XMLRows {
  private mutating func readFirst(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    switch bytes[at] {
    case UInt8(ascii: "!"): state = .bang
    case UInt8(ascii: "?"): state = .instruction
    case UInt8(ascii: "/"):
      token.append(bytes[at])
      state = .tag
    default:
      guard bytes.scalar(at: at).startsXMLName else {
        throw failure("a '<' begins no tag; write it as '&lt;' if it is text")
      }
      state = .tag
      return at
    }
    place.byteOffset &+= 1
    return at &+ 1
  }

  private mutating func readTag(
    _ bytes: Span<UInt8>, _ at: Int, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) -> Int {
    let opening = UInt8(ascii: "<")
    let end: Int
    if state == .tagValue {
      end = bytes.first(StopBytes(valueQuote, valueQuote, opening, opening), from: at)
    } else {
      end = bytes.first(StopBytes(UInt8(ascii: ">"), .quote, .apostrophe, opening), from: at)
    }
    let run = bytes.extracting(at..<end)
    step(over: run)
    try appendToToken(run)
    if end == bytes.count { return end }
    let byte = bytes[end]
    if byte == opening {
      throw failure(
        state == .tagValue
          ? "a '<' in the value of an attribute; write it as '&lt;', or close the value before it"
          : "a '<' inside the tag that begins on line \(tokenStart.line); is its '>' missing?")
    }
    place.byteOffset &+= 1
    if byte == UInt8(ascii: ">"), state == .tag {
      state = .text
      try readWholeTag(body)
    } else {
      try appendToToken(bytes.extracting(end...end))
      state = state == .tag ? .tagValue : .tag
      valueQuote = byte
    }
    return end &+ 1
  }
}

extension StopBytes {
  /// What ends a run of text.
  fileprivate static var inText: StopBytes {
    StopBytes(UInt8(ascii: "<"), UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: "&"))
  }
}
