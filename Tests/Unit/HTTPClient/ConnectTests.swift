// Getting to the server: names, addresses, refusals, and limits of time.

import Glibc
import HTTPClient
import TestHTTPServer
import Testing

@Suite struct ConnectTests {
  @Test func `IPv6 works`() throws {
    guard let server = try? TestHTTPServer(family: .v6, answer: { .text($0.header("host") ?? "") })
    else {
      print("skipped: this machine has no IPv6 loopback")
      return
    }
    #expect(try client(server.url).ask() == .response(200, "[::1]:\(server.port)"))
  }

  @Test func `a name is looked up and its addresses are tried in turn`() throws {
    // localhost may have ::1 before 127.0.0.1, where nobody listens.
    let server = try TestHTTPServer { .text($0.header("host") ?? "") }
    let client = try client("http://localhost:\(server.port)", connections: 8)
    for _ in 0..<20 { _ = client.start(try HTTPRequest(.get, "/")) }
    for completion in client.finishAll().values {
      #expect(Answer(completion) == .response(200, "localhost:\(server.port)"))
    }
    #expect(try HTTPClient.send(HTTPRequest(.get, "/"), to: client.endpoint).status == 200)
  }

  @Test func `where nobody listens each request is refused, and works again later`() throws {
    let server = try TestHTTPServer { _ in .text("here") }
    let client = try client(server.url, connections: 2)
    #expect(try client.ask() == .response(200, "here"))
    server.stop()
    let ids = try (0..<5).map { client.start(try HTTPRequest(.get, "/\($0)")) }
    let ended = client.finishAll()
    for id in ids { #expect(Answer(ended[id]) == .failure(.connectRefused, false)) }
    #expect(throws: HTTPFailure(.connectRefused, mayHaveReachedServer: false)) {
      try HTTPClient.send(HTTPRequest(.get, "/"), to: client.endpoint)
    }
  }

  @Test func `a name without an address says so`() throws {
    // RFC 6761: nothing below .invalid has an address.
    let client = try client("http://evalhost.invalid")
    switch try client.ask() {
    case .failure(.resolve(host: "evalhost.invalid", let words), false): #expect(!words.isEmpty)
    // Where the name server does not answer at all.
    case .failure(.connectTimeout, false): break
    case let other: Issue.record("\(other)")
    }
  }

  @Test func `a client may go while a name is being looked up`() throws {
    for _ in 0..<20 {
      let client = try client("http://evalhost.invalid")
      _ = client.start(try HTTPRequest(.get, "/"))
      #expect(client.poll(timeoutNanoseconds: 0).count <= 1)
    }
  }

  @Test func `a host that does not answer is given up`() throws {
    let full = try FullListener()
    let client = try client("http://127.0.0.1:\(full.port)") { $0.connectTimeout = 100_000_000 }
    #expect(try client.ask() == .failure(.connectTimeout, false))
  }

  @Test func `a server that accepts and is silent in TLS is given up`() throws {
    let server = try TestHTTPServer(
      greet: { _ in ServerReply([.hang]) }, answer: { _ in .text("") })
    guard
      let client = try? client(
        "https://127.0.0.1:\(server.port)", tls: TLSOptions(trust: .anyone),
        change: { $0.connectTimeout = 2_000_000_000 })
    else {
      print("skipped: this machine has no libssl")
      return
    }
    #expect(try client.ask() == .failure(.handshakeTimeout, false))
  }

  @Test func `polling without requests returns at once, and a wait ends when it should`() throws {
    let server = try TestHTTPServer { _ in ServerReply([.hang]) }
    let client = try client(server.url)
    #expect(client.poll(timeoutNanoseconds: .max).isEmpty)
    _ = client.start(try HTTPRequest(.get, "/"))
    #expect(client.poll(timeoutNanoseconds: 20_000_000).isEmpty)
    #expect(client.unfinished == 1)
  }

  @Test func `extreme limits do not trap`() throws {
    let server = try TestHTTPServer { _ in .text("ok") }
    let generous = try client(server.url, connections: 0) {
      $0.connectTimeout = .max
      $0.idleTimeout = .max
      $0.totalTimeout = .max
      $0.keepAlive = .max
      $0.headBytes = .max
      $0.bodyBytes = .max
    }
    #expect(try generous.ask() == .response(200, "ok"))
    let strict = try client(server.url, connections: -5) {
      $0.connectTimeout = 0
      $0.idleTimeout = 0
      $0.totalTimeout = 0
      $0.headBytes = 0
      $0.bodyBytes = -1
    }
    guard case .failure = try strict.ask() else {
      Issue.record("an answer within no time")
      return
    }
  }
}

/// A listening socket whose queue is full: the kernel drops every further attempt to connect.
private final class FullListener {
  private(set) var port: UInt16 = 0
  private var sockets: [Int32] = []

  init() throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) {
      try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let listener = socket(AF_INET, kind, 0)
        sockets.append(listener)
        try #require(bind(listener, $0, size) == 0 && listen(listener, 0) == 0)
        try #require(getsockname(listener, $0, &size) == 0)
        for _ in 0..<4 {
          let socket = socket(AF_INET, kind, 0)
          sockets.append(socket)
          _ = connect(socket, $0, size)
        }
      }
    }
    port = address.sin_port.bigEndian
  }

  deinit { for socket in sockets { close(socket) } }
}
