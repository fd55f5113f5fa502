// What the head of a response means for the bytes that are already there (RFC 9110 §13.1.5, §14, §15.3.7).
internal import HTTPClient

/// What is to be done with the body that follows a head.
enum BodyStart: Equatable {
  /// It is the whole file.
  case anew(PartialNote)
  /// It goes on where the partial file ends; the whole has so many bytes, where the server knows.
  case goOn(total: Int?)
  /// The file at the source is another one now: the partial file is of no use.
  case changed
  /// It is not the file but words about why not.
  case refusal
  /// It is nothing that this server should have sent; what is wrong.
  case wrong(String)

  /// Decides for a request that asked for the bytes from `offset` on; 0 asked for all.
  init(_ reply: Reply, origin: Origin, note: PartialNote?, offset: Int, isPinned: Bool) {
    let headers = reply.response.headers
    switch reply.response.status {
    case 200:
      let coding = headers.first("Content-Encoding")?.lowercased() ?? "identity"
      // A checksum would tell; without one nobody could say what the bytes are.
      guard coding == "identity" || isPinned else {
        self = .wrong("it sends the file coded as '\(coding)' although that was not asked for")
        return
      }
      self = .anew(
        PartialNote(
          origin: origin, etag: headers.first("ETag"),
          lastModified: Self.usableDate(headers),
          size: headers.first("Content-Length").flatMap { Int($0) }, commit: reply.commit,
          servedBy: reply.address.origin.host))
    case 206 where offset > 0:
      guard let range = ContentRange(headers.first("Content-Range")), range.start == offset else {
        self = .wrong("it sends another part of the file than the one asked for")
        return
      }
      // A server may leave If-Range unread.
      let isSame =
        (headers.first("ETag").map { $0 == note?.etag } ?? true)
        && (range.total.map { $0 == note?.size ?? $0 } ?? true)
      self = isSame ? .goOn(total: range.total ?? note?.size) : .changed
    case 206: self = .wrong("it sends a part of the file although all was asked for")
    case 416 where offset > 0: self = .changed
    default: self = .refusal
    }
  }

  /// The date of the last change, if a change within the same second would have been seen.
  private static func usableDate(_ headers: HTTPHeaders) -> String? {
    guard let changed = headers.first("Last-Modified"), let then = HTTPDate.seconds(changed) else {
      return nil
    }
    guard let now = headers.first("Date").flatMap(HTTPDate.seconds) else { return changed }
    return then < now ? changed : nil
  }
}

/// A field like `bytes 100-199/200`, or with `*` for an unknown total.
struct ContentRange: Equatable {
  var start: Int
  var end: Int
  var total: Int?

  /// Nil for everything that is not exactly such a range.
  init?(_ field: String?) {
    guard let field, field.hasPrefix("bytes ") else { return nil }
    let parts = field.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let start = Self.number(ends[0]), let end = Self.number(ends[1]),
      start <= end
    else { return nil }
    self.start = start
    self.end = end
    guard parts[1] != "*" else { return }
    guard let total = Self.number(parts[1]), end < total else { return nil }
    self.total = total
  }

  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
  }
}
