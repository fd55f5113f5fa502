// Requests that cannot carry a second one, and secrets that nothing prints.

import HTTPClient
import Testing

@Suite struct RequestTests {
  @Test(arguments: [
    ("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\0b"), ("X", "\u{7F}"),
    ("X", "\u{1}"),
    ("", "a"), ("X Y", "a"), ("X:", "a"), ("X\r\n", "a"), ("X\n", "a"), ("Ä", "a"), ("(X)", "a"),
    ("Host", "other"), ("content-LENGTH", "5"), ("Transfer-Encoding", "chunked"),
    ("Connection", "close"), ("Expect", "100-continue"), ("Upgrade", "h2c"), ("TE", "x"),
  ])
  func `a header that could make another message is refused`(name: String, value: String) {
    #expect(throws: HTTPRequestError.self) { try HTTPHeaders([(name, value)]) }
  }

  @Test(arguments: [
    "", "x", "http://h/", "/a b", "/a\r\nX: y", "/a\n", "/ä", "/#f", "/%", "/a\0", "*",
    "/" + String(repeating: "a", count: 70_000),
  ])
  func `a target that could end the line is refused`(target: String) {
    #expect(throws: HTTPRequestError.target) { try HTTPRequest(.get, target) }
  }

  @Test func `headers are found without case and in order`() throws {
    var headers = try HTTPHeaders([("X-a", "1"), ("x-A", "2")])
    try headers.add("B", "ümlaut\tand tab")
    #expect(headers.first("x-a") == "1" && headers.all("X-A") == ["1", "2"])
    #expect(headers.first("b") == "ümlaut\tand tab" && headers.first("c") == nil)
    #expect(headers.count == 3)
  }

  @Test func `nothing that prints shows a secret`() throws {
    let secret = "sk-4f9a"
    let headers = try HTTPHeaders([("Authorization", "Bearer \(secret)")])
    let request = try HTTPRequest(
      .post, "/p?key=\(secret)", headers: headers, body: Array(secret.utf8))
    let response = HTTPResponse(status: 200, headers: headers, body: Array(secret.utf8))
    var texts: [String] = []
    for thing in [headers, request, response, [headers], [request]] as [any Sendable] {
      var dumped = ""
      dump(thing, to: &dumped)
      texts += ["\(thing)", String(reflecting: thing), dumped]
    }
    let broken = #expect(throws: HTTPRequestError.self) {
      try HTTPHeaders([("Authorization", "Bearer \(secret)\n")])
    }
    texts.append(broken.map { "\($0)" } ?? "")
    for text in texts { #expect(!text.contains(secret) && !text.contains("115, 107, 45")) }
    #expect("\(request)" == "POST /p (7 bytes)")
  }
}
