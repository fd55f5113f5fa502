// Whom a file is asked for, who is told the token, and what their answers mean.

import Download
import HTTPClient
import TestHTTPServer
import Testing

private let text = "the file"
private let secret = "hf_SECRET"

@Suite struct SourceTests {
  @Test func `the token goes to the hub and nowhere else`() throws {
    let store = try TestHTTPServer { request in
      request.target == "/back"
        ? .text("", status: 302, headers: [("Location", request.header("X-Hub") ?? "")])
        : Served(text).reply(to: request)
    }
    let hub = try TestHTTPServer { request in
      switch request.target {
      case "/datasets/a/b/resolve/main/f":
        .text(
          "see there", status: 302,
          headers: [("Location", "/moved/f"), ("X-Repo-Commit", "abc123")])
      case "/moved/f":
        .text("see there", status: 307, headers: [("Location", "\(store.url)/blob?sig=1")])
      default: Served(text).reply(to: request)
      }
    }
    let cache = try Cache()
    let token = try #require(HubToken(" \(secret)\n"))
    let downloader = cache.downloader {
      $0.hubEndpoint = hub.url + "/"
      $0.hubToken = token
    }
    let file = try downloader.fetch(
      remote("https://huggingface.co/datasets/a/b/resolve/main/f", sha256: sha256(text)))
    #expect(file.commit == "abc123")
    #expect(hub.requests.map(\.target) == ["/datasets/a/b/resolve/main/f", "/moved/f"])
    #expect(hub.requests.allSatisfy { $0.header("Authorization") == "Bearer \(secret)" })
    #expect(store.requests.count == 1)
    #expect(
      store.requests.allSatisfy {
        $0.headers.allSatisfy { $0.name != "Authorization" && !$0.value.contains(secret) }
      })
    // Asked for by itself, the other server learns nothing either.
    _ = try downloader.fetch(RemoteFile(url: "\(store.url)/f", folder: "set@1", name: "g.txt"))
    #expect(store.requests.last?.header("Authorization") == nil)
    var policy = DownloadPolicy()
    policy.hubToken = token
    #expect(!"\(policy) \(token)".contains(secret) && !String(reflecting: policy).contains(secret))
    #expect(HubToken(" ") == nil && HubToken(nil) == nil)
    for name in try cache.names() { #expect(try !cache.text(name).contains(secret)) }
  }

  @Test func `a redirect back to the hub does not bring the token back`() throws {
    let hub = try TestHTTPServer { Served(text).reply(to: $0) }
    let between = try TestHTTPServer { _ in
      .text("", status: 302, headers: [("Location", "\(hub.url)/f")])
    }
    let cache = try Cache()
    _ = try cache.downloader {
      $0.hubEndpoint = hub.url
      $0.hubToken = HubToken(secret)
    }.fetch(remote("\(between.url)/f"))
    #expect(hub.requests.count == 1 && hub.requests[0].header("Authorization") == nil)
  }

  @Test func `redirects end`() throws {
    let server = try TestHTTPServer { request in
      let number = Int(request.target.dropFirst(3)) ?? 0
      switch request.target.prefix(3) {
      case "/c/": return .text("", status: 301, headers: [("Location", "\((number + 1) % 3)")])
      case "/d/":
        let isLast = number == 10
        return isLast
          ? Served(text).reply(to: request)
          : .text("", status: 308, headers: [("Location", "\(number + 1)")])
      case "/e/": return .text("", status: 303, headers: [("Location", "\(number + 1)")])
      case "/f/": return .text("", status: 302, headers: [("Location", "ftp://h/f")])
      default: return .text("", status: 302)
      }
    }
    let cache = try Cache()
    #expect(try cache.downloader().fetch(remote("\(server.url)/d/0")).size == text.utf8.count)
    for (path, words) in [
      ("/c/0", "circle"), ("/e/0", "more than 10"), ("/f/0", "no URL"), ("/g/0", "answers 302"),
    ] {
      let error = failure { () throws(DownloadError) in
        try cache.downloader().fetch(remote(server.url + path))
      }
      #expect(error.kind == .server && error.description.contains(words))
    }
  }

