// Comments, CDATA sections, processing instructions and the DOCTYPE: what ends at a sequence of bytes,
// of which a chunk may hold any part.

extension XMLRows {
  mutating func readBang(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    token.append(bytes[at])
    let text = token.span.text
    if text == "--" {
      state = .comment
    } else if text == "[CDATA[" {
      if elements.depth == 0 { throw outside() }
      state = .section
    } else if text == "DOCTYPE" {
      if elements.hasRoot || doctype != nil {
        throw failure("a DOCTYPE may stand only once, and before the root element")
      }
      doctype = XMLDoctype()
      state = .doctype
    } else if !["--", "[CDATA[", "DOCTYPE"].contains(where: { $0.hasPrefix(text) }) {
      throw failure("'<!' begins neither a comment nor a CDATA section nor a DOCTYPE")
    }
    place.byteOffset &+= 1
    return at &+ 1
  }

  mutating func readComment(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    let dash = UInt8(ascii: "-")
    if state == .comment {
      let end = bytes.first(dash, from: at)
      step(over: bytes.extracting(at..<end))
      if end == bytes.count { return end }
      state = .commentDash
      place.byteOffset &+= 1
      return end &+ 1
    }
    if state == .commentDashes {
      guard bytes[at] == UInt8(ascii: ">") else { throw failure("'--' inside a comment") }
      state = .text
    } else {
      state = bytes[at] == dash ? .commentDashes : .comment
    }
    step(over: bytes.extracting(at...at))
    return at &+ 1
  }

  mutating func readSection(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    let bracket = UInt8(ascii: "]")
    let brackets: InlineArray<2, UInt8> = [bracket, bracket]
    if state == .section {
      let end = bytes.first(bracket, from: at)
      let run = bytes.extracting(at..<end)
      try collector.append(run)
      step(over: run)
      if end == bytes.count { return end }
      state = .sectionBracket
      place.byteOffset &+= 1
      return end &+ 1
    }
    switch (state, bytes[at]) {
    case (.sectionBracket, bracket):
      state = .sectionBrackets
    case (.sectionBrackets, bracket):
      try collector.append(brackets.span.extracting(..<1))
    case (.sectionBrackets, UInt8(ascii: ">")):
      state = .text
    default:
      // The brackets were text after all, and this byte is too.
      try collector.append(brackets.span.extracting(..<(state == .sectionBracket ? 1 : 2)))
      state = .section
      return at
    }
    place.byteOffset &+= 1
    return at &+ 1
  }

  mutating func readInstruction(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    let end = bytes.first(UInt8(ascii: ">"), from: at)
    let run = bytes.extracting(at..<end)
    step(over: run)
    try appendToToken(run)
    if end == bytes.count { return end }
    place.byteOffset &+= 1
    if token.last == UInt8(ascii: "?") {
      token.removeLast()
      state = .text
      try readWholeInstruction()
    } else {
      try appendToToken(bytes.extracting(end...end))
    }
    return end &+ 1
  }

  mutating func readDoctype(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    if try doctype?.ends(at: bytes[at], line: place.line) != false { state = .text }
    step(over: bytes.extracting(at...at))
    return at &+ 1
  }
}
