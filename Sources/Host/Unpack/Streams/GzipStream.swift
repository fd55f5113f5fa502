// gzip (RFC 1952): members one after another, each a header, a DEFLATE stream, a checksum and a length.
//
//   1f 8b 08 flags mtime(4) xfl os | [extra: length(2) bytes] [name 0] [comment 0] [crc16(2)] | deflate
//   | crc32(4) length(4)

/// What a gzip file becomes when decompressed.
///
/// Several members, as bgzip and concatenation make them, are one stream. Zero bytes after the last one are
/// padding; anything else is an error. A file that was cut exactly between two members cannot be told from a
/// whole one, by anybody.
package final class GzipStream: ByteStream {
  private enum Stage {
    case beforeMember(isFirst: Bool)
    case inMember
    case ended
  }

  private let cursor: ByteCursor
  private let name: String
  private let limits: InflateLimits
  private let inflater = Inflater()
  private var stage = Stage.beforeMember(isFirst: true)
  private var checksum = CRC32()
  /// Output bytes of this member and of all before it.
  private var memberBytes = 0
  private var totalBytes = 0

  /// Decompresses what `source` yields; `name` is what errors call it.
  package init(
    _ source: any ByteStream, name: String, limits: InflateLimits = InflateLimits()
  ) {
    cursor = ByteCursor(source)
    self.name = name
    self.limits = limits
  }

  /// The next up to about 290 KiB.
  package func next() throws(UnpackError) -> [UInt8] {
    do throws(UnpackError) { return try piece() } catch {
      // The stream below has said where it failed; this one's own errors are about what was just read.
      guard error.archive.isEmpty else { throw error }
      throw UnpackError(
        error.kind, error.problem, archive: name,
        position: UnpackError.Position(layer: .gzip, byte: cursor.offset))
    }
  }

  private func piece() throws(UnpackError) -> [UInt8] {
    while true {
      switch stage {
      case .beforeMember(let isFirst):
        guard try GzipHeader.skip(in: cursor, isFirst: isFirst) else {
          stage = .ended
          continue
        }
        inflater.restart()
        checksum = CRC32()
        memberBytes = 0
        stage = .inMember
      case .inMember:
        let bytes = try inflater.next(from: cursor)
        if bytes.isEmpty {
          try checkTrailer()
          stage = .beforeMember(isFirst: false)
          continue
        }
        checksum.add(bytes)
        memberBytes += bytes.count
        totalBytes += bytes.count
        try limits.check(output: totalBytes, input: cursor.offset)
        return bytes
      case .ended: return []
      }
    }
  }

  private func checkTrailer() throws(UnpackError) {
    guard let trailer = try cursor.read(8) else { throw Inflater.cutShort }
    guard trailer.littleEndian32(at: 0) == checksum.value else {
      throw UnpackError(
        .damaged, "the decompressed bytes do not have the checksum they were packed with")
    }
    guard trailer.littleEndian32(at: 4) == UInt32(truncatingIfNeeded: memberBytes) else {
      throw UnpackError(
        .damaged, "the decompressed bytes do not have the length they were packed with")
    }
  }
}

/// The header of a member.
private struct GzipHeader {
  private let cursor: ByteCursor
  private var checksum = CRC32()

  /// Reads over a header; false when the stream has ended, padding included.
  static func skip(in cursor: ByteCursor, isFirst: Bool) throws(UnpackError) -> Bool {
    guard let first = try cursor.byte() else {
      if isFirst { throw UnpackError(.damaged, "is empty, which no gzip file is") }
      return false
    }
    if first == 0 && !isFirst {
      try skipPadding(in: cursor)
      return false
    }
    guard first == 0x1f else {
      throw UnpackError(
        .damaged, isFirst ? "is no gzip file" : "something follows the compressed data")
    }
    var header = GzipHeader(cursor: cursor)
    header.checksum.add([first])
    try header.skipFields(isFirst: isFirst)
    return true
  }

  private static func skipPadding(in cursor: ByteCursor) throws(UnpackError) {
    while try cursor.fill() {
      guard cursor.chunk[cursor.position...].allSatisfy({ $0 == 0 }) else {
        throw UnpackError(.damaged, "something follows the padding after the compressed data")
      }
      cursor.advance(to: cursor.chunk.count)
    }
  }

  private mutating func skipFields(isFirst: Bool) throws(UnpackError) {
    let start = try take(9)
    guard start[0] == 0x8b else {
      throw UnpackError(
        .damaged, isFirst ? "is no gzip file" : "something follows the compressed data")
    }
    guard start[1] == 8 else {
      throw UnpackError(.unsupported, "is compressed with method \(start[1]), not with DEFLATE")
    }
    let flags = start[2]
    guard flags & 0xe0 == 0 else {
      throw UnpackError(.unsupported, "uses header flags that gzip does not define")
    }
    if flags & 4 != 0 { try skipBytes(Int(take(2).littleEndian16(at: 0))) }
    if flags & 8 != 0 { try skipText() }
    if flags & 16 != 0 { try skipText() }
    if flags & 2 != 0 {
      let expected = UInt16(truncatingIfNeeded: checksum.value)
      guard try take(2).littleEndian16(at: 0) == expected else {
        throw UnpackError(.damaged, "a gzip header does not have its checksum")
      }
    }
  }

  private mutating func take(_ count: Int) throws(UnpackError) -> [UInt8] {
    guard let bytes = try cursor.read(count) else { throw Inflater.cutShort }
    checksum.add(bytes)
    return bytes
  }

  private mutating func skipBytes(_ count: Int) throws(UnpackError) {
    var checksum = checksum
    let isComplete = try cursor.pass(count) { (bytes) throws(UnpackError) in checksum.add(bytes) }
    guard isComplete else { throw Inflater.cutShort }
    self.checksum = checksum
  }

  /// A text of any length up to its zero byte.
  private mutating func skipText() throws(UnpackError) {
    while true {
      guard try cursor.fill() else { throw Inflater.cutShort }
      let rest = cursor.chunk[cursor.position...]
      let end = rest.firstIndex(of: 0)
      checksum.add(rest[..<(end ?? rest.endIndex)])
      cursor.advance(to: end ?? rest.endIndex)
      if end != nil {
        _ = try take(1)
        return
      }
    }
  }
}
