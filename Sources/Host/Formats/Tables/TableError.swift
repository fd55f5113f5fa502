// Where a record stands in its file, and what is said when a file or a record cannot be read.

/// Why a file, or one record of it, cannot be read: what is wrong and what to do about it, and where.
package struct TableError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line, from 1; 0 for what was wrong with the question, before any line was read.
  package var line: Int
  /// One sentence without the place, in lower case, without a full stop.
  package var message: String

  /// Makes an error from its place and its sentence.
  package init(line: Int, message: String) {
    self.line = line
    self.message = message
  }

  /// The error as `line 7: message`.
  package var description: String { line == 0 ? message : "line \(line): \(message)" }
}

/// Where a record begins in its file.
package struct RecordStart: Equatable, Sendable {
  /// The line, from 1.
  package var line: Int
  /// Bytes before it from the start of the file, a byte order mark included.
  package var byteOffset: Int

  /// Makes a place from its line and its offset.
  package init(line: Int, byteOffset: Int) {
    self.line = line
    self.byteOffset = byteOffset
  }
}

/// How much memory one record may take.
package enum RecordLimit {
  /// What a reader uses that is told nothing else: 256 MiB.
  package static var standard: Int { 256 << 20 }

  static func exceeded(_ limit: Int, by record: RecordStart) -> TableError {
    TableError(
      line: record.line,
      message: "the record that begins here is larger than the limit of \(limit) bytes; "
        + "is the end of a field, a string or an element missing?")
  }
}
