// A cache of one test, what was said while it was filled, and a server with one file.

import Download
import HTTPClient
import Posix
import TestHTTPServer
import TestSupport
import Testing

/// A cache folder that goes with the test, and the downloaders that fill it.
final class Cache {
  let folder: TemporaryFolder
  /// What all downloaders have said, in order.
  var events: [DownloadProgress] = []

  init() throws { folder = try TemporaryFolder("download") }

  /// A new downloader, as another process would have it.
  func downloader(_ change: (inout DownloadPolicy) -> Void = { _ in }) -> Downloader {
    var policy = quickPolicy()
    change(&policy)
    return Downloader(cacheRoot: folder.path, policy: policy) { self.events.append($0) }
  }

  /// The names below a folder of the cache, without lock files.
  func names(_ name: String = "set@1") throws -> [String] {
    try folderNames("\(folder.path)/\(name)").filter { !$0.hasSuffix(".lock") }
  }

  /// The text of a file in `set@1`.
  func text(_ name: String) throws -> String {
    String(decoding: try Files.read("\(folder.path)/set@1/\(name)"), as: UTF8.self)
  }

  /// Replaces a file in `set@1`.
  func put(_ text: String, _ name: String) throws {
    try Files.makeFolder("\(folder.path)/set@1")
    try Files.replace("\(folder.path)/set@1/\(name)", with: Array(text.utf8))
  }

  var warnings: [String] {
    events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
  }
}

/// Tries again at once and never waits long for a server.
func quickPolicy() -> DownloadPolicy {
  var policy = DownloadPolicy()
  policy.firstPauseNanoseconds = 0
  policy.limits.idleTimeout = 5_000_000_000
  policy.limits.connectTimeout = 5_000_000_000
  return policy
}

/// The file `file.txt` of the folder `set@1`.
func remote(_ url: String, sha256: String? = nil) -> RemoteFile {
  RemoteFile(url: url, sha256: sha256, folder: "set@1", name: "file.txt")
}

func sha256(_ text: String) -> String {
  var digest = SHA256()
  digest.update(Array(text.utf8))
  return digest.finish().hex
}

/// The error of a fetch that must fail.
func failure<Value>(
  _ body: () throws(DownloadError) -> Value, at location: SourceLocation = #_sourceLocation
) -> DownloadError {
  do throws(DownloadError) {
    let value = try body()
    Issue.record("\(value)", sourceLocation: location)
    return DownloadError(.unusable, at: "", "nothing failed", advice: "")
  } catch { return error }
}

/// A file as a server offers it.
struct Served: Sendable {
  var text: String
  var etag: String? = "\"one\""
  var lastModified: String?
  /// Parts of it may be asked for.
  var hasRanges = true
  /// If-Range is not read.
  var ignoresConditions = false
  /// The connection ends after so many bytes of each body.
  var cut: Int?
  var headers: [(String, String)] = []

  init(_ text: String, change: (inout Served) -> Void = { _ in }) {
    self.text = text
    change(&self)
  }

  func reply(to request: ReceivedRequest) -> ServerReply {
    let body = Array(text.utf8)
    var start = 0
    let condition = request.header("If-Range")
    let isSame =
      ignoresConditions || (condition != nil && [etag, lastModified].contains(condition))
    if hasRanges, isSame, let range = request.header("Range") {
      start = Int(range.dropFirst("bytes=".count).dropLast()) ?? -1
    }
    if start < 0 || (start > 0 && start >= body.count) { return .text("", status: 416) }
    var head =
      "HTTP/1.1 \(start > 0 ? 206 : 200) Served\r\nContent-Length: \(body.count - start)\r\n"
    if start > 0 { head += "Content-Range: bytes \(start)-\(body.count - 1)/\(body.count)\r\n" }
    if let etag { head += "ETag: \(etag)\r\n" }
    if let lastModified { head += "Last-Modified: \(lastModified)\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    let end = min(body.count, start + (cut ?? body.count))
    let reply = ServerReply([.send(Array((head + "\r\n").utf8) + body[start..<end])])
    return end < body.count ? reply.then(.close) : reply
  }
}
