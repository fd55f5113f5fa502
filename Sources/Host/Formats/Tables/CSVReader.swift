// Tables of delimited fields: RFC 4180 with the freedoms that spreadsheets and pandas take. Lines end
// with LF, CR LF or CR; inside quotes these are text, and only LF counts as a line. A quote that is
// not the first byte of its field is text. A line with nothing at all on it is skipped.

/// Reads CSV and TSV from chunks that may be cut anywhere.
///
///     var reader = try CSVReader()
///     while let chunk = next() {
///       try reader.push(chunk.span) { record in … }
///     }
///     try reader.finish { record in … }
///
/// The first record is the header unless the caller knows the names. A record with another number
/// of fields than the header comes with a `problem`, and reading goes on. Errors are for what makes
/// the rest of the file unreadable; after one, and after `finish`, the reader is of no more use.
package struct CSVReader: Sendable {
  /// The names of the columns, once they are known.
  package private(set) var columnNames: [String]?

  private let dialect: CSVDialect
  private let recordLimit: Int
  private let stops: StopBytes
  private var stream = TextStream()
  private var state = State.recordStart
  private var record = TableRecord()
  /// The place of the next byte.
  private var place = RecordStart(line: 1, byteOffset: 0)
  /// The line of the last quote that opened a field.
  private var quoteLine = 0

  private enum State {
    /// Nothing of a record has come.
    case recordStart
    /// As `recordStart`, but an LF here belongs to the CR that ended the last line.
    case afterCarriageReturn
    case fieldStart
    case unquoted
    case quoted
    /// After a quote in a quoted field: its end, or the first half of a doubled quote.
    case afterQuote
  }

  /// A reader of one file.
  ///
  /// - Parameters:
  ///   - dialect: what parts the fields.
  ///   - columnNames: the names of the columns, for a file without a header.
  ///   - recordLimit: the most memory that one record may take, in bytes.
  /// - Throws: `TableError` with line 0 if a name is empty or there twice.
  package init(
    dialect: CSVDialect = .csv, columnNames: [String]? = nil,
    recordLimit: Int = RecordLimit.standard
  ) throws(TableError) {
    if let columnNames { try CSVHeader.check(columnNames, line: 0) }
    self.dialect = dialect
    self.columnNames = columnNames
    self.recordLimit = recordLimit
    stops = StopBytes(dialect.delimiter, dialect.delimiter, .lineFeed, .carriageReturn)
    record.begin(at: place, names: columnNames ?? [])
  }

  /// Reads the next bytes of the file and gives `body` each record that ends in them.
  ///
  /// `body` may throw to stop.
  package mutating func push(
    _ chunk: Span<UInt8>, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    let checked = stream.check(chunk)
    place.byteOffset += checked.markLength
    try read(checked.completed.span, body)
    try read(chunk.extracting(checked.rest), body)
    if let fault = checked.fault { throw fault.error(line: place.line) }
  }

  /// Ends the file and gives `body` the last record, if no line end has ended it.
  package mutating func finish(
    _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    if let fault = stream.faultAtEnd { throw fault.error(line: place.line) }
    switch state {
    case .recordStart, .afterCarriageReturn: break
    case .fieldStart, .unquoted, .afterQuote: try endRecord(body)
    case .quoted:
      throw TableError(line: quoteLine, message: "the quote that opens a field here never closes")
    }
    state = .recordStart
    if columnNames == nil {
      throw TableError(
        line: place.line, message: "the file is empty; its first line should name the columns")
    }
  }
}

// MARK: Reading

extension CSVReader {
  private mutating func read(
    _ bytes: Span<UInt8>, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    var at = 0
    while at < bytes.count {
      let start = at
      switch state {
      case .recordStart, .afterCarriageReturn: at = beginRecord(bytes, at)
      case .fieldStart: at = beginField(bytes, at)
      case .unquoted: at = try readUnquoted(bytes, at, body)
      case .quoted: at = try readQuoted(bytes, at)
      case .afterQuote: at = try readAfterQuote(bytes, at, body)
      }
      place.byteOffset &+= at &- start
    }
  }

  @inline(__always)
  private mutating func beginRecord(_ bytes: Span<UInt8>, _ at: Int) -> Int {
    let byte = bytes[at]
    let isSecondHalf = state == .afterCarriageReturn && byte == .lineFeed
    state = .recordStart
    if isSecondHalf { return at &+ 1 }
    if byte == .lineFeed || byte == .carriageReturn {
      endLine(with: byte)
      return at &+ 1
    }
    record.begin(at: place)
    state = .fieldStart
    return at
  }

  @inline(__always)
  private mutating func beginField(_ bytes: Span<UInt8>, _ at: Int) -> Int {
    guard bytes[at] == .quote, dialect.isQuoted else {
      state = .unquoted
      return at
    }
    state = .quoted
    quoteLine = place.line
    return at &+ 1
  }

  @inline(__always)
  private mutating func readUnquoted(
    _ bytes: Span<UInt8>, _ at: Int, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) -> Int {
    let end = bytes.first(stops, from: at)
    try append(bytes, at, end)
    if end == bytes.count { return end }
    try endField(at: bytes[end], body)
    return end &+ 1
  }

  @inline(__always)
  private mutating func readQuoted(_ bytes: Span<UInt8>, _ at: Int) throws(TableError) -> Int {
    let end = bytes.first(.quote, from: at)
    try append(bytes, at, end)
    place.line &+= bytes.extracting(at..<end).occurrences(of: .lineFeed)
    if end == bytes.count { return end }
    state = .afterQuote
    return end &+ 1
  }

  @inline(__always)
  private mutating func readAfterQuote(
    _ bytes: Span<UInt8>, _ at: Int, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) -> Int {
    let byte = bytes[at]
    if byte == .quote {
      try append(bytes, at, at &+ 1)
      state = .quoted
    } else if byte == dialect.delimiter || byte == .lineFeed || byte == .carriageReturn {
      try endField(at: byte, body)
    } else {
      throw TableError(
        line: place.line,
        message: "only a delimiter or the end of the line may follow a closing quote; "
          + "write a quote inside a quoted field twice")
    }
    return at &+ 1
  }

  @inline(__always)
  private mutating func append(_ bytes: Span<UInt8>, _ at: Int, _ end: Int) throws(TableError) {
    // A field costs its bookkeeping even when it is empty.
    if record.size &+ (end &- at) > recordLimit {
      throw RecordLimit.exceeded(recordLimit, by: record.start)
    }
    record.append(bytes.extracting(at..<end))
  }

  /// Ends the field before `byte`, and the record too if `byte` ends the line.
  @inline(__always)
  private mutating func endField(
    at byte: UInt8, _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    if byte == dialect.delimiter {
      record.endField()
      state = .fieldStart
    } else {
      state = .recordStart
      try endRecord(body)
      endLine(with: byte)
    }
  }

  private mutating func endLine(with byte: UInt8) {
    place.line &+= 1
    if byte == .carriageReturn { state = .afterCarriageReturn }
  }

  private mutating func endRecord(
    _ body: (TableRecord) throws(TableError) -> Void
  ) throws(TableError) {
    record.endField()
    guard let names = columnNames else {
      let names = try CSVHeader.names(in: record)
      columnNames = names
      record.begin(at: place, names: names)
      return
    }
    if record.count != names.count {
      record.problem = TableError(
        line: record.start.line,
        message: "the record has \(record.count) fields, but there are \(names.count) columns")
    }
    try body(record)
  }
}
