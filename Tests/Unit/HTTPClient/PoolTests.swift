// Many requests over few connections: order, reuse, stale connections, cancellation.

import Foundation
import HTTPClient
import Synchronization
import TestHTTPServer
import Testing

@Suite struct PoolTests {
  @Test func `300 requests over 16 connections are answered once each`() throws {
    let server = try TestHTTPServer { request in
      let reply = ServerReply.text(request.text)
      return switch request.number % 3 {
      case 0: reply
      case 1: reply.after(milliseconds: 3)
      default: .chunked([request.text])
      }
    }
    let client = try client(server.url, connections: 16)
    var expected: [RequestID: String] = [:]
    for number in 0..<300 {
      let body = "body \(number)"
      expected[client.start(try HTTPRequest(.post, "/\(number)", body: Array(body.utf8)))] = body
    }
    #expect(client.unfinished == 300)
    let ended = client.finishAll()
    #expect(ended.count == 300)
    for (id, body) in expected {
      #expect(Answer(ended[id]) == .response(200, body))
      let times = ended[id].map { ($0.queuedNanoseconds, $0.latencyNanoseconds) } ?? (1, 0)
      #expect(times.0 <= times.1)
    }
    #expect(server.connectionCount <= 16 && server.requests.count == 300)
    #expect(Set(server.requests.map(\.target)).count == 300)
  }

  @Test func `requests beyond the limit go in order on one kept connection`() throws {
    let server = try TestHTTPServer { .text($0.target) }
    let client = try client(server.url, connections: 1)
    for number in 0..<50 { _ = client.start(try HTTPRequest(.get, "/\(number)")) }
    _ = client.finishAll()
    #expect(server.requests.map(\.target) == (0..<50).map { "/\($0)" })
    #expect(server.connectionCount == 1)
    #expect(server.requests.first?.header("Host") == "127.0.0.1:\(server.port)")
    client.closeIdleConnections()
    #expect(try client.ask() == .response(200, "/"))
    #expect(server.connectionCount == 2)
  }

  @Test(arguments: [
    ServerReply([.close]), ServerReply([.reset]),
  ])
  func `a kept connection that ends before the answer is replaced once`(end: ServerReply) throws {
    let server = try TestHTTPServer { request in
      request.indexOnConnection == 1 ? end : .text("\(request.connection)")
    }
    let client = try client(server.url, connections: 1)
    #expect(try client.ask() == .response(200, "0"))
    #expect(try client.ask() == .response(200, "1"))
    #expect(server.requests.map(\.connection) == [0, 0, 1])
  }

  @Test func `a request is repeated only once, and never after a byte of the answer`() throws {
    let server = try TestHTTPServer { request in
      switch (request.connection, request.indexOnConnection) {
      case (0, 0): .text("kept")
      case (0, 1): ServerReply([.close])
      case (1, _): ServerReply([.close])
      case (2, 0): .text("kept")
      default: ServerReply.raw("H").then(.close)
      }
    }
    let client = try client(server.url, connections: 1)
    #expect(try client.ask() == .response(200, "kept"))
    #expect(try client.ask() == .failure(.closedBeforeResponse(received: 0), true))
    #expect(try client.ask() == .response(200, "kept"))
    #expect(try client.ask() == .failure(.closedBeforeResponse(received: 1), true))
    #expect(server.requests.count == 5)
  }

