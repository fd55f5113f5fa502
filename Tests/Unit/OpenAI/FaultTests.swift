// Servers that misbehave: every request is answered exactly once, with what happened.
internal import JSONFormat
internal import Testing
internal import TestHTTPServer

@Suite struct FaultTests {
  private let off = #""choose":"none""#

  @Test func `a storm of 429 is weathered and each request answered once`() throws {
    let storm = Counter()
    let server = try serve { request in
      storm.next() < 60
        ? .tooManyRequests()
        : Reply.completion("\(request.text.count)")
    }
    let session = try Session(server.url, off + #","retries":200,"connections":8"#)
    let ids = (0..<40).compactMap { _ in session.submit(Ask()) }
    session.pump(until: 40)
    #expect(ids.count == 40 && session.answers.count == 40)
    #expect(session.answers.values.allSatisfy { $0.count == 1 && $0[0].finish == 1 })
    // Sixty refusals, forty answers, and the list of models.
    #expect(server.requests.count == 101)
  }

  @Test(arguments: [
    (429, "slow down", true), (500, "slow down", true), (502, "slow down", true),
    (503, "slow down", true), (504, "slow down", true), (529, "slow down", true),
    (408, "slow down", true), (400, "slow down", false), (401, "no key was sent", false),
    (403, "no key was sent", false), (404, "asked for the model 'm'", false),
    (422, "slow down", false), (501, "slow down", false),
    (302, "redirects are not followed", false),
    (204, "slow down", false),
  ])
  func `a status is tried again or final`(status: Int, message: String, again: Bool) throws {
    let server = try serve { _ in Reply.error(status, "slow down") }
    let session = try Session(server.url, off)
    let answer = try session.answer(Ask())
    #expect(answer.finish == 4 && answer.isRetryable == again)
    #expect(answer.text.contains("the server answered \(status): "), "\(answer.text)")
    #expect(answer.text.contains(message) || status == 204, "\(answer.text)")
    #expect(answer.text.contains("(tried 4 times)") == again)
    #expect(server.requests.count == (again ? 5 : 2))
  }

  @Test func `Retry-After holds all requests back, within its bound`() throws {
    let count = Counter()
    let server = try serve { _ in
      switch count.next() {
      case 0: .tooManyRequests(retryAfter: "Sun, 22 Nov 2099 19:00:00 GMT")
      default: Reply.completion("4")
      }
    }
    let session = try Session(server.url, off + #","max_retry_after_s":0.6,"connections":1"#)
    _ = session.submit(Ask())
    _ = session.submit(Ask())
    session.pump(60_000_000)
    // The first came back with its date; until the bound is over nobody asks again.
    #expect(session.delivered == 0 && server.requests.count == 2)
    session.pump(until: 2)
    #expect(session.answers.values.allSatisfy { $0.count == 1 && $0[0].text == "4" })
    #expect(server.requests.count == 4)
  }

  @Test func `an account without money is not asked again`() throws {
    let server = try serve { _ in
      .json(#"{"error":{"message":"pay","code":"insufficient_quota"}}"#, status: 429)
    }
    let answer = try Session(server.url, off).answer(Ask())
    #expect(answer.text.contains("429: pay") && !answer.isRetryable && server.requests.count == 2)
  }

  @Test(arguments: [
    (ServerReply.json("{\"choices\":[{\"text\":"), "not valid JSON: JSON byte 20", 1),
    (.json(""), "not valid JSON: JSON byte 0: the text ends", 1),
    (.text("<html>busy</html>"), "not valid JSON: JSON byte 0", 1),
    (.json(#"{"choices":[{"text":"\ud800"}]}"#), "half of a surrogate pair", 1),
    (.json(String(repeating: "[", count: 100_000)), "more than 128 arrays", 1),
    (.json("{}"), "'choices' of the server's answer is missing or null", 1),
    (.json(#"{"error":{"message":"upstream","code":400}}"#), "with an error: upstream", 1),
    (.json(#"{"error":{"message":"upstream","code":429}}"#), "upstream (tried 4 times)", 4),
    (.json(#"{"error":"plain"}"#), "with an error: plain", 1),
    (
      .wrongLength(500, #"{"choices":[]}"#),
      "after 14 of 500 bytes of the response (tried 4 times)", 4
    ),
    (.wrongLength(5, #"{"choices":[]}"#), "not valid JSON", 1),
    (.raw("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n"), "is not HTTP/1.1", 4),
    (.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), "is not HTTP/1.1", 4),
  ])
  func `a broken answer is an error that says what is broken`(
    reply: ServerReply, message: String, tries: Int
  ) throws {
    let server = try serve { _ in reply }
    let session = try Session(server.url, off)
    let answer = try session.answer(Ask())
    #expect(answer.finish == 4 && answer.text.contains(message), "\(answer.text)")
    #expect(answer.text.hasPrefix(server.url + ": "))
    #expect(server.requests.count == 1 + tries)
    session.pump(1_000_000)
    #expect(session.delivered == 1)
  }

  @Test(arguments: [
    [ServerReply.Step.halfClose], [.close], [.reset],
    [.send(Array("HTTP/1.1 200 OK\r\nCont".utf8)), .close],
  ])
  func `a lost connection is tried again`(steps: [ServerReply.Step]) throws {
    let count = Counter()
    let server = try serve { _ in
      count.next() < 2
        ? ServerReply(steps) : Reply.completion("4").slowly(pauseMilliseconds: 1, piece: 40)
    }
    let answer = try Session(server.url, off).answer(Ask())
    #expect(answer.finish == 1 && answer.text == "4", "\(answer.text)")
    #expect(answer.tokens == [5, 2] && answer.latency > 0)
  }

  @Test(arguments: ["echo", "prompt_logprobs", "top_logprobs"])
  func `an answer with any byte changed is an answer or an error`(method: String) throws {
    let choices =
      switch method {
      case "echo": (0..<2).map { FakeTokens.echo("2 \($0 + 4)", index: $0, generated: false) }
      case "prompt_logprobs": (0..<2).map { FakeTokens.prompt("2 \($0 + 4)", index: $0) }
      default: [#"{"logprobs":{"top_logprobs":[{" 4":-1.5,"5":-99}]}}"#]
      }
    let valid = Array(#"{"choices":[\#(choices.joined(separator: ","))]}"#.utf8)
    let number = Counter()
    number.set(-10)
    let server = try serve { _ in
      var bytes = valid
      let count = number.next()
      if count >= 0 {
        let junk = Array(#"9-.e"\[]{},:n \u{0}"#.utf8)
        bytes[count % bytes.count] = junk[(count * 7 + count / bytes.count) % junk.count]
        if count % 5 == 0 { bytes.removeLast(count % bytes.count) }
      }
      return .json(String(decoding: bytes, as: UTF8.self))
    }
    let session = try Session(
      server.url,
      #""choose":"\#(method)","max_batch":5000,"endpoint":"completions","connections":2"#)
    #expect(session.message.isEmpty, "\(session.message)")
    number.set(0)
    let asked = valid.count
    for _ in 0..<asked { _ = session.submit(Ask(prompt: "2", choices: [" 4", " 5"])) }
    session.pump(until: asked)
    #expect(session.answers.count == asked && session.delivered == asked)
    #expect(session.answers.values.allSatisfy { $0[0].finish == 3 || $0[0].finish == 4 })
  }

  @Test func `a silent server is given up after its time`() throws {
    let server = try serve { _ in ServerReply([.hang]) }
    let session = try Session(server.url, off + #","timeout_s":1.5,"retries":1"#)
    let answer = try session.answer(Ask())
    #expect(answer.text.contains("(tried 2 times)") && answer.isRetryable, "\(answer.text)")
  }

  @Test func `hundreds are in flight over few connections`() throws {
    let server = try serve { request in
      guard let prompt = try? JSONValue.parse(request.body)["prompt"]?.string else {
        return Reply.error(400, "?")
      }
      return Reply.completion("to \(prompt)")
    }
    let session = try Session(server.url, off + #","max_batch":300,"connections":12"#)
    let ids = (0..<301).map { session.submit(Ask(prompt: "\($0)")) }
    #expect(ids[..<300].allSatisfy { $0 != nil } && ids[300] == nil)
    session.pump(until: 300)
    for (index, id) in ids[..<300].enumerated() {
      let answers = try session.answers[#require(id)]
      #expect(answers?.map(\.text) == ["to \(index)"])
    }
    #expect(server.connectionCount <= 12 && server.requests.count == 301)
  }

  @Test func `cancelled requests are delivered once, and the host may stop a delivery`() throws {
    let server = try serve { request in
      request.text.contains("slow") ? ServerReply([.hang]) : Reply.completion("4")
    }
    let session = try Session(server.url, off + #","connections":3"#)
    let slow = (0..<5).compactMap { _ in session.submit(Ask(prompt: "slow")) }
    session.pump(30_000_000)
    for id in slow { session.cancel(id) }
    session.cancel(slow[0])
    session.cancel(999)
    session.pump(until: 5)
    #expect(session.answers.values.allSatisfy { $0.count == 1 && $0[0].finish == 5 })
    // Their connections are free again.
    for _ in 0..<4 { _ = session.submit(Ask()) }
    session.sinkStatus = 11
    for delivered in 6...9 {
      session.pump(until: delivered)
      #expect(session.delivered == delivered)
    }
    #expect(session.answers.values.allSatisfy { $0.count == 1 })
  }

  @Test func `a server that goes and comes back costs no request`() throws {
    let gone = Counter()
    let server = try TestHTTPServer(
      greet: { _ in gone.value == 1 ? ServerReply([.close]) : nil },
      answer: { request in
        if gone.value == 1 { return ServerReply([.close]) }
        return request.target.hasSuffix("models") ? Reply.noModels : Reply.completion("4")
      })
    let session = try Session(server.url, off + #","connections":4"#)
    gone.set(1)
    for _ in 0..<50 { _ = session.submit(Ask()) }
    var pumps = 0
    while session.logs.isEmpty, pumps < 500 {
      session.pump()
      pumps += 1
    }
    #expect(session.logs.count == 1 && session.logs[0].hasPrefix("the server is gone since "))
    // Long enough for probes to fail: the intervals grow from a quarter of a second.
    for _ in 0..<20 { session.pump() }
    let asked = server.connectionCount
    #expect(session.delivered == 0 && asked < 40)
    gone.set(0)
    session.pump(until: 50)
    #expect(session.answers.count == 50)
    #expect(session.answers.values.allSatisfy { $0.count == 1 && $0[0].finish == 1 })
    #expect(session.logs.count == 2 && session.logs[1].contains("the server is back after "))
  }

  @Test func `requests to a server that stays away fail and say since when`() throws {
    let server = try serve { _ in Reply.completion("4") }
    let session = try Session(server.url, off + #","give_up_after_s":0.3"#)
    #expect(try session.answer(Ask()).text == "4")
    server.stop()
    for _ in 0..<30 { _ = session.submit(Ask()) }
    session.pump(until: 31)
    #expect(session.answers.count == 31)
    let failed = session.answers.values.filter { $0.count == 1 && $0[0].finish == 4 }
    #expect(failed.count == 30)
    for answer in failed {
      #expect(answer[0].text.contains("UTC: \(server.url): the connection was refused"))
      #expect(
        answer[0].text.contains("given up after 0 s (give_up_after_s)") && answer[0].isRetryable)
    }
    // Later ones do not wait again for as long.
    let late = try session.answer(Ask())
    #expect(late.finish == 4 && session.logs.count == 1)
  }

  @Test func `a server that is not up yet is waited for while the model is loaded`() throws {
    let server = try TestHTTPServer(starts: false) { request in
      request.target.hasSuffix("/models") ? Reply.noModels : Reply.completion("4")
    }
    let refusal = "\(server.url): the connection was refused: is the server running?"
    let absent = try Session(server.url, off + #","give_up_after_s":0.3"#)
    #expect(absent.message == "\(refusal) (given up after 0 s: give_up_after_s)")
    #expect(!absent.isRetryable && absent.signs > 0)
    #expect(absent.logs == ["\(refusal) (waiting up to 0 s for it: give_up_after_s)"])
    let cancelled = try Session(server.url, off, onLog: { _ in true })
    #expect(cancelled.message == "loading was cancelled" && cancelled.logs.count == 1)
    let hasty = try Session(server.url, off + #","retries":0"#)
    #expect(hasty.message == refusal && hasty.isRetryable && hasty.logs.isEmpty)
    let patient = try Session(server.url, off) { _ in
      try? server.start()
      return false
    }
    #expect(patient.message.isEmpty && patient.logs.count == 1, "\(patient.message)")
    #expect(try patient.answer(Ask()).text == "4")
  }

  @Test func `where nothing of the API is the model is not loaded`() throws {
    let empty = try TestHTTPServer { _ in Reply.error(404, "File Not Found") }
    for (options, paths) in [
      ("", "/models, /completions, /chat/completions"),
      (#""endpoint":"chat""#, "/models, /chat/completions"),
    ] {
      let session = try Session(empty.url + "/v2", options)
      #expect(
        session.message.hasPrefix(
          "nothing of the OpenAI API is at \(empty.url)/v2 (asked for \(paths)): the server answered "
            + "404: File Not Found"), "\(session.message)")
      #expect(session.message.hasSuffix("; base_url usually ends in /v1") && !session.isRetryable)
    }
    // llama.cpp without /v1: answers in a format of its own.
    let own = try serve { _ in .json(#"{"content":"4"}"#) }
    for (path, advises) in [("", true), ("/v1", false)] {
      let answer = try Session(own.url + path, off).answer(Ask())
      #expect(answer.text.contains("'choices' of the server's answer is missing or null"))
      #expect(answer.text.hasSuffix("; base_url usually ends in /v1") == advises)
    }
  }

  @Test(.enabled(if: TestCertificate.canBeMade, "needs the openssl program and libssl"))
  func `a server that does not answer in TLS is not asked again`() throws {
    let silent = try TestHTTPServer(
      greet: { _ in ServerReply([.hang]) }, answer: { _ in Reply.noModels })
    let url = "https://127.0.0.1:\(silent.port)"
    let session = try Session(url, off + #","connect_timeout_s":2,"verify_tls":false"#)
    #expect(
      session.message
        == "\(url): the TLS handshake got no answer in time: is it http:// and not https://?")
    #expect(!session.isRetryable && silent.connectionCount == 1)
  }

  @Test(.enabled(if: TestCertificate.canBeMade, "needs the openssl program and libssl"))
  func `a certificate that is not trusted is a final failure`() throws {
    let certificate = try TestCertificate()
    let server = try TestHTTPServer(certificate: certificate) { request in
      request.target.hasSuffix("models") ? Reply.noModels : Reply.completion("4")
    }
    let refused = try Session(server.url, off)
    #expect(refused.message.hasPrefix("\(server.url): TLS: "), "\(refused.message)")
    #expect(!refused.isRetryable)
    for trust in [#""ca_file":"\#(certificate.certificateFile)""#, #""verify_tls":false"#] {
      let session = try Session(server.url, off + "," + trust)
      #expect(session.message.isEmpty, "\(session.message)")
      #expect(try session.answer(Ask()).text == "4")
    }
    let missing = try Session(server.url, off + #","ca_file":"/nonexistent/ca.pem""#)
    #expect(!missing.message.isEmpty && !missing.isRetryable)
  }
}
