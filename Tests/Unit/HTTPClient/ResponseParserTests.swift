// The parser alone: every way to cut the bytes, everything it refuses, and noise.

import HTTPClient
import Testing

/// What the parser makes of bytes that come in these pieces; then the connection ends.
private func parse(
  _ pieces: [[UInt8]], headLimit: Int = 4096, bodyLimit: Int = 4096, clean: Bool = true
) -> Result<HTTPResponse, HTTPFailure.Reason> {
  var parser = ResponseParser(headLimit: headLimit, bodyLimit: bodyLimit)
  do throws(HTTPFailure.Reason) {
    for piece in pieces { try parser.consume(piece[...]) }
    try parser.end(clean: clean)
    return .success(parser.take())
  } catch { return .failure(error) }
}

private func parse(
  _ text: String, headLimit: Int = 4096, bodyLimit: Int = 4096, clean: Bool = true
) -> Result<HTTPResponse, HTTPFailure.Reason> {
  parse([Array(text.utf8)], headLimit: headLimit, bodyLimit: bodyLimit, clean: clean)
}

private let wellFormed = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \t\r\n\r\nhello",
  "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n",
  "HTTP/1.1 429\r\nRetry-After: 1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nno",
  "HTTP/1.0 200 OK\r\n\r\nuntil the end\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
    + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    + "5\r\nhello\r\n00A;x=\"y\"\r\n0123456789\r\n1 \r\n!\r\n0\r\nDigest: abc\r\n\r\n",
  "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcSURPLUS",
  "HTTP/1.1 200 \u{e9}\r\nX: \u{e9}\r\nContent-Length: 2,2\r\n\r\n\u{e9}",
]