  @Test func `a connection that the server closed silently is not used`() throws {
    let server = try TestHTTPServer { ServerReply.text("\($0.connection)").then(.close) }
    let client = try client(server.url, connections: 1)
    for number in 0..<5 {
      #expect(try client.ask() == .response(200, "\(number)"))
      // Looked at again and again, because the server's threads have nobody to tell.
      while server.openConnections > 0 { usleep(200) }
    }
    #expect(server.requests.count == 5)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n!",
    "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n!",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake",
  ])
  func `a connection whose state is not certain is not used again`(answer: String) throws {
    let server = try TestHTTPServer { _ in .raw(answer) }
    let client = try client(server.url, connections: 1)
    for _ in 0..<3 { #expect(try client.ask() == .response(200, "!")) }
    #expect(server.requests.map(\.connection) == [0, 1, 2])
  }

  @Test func `an idle connection is kept only so long`() throws {
    let server = try TestHTTPServer { .text("\($0.connection)") }
    let client = try client(server.url, connections: 1) { $0.keepAlive = 1 }
    #expect(try client.ask() == .response(200, "0"))
    #expect(try client.ask() == .response(200, "1"))
  }

  @Test func `an unused connection makes room for one that is not served yet`() throws {
    // Like a server with one thread: the second connection has its turn when the first has ended.
    let room = Room()
    let server = try TestHTTPServer(
      greet: { number in
        if number == 1 { room.waitForAnother() }
        return nil
      }, answer: { .text("\($0.connection)") })
    room.server.withLock { $0 = server }
    defer { room.server.withLock { $0 = nil } }
    let client = try client(server.url, connections: 2) { $0.keepAlive = .max }
    _ = client.start(try HTTPRequest(.get, "/"))
    _ = client.start(try HTTPRequest(.get, "/"))
    let answers = client.finishAll().values.map { Answer($0) }
    #expect(answers.contains(.response(200, "0")) && answers.contains(.response(200, "1")))
    // Where each has been served, both are kept.
    #expect(try client.ask() == .response(200, "1") && server.connectionCount == 2)
  }

  @Test func `a cancelled request ends once, wherever it is`() throws {
    let server = try TestHTTPServer { $0.target == "/hang" ? ServerReply([.hang]) : .text("ok") }
    let client = try client(server.url, connections: 1)
    let flying = client.start(try HTTPRequest(.get, "/hang"))
    let waiting = client.start(try HTTPRequest(.get, "/waiting"))
    let last = client.start(try HTTPRequest(.get, "/last"))
    while server.requests.isEmpty { #expect(client.poll(timeoutNanoseconds: 1_000_000).isEmpty) }
    #expect(client.cancel(flying) && client.cancel(waiting))
    #expect(!client.cancel(flying))
    let ended = client.finishAll()
    #expect(Answer(ended[flying]) == .failure(.cancelled, true))
    #expect(Answer(ended[waiting]) == .failure(.cancelled, false))
    #expect(Answer(ended[last]) == .response(200, "ok"))
    #expect(!client.cancel(last) && client.poll(timeoutNanoseconds: 0).isEmpty)
    #expect(server.requests.map(\.target) == ["/hang", "/last"])
  }

  @Test func `large bodies go both ways`() throws {
    let server = try TestHTTPServer { .text($0.text) }
    let client = try client(server.url, connections: 2)
    let body = String(repeating: "0123456789abcdef", count: 1 << 18)
    let ids = try (0..<3).map { _ in
      client.start(try HTTPRequest(.post, "/", body: Array(body.utf8)))
    }
    let ended = client.finishAll()
    for id in ids { #expect(Answer(ended[id]) == .response(200, body)) }
  }

  @Test func `no descriptor is left behind`() throws {
    let server = try TestHTTPServer { request in
      switch request.number % 5 {
      case 0: .text("ok")
      case 1: ServerReply([.reset])
      case 2: .wrongLength(9, "x")
      case 3: .raw("garbage")
      default: ServerReply([.hang])
      }
    }
    let before = try openSockets(to: server.port)
    for _ in 0..<3 {
      let client = try client(server.url, connections: 8)
      for number in 0..<20 { _ = client.start(try HTTPRequest(.get, "/\(number)")) }
      // Some end, some hang, some still wait when the client goes.
      for _ in 0..<5 { _ = client.poll(timeoutNanoseconds: 5_000_000) }
    }
    #expect(before == 0)
    #expect(try openSockets(to: server.port) == 0)
  }
}

/// Lets a connection wait until it is the only one of its server.
private final class Room: Sendable {
  let server = Mutex<TestHTTPServer?>(nil)

  func waitForAnother() {
    // Ends with the test, which may be before.
    while server.withLock({ $0.map { $0.openConnections > 1 } ?? false }) { usleep(200) }
  }
}

/// Sockets of this process that are connected to that port of the loopback interface.
private func openSockets(to port: UInt16) throws -> Int {
  var count = 0
  for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
    guard let number = Int32(name) else { continue }
    var peer = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &peer) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getpeername(number, $0, &size) }
    }
    if status == 0, peer.sin_family == sa_family_t(AF_INET), peer.sin_port.bigEndian == port {
      count += 1
    }
  }
  return count
}
