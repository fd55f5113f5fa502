// One pass over a prepared file: lines, blocks, checksum. What it finds is remembered in an index beside the file, and
// the checksum beside the downloads for a folder that cannot be written.
internal import Glibc
internal import JSONFormat
package import Posix

/// What one pass over a file found.
struct FileScan {
  var rows: Int
  var blocks: [UInt64]
  /// Lower-case hex SHA-256.
  var digest: String
  var stamp: FileStamp

  static func of(_ path: String, cacheRoot: String?) throws(PosixError) -> FileScan {
    let file = try Descriptor.readingRegularFile(path)
    let stamp = try file.stamp()
    if let scan = SplitIndex.scan(of: path, stamp: stamp) { return scan }
    let known = cacheRoot.flatMap {
      ChecksumCache.digest(of: path, stamp: stamp, cacheRoot: $0)
    }
    var scan = FileScan(rows: 0, blocks: [0], digest: "", stamp: stamp)
    var digest = SHA256()
    var offset = 0
    var endsWithNewline = true
    while true {
      let bytes = try file.read(count: 1 << 20, at: offset)
      if bytes.isEmpty { break }
      if known == nil { digest.update(bytes) }
      scan.count(bytes, at: offset)
      endsWithNewline = bytes.last == 0x0a
      offset += bytes.count
    }
    // The last line may go without its newline.
    if !endsWithNewline { scan.rows += 1 }
    if scan.blocks.last != UInt64(offset) { scan.blocks.append(UInt64(offset)) }
    if let known {
      scan.digest = known
    } else {
      scan.digest = digest.finish().hex
      if let cacheRoot {
        ChecksumCache.remember(scan.digest, of: path, stamp: stamp, cacheRoot: cacheRoot)
      }
    }
    // Reading a small file through costs less than a file beside it that nobody asked for.
    if stamp.size > 1 << 22, path.hasSuffix(".jsonl") { SplitIndex.write(scan, besides: path) }
    return scan
  }

  private mutating func count(_ bytes: [UInt8], at offset: Int) {
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      var position = 0
      while let found = memchr(base + position, 0x0a, buffer.count - position) {
        position = UnsafeRawPointer(found) - base + 1
        rows += 1
        if rows % PreparedSplit.blockRows == 0 { blocks.append(UInt64(offset + position)) }
        if position == buffer.count { break }
      }
    }
  }
}

/// Digests of files by path, size, times and inode.
///
/// A hint: what cannot be read or written is worked out anew.
package enum ChecksumCache {
  /// The digest of a file that has not changed since it was remembered, nil without one.
  package static func digest(of path: String, stamp: FileStamp, cacheRoot: String) -> String? {
    guard let file = place(path, cacheRoot), let bytes = try? Files.read(file),
      let value = try? JSONValue.parse(bytes), value["path"]?.string == Files.resolved(path),
      value["size"]?.integer == Int64(stamp.size),
      value["modified"]?.integer == stamp.modified,
      value["inode"]?.integer == Int64(bitPattern: stamp.inode),
      value["changed"]?.integer == stamp.changed
    else { return nil }
    return value["sha256"]?.string
  }

  /// Keeps a file's digest; `stamp` was taken before the file was read.
  package static func remember(
    _ digest: String, of path: String, stamp: FileStamp, cacheRoot: String
  ) {
    // Hashing a small file costs less than remembering it.
    guard stamp.size > 1 << 22, let file = place(path, cacheRoot),
      let resolved = Files.resolved(path)
    else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("path")
    writer.string(resolved)
    writer.key("size")
    writer.integer(stamp.size)
    writer.key("modified")
    writer.integer(stamp.modified)
    writer.key("inode")
    writer.integer(Int64(bitPattern: stamp.inode))
    writer.key("changed")
    writer.integer(stamp.changed)
    writer.key("sha256")
    writer.string(digest)
    writer.endObject()
    try? Files.makeFolder("\(cacheRoot)/checksums")
    try? Files.replace(file, with: writer.bytes)
  }

  private static func place(_ path: String, _ cacheRoot: String) -> String? {
    guard let resolved = Files.resolved(path) else { return nil }
    var digest = SHA256()
    digest.update(field: resolved)
    return "\(cacheRoot)/checksums/\(digest.finish().hex.prefix(32)).json"
  }
}
