// One way for these tests to ask and to name what came back.

import HTTPClient
import TestHTTPServer
import Testing

/// A client that never waits long: a hanging test ends with a typed failure instead.
func client(
  _ url: String, connections: Int = 4, tls: TLSOptions = TLSOptions(),
  change: (inout HTTPLimits) -> Void = { _ in }
) throws -> HTTPClient {
  var limits = HTTPLimits()
  limits.connections = connections
  limits.connectTimeout = 20_000_000_000
  limits.idleTimeout = 20_000_000_000
  limits.totalTimeout = 60_000_000_000
  change(&limits)
  return try HTTPClient(Endpoint(url), limits: limits, tls: tls)
}

extension HTTPClient {
  /// Polls until everything has ended.
  func finishAll() -> [RequestID: HTTPCompletion] {
    var ended: [RequestID: HTTPCompletion] = [:]
    while unfinished > 0 {
      for completion in poll(timeoutNanoseconds: 1_000_000_000) {
        #expect(ended[completion.id] == nil)
        ended[completion.id] = completion
      }
    }
    return ended
  }

  /// Sends one request and waits for its end.
  func ask(_ method: HTTPRequest.Method = .get, _ target: String = "/", body: String = "") throws
    -> Answer
  {
    let id = start(try HTTPRequest(method, target, body: Array(body.utf8)))
    return Answer(finishAll()[id])
  }
}

/// A completion as tests compare it.
enum Answer: Equatable {
  case response(Int, String)
  /// The reason, and whether the request may have reached the server.
  case failure(HTTPFailure.Reason, Bool)
  case nothing

  init(_ completion: HTTPCompletion?) {
    switch completion?.outcome {
    case .response(let response): self = .response(response.status, response.text)
    case .failure(let failure): self = .failure(failure.reason, failure.mayHaveReachedServer)
    case nil: self = .nothing
    }
  }
}
