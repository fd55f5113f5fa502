// Everything a server can do wrong, and the exact failure that it becomes.

import HTTPClient
import TestHTTPServer
import Testing

/// A server's behaviour and what the client makes of it.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let reply: ServerReply
  let answer: Answer

  init(_ name: String, _ reply: ServerReply, _ answer: Answer) {
    testDescription = name
    self.reply = reply
    self.answer = answer
  }
}

private let headOfThree = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
private let chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

private let misbehaviours: [Misbehaviour] = [
  Misbehaviour(
    "slow, byte by byte", .text("slow").slowly(pauseMilliseconds: 1), .response(200, "slow")),
  Misbehaviour("a pause first", .text("late").after(milliseconds: 50), .response(200, "late")),
  Misbehaviour(
    "chunks, slowly, with trailers",
    ServerReply.chunked(["ab", "cde"], trailers: [("X", "y")]).slowly(pauseMilliseconds: 1),
    .response(200, "abcde")),
  Misbehaviour(
    "429 with seconds", .tooManyRequests(retryAfter: "7"),
    .response(429, #"{"error":{"message":"slow down"}}"#)),
  Misbehaviour("invalid JSON", .json("{]"), .response(200, "{]")),
  Misbehaviour(
    "a redirect", .text("", status: 302, headers: [("Location", "/x")]), .response(302, "")),
  Misbehaviour(
    "interim responses",
    .raw("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Working\r\nX: y\r\n\r\n" + headOfThree + "end"),
    .response(200, "end")),
  Misbehaviour(
    "204 with a body", .raw("HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\nabc"), .response(204, "")),
  Misbehaviour(
    "until the connection ends", ServerReply.raw("HTTP/1.1 200 OK\r\n\r\nall").then(.close),
    .response(200, "all")),
  Misbehaviour(
    "half-closed after a whole response",
    ServerReply.text("whole").then(.halfClose), .response(200, "whole")),
  Misbehaviour(
    "half-closed in the body", ServerReply.raw(headOfThree + "ab").then(.halfClose),
    .failure(.closedInBody(received: 2, of: 3), true)),
  Misbehaviour(
    "closed before the response", ServerReply([.close]),
    .failure(.closedBeforeResponse(received: 0), true)),
  Misbehaviour(
    "closed in the head", ServerReply.raw("HTTP/1.1 200 OK\r\n").then(.close),
    .failure(.closedBeforeResponse(received: 17), true)),
  Misbehaviour(
    "closed in the body", .wrongLength(10, "abc"),
    .failure(.closedInBody(received: 3, of: 10), true)),
  Misbehaviour("a length that is too short", .wrongLength(2, "abc"), .response(200, "ab")),
  Misbehaviour(
    "chunks cut off", ServerReply.raw(chunkedHead + "5\r\nabc").then(.close),
    .failure(.closedInBody(received: 3, of: nil), true)),
  Misbehaviour(
    "chunks without their end", ServerReply.raw(chunkedHead + "3\r\nabc\r\n").then(.close),
    .failure(.closedInBody(received: 3, of: nil), true)),
  Misbehaviour(
    "a bad chunk size", .raw(chunkedHead + "xyz\r\n"),
    .failure(.malformed("a chunk size is not 1 to 16 hexadecimal digits"), true)),
  Misbehaviour(
    "a huge chunk", .raw(chunkedHead + "7fffffffffffffff\r\n"),
    .failure(.tooLarge(.body, limit: 10_000), true)),
  Misbehaviour("reset", ServerReply([.reset]), .failure(.reset, true)),
  Misbehaviour(
    "reset in the body",
    ServerReply.raw(headOfThree + "a").then(.pause(milliseconds: 20)).then(.reset),
    .failure(.reset, true)),
  Misbehaviour(
    "a huge head", .text("", headers: [("X", String(repeating: "x", count: 5000))]),
    .failure(.tooLarge(.head, limit: 4000), true)),
  Misbehaviour(
    "a huge body", .text(String(repeating: "x", count: 10_001)),
    .failure(.tooLarge(.body, limit: 10_000), true)),
  Misbehaviour(
    "two lengths", .raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    .failure(.malformed("it has different Content-Lengths"), true)),
  Misbehaviour(
    "a length and chunks",
    .raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .failure(.malformed("it has both Content-Length and Transfer-Encoding"), true)),
  Misbehaviour(
    "another protocol", ServerReply.raw("SSH-2.0-OpenSSH_9.2\r\n"),
    .failure(.malformed("it is SSH"), true)),
  Misbehaviour(
    "a TLS alert", ServerReply.raw("\u{15}\u{3}\u{1}\0\u{2}\u{2}F"),
    .failure(.malformed("it is TLS; does the URL need https?"), true)),
  Misbehaviour(
    "silence", ServerReply([.hang]), .failure(.timeout(.idle), true)),
  Misbehaviour(
    "silence in the body", ServerReply.raw(headOfThree + "a").then(.hang),
    .failure(.timeout(.idle), true)),
]

@Suite struct MisbehaviourTests {
  @Test(arguments: misbehaviours)
  func `a server's behaviour becomes exactly this`(row: Misbehaviour) throws {
    // The first request is misbehaved to, the second one is not: the client goes on as if nothing had been.
    let server = try TestHTTPServer { request in
      request.target == "/bad" ? row.reply : .text("good")
    }
    let client = try client(server.url, connections: 1) {
      $0.headBytes = 4000
      $0.bodyBytes = 10_000
      $0.idleTimeout = 300_000_000
    }
    #expect(try client.ask(.post, "/bad", body: "{}") == row.answer)
    #expect(try client.ask() == .response(200, "good"))
    #expect(client.unfinished == 0)
    // The second one may come twice, where the client noticed late that the connection had ended.
    #expect(Set(server.requests.dropFirst().map(\.target)) == ["/"])
  }

  @Test func `a server that is slow but never silent meets the total limit`() throws {
    let server = try TestHTTPServer { _ in
      ServerReply.text(String(repeating: "x", count: 10_000)).slowly(pauseMilliseconds: 5)
    }
    let client = try client(server.url) { $0.totalTimeout = 150_000_000 }
    #expect(try client.ask() == .failure(.timeout(.total), true))
  }

  @Test func `an answer before the request is read is an answer`() throws {
    // The server answers from the head alone and goes; the rest of the body meets a closed connection.
    let server = try TestHTTPServer(
      greet: { _ in
        ServerReply.text("no", status: 413).then(.halfClose).then(.pause(milliseconds: 50))
      }, answer: { _ in ServerReply([.reset]) })
    let client = try client(server.url)
    let body = String(repeating: "x", count: 8 << 20)
    #expect(try client.ask(.post, "/", body: body) == .response(413, "no"))
  }

  @Test func `a storm of 429 keeps its headers`() throws {
    let date = "Sun, 22 Nov 2026 19:00:00 GMT"
    let server = try TestHTTPServer { request in
      switch request.number {
      case 0..<20: .tooManyRequests(retryAfter: request.number % 2 == 0 ? "1" : date)
      default: .text("done")
      }
    }
    let client = try client(server.url, connections: 1)
    for number in 0..<20 {
      let id = client.start(try HTTPRequest(.get, "/"))
      guard case .response(let response) = client.finishAll()[id]?.outcome else {
        Issue.record("no response")
        return
      }
      #expect(response.status == 429)
      #expect(response.headers.first("retry-after") == (number % 2 == 0 ? "1" : date))
    }
    #expect(try client.ask() == .response(200, "done"))
    #expect(server.connectionCount == 1)
  }
}
