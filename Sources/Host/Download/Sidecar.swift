// What the cache knows about a whole file, kept beside it.
internal import JSONFormat
internal import Posix

/// Origin, checksum and stamps of a cached file.
struct Sidecar: Equatable {
  var note: PartialNote
  /// Lower-case hexadecimal.
  var sha256: String
  /// As long as the file has these, it is the one that was hashed.
  var stamp: FileStamp

  /// The sidecar of a file; nil when there is none or it cannot be read.
  static func read(_ place: CachePlace) throws(DownloadError) -> Sidecar? {
    let bytes = try onDisk(place.sidecar) { () throws(PosixError) in
      try Files.readIfPresent(place.sidecar)
    }
    // A sidecar that is no JSON is treated like none: the file is looked at itself.
    guard let bytes, let note = PartialNote(bytes), let value = try? JSONValue.parse(bytes),
      let sha256 = value["sha256"]?.string, let size = note.size
    else { return nil }
    return Sidecar(
      note: note, sha256: sha256,
      stamp: FileStamp(
        size: size, modified: value["modified"]?.integer ?? 0,
        inode: UInt64(bitPattern: value["inode"]?.integer ?? 0),
        changed: value["changed"]?.integer ?? 0))
  }

  /// Writes it in one step.
  func write(_ place: CachePlace) throws(DownloadError) {
    var writer = JSONWriter()
    writer.beginObject()
    note.write(to: &writer)
    writer.member("sha256", sha256)
    writer.key("size")
    writer.integer(stamp.size)
    writer.key("modified")
    writer.integer(stamp.modified)
    writer.key("inode")
    writer.integer(Int64(bitPattern: stamp.inode))
    writer.key("changed")
    writer.integer(stamp.changed)
    writer.endObject()
    let bytes = writer.bytes + [0x0a]
    try onDisk(place.sidecar) { () throws(PosixError) in
      try Files.replace(place.sidecar, with: bytes)
    }
  }
}
