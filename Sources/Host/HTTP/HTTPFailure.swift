// Why there is no response, as data.

/// A request without a response.
package struct HTTPFailure: Error, Equatable, Sendable {
  /// What happened.
  package enum Reason: Error, Equatable, Sendable {
    /// The host has no address; the resolver's words.
    case resolve(host: String, String)
    /// No address of the host accepts connections on the port.
    case connectRefused
    /// The connection could not be made for another reason; the system's words.
    case connect(String)
    /// The connection, TLS included, was not ready in time.
    case connectTimeout
    /// The server accepted the connection and said nothing to the beginning of TLS in time.
    case handshakeTimeout
    /// TLS failed, or its library or certificates are missing; OpenSSL's words.
    case tls(String)
    /// The server reset the connection.
    case reset
    /// The connection ended before the end of the response head, after so many bytes of it.
    case closedBeforeResponse(received: Int)
    /// The connection ended inside the body: so many of its bytes came, of how many (nil: not known).
    case closedInBody(received: Int, of: Int?)
    /// The response is not HTTP/1.1 as it must be; what is wrong with it.
    case malformed(String)
    /// The response is larger than the limits allow.
    case tooLarge(Part, limit: Int)
    /// The response did not come in time.
    case timeout(Timeout)
    /// `cancel` was called, or the request's receiver refused the body or what was left of it.
    case cancelled
    /// A system call failed for want of something; its name and the system's words.
    case system(call: String, String)
  }

  /// What is too large.
  package enum Part: Equatable, Sendable {
    case head
    case body
  }

  /// Which time ran out.
  package enum Timeout: Equatable, Sendable {
    /// Nothing was sent or came for `HTTPLimits.idleTimeout`.
    case idle
    /// The whole took longer than `HTTPLimits.totalTimeout`.
    case total
  }

  /// What happened.
  package var reason: Reason
  /// A byte of the request was given to a connection, so the server may have acted on it.
  ///
  /// When false, sending the request again cannot make the server do it twice.
  package var mayHaveReachedServer: Bool

  /// Records a failure.
  package init(_ reason: Reason, mayHaveReachedServer: Bool) {
    self.reason = reason
    self.mayHaveReachedServer = mayHaveReachedServer
  }
}

extension HTTPFailure: CustomStringConvertible {
  /// One line: what happened; never a header or a byte of a body.
  package var description: String {
    switch reason {
    case .resolve(let host, let words): "cannot find the address of \(host): \(words)"
    case .connectRefused: "the connection was refused: is the server running?"
    case .connect(let words): "cannot connect: \(words)"
    case .connectTimeout: "the server did not accept the connection in time"
    case .handshakeTimeout:
      "the TLS handshake got no answer in time: is it http:// and not https://?"
    case .tls(let words): "TLS: \(words)"
    case .reset: "the server reset the connection"
    case .closedBeforeResponse(0): "the server closed the connection without an answer"
    case .closedBeforeResponse(let received):
      "the server closed the connection after \(received) bytes of the response head"
    case .closedInBody(let received, let total?):
      "the server closed the connection after \(received) of \(total) bytes of the response"
    case .closedInBody(let received, nil):
      "the server closed the connection after \(received) bytes of a response that had not ended"
    case .malformed(let problem): "the server's answer is not HTTP/1.1: \(problem)"
    case .tooLarge(.head, let limit): "the response head is larger than \(limit) bytes"
    case .tooLarge(.body, let limit): "the response body is larger than \(limit) bytes"
    case .timeout(.idle): "the server was silent for too long"
    case .timeout(.total): "the response took too long"
    case .cancelled: "the request was cancelled"
    case .system(let call, let words): "\(call): \(words)"
    }
  }
}
