// Records out of XML 1.0 (https://www.w3.org/TR/xml/), without validation and without anything that
// makes XML dangerous: a DOCTYPE is stepped over, no entity but XML's own five is known, nothing is
// ever fetched, and depth and size have limits.

/// Reads each element of one name as a record, from chunks that may be cut anywhere.
///
/// A record's fields are the element's attributes, then its child elements in their order, each with
/// all text inside it, and then, named as the element itself, the text directly in it unless that is
/// only white space. Attributes of children are left out; a child name may repeat. An attribute and
/// a child of one name give the record a `problem`. What is not well-formed is an error and ends
/// the file; after one, and after `finish`, the reader is of no more use.
package struct XMLRows: Sendable {
  let recordLimit: Int
  var collector: XMLCollector
  var elements = XMLOpenElements()
  var doctype: XMLDoctype?
  var state = MarkupState.text
  /// The quote that closes the value being read in a tag.
  var valueQuote: UInt8 = 0
  /// The tag, reference or instruction being read, without what opens it.
  var token: [UInt8] = []
  /// Where the `<` or `&` of the token stands.
  var tokenStart = RecordStart(line: 1, byteOffset: 0)
  /// The place of the next byte.
  var place = RecordStart(line: 1, byteOffset: 0)
  /// How many of the last bytes of text are closing brackets, two at most.
  var closingBrackets = 0
  /// The attributes of the tag at hand.
  var attributeNames: [Range<Int>] = []

  private var stream = TextStream()
  /// Whether the last byte was CR: an LF after it belongs to the same line end.
  private var isAfterCarriageReturn = false
  /// Where the document begins: behind the byte order mark.
  private(set) var documentOffset = 0

  /// A reader of one file.
  ///
  /// - Parameters:
  ///   - element: the name of the elements that are records, with its prefix if it has one.
  ///   - recordLimit: the most memory that one record or tag may take, in bytes.
  /// - Throws: `TableError` with line 0 if `element` cannot be the name of an element.
  package init(
    element: String, recordLimit: Int = RecordLimit.standard
  ) throws(TableError) {
    let name = element.utf8Span.span
    if name.isEmpty || name.endOfXMLName(from: 0) != name.count {
      throw TableError(line: 0, message: "'\(element)' cannot be the name of an XML element")
    }
    self.recordLimit = recordLimit
    collector = XMLCollector(elementName: element, recordLimit: recordLimit)
  }

  /// Reads the next bytes of the file and gives `body` each record that ends in them.
  ///
  /// `body` may throw to stop.
  package mutating func push(
    _ chunk: Span<UInt8>, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    let checked = stream.check(chunk)
    documentOffset += checked.markLength
    place.byteOffset += checked.markLength
    try read(checked.completed.span, body)
    try read(chunk.extracting(checked.rest), body)
    if let fault = checked.fault { throw fault.error(line: place.line) }
  }

  /// Ends the file; throws unless the root element has closed.
  package func finish() throws(TableError) {
    if let fault = stream.faultAtEnd { throw fault.error(line: place.line) }
    guard state == .text else {
      throw TableError(
        line: tokenStart.line, message: "the file ends inside the markup that begins here")
    }
    if let fault = elements.faultAtEnd(line: place.line) { throw fault }
  }

  /// Reads whole characters, with every line end as one LF.
  private mutating func read(
    _ text: Span<UInt8>, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    let end = text.firstForbiddenInXML()
    let lineFeed: InlineArray<1, UInt8> = [.lineFeed]
    var at = 0
    while at < end {
      if isAfterCarriageReturn {
        isAfterCarriageReturn = false
        if text[at] == .lineFeed {
          place.byteOffset += 1
          at += 1
          continue
        }
      }
      let allowed = text.extracting(..<end)
      let next = allowed.first(.carriageReturn, from: at)
      try readMarkup(allowed.extracting(at..<next), body)
      at = next
      if at < end {
        try readMarkup(lineFeed.span, body)
        isAfterCarriageReturn = true
        at += 1
      }
    }
    if end < text.count {
      throw TableError(
        line: place.line,
        message:
          "the character U+\(String(text.scalar(at: end).value, radix: 16, uppercase: true)) "
          + "is not allowed in XML")
    }
  }
}