@Suite struct ResponseParserTests {
  @Test(
    arguments: zip(
      wellFormed,
      [
        "200 hello", "200 ", "429 no", "200 until the end\r\n\r\n", "200 !", "200 hello0123456789!",
        "204 ", "304 ", "200 abc", "200 \u{e9}",
      ]))
  func `a response is the same however its bytes are cut`(text: String, expected: String) throws {
    let bytes = Array(text.utf8)
    let whole = try parse(text).get()
    #expect("\(whole.status) \(whole.text)" == expected)
    for cut in 0...bytes.count {
      #expect(try parse([Array(bytes[..<cut]), Array(bytes[cut...])]).get() == whole)
    }
    #expect(try parse(bytes.map { [$0] }).get() == whole)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      var pieces: [[UInt8]] = []
      var start = 0
      while start < bytes.count {
        let end = min(bytes.count, start + Int.random(in: 1...9, using: &random))
        pieces.append(Array(bytes[start..<end]))
        start = end
      }
      #expect(try parse(pieces).get() == whole)
    }
  }

  @Test func `fields and trailers are kept`() throws {
    let response = try parse(wellFormed[5]).get()
    #expect(response.headers.first("transfer-encoding") == "Chunked")
    #expect(response.trailers.first("digest") == "abc")
    #expect(try parse(wellFormed[0]).get().headers.first("x-a") == "b")
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!", false),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: x, Close\r\n\r\n!", true),
    ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n!", true),
    ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: Keep-Alive\r\n\r\n!", false),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!more", true),
    ("HTTP/1.1 204 No\r\n\r\n", false), ("HTTP/1.1 204 No\r\n\r\nbody", true),
    ("HTTP/1.1 204 No\r\nContent-Length: 4\r\n\r\n", true),
    ("HTTP/1.1 304 No\r\nContent-Length: 4\r\n\r\n", false),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx", true),
  ])
  func `a connection is used again only when its end is certain`(text: String, closes: Bool) throws
  {
    var parser = ResponseParser(headLimit: 4096, bodyLimit: 4096)
    try parser.consume(Array(text.utf8)[...])
    #expect(parser.isDone && parser.mustClose == closes)
  }

  @Test(arguments: [
    "\r\nHTTP/1.1 200 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
    "HTTP/1.1 20\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.x 200 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 O\u{1}K\r\n\r\n",
    "HTTP/1.1 101 Switching\r\n\r\n", "SSH-2.0-OpenSSH\r\n", "\u{15}\u{3}\u{1}", "\0\0\u{6}",
    "<html>",
    "HTTP/1.1 200 OK\nContent-Length: 1\n\n!", "HTTP/1.1 200 OK\r\nX: a\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\u{7F}\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
    "HTTP/1.1 200 OK\r\n X: a\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
    "HTTP/1.1 200 OK\r\n: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX\r\n\r\n", "HTTP/1.1 200 OK\r\nX Y: a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1 1\r\n\r\na",
    "HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n\r\na",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n",
  ])
  func `what two readers could read differently is malformed`(text: String) {
    guard case .failure(.malformed) = parse(text) else {
      Issue.record("\(parse(text))")
      return
    }
  }

  @Test(arguments: [
    "\r\nhello", "x\r\nhello", "-1\r\nh", "+1\r\nh", "0x1\r\nh", " 1\r\nh", "1 2\r\nh",
    "5\nhello\r\n",
    "12345678901234567\r\n", "FFFFFFFFFFFFFFFF\r\n", "2\r\nhello\r\n", "5\r\nhelloX\r\n",
    "5\r\nhello\n0\r\n\r\n",
    "0\r\nbad trailer\r\n\r\n", "1;" + String(repeating: "x", count: 2000) + "\r\n",
  ])
  func `a chunk that is not one is malformed`(chunks: String) {
    guard
      case .failure(.malformed) = parse(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
    else {
      Issue.record("\(chunks)")
      return
    }
  }

  @Test(arguments: [
    ("", HTTPFailure.Reason.closedBeforeResponse(received: 0)),
    ("HTTP/1", .closedBeforeResponse(received: 6)),
    ("HTTP/1.1 200 OK\r\n", .closedBeforeResponse(received: 17)),
    ("HTTP/1.1 100 Continue\r\n\r\n", .closedBeforeResponse(received: 25)),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", .closedInBody(received: 3, of: 5)),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
      .closedInBody(received: 3, of: nil)
    ),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n",
      .closedInBody(received: 2, of: nil)
    ),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n0\r\n",
      .closedInBody(received: 2, of: nil)
    ),
    ("HTTP/1.1 200 OK\r\nContent-Length: 4097\r\n\r\n", .tooLarge(.body, limit: 4096)),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
      .tooLarge(.body, limit: 4096)
    ),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1001\r\n", .tooLarge(.body, limit: 4096)
    ),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7FFFFFFFFFFFFFFF\r\n",
      .tooLarge(.body, limit: 4096)
    ),
    (
      "HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 4097), .tooLarge(.body, limit: 4096)
    ),
    ("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 4096), .tooLarge(.head, limit: 4096)),
    (String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 200), .tooLarge(.head, limit: 4096)),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
        + String(repeating: "X: y\r\n", count: 1000), .tooLarge(.head, limit: 4096)
    ),
  ])
  func `an early end and a limit say how much there was`(text: String, reason: HTTPFailure.Reason) {
    #expect(parse(text) == .failure(reason))
  }

  @Test func `without the end of TLS a body of unknown length is not complete`() {
    #expect(
      parse("HTTP/1.1 200 OK\r\n\r\nabc", clean: false)
        == .failure(.closedInBody(received: 3, of: nil)))
  }

  @Test func `noise never traps and gives the same however it is cut`() {
    var random = SeededGenerator(seed: 11)
    let alphabet = Array(
      "HTTP/1.1 200\r\n\r\n:;,0aFContent-Length Transfer-Encoding chunked\0\u{ff}".utf8)
    for _ in 0..<3000 {
      var bytes = Array((wellFormed.randomElement(using: &random) ?? "").utf8)
      for _ in 0..<Int.random(in: 0...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = alphabet.randomElement(using: &random) ?? 0
        case 2: bytes.remove(at: place)
        default: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
        }
        if bytes.isEmpty { break }
      }
      #expect(parse([bytes]) == parse(bytes.map { [$0] }))
    }
    for _ in 0..<1000 {
      let bytes = (0..<Int.random(in: 0...300, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      #expect(throws: HTTPFailure.Reason.self) { try parse([bytes]).get() }
    }
  }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