  @Test(.enabled(if: TestCertificate.canBeMade, "needs the openssl program and libssl"))
  func `https never leads to http`() throws {
    let plain = try TestHTTPServer { Served(text).reply(to: $0) }
    let certificate = try TestCertificate()
    let secure = try TestHTTPServer(certificate: certificate) { request in
      request.target == "/f"
        ? Served(text).reply(to: request)
        : .text("", status: 302, headers: [("Location", "\(plain.url)/f")])
    }
    let cache = try Cache()
    let trusting = cache.downloader {
      $0.tls = TLSOptions(trust: .file(certificate.certificateFile))
    }
    #expect(try trusting.fetch(remote("\(secure.url)/f")).size == text.utf8.count)
    let error = failure { () throws(DownloadError) in
      try trusting.fetch(remote("\(secure.url)/down"))
    }
    #expect(error.problem.contains("https to http") && plain.connectionCount == 0)
    // Nobody is asked twice for a certificate that is not believed.
    let doubtful = failure { () throws(DownloadError) in
      try cache.downloader().fetch(remote("\(secure.url)/g"))
    }
    #expect(doubtful.kind == .network && doubtful.problem.contains("certificate"))
    #expect(cache.events.allSatisfy { if case .retrying = $0 { false } else { true } })
  }

  @Test func `mirrors are asked in order and the URL itself last`() throws {
    let broken = try TestHTTPServer { _ in .text("", status: 500) }
    let empty = try TestHTTPServer { _ in .text("", status: 404) }
    let lying = try TestHTTPServer { Served("not the file").reply(to: $0) }
    let origin = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let file = try cache.downloader {
      $0.mirrors = [
        ("http://elsewhere/", "http://nowhere/"), ("\(origin.url)/a/", "\(broken.url)/x/"),
        ("\(origin.url)/a", "\(empty.url)/"), (origin.url, lying.url + "/y"),
      ]
    }.fetch(remote("\(origin.url)/a/b?c", sha256: sha256(text)))
    #expect(file.url == "\(origin.url)/a/b?c" && file.size == text.utf8.count)
    #expect(broken.requests.map(\.target) == ["/x/b?c", "/x/b?c"])
    #expect(empty.requests.map(\.target) == ["/b?c"])
    #expect(lying.requests.map(\.target) == ["/y/a/b?c"])
    #expect(origin.requests.map(\.target) == ["/a/b?c"])
    #expect(cache.warnings.count == 3)
    #expect(try cache.text("file.txt.json").contains("\"url\":\"\(origin.url)/a/b\""))
    // A beginning does not match a longer host, nor a port that only begins the same.
    _ = try cache.downloader { $0.mirrors = [(String(origin.url.dropLast()), lying.url)] }
      .fetch(RemoteFile(url: "\(origin.url)/z", folder: "set@1", name: "z"))
    #expect(lying.requests.count == 1)
  }

  @Test func `a mirror that works is the only one asked, and its part is not mixed`() throws {
    let mirror = try TestHTTPServer { request in
      request.number == 0 ? Served("the") { $0.cut = 2 }.reply(to: request) : .text("", status: 404)
    }
    let origin = try TestHTTPServer { Served(text).reply(to: $0) }
    let cache = try Cache()
    let mirrored = { (policy: inout DownloadPolicy) in policy.mirrors = [(origin.url, mirror.url)] }
    _ = try cache.downloader(mirrored).fetch(remote("\(origin.url)/f"))
    #expect(try cache.text("file.txt") == text)
    #expect(mirror.requests.count == 2 && origin.requests[0].header("Range") == nil)
  }

