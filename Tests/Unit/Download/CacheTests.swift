// The cache: what is used as it is, what is not trusted, and what must never use the network.

import Download
import Glibc
import Posix
import TestHTTPServer
import TestSupport
import Testing

private let text = "a row\nanother row\n"

@Suite struct CacheTests {
  @Test func `a file is fetched once and says where it came from`() throws {
    let server = try TestHTTPServer { request in
      Served(text) {
        $0.lastModified = "Sun, 22 Nov 2026 19:00:00 GMT"
        $0.headers = [("X-Repo-Commit", "0123abcd")]
      }.reply(to: request)
    }
    let cache = try Cache()
    let url = "\(server.url)/data/f.txt?key=SECRET"
    let asked = RemoteFile(url: url, folder: "org/set@main", name: "data/f.txt")
    let file = try cache.downloader().fetch(asked)
    #expect(file.path == "\(cache.folder.path)/org--set@main/data--f.txt")
    #expect(file.sha256 == sha256(text) && file.size == text.utf8.count)
    #expect(file.url == url && file.servedBy == "127.0.0.1" && file.commit == "0123abcd")
    #expect(!file.wasCached)
    #expect(
      cache.events == [
        .started(url: "\(server.url)/data/f.txt", size: 18), .received(18, total: 18), .finished,
      ])
    var again = try cache.downloader().fetch(asked)
    #expect(again.wasCached)
    again.wasCached = false
    #expect(again == file && server.requests.count == 1 && cache.events.count == 3)

