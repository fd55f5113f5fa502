// What must be known about a partial file to go on with it, kept beside it.
internal import JSONFormat

/// Where the bytes of a partial file came from.
struct PartialNote: Equatable {
  var origin: Origin
  /// As the server wrote it, weak ones included.
  var etag: String?
  /// Only where it can tell two files apart.
  var lastModified: String?
  /// Bytes of the whole file; for rows, how many there are.
  var size: Int?
  var commit: String?
  /// The host that sends the bytes, at the end of all redirects.
  var servedBy: String?

  /// The value of If-Range: without one a partial file cannot be continued.
  var validator: String? {
    // A weak ETag says that two files mean the same, not that their bytes are the same.
    if let etag, !etag.hasPrefix("W/") { return etag }
    return lastModified
  }

  init(
    origin: Origin, etag: String? = nil, lastModified: String? = nil, size: Int? = nil,
    commit: String? = nil, servedBy: String? = nil
  ) {
    self.origin = origin
    self.etag = etag
    self.lastModified = lastModified
    self.size = size
    self.commit = commit
    self.servedBy = servedBy
  }

  /// Reads `serialized`; nil for anything else.
  init?(_ bytes: [UInt8]) {
    // A note that cannot be read is no note: the download begins anew.
    guard let value = try? JSONValue.parse(bytes), let url = value["url"]?.string else {
      return nil
    }
    origin = Origin(url: url, queryDigest: value["query_sha256"]?.string)
    etag = value["etag"]?.string
    lastModified = value["last_modified"]?.string
    size = value["size"]?.integer.flatMap { Int($0) }
    commit = value["commit"]?.string
    servedBy = value["served_by"]?.string
  }

  /// As JSON.
  var serialized: [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    write(to: &writer)
    if let size {
      writer.key("size")
      writer.integer(size)
    }
    writer.endObject()
    return writer.bytes + [0x0a]
  }

  /// Writes the members that the note of a whole file has as well.
  func write(to writer: inout JSONWriter) {
    writer.key("url")
    writer.string(origin.url)
    writer.member("query_sha256", origin.queryDigest)
    writer.member("etag", etag)
    writer.member("last_modified", lastModified)
    writer.member("commit", commit)
    writer.member("served_by", servedBy)
  }
}

extension JSONWriter {
  /// Writes a member unless its value is nil.
  mutating func member(_ key: StaticString, _ value: String?) {
    guard let value else { return }
    self.key(key)
    string(value)
  }
}
