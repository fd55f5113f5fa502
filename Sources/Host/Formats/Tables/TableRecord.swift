// A record of named texts. Its reader fills the same one again and again: a caller that keeps none
// costs no allocation per record, and one that keeps it has a value of its own.

/// One record of a table: its fields in the order of the file, each a name and a text.
///
/// Names can repeat only in XML, where an element may have several children of one name.
package struct TableRecord: Sendable {
  /// Where it begins.
  package internal(set) var start = RecordStart(line: 1, byteOffset: 0)
  /// What is wrong with this record alone; its fields are then as they stand in the file.
  package internal(set) var problem: TableError?

  private var names: [String] = []
  /// The bytes of the names that came one by one.
  private var nameSize = 0
  private var bytes: [UInt8] = []
  /// The end of each whole field in `bytes`; the next field begins there.
  private var ends: [Int] = []

  /// How many fields it has.
  package var count: Int { ends.count }

  /// The name of a field; a field beyond the header is named by its position, `column7`.
  package func name(at index: Int) -> String {
    precondition(index < count)
    return index < names.count ? names[index] : Self.positionalName(index)
  }

  /// The text of a field.
  package func text(at index: Int) -> String {
    String(decoding: bytes[range(at: index)], as: UTF8.self)
  }

  /// Lends `body` the text of a field, which is valid UTF-8.
  package func withUTF8<Result, Failure: Error>(
    at index: Int, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes.span.extracting(range(at: index)))
  }

  /// The text of the first field of this name, or nil.
  package subscript(name: String) -> String? {
    for index in 0..<count where self.name(at: index) == name { return text(at: index) }
    return nil
  }

  /// All fields.
  package var fields: [(name: String, text: String)] {
    (0..<count).map { (name(at: $0), text(at: $0)) }
  }

  private func range(at index: Int) -> Range<Int> {
    (index == 0 ? 0 : ends[index - 1])..<ends[index]
  }
}

// MARK: For the readers

extension TableRecord {
  /// A bound on the memory that the fields take, bookkeeping included.
  var size: Int { bytes.count &+ nameSize &+ 32 &* ends.count }

  /// Whether one of the first `count` fields is called `name`.
  func hasName(_ name: String, among count: Int) -> Bool { names.prefix(count).contains(name) }

  static func positionalName(_ index: Int) -> String { "column\(index + 1)" }

  /// Makes it an empty record of fields with these names.
  mutating func begin(at start: RecordStart, names: [String]) {
    self.names = names
    nameSize = 0
    begin(at: start)
  }

  /// Makes it an empty record; the names stay.
  mutating func begin(at start: RecordStart) {
    self.start = start
    problem = nil
    bytes.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Names the field that is to be filled next.
  mutating func append(name: String) {
    names.append(name)
    nameSize += name.utf8.count
  }

  /// Appends to the text of the field that is being filled.
  mutating func append(_ text: Span<UInt8>) { bytes.append(text) }

  /// Appends to the text of the field that is being filled.
  mutating func append(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  mutating func endField() { ends.append(bytes.count) }
}
