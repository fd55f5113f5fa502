// The rows of one local file, in whatever format and packing it has, one after the other in flat memory.
internal import Declarations
internal import Glibc
internal import JSONFormat
internal import Posix
internal import TableFormats
internal import Unpack

/// A source cannot be read any further: not a fault of one row.
struct SourceError: Error {
  var reason: String
}

/// What a row is before it is mapped.
protocol RowTaker: AnyObject {
  /// A row that is the text of a JSON object, which nobody has checked yet; `key` is the name of the member that it
  /// was the value of.
  func take(json: Span<UInt8>, key: String?, line: Int)
  /// A row of named texts.
  func take(record: TableRecord)
  /// Why no further row is wanted, nil while they are.
  var failure: SourceError? { get }
}

/// Reads the rows of a file.
struct SourceRows {
  /// The file's format.
  let format: RowFormat

  /// Gives all rows of a stream to `taker`.
  func read(_ stream: any ByteStream, to taker: some RowTaker) throws(SourceError) {
    do throws(TableError) {
      switch format {
      case .jsonLines(let unwraps): try readLines(stream, unwraps, taker)
      case .json(let member): try readList(stream, member, taker)
      case .table(let delimiter, let quotes, let columns):
        guard let dialect = CSVDialect(delimiter: delimiter, isQuoted: quotes) else {
          throw TableError(line: 0, message: "the delimiter cannot be a quote or a line end")
        }
        var reader = try CSVReader(dialect: dialect, columnNames: columns)
        let give = { (record: TableRecord) throws(TableError) in
          taker.take(record: record)
          try Self.stop(taker)
        }
        while let chunk = try Self.chunk(of: stream) { try reader.push(chunk.span, give) }
        try reader.finish(give)
      case .xml(let element):
        var reader = try XMLRows(element: element)
        let give = { (record: TableRecord) throws(TableError) in
          taker.take(record: record)
          try Self.stop(taker)
        }
        while let chunk = try Self.chunk(of: stream) { try reader.push(chunk.span, give) }
        try reader.finish()
      }
    } catch {
      if let failure = taker.failure { throw failure }
      throw SourceError(reason: error.description)
    }
  }

  private func readLines(
    _ stream: any ByteStream, _ unwraps: Bool, _ taker: some RowTaker
  ) throws(TableError) {
    var reader = JSONLinesReader()
    let give = { (start: RecordStart, line: Span<UInt8>) throws(TableError) in
      if unwraps, let (key, row) = Self.onlyMember(of: line) {
        taker.take(json: line.extracting(row), key: key, line: start.line)
      } else {
        taker.take(json: line, key: nil, line: start.line)
      }
      try Self.stop(taker)
    }
    while let chunk = try Self.chunk(of: stream) { try reader.push(chunk.span, give) }
    try reader.finish(give)
  }

  /// The key of an object's only member and where its value stands; nil where it is no such object.
  private static func onlyMember(of line: Span<UInt8>) -> (key: String, value: Range<Int>)? {
    do throws(JSONError) {
      return try JSON.read(line) { cursor throws(JSONError) in
        try cursor.beginObject()
        guard let key = try cursor.nextKey()?.string else { return nil }
        let value = try cursor.rawValue()
        return try cursor.nextKey() == nil ? (key, value) : nil
      }
    } catch { return nil }
  }

  private func readList(
    _ stream: any ByteStream, _ member: [String], _ taker: some RowTaker
  ) throws(TableError) {
    var reader = JSONRows(path: member)
    while let chunk = try Self.chunk(of: stream) {
      try reader.push(chunk.span) { start, element throws(TableError) in
        taker.take(json: element, key: nil, line: start.line)
        try Self.stop(taker)
      }
    }
    try reader.finish()
  }

  private static func stop(_ taker: some RowTaker) throws(TableError) {
    if let failure = taker.failure { throw TableError(line: 0, message: failure.reason) }
  }

  private static func chunk(of stream: any ByteStream) throws(TableError) -> [UInt8]? {
    do throws(UnpackError) {
      let chunk = try stream.next()
      return chunk.isEmpty ? nil : chunk
    } catch { throw TableError(line: 0, message: error.description) }
  }
}

/// The streams of a local file: itself, what it is packed in, or the members of an archive.
struct LocalSource {
  /// One stream of rows.
  struct Part {
    /// As errors name it.
    var name: String
    /// The member's name without folders and ending; nil outside an archive.
    var member: String?
    var open: () throws(UnpackError) -> any ByteStream
  }

  /// The parts of a file, in the order in which they are read.
  ///
  /// An archive is unpacked into `folder` once.
  static func parts(
    of path: String, name: String, packing: Packing, unpackedIn folder: String
  ) throws(SourceError) -> [Part] {
    switch packing {
    case .none:
      return [Part(name: name, open: { () throws(UnpackError) in try FileStream(path) })]
    case .gzip:
      return [
        Part(
          name: name,
          open: { () throws(UnpackError) in GzipStream(try FileStream(path), name: name) })
      ]
    case .archive(let format, let pattern):
      let files = try unpacked(path, format, folder)
      let wanted = files.filter { fnmatch(pattern, $0, FNM_PATHNAME) == 0 }
      guard !wanted.isEmpty else {
        let some = files.prefix(5).joined(separator: ", ")
        throw SourceError(reason: "\(name) has no member '\(pattern)'; it has \(some)")
      }
      return wanted.map { file in
        let last = file.split(separator: "/").last.map(String.init) ?? file
        let stem = last.lastIndex(of: ".").map { String(last[..<$0]) } ?? last
        return Part(
          name: "\(name)/\(file)", member: stem,
          open: { () throws(UnpackError) in try FileStream("\(folder)/\(file)") })
      }
    }
  }

  /// The relative paths of an archive's files, sorted by their bytes.
  private static func unpacked(
    _ path: String, _ format: ArchiveFormat, _ folder: String
  ) throws(SourceError) -> [String] {
    let kind: Archive.Kind =
      switch format {
      case .zip: .zip
      case .tar: .tar
      case .tarGzip: .tarGzip
      }
    do throws(UnpackError) {
      // Anew each time: unpacking costs less than proving that nobody has touched what lies there.
      try Archive.discard(folder)
      let files = try Archive.unpack(path, kind: kind, into: folder)
      return files.map(\.path).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch { throw SourceError(reason: error.description) }
  }
}
