// Bodies that are taken piece by piece: the same bytes, no limit, and the receiver's word counts.

import HTTPClient
import TestHTTPServer
import Testing

/// Keeps what a receiver is given.
private final class Received {
  var heads: [HTTPResponse] = []
  var body: [UInt8] = []
  var largestPiece = 0
  var pieces = 0

  var text: String { String(decoding: body, as: UTF8.self) }

  /// A receiver that decides so, and refuses the body after so many pieces.
  func receiver(
    _ decision: HTTPBodyReceiver.Decision = .receive, pieces limit: Int = .max
  ) -> HTTPBodyReceiver {
    HTTPBodyReceiver { head in
      self.heads.append(head)
      return decision
    } piece: { bytes in
      guard self.pieces < limit else { return false }
      self.pieces += 1
      self.largestPiece = max(self.largestPiece, bytes.count)
      self.body += bytes
      return true
    }
  }
}

@Suite struct ReceiverTests {
  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
    ("HTTP/1.1 206 OK\r\nContent-Length: 0\r\n\r\n", ""),
    (
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5\r\nhello\r\n00A;x=\"y\"\r\n0123456789\r\n0\r\nDigest: abc\r\n\r\n", "hello0123456789"
    ),
    ("HTTP/1.0 200 OK\r\n\r\nuntil the end", "until the end"),
    ("HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n", ""),
  ])
  func `the pieces are the body, however the bytes are cut`(text: String, body: String) throws {
    for cut in 0...text.utf8.count {
      let received = Received()
      var parser = ResponseParser(headLimit: 4096, bodyLimit: 4, receiver: received.receiver())
      for piece in [Array(text.utf8)[..<cut], Array(text.utf8)[cut...]] {
        try parser.consume(piece)
      }
      try parser.end(clean: true)
      let response = parser.take()
      #expect(received.text == body && response.body.isEmpty)
      #expect(received.heads.count == 1 && received.heads[0].status == response.status)
      #expect(received.heads[0].headers == response.headers)
    }
  }

  @Test func `a body beyond all limits comes in small pieces`() throws {
    let large = String(repeating: "0123456789abcdef", count: 1 << 16)
    let server = try TestHTTPServer { request in
      request.target == "/chunks" ? .chunked([large, large]) : .text(large + large)
    }
    let client = try client(server.url) { $0.bodyBytes = 1000 }
    for target in ["/", "/chunks"] {
      let received = Received()
      let id = client.start(try HTTPRequest(.get, target), receiver: received.receiver())
      #expect(Answer(client.finishAll()[id]) == .response(200, ""))
      #expect(received.body.count == 2 << 20 && received.text == large + large)
      #expect(received.largestPiece <= 64 << 10)
    }
    #expect(try client.ask() == .failure(.tooLarge(.body, limit: 1000), true))
  }

  @Test func `a receiver may let the body be collected, or refuse it at any time`() throws {
    let server = try TestHTTPServer { request in
      request.target == "/slow"
        ? ServerReply.text("0123456789").slowly(pauseMilliseconds: 2) : .text("body", status: 404)
    }
    let client = try client(server.url, connections: 1) { $0.bodyBytes = 9 }
    let collecting = Received()
    let collected = client.start(
      try HTTPRequest(.get, "/"), receiver: collecting.receiver(.collect))
    #expect(Answer(client.finishAll()[collected]) == .response(404, "body"))
    #expect(collecting.heads.map(\.status) == [404] && collecting.pieces == 0)
    let refusing = Received()
    let refused = client.start(try HTTPRequest(.get, "/"), receiver: refusing.receiver(.refuse))
    #expect(Answer(client.finishAll()[refused]) == .failure(.cancelled, true))
    #expect(refusing.heads.count == 1 && refusing.pieces == 0)
    let stopping = Received()
    let stopped = client.start(
      try HTTPRequest(.get, "/slow"), receiver: stopping.receiver(pieces: 2))
    #expect(Answer(client.finishAll()[stopped]) == .failure(.cancelled, true))
    #expect(stopping.pieces == 2)
    // A refused body is not read to its end: the next request has a connection of its own.
    #expect(try client.ask() == .response(404, "body"))
    #expect(server.connectionCount == 3)
  }

  @Test func `what ends early says how much of it was received`() throws {
    let server = try TestHTTPServer { request in
      switch request.target {
      case "/length": .raw("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nx")
      case "/cut": .wrongLength(10, "abc")
      default:
        ServerReply.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel").then(
          .close)
      }
    }
    let client = try client(server.url)
    for (target, reason) in [
      ("/cut", HTTPFailure.Reason.closedInBody(received: 3, of: 10)),
      ("/chunks", .closedInBody(received: 3, of: nil)),
      ("/length", .tooLarge(.body, limit: .max - 1)),
    ] {
      let received = Received()
      let id = client.start(try HTTPRequest(.get, target), receiver: received.receiver())
      #expect(Answer(client.finishAll()[id]) == .failure(reason, true))
      #expect(received.heads.count == 1 && received.body.count == (target == "/length" ? 0 : 3))
    }
  }

  @Test func `a request that is sent again shows its head once`() throws {
    let server = try TestHTTPServer { request in
      request.indexOnConnection == 1 ? ServerReply([.close]) : .text("answer")
    }
    let client = try client(server.url, connections: 1)
    #expect(try client.ask() == .response(200, "answer"))
    let received = Received()
    let id = client.start(try HTTPRequest(.get, "/"), receiver: received.receiver())
    #expect(Answer(client.finishAll()[id]) == .response(200, ""))
    #expect(received.heads.count == 1 && received.text == "answer")
  }
}
