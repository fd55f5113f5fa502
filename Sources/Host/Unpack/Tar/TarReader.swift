// A tar file from its first header to the zeros at its end: ustar with GNU's long names and pax headers.
internal import Posix

/// Unpacks a tar stream.
struct TarReader {
  /// Longer records hold something else than a name and a size.
  private static let longestRecord = 1 << 20

  private let cursor: ByteCursor
  private let writer: EntryWriter
  private let limits: UnpackLimits
  /// What records have said about the next entry.
  private var pax: PaxRecords?
  private var longName: [UInt8]?
  private var hasLongLink = false
  /// The name of the entry that is being unpacked.
  private(set) var entry: [UInt8]?

  init(_ stream: any ByteStream, _ writer: EntryWriter, _ limits: UnpackLimits) {
    cursor = ByteCursor(stream)
    self.writer = writer
    self.limits = limits
  }

  /// Unpacks everything; reads the stream to its end, so that its checksum is checked.
  static func unpack(
    _ stream: any ByteStream, _ writer: EntryWriter, _ limits: UnpackLimits
  ) throws(UnpackError) {
    var reader = TarReader(stream, writer, limits)
    var start = 0
    do throws(UnpackError) {
      repeat { start = reader.cursor.offset } while try reader.unpackEntry()
    } catch {
      // A stream's own error says where it is.
      guard error.archive.isEmpty else { throw error }
      throw UnpackError(
        error.kind, error.problem, entry: reader.entry.map(Printable.name),
        position: UnpackError.Position(layer: .tar, byte: start))
    }
  }

  /// One header with what follows it; false at the end.
  private mutating func unpackEntry() throws(UnpackError) -> Bool {
    entry = nil
    guard let block = try cursor.read(TarHeader.blockSize) else { throw TarReader.cutShort }
    if block.allSatisfy({ $0 == 0 }) {
      try finish()
      return false
    }
    let header = try TarHeader(block)
    try writer.countEntry()
    switch header.type {
    case UInt8(ascii: "x"):
      guard pax == nil else { throw UnpackError(.damaged, "an entry has two extended headers") }
      pax = try PaxRecords(record(header))
    case UInt8(ascii: "g"):
      // git writes one with a comment. One that named or measured every entry would make no sense.
      guard try PaxRecords(record(header)).isEmpty else {
        throw UnpackError(.unsupported, "an extended header gives all entries one name or size")
      }
    case UInt8(ascii: "L"):
      guard longName == nil else { throw UnpackError(.damaged, "an entry has two long names") }
      var name = try record(header)
      if name.last == 0 { name.removeLast() }
      longName = name
    case UInt8(ascii: "K"):
      // Belongs to a link, which is refused when it comes.
      _ = try record(header)
      hasLongLink = true
    default: try unpackFileOrFolder(header)
    }
    return true
  }

  private mutating func unpackFileOrFolder(_ header: TarHeader) throws(UnpackError) {
    let name = pax?.path ?? longName ?? header.name
    entry = name
    if pax?.path != nil && longName != nil && pax?.path != longName {
      throw UnpackError(.hostile, "has two names")
    }
    let size = pax?.size ?? header.size
    (pax, longName, hasLongLink) = (nil, nil, false)
    try TarReader.checkType(header.type)
    let checked = try EntryName(name, limits)
    if header.type == UInt8(ascii: "5") || checked.endsInSlash || checked.components.isEmpty {
      guard size == 0 else { throw UnpackError(.hostile, "is a folder with contents") }
      return try writer.makeFolder(checked)
    }
    guard let padded = TarHeader.padded(size) else {
      throw UnpackError(.tooLarge, "is larger than any file can be")
    }
    let file = try writer.makeFile(checked, size: size)
    let isComplete = try cursor.pass(size) { (bytes) throws(UnpackError) in
      try writer.write(bytes, to: file)
    }
    guard isComplete, try cursor.pass(padded - size, to: { _ in }) else { throw TarReader.cutShort }
  }

  /// Only files and folders are unpacked: a link can lead anywhere, and no data set needs one.
  private static func checkType(_ type: UInt8) throws(UnpackError) {
    switch type {
    // 0 and 7 are how old and how contiguous files are marked.
    case 0, UInt8(ascii: "0"), UInt8(ascii: "7"), UInt8(ascii: "5"): return
    case UInt8(ascii: "1"): throw UnpackError(.unsupported, "is a hard link")
    case UInt8(ascii: "2"): throw UnpackError(.unsupported, "is a symbolic link")
    case UInt8(ascii: "3"), UInt8(ascii: "4"): throw UnpackError(.unsupported, "is a device")
    case UInt8(ascii: "6"): throw UnpackError(.unsupported, "is a pipe")
    case UInt8(ascii: "S"): throw UnpackError(.unsupported, "is a file with holes")
    default:
      throw UnpackError(.unsupported, "is of type '\(Printable.name([type]))', no file or folder")
    }
  }

  /// The contents of a header that is about the next entry.
  private func record(_ header: TarHeader) throws(UnpackError) -> [UInt8] {
    guard header.size <= TarReader.longestRecord, let padded = TarHeader.padded(header.size) else {
      throw UnpackError(.tooLarge, "an extended header is longer than 1 MiB")
    }
    guard let bytes = try cursor.read(padded) else { throw TarReader.cutShort }
    return Array(bytes.prefix(header.size))
  }

  /// What follows the first block of zeros: another one, and zeros up to the end.
  private mutating func finish() throws(UnpackError) {
    guard pax == nil && longName == nil && !hasLongLink else {
      throw UnpackError(.damaged, "the entry that the last record is about is missing")
    }
    guard let second = try cursor.read(TarHeader.blockSize) else { throw TarReader.cutShort }
    var isZero = second.allSatisfy { $0 == 0 }
    while isZero, try cursor.fill() {
      isZero = cursor.chunk[cursor.position...].allSatisfy { $0 == 0 }
      cursor.advance(to: cursor.chunk.count)
    }
    guard isZero else { throw UnpackError(.damaged, "something follows the end of the tar") }
  }

  private static var cutShort: UnpackError {
    UnpackError(.damaged, "ends before its contents do")
  }
}