  @Test func `what the server asks to wait is waited, and what may pass is tried again`() throws {
    let server = try TestHTTPServer { request in
      switch request.number {
      case 0: ServerReply([.reset])
      case 1: .tooManyRequests(retryAfter: "0")
      case 2: .text("", status: 503, headers: [("Retry-After", "Sun, 22 Nov 1970 19:00:00 GMT")])
      case 3: .text("", status: 429, headers: [("RateLimit", #""api";r=0;t=0"#)])
      default: Served(text).reply(to: request)
      }
    }
    let cache = try Cache()
    #expect(try cache.downloader().fetch(remote("\(server.url)/f")).size == text.utf8.count)
    let reasons = cache.events.compactMap {
      if case .retrying(0, let reason) = $0 { reason } else { nil }
    }
    #expect(reasons.count == 4)
    #expect(reasons[1] == "\(server.url)/f: the server answers 429")
  }

  @Test(arguments: [
    (429, "1000", 1), (429, nil, 5), (500, nil, 5), (502, nil, 5), (408, nil, 5), (501, nil, 1),
    (400, nil, 1), (204, nil, 1),
  ])
  func `every status has its number of tries`(status: Int, pause: String?, tries: Int) throws {
    let server = try TestHTTPServer { _ in
      .text("", status: status, headers: pause.map { [("Retry-After", $0)] } ?? [])
    }
    let cache = try Cache()
    let error = failure { () throws(DownloadError) in
      try cache.downloader().fetch(remote("\(server.url)/f"))
    }
    #expect(server.requests.count == tries && error.problem.contains("\(status)"))
    #expect(error.kind == (tries > 1 || status == 429 ? .network : .server))
  }

  @Test func `a refusal is not asked for twice and says what to do`() throws {
    let hub = try TestHTTPServer { request in
      switch request.target {
      case "/datasets/a/b/resolve/main/f":
        .json(
          #"{"error":"Access to a/b is restricted"}"#, status: 401,
          headers: [("X-Error-Code", "GatedRepo")])
      case "/echo":
        .json(#"{"error":"bad \#(request.header("Authorization") ?? "")"}"#, status: 403)
      default: .text("<html>", status: 404)
      }
    }
    let cache = try Cache()
    func error(_ path: String, hub endpoint: String, token: String? = nil) -> DownloadError {
      failure { () throws(DownloadError) in
        try cache.downloader {
          $0.hubEndpoint = endpoint
          $0.hubToken = HubToken(token)
        }.fetch(remote(hub.url + path))
      }
    }
    let gated = error("/datasets/a/b/resolve/main/f", hub: hub.url)
    #expect(gated.kind == .gated)
    #expect(
      gated.description
        == "\(hub.url)/datasets/a/b/resolve/main/f: the server answers 401 (Access to a/b is restricted); "
        + "the set is gated, or its name is wrong: accept its terms on "
        + "https://huggingface.co/datasets/a/b and set HF_TOKEN")
    let echoed = error("/echo", hub: hub.url, token: secret)
    #expect(echoed.kind == .gated && !echoed.description.contains(secret))
    #expect(error("/echo", hub: "https://huggingface.co").kind == .server)
    let gone = error("/gone", hub: hub.url)
    #expect(gone.kind == .notFound && gone.advice.contains("revision is wrong"))
    #expect(hub.requests.count == 4)
  }

  @Test func `a server that is not there is told apart from one that is wrong`() throws {
    let server = try TestHTTPServer(starts: false) { _ in .text("") }
    let cache = try Cache()
    let absent = failure { () throws(DownloadError) in
      try cache.downloader { $0.attempts = 2 }.fetch(remote("\(server.url)/f"))
    }
    #expect(absent.kind == .network && absent.problem.contains("refused"))
    let other = try TestHTTPServer { request in
      request.target == "/coded"
        ? Served(text) { $0.headers = [("Content-Encoding", "gzip")] }.reply(to: request)
        : .raw("SSH-2.0\r\n")
    }
    for path in ["/ssh", "/coded"] {
      let error = failure { () throws(DownloadError) in
        try cache.downloader().fetch(remote(other.url + path))
      }
      #expect(error.kind == .server)
    }
    #expect(other.requests.count == 2)
    #expect(
      try cache.downloader().fetch(remote("\(other.url)/coded", sha256: sha256(text))).size == 8)
  }
}
