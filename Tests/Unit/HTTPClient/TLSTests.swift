// TLS against a real OpenSSL server: who is believed, who is not, and the same answers as without.

import HTTPClient
import TestHTTPServer
import Testing

@Suite(.enabled(if: TestCertificate.canBeMade, "needs the openssl program and libssl"))
struct TLSTests {
  private func isTLS(_ answer: Answer, _ words: String) -> Bool {
    guard case .failure(.tls(let text), false) = answer else { return false }
    return text.contains(words)
  }

  @Test func `a certificate is believed only when it should be`() throws {
    let certificate = try TestCertificate()
    let other = try TestCertificate(names: ["DNS:other.example", "IP:127.0.0.2"])
    let server = try TestHTTPServer(certificate: certificate) { _ in .text("secret") }
    let impostor = try TestHTTPServer(certificate: other) { _ in .text("secret") }
    let trusting = TLSOptions(trust: .file(certificate.certificateFile))
    let trustingOther = TLSOptions(trust: .file(other.certificateFile))
    let byName = "https://localhost:\(server.port)"
    let impostorByName = "https://localhost:\(impostor.port)"

    #expect(try client(server.url, tls: trusting).ask() == .response(200, "secret"))
    #expect(try client(byName, tls: trusting).ask() == .response(200, "secret"))
    #expect(
      try client(server.url, tls: TLSOptions(trust: .anyone)).ask() == .response(200, "secret"))
    #expect(isTLS(try client(server.url).ask(), "certificate verify failed: self"))
    #expect(isTLS(try client(byName, tls: trustingOther).ask(), "certificate verify failed"))
    // The certificate is trusted, but it is somebody else's.
    #expect(isTLS(try client(impostor.url, tls: trustingOther).ask(), "IP address mismatch"))
    #expect(isTLS(try client(impostorByName, tls: trustingOther).ask(), "ostname mismatch"))
    #expect(
      try client(impostorByName, tls: TLSOptions(trust: .anyone)).ask()
        == .response(200, "secret"))
    // Nothing of a request came to a server that was not believed.
    #expect(server.requests.count == 3 && impostor.requests.count == 1)
  }

  @Test func `what cannot work is said when the client is made`() throws {
    let missing = #expect(throws: HTTPFailure.self) {
      try client("https://localhost", tls: TLSOptions(libraries: ["libnothing.so.9"]))
    }
    #expect(missing?.reason == .tls("https needs libssl3 (apt-get install libssl3)"))
    for path in ["/nonexistent/ca.pem", "/dev/null", "/"] {
      let failure = #expect(throws: HTTPFailure.self) {
        try client("https://localhost", tls: TLSOptions(trust: .file(path)))
      }
      #expect(failure?.description.contains("'\(path)'") == true)
    }
    let wrong = #expect(throws: HTTPFailure.self) {
      try client("https://localhost", tls: TLSOptions(libraries: ["libm.so.6"]))
    }
    #expect(wrong?.description.contains("lacks TLS_client_method") == true)
    _ = try client("http://localhost", tls: TLSOptions(libraries: []))
  }

  @Test func `a server without TLS is not spoken to`() throws {
    let plain = try TestHTTPServer(
      greet: { _ in .text("plain") }, answer: { _ in .text("plain") })
    let answer = try client("https://127.0.0.1:\(plain.port)", tls: TLSOptions(trust: .anyone))
      .ask()
    #expect(isTLS(answer, "wrong version") || isTLS(answer, "packet"))
  }

  @Test func `answers over TLS are the same, large, slow, many and cut`() throws {
    let certificate = try TestCertificate()
    let server = try TestHTTPServer(certificate: certificate) { request in
      switch request.target {
      case "/slow": ServerReply.text("slow").slowly(pauseMilliseconds: 1)
      case "/chunks": .chunked(["ab", "cde"])
      case "/echo": .text(request.text)
      case "/all": ServerReply.raw("HTTP/1.1 200 OK\r\n\r\nall").then(.close)
      case "/cut": ServerReply.raw("HTTP/1.1 200 OK\r\n\r\nall").then(.cut)
      case "/short": .wrongLength(10, "abc")
      case "/reset": ServerReply([.reset])
      case "/close": ServerReply([.close])
      case "/hang": ServerReply([.hang])
      default: .text(request.target)
      }
    }
    let trusting = TLSOptions(trust: .file(certificate.certificateFile))
    let client = try client(server.url, connections: 3, tls: trusting) {
      $0.idleTimeout = 1_000_000_000
    }
    let large = String(repeating: "0123456789abcdef", count: 1 << 17)
    #expect(try client.ask(.get, "/slow") == .response(200, "slow"))
    #expect(try client.ask(.get, "/chunks") == .response(200, "abcde"))
    #expect(try client.ask(.post, "/echo", body: large) == .response(200, large))
    #expect(server.connectionCount == 1)
    #expect(try client.ask(.get, "/all") == .response(200, "all"))
    // Without TLS's own end, somebody in between may have cut the rest off.
    #expect(try client.ask(.get, "/cut") == .failure(.closedInBody(received: 3, of: nil), true))
    #expect(try client.ask(.get, "/short") == .failure(.closedInBody(received: 3, of: 10), true))
    #expect(try client.ask(.get, "/reset") == .failure(.reset, true))
    #expect(
      try client.ask(.get, "/close") == .failure(.closedBeforeResponse(received: 0), true))
    #expect(try client.ask(.get, "/hang") == .failure(.timeout(.idle), true))
    let ids = try (0..<60).map { client.start(try HTTPRequest(.get, "/\($0)")) }
    let ended = client.finishAll()
    for (number, id) in ids.enumerated() {
      #expect(Answer(ended[id]) == .response(200, "/\(number)"))
    }
  }

  @Test func `a kept TLS connection that has ended is replaced`() throws {
    let certificate = try TestCertificate()
    let server = try TestHTTPServer(certificate: certificate) { request in
      request.indexOnConnection == 1 ? ServerReply([.close]) : .text("\(request.connection)")
    }
    let client = try client(
      server.url, connections: 1, tls: TLSOptions(trust: .file(certificate.certificateFile)))
    for number in 0..<4 { #expect(try client.ask() == .response(200, "\(number)")) }
  }
}
