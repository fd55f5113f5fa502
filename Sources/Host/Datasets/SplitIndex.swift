// `<split>.index` beside a prepared split: what one pass over the file found, so that opening it for a run reads none
// of its rows. It holds for the file it was made of alone: size, times and inode are noted, and the digest.
//
//   EVHINDEX  8 bytes
//   length    4 bytes, little-endian, of the header
//   header    {"size", "modified", "inode", "changed", "sha256", "rows", "block_rows", "blocks", "blocks_sha256"}
//   blocks    8 bytes each, little-endian: the place of every 64th row, and the end of the file
internal import JSONFormat
package import Posix

/// The index of a prepared split.
package enum SplitIndex {
  private static let mark = Array("EVHINDEX".utf8)
  private static let headerLimit = 4096

  /// The index's path for a prepared file `….jsonl`.
  package static func path(besides path: String) -> String {
    "\(path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path).index"
  }

  /// What is known of a file as it is now, nil when no index holds for it.
  static func scan(of path: String, stamp: FileStamp) -> FileScan? {
    guard let bytes = try? Files.readIfPresent(Self.path(besides: path)), bytes.count > 12,
      bytes.starts(with: mark)
    else { return nil }
    let length = bytes.withUnsafeBytes {
      Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
    }
    guard length <= headerLimit, bytes.count >= 12 + length,
      let header = try? JSONValue.parse(Array(bytes[12..<(12 + length)])),
      header["size"]?.integer == Int64(stamp.size),
      header["modified"]?.integer == stamp.modified,
      header["inode"]?.integer == Int64(bitPattern: stamp.inode),
      header["changed"]?.integer == stamp.changed,
      header["block_rows"]?.integer == Int64(PreparedSplit.blockRows),
      let digest = header["sha256"]?.string, let rows = header["rows"]?.integer,
      let count = header["blocks"]?.integer
    else { return nil }
    let rest = Array(bytes[(12 + length)...])
    guard rest.count == Int(count) * 8 else { return nil }
    var sum = SHA256()
    sum.update(rest)
    guard sum.finish().hex == header["blocks_sha256"]?.string else { return nil }
    let blocks = rest.withUnsafeBytes { bytes in
      (0..<Int(count)).map { block in
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: block * 8, as: UInt64.self))
      }
    }
    return FileScan(rows: Int(rows), blocks: blocks, digest: digest, stamp: stamp)
  }

  /// Writes the index of a file that was read through.
  ///
  /// A folder that cannot be written only costs the next one the pass.
  static func write(_ scan: FileScan, besides path: String) {
    var rest: [UInt8] = []
    rest.reserveCapacity(scan.blocks.count * 8)
    for block in scan.blocks {
      withUnsafeBytes(of: block.littleEndian) { rest.append(contentsOf: $0) }
    }
    var sum = SHA256()
    sum.update(rest)
    var header = JSONWriter()
    header.beginObject()
    let numbers: KeyValuePairs<StaticString, Int64> = [
      "size": Int64(scan.stamp.size), "modified": scan.stamp.modified,
      "inode": Int64(bitPattern: scan.stamp.inode), "changed": scan.stamp.changed,
      "rows": Int64(scan.rows), "block_rows": Int64(PreparedSplit.blockRows),
      "blocks": Int64(scan.blocks.count),
    ]
    for (key, number) in numbers {
      header.key(key)
      header.integer(number)
    }
    header.key("sha256")
    header.string(scan.digest)
    header.key("blocks_sha256")
    header.string(sum.finish().hex)
    header.endObject()
    var bytes = mark
    for shift in 0..<4 {
      bytes.append(UInt8(truncatingIfNeeded: header.bytes.count >> (8 * shift)))
    }
    try? Files.replace(Self.path(besides: path), with: bytes + header.bytes + rest)
  }

  /// Writes the index of a file that was just prepared, which nobody has read since.
  package static func write(
    rows: Int, blocks: [UInt64], digest: String, of path: String
  ) throws(PosixError) {
    let stamp = try Descriptor.readingRegularFile(path).stamp()
    write(FileScan(rows: rows, blocks: blocks, digest: digest, stamp: stamp), besides: path)
  }
}
