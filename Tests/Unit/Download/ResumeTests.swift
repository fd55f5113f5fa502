// Downloads that break off: what was there is kept, and what changed is not mixed.

import Download
import TestHTTPServer
import Testing

private let text = "0123456789abcdefghijklmnop"
/// Of the same length, so that only the ETag tells.
private let other = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

@Suite struct ResumeTests {
  @Test(arguments: [true, false])
  func `a server that cuts after every k-th byte is asked for the rest`(survives: Bool) throws {
    for cut in 1...text.utf8.count {
      let server = try TestHTTPServer { Served(text) { $0.cut = cut }.reply(to: $0) }
      let cache = try Cache()
      let file = remote("\(server.url)/f", sha256: sha256(text))
      if survives {
        _ = try cache.downloader().fetch(file)
      } else {
        // Each try is a downloader of its own, as after the death of the one before.
        for _ in 1..<server.tries(cut) {
          let error = failure { () throws(DownloadError) in
            try cache.downloader { $0.attempts = 1 }.fetch(file)
          }
          #expect(error.kind == .network && error.problem.contains("closed the connection"))
          #expect(try cache.names() == ["file.txt.part", "file.txt.part.json"])
        }
        _ = try cache.downloader { $0.attempts = 1 }.fetch(file)
      }
      #expect(try cache.text("file.txt") == text)
      #expect(try cache.names() == ["file.txt", "file.txt.json"])
      #expect(server.requests.count == server.tries(cut))
      for (number, request) in server.requests.enumerated() where number > 0 {
        #expect(request.header("Range") == "bytes=\(number * cut)-")
        #expect(request.header("If-Range") == "\"one\"")
      }
    }
  }

  @Test(arguments: [false, true])
  func `a file that has changed begins anew`(ignoresConditions: Bool) throws {
    let server = try TestHTTPServer { request in
      Served(request.number == 0 ? text : other) {
        $0.etag = request.number == 0 ? "\"one\"" : "\"two\""
        $0.cut = request.number == 0 ? 7 : nil
        $0.ignoresConditions = ignoresConditions
      }.reply(to: request)
    }
    let cache = try Cache()
    let file = try cache.downloader().fetch(remote("\(server.url)/f"))
    #expect(try cache.text("file.txt") == other)
    #expect(file.sha256 == sha256(other))
    // A server that sends the rest of another file costs one request more.
    #expect(server.requests.count == (ignoresConditions ? 3 : 2))
  }

  @Test(arguments: [
    Served(text) { $0.hasRanges = false },
    Served(text) { $0.etag = "W/\"weak\"" },
    Served(text) { $0.etag = nil },
    Served(text) {
      // Changed in the second in which it was sent: another change would not show.
      $0.etag = nil
      $0.lastModified = "Sun, 22 Nov 2026 19:00:00 GMT"
      $0.headers = [("Date", "Sun, 22 Nov 2026 19:00:00 GMT")]
    },
  ])
  func `what cannot be continued begins anew`(served: Served) throws {
    let server = try TestHTTPServer { request in
      var served = served
      if request.number == 0 { served.cut = 10 }
      return served.reply(to: request)
    }
    let cache = try Cache()
    _ = try cache.downloader().fetch(remote("\(server.url)/f"))
    #expect(try cache.text("file.txt") == text)
    #expect(server.requests.count == 2)
    #expect(server.requests[1].header("Range") == (served.hasRanges ? nil : "bytes=10-"))
  }

  @Test func `a date of change is enough to go on`() throws {
    let server = try TestHTTPServer { request in
      Served(text) {
        $0.etag = nil
        $0.lastModified = "Sun, 22 Nov 2026 19:00:00 GMT"
        $0.headers = [("Date", "Sun, 22 Nov 2026 19:00:01 GMT")]
        $0.cut = 20
      }.reply(to: request)
    }
    let cache = try Cache()
    _ = try cache.downloader().fetch(remote("\(server.url)/f"))
    #expect(try cache.text("file.txt") == text)
    #expect(server.requests.last?.header("If-Range") == "Sun, 22 Nov 2026 19:00:00 GMT")
  }

