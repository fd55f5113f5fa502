// The prepared file on its way: rows in, and at the end its digest, its rows and where its blocks lie.
internal import Datasets
internal import Glibc
internal import Posix

/// Writes one JSON object a line beside the place where the file belongs.
///
/// Rows that are to be sorted are written as they come; at the end the file is written once more in order, with nothing
/// but the keys and places of the rows in memory.
final class PreparedWriter {
  private struct SortedRow {
    var key: String
    var offset: Int
    var length: Int
  }

  private let draft: String
  private var output: SplitOutput
  private var sorted: [SortedRow] = []

  /// Opens the draft; what a killed process left there is overwritten.
  init(draft: String) throws(PosixError) {
    self.draft = draft
    output = try SplitOutput(draft)
  }

  var rows: Int { output.rows }
  var blocks: [UInt64] { output.blocks }

  /// Appends a row, with the text by which it is sorted if it is.
  func append(_ row: [UInt8], sortedBy key: String? = nil) throws(PosixError) {
    if let key {
      sorted.append(SortedRow(key: key, offset: output.size, length: row.count))
    }
    try output.append(row)
  }

  /// Everything is on the disk, in order; returns the digest in hex.
  func finish() throws(PosixError) -> String {
    guard !sorted.isEmpty else { return try output.finish() }
    _ = try output.finish()
    // By bytes, and rows of one key in the order in which they came.
    sorted.sort {
      $0.key.utf8.elementsEqual($1.key.utf8)
        ? $0.offset < $1.offset : $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    let unsorted = try Descriptor.readingRegularFile(draft)
    let path = "\(draft).sorted"
    do throws(PosixError) {
      let ordered = try SplitOutput(path)
      for row in sorted {
        try ordered.append(try unsorted.read(count: row.length, at: row.offset))
      }
      let digest = try ordered.finish()
      try Files.move(path, to: draft)
      output = ordered
      return digest
    } catch {
      unlink(path)
      throw error
    }
  }
}

/// A file of rows with its digest and the places of its blocks.
private final class SplitOutput {
  private let path: String
  private let file: Descriptor
  private var buffer: [UInt8] = []
  private var digest = SHA256()
  private var written = 0
  private(set) var rows = 0
  private(set) var blocks: [UInt64] = [0]

  private static let bufferSize = 1 << 20

  init(_ path: String) throws(PosixError) {
    self.path = path
    file = try Descriptor.writing(path, appending: false)
    buffer.reserveCapacity(Self.bufferSize + (1 << 16))
  }

  /// Bytes appended so far.
  var size: Int { written + buffer.count }

  func append(_ row: [UInt8]) throws(PosixError) {
    buffer.append(contentsOf: row)
    buffer.append(0x0a)
    rows += 1
    if rows % PreparedSplit.blockRows == 0 { blocks.append(UInt64(size)) }
    if buffer.count >= Self.bufferSize { try flush() }
  }

  private func flush() throws(PosixError) {
    digest.update(buffer)
    do throws(PosixError) { try file.write(buffer) } catch {
      throw PosixError(call: error.call, subject: path, code: error.code)
    }
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  func finish() throws(PosixError) -> String {
    try flush()
    try file.synchronise()
    if blocks.last != UInt64(written) { blocks.append(UInt64(written)) }
    return digest.finish().hex
  }
}
