// One question, one answer.

extension HTTPClient {
  /// Sends one request on a client of its own and waits for its end; for health checks and their like.
  ///
  /// Blocks for as long as `limits` allow.
  package static func send(
    _ request: HTTPRequest, to endpoint: Endpoint, limits: HTTPLimits = HTTPLimits(),
    tls: TLSOptions = TLSOptions()
  ) throws(HTTPFailure) -> HTTPResponse {
    let client = try HTTPClient(endpoint, limits: limits, tls: tls)
    let id = client.start(request)
    while true {
      for completion in client.poll(timeoutNanoseconds: 1_000_000_000) where completion.id == id {
        switch completion.outcome {
        case .response(let response): return response
        case .failure(let failure): throw failure
        }
      }
    }
  }
}