  @Test func `a server without ranges that always cuts is given up`() throws {
    let server = try TestHTTPServer { request in
      Served(text) {
        $0.hasRanges = false
        $0.cut = 10
      }.reply(to: request)
    }
    let cache = try Cache()
    let error = failure { () throws(DownloadError) in
      try cache.downloader().fetch(remote("\(server.url)/f"))
    }
    #expect(error.kind == .network && server.requests.count == 5)
    #expect(
      error.description.hasPrefix("\(server.url)/f: the server closed the connection after 10"))
  }

  @Test(arguments: [
    "bytes 0-15/26", "bytes 11-25/26", "bytes 10-9/26", "bytes 10-25/25", "bytes 10-25", "10-25/26",
  ])
  func `another part than the one asked for is an error`(range: String) throws {
    let server = try TestHTTPServer { request in
      if request.number == 0 { return Served(text) { $0.cut = 10 }.reply(to: request) }
      return .text(
        String(text.dropFirst(10)), status: 206,
        headers: [("Content-Range", range), ("ETag", "\"one\"")])
    }
    let cache = try Cache()
    let error = failure { () throws(DownloadError) in
      try cache.downloader().fetch(remote("\(server.url)/f"))
    }
    #expect(error.kind == .server && error.problem.contains("another part"))
    #expect(server.requests.count == 2)
  }

  @Test func `a shorter part than the rest is followed by another request`() throws {
    let server = try TestHTTPServer { request in
      if request.number == 0 { return Served(text) { $0.cut = 10 }.reply(to: request) }
      let start = Int((request.header("Range") ?? "").dropFirst(6).dropLast()) ?? 0
      let part = text.dropFirst(start).prefix(9)
      return .text(
        String(part), status: 206,
        headers: [
          ("Content-Range", "bytes \(start)-\(start + part.count - 1)/26"), ("ETag", "\"one\""),
        ])
    }
    let cache = try Cache()
    _ = try cache.downloader().fetch(remote("\(server.url)/f"))
    #expect(try cache.text("file.txt") == text)
    #expect(server.requests.count == 3)
  }

  @Test func `a part that is not asked for, or longer than announced, is an error`() throws {
    let server = try TestHTTPServer { request in
      switch request.target {
      case "/part": .text("xyz", status: 206, headers: [("Content-Range", "bytes 0-2/3")])
      case "/more" where request.header("Range") == nil:
        Served(text) { $0.cut = 10 }.reply(to: request)
      default:
        .text(
          text, status: 206, headers: [("Content-Range", "bytes 10-25/26"), ("ETag", "\"one\"")])
      }
    }
    let cache = try Cache()
    for path in ["part", "more"] {
      let error = failure { () throws(DownloadError) in
        try cache.downloader().fetch(remote("\(server.url)/\(path)"))
      }
      #expect(error.kind == .server)
    }
  }

  @Test func `chunks come whole, or are asked for again`() throws {
    let server = try TestHTTPServer { request in
      let whole = ServerReply.chunked(
        ["0123456789", "abcdefghijklmnop"], headers: [("ETag", "\"c\"")])
      if request.number == 0 {
        return ServerReply.raw(
          "HTTP/1.1 200 OK\r\nETag: \"c\"\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n"
        ).then(.close)
      }
      guard request.header("Range") == "bytes=10-" else { return whole }
      return .text(
        "abcdefghijklmnop", status: 206,
        headers: [("Content-Range", "bytes 10-25/*"), ("ETag", "\"c\"")])
    }
    let cache = try Cache()
    _ = try cache.downloader().fetch(remote("\(server.url)/f", sha256: sha256(text)))
    #expect(try cache.text("file.txt") == text)
    _ = try cache.downloader().fetch(
      RemoteFile(url: "\(server.url)/f", folder: "set@1", name: "whole.txt"))
    #expect(try cache.text("whole.txt") == text)
    #expect(cache.events.contains(.started(url: "\(server.url)/f", size: nil)))
  }

  @Test func `a whole part whose process died before it had its name is not asked for again`()
    throws
  {
    let server = try TestHTTPServer { Served(text) { $0.cut = 25 }.reply(to: $0) }
    let cache = try Cache()
    let file = remote("\(server.url)/f")
    _ = failure { () throws(DownloadError) in
      try cache.downloader { $0.attempts = 1 }.fetch(file)
    }
    try cache.put(text, "file.txt.part")
    _ = try cache.downloader().fetch(file)
    #expect(try server.requests.count == 1 && cache.text("file.txt") == text)
    // Longer than the whole: not what the note speaks of.
    _ = failure { () throws(DownloadError) in
      try cache.downloader { $0.attempts = 1 }.fetch(
        RemoteFile(url: file.url, folder: "set@1", name: "other.txt"))
    }
    try cache.put(text + "more", "other.txt.part")
    _ = try cache.downloader().fetch(
      RemoteFile(url: file.url, folder: "set@1", name: "other.txt"))
    #expect(try cache.text("other.txt") == text)
  }

  @Test func `an empty file is a file`() throws {
    let server = try TestHTTPServer { Served("").reply(to: $0) }
    let cache = try Cache()
    #expect(try cache.downloader().fetch(remote("\(server.url)/f")).size == 0)
    #expect(try cache.downloader().fetch(remote("\(server.url)/f")).wasCached)
  }
}

extension TestHTTPServer {
  /// How many requests the text needs when each brings `cut` bytes.
  fileprivate func tries(_ cut: Int) -> Int { (text.utf8.count + cut - 1) / cut }
}
