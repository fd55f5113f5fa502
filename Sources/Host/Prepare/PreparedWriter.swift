// The prepared file on its way: rows in, and at the end its digest, its rows and where its blocks lie.
internal import Datasets
internal import Posix

/// Writes one JSON object a line beside the place where the file belongs.
final class PreparedWriter {
  private let file: Descriptor
  private var buffer: [UInt8] = []
  private var digest = SHA256()
  private var written = 0
  private(set) var rows = 0
  private(set) var blocks: [UInt64] = [0]

  private static let bufferSize = 1 << 20

  /// Opens the draft; what a killed process left there is overwritten.
  init(draft: String) throws(PosixError) {
    file = try Descriptor.writing(draft, appending: false)
    buffer.reserveCapacity(Self.bufferSize + (1 << 16))
  }

  func append(_ row: [UInt8]) throws(PosixError) {
    buffer.append(contentsOf: row)
    buffer.append(0x0a)
    rows += 1
    if rows % PreparedSplit.blockRows == 0 { blocks.append(UInt64(written + buffer.count)) }
    if buffer.count >= Self.bufferSize { try flush() }
  }

  private func flush() throws(PosixError) {
    digest.update(buffer)
    try file.write(buffer)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Everything is on the disk; returns the digest in hex.
  func finish() throws(PosixError) -> String {
    try flush()
    try file.synchronise()
    if blocks.last != UInt64(written) { blocks.append(UInt64(written)) }
    return digest.finish().hex
  }
}