    let sidecar = String(decoding: try Files.read(file.path + ".json"), as: UTF8.self)
    for part in [
      #""url":"\#(server.url)/data/f.txt""#, #""sha256":"\#(sha256(text))""#, #""size":18"#,
      #""etag":"\"one\"""#, #""last_modified":"Sun, 22 Nov 2026 19:00:00 GMT""#,
      #""commit":"0123abcd""#, #""served_by":"127.0.0.1""#,
    ] {
      #expect(sidecar.contains(part))
    }
    #expect(!sidecar.contains("SECRET"))
    // Another query is another file.
    let other = RemoteFile(url: url + "2", folder: asked.folder, name: asked.name)
    #expect(try !cache.downloader().fetch(other).wasCached)
  }

  @Test func `a file that was edited is fetched again, with a warning`() throws {
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let file = remote("\(server.url)/f")
    _ = try cache.downloader().fetch(file)
    try cache.put("a row\nanother raw\n", "file.txt")
    let error = failure { () throws(DownloadError) in
      try cache.downloader { $0.isOffline = true }.fetch(file)
    }
    #expect(error.kind == .offline && error.problem.contains("was changed since"))
    #expect(try !cache.downloader().fetch(file).wasCached)
    #expect(try cache.text("file.txt") == text)
    #expect(cache.warnings.count == 1 && server.requests.count == 2)
  }

  @Test func `a copied cache is hashed once and then believed`() throws {
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let file = remote("\(server.url)/f")
    _ = try cache.downloader().fetch(file)
    let before = try cache.text("file.txt.json")
    try cache.put(text, "file.txt")
    #expect(try cache.downloader { $0.isOffline = true }.fetch(file).wasCached)
    #expect(try cache.text("file.txt.json") == before)
    #expect(try cache.downloader().fetch(file).wasCached)
    #expect(try cache.text("file.txt.json") != before)
    #expect(server.requests.count == 1 && cache.warnings.isEmpty)
  }

  @Test func `a file without a note is believed by its pin alone`() throws {
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    try cache.put(text, "file.txt")
    let pinned = remote("\(server.url)/f", sha256: sha256(text).uppercased())
    #expect(try cache.downloader { $0.isOffline = true }.fetch(pinned).wasCached)
    #expect(try cache.downloader().fetch(pinned).wasCached && server.requests.isEmpty)
    try cache.put("{", "file.txt.json")
    #expect(try !cache.downloader().fetch(remote("\(server.url)/f")).wasCached)
    #expect(cache.warnings.count == 1)
    // A pin that does not fit any more replaces the file, or tells what came instead.
    let moved = failure { () throws(DownloadError) in
      try cache.downloader().fetch(remote("\(server.url)/f", sha256: sha256("other")))
    }
    #expect(moved.kind == .checksum && cache.warnings.count == 2)
    #expect(try cache.text("file.txt") == text)
  }

  @Test func `a wrong checksum keeps nothing and says both`() throws {
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let pin = sha256("other")
    let error = failure { () throws(DownloadError) in
      try cache.downloader().fetch(remote("\(server.url)/f?key=SECRET", sha256: pin))
    }
    #expect(error.kind == .checksum && server.requests.count == 1)
    #expect(error.description.hasPrefix("\(server.url)/f: its sha256 is \(sha256(text)) and not"))
    #expect(error.description.contains(pin) && !error.description.contains("SECRET"))
    #expect(try cache.names().isEmpty)
    for bad in ["", "abc", String(repeating: "g", count: 64)] {
      let error = failure { () throws(DownloadError) in
        try cache.downloader().fetch(remote("\(server.url)/f", sha256: bad))
      }
      #expect(error.kind == .unusable)
    }
  }

  @Test func `offline opens nothing and says what is missing`() throws {
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let offline = cache.downloader { $0.isOffline = true }
    let missing = failure { () throws(DownloadError) in
      try offline.fetch(remote("\(server.url)/f?key=SECRET"))
    }
    #expect(missing.kind == .offline)
    #expect(
      missing.description
        == "\(server.url)/f: there is no \(cache.folder.path)/set@1/file.txt, and the network must not "
        + "be used (offline); run once online, or bring the files with `evalhost datasets bundle import`"
    )
    let rows = failure { () throws(DownloadError) in
      try offline.fetchRows(
        HubRows(dataset: "a/b", config: "c", split: "d", folder: "set@1"))
    }
    #expect(rows.kind == .offline && rows.place.contains("dataset=a%2Fb&config=c&split=d"))
    #expect(server.connectionCount == 0 && cache.events.isEmpty)
    #expect(try folderNames(cache.folder.path).isEmpty)
    _ = try cache.downloader().fetch(remote("\(server.url)/f"))
    server.stop()
    #expect(try offline.fetch(remote("\(server.url)/f")).wasCached)
  }

  @Test func `a full disk is said, and what had come is kept`() throws {
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let file = remote("\(server.url)/f")
    try Files.makeFolder("\(cache.folder.path)/set@1")
    #expect(symlink("/dev/full", "\(cache.folder.path)/set@1/file.txt.part") == 0)
    let error = failure { () throws(DownloadError) in
      // A mirror is not blamed for it.
      try cache.downloader { $0.mirrors = [("\(server.url)/f", "\(server.url)/g")] }.fetch(file)
    }
    #expect(error.kind == .disk && server.requests.count == 1)
    #expect(error.description.contains("the disk is full (write: No space left on device); free"))
    #expect(try cache.names().contains("file.txt.part"))
  }

  @Test func `names are made safe, and those of notes are refused`() throws {
    for (name, safe) in [
      ("a/b", "a--b"), ("../x", "@2E.--x"), (".hidden", "@2Ehidden"), ("a b", "a@20b"),
      ("ä", "@C3@A4"), ("A-z_0.9@x", "A-z_0.9@x"), ("a\n", "a@0A"),
    ] {
      #expect(try safeName(name) == safe)
    }
    for name in ["", String(repeating: "x", count: 201)] {
      #expect(failure { () throws(DownloadError) in try safeName(name) }.kind == .unusable)
    }
    let server = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    _ = try cache.downloader().fetch(remote("\(server.url)/f"))
    for name in ["file.txt.json", "x.part", "x.part.json"] {
      let error = failure { () throws(DownloadError) in
        try cache.downloader().fetch(
          RemoteFile(url: "\(server.url)/f", folder: "set@1", name: name))
      }
      #expect(error.kind == .unusable)
    }
    for url in ["", "file:///etc/passwd", "https://u:SECRET@h/", "http://h/a b", "http://"] {
      let error = failure { () throws(DownloadError) in try cache.downloader().fetch(remote(url)) }
      #expect(error.kind == .unusable && !error.description.contains("SECRET"))
    }
  }
}
