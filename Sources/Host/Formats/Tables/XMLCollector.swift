// Makes a record of each element of one name. All that is open inside it below its children only adds
// text to the child, so an element of that name inside a record is not a record of its own.

/// Gathers the fields of the element that is a record.
struct XMLCollector: Sendable {
  let elementName: String
  private let recordLimit: Int
  private(set) var record = TableRecord()
  /// How many elements are open inside the record, itself included; 0 outside of any.
  private var depth = 0
  private var attributeCount = 0
  /// The text that stands in the record but in none of its children.
  private var ownText: [UInt8] = []

  init(elementName: String, recordLimit: Int) {
    self.elementName = elementName
    self.recordLimit = recordLimit
  }

  /// Takes a start tag and says whether a record begins with it.
  mutating func open(_ name: Span<UInt8>, at start: RecordStart) throws(TableError) -> Bool {
    if depth == 0 {
      guard name.hasSameBytes(as: elementName.utf8Span.span) else { return false }
      record.begin(at: start, names: [])
      ownText.removeAll(keepingCapacity: true)
      attributeCount = 0
    } else if depth == 1 {
      try checkSize(adding: name.count)
      add(name: name.text, "a child element")
    }
    depth += 1
    return depth == 1
  }

  /// Takes an attribute of the record element.
  mutating func addAttribute(_ name: String, _ value: Span<UInt8>) throws(TableError) {
    try checkSize(adding: name.utf8.count + value.count)
    record.append(name: name)
    record.append(value)
    record.endField()
    attributeCount += 1
  }

  mutating func append(_ text: Span<UInt8>) throws(TableError) {
    if depth == 0 { return }
    try checkSize(adding: text.count)
    if depth == 1 { ownText.append(text) } else { record.append(text) }
  }

  /// Takes an end tag and says whether `record` is whole now.
  mutating func close() -> Bool {
    switch depth {
    case 0: return false
    case 1: addOwnText()
    case 2: record.endField()
    default: break
    }
    depth -= 1
    return depth == 0
  }

  /// Text directly in the record becomes a field named as the element, unless it is only white space.
  private mutating func addOwnText() {
    if ownText.allSatisfy(\.isBlank) { return }
    if record.hasName(elementName, among: record.count) {
      note("it holds text and also an attribute or a child element '\(elementName)'")
    }
    record.append(name: elementName)
    record.append(ownText)
    record.endField()
  }

  private mutating func add(name: String, _ kind: String) {
    if record.hasName(name, among: attributeCount) {
      note("an attribute and \(kind) are both named '\(name)'")
    }
    record.append(name: name)
  }

  private mutating func note(_ problem: String) {
    if record.problem != nil { return }
    record.problem = TableError(
      line: record.start.line, message: "in this '<\(elementName)>', \(problem)")
  }

  private func checkSize(adding count: Int) throws(TableError) {
    // The 64 are what a name and the end of a field cost.
    if record.size &+ ownText.count &+ count &+ 64 > recordLimit {
      throw RecordLimit.exceeded(recordLimit, by: record.start)
    }
  }
}
