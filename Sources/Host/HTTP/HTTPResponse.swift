// What comes back for a request.

/// One complete response.
package struct HTTPResponse: Equatable, Sendable {
  /// 200...999; interim (1xx) responses are skipped.
  package var status: Int
  /// The fields of the head.
  package var headers: HTTPHeaders
  /// The body, without its transfer coding; empty when a receiver took it.
  package var body: [UInt8]
  /// The fields after a chunked body.
  package var trailers: HTTPHeaders

  /// Joins the parts.
  package init(
    status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
    trailers: HTTPHeaders = HTTPHeaders()
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.trailers = trailers
  }

  /// The body as text, with U+FFFD where it is not UTF-8.
  package var text: String { String(decoding: body, as: UTF8.self) }
}

extension HTTPResponse: CustomStringConvertible {
  /// Status and size; never the fields.
  package var description: String { "status \(status) (\(body.count) bytes)" }
}

/// Names one started request of one client; later ones are larger.
package struct RequestID: Hashable, Comparable, Sendable {
  let number: UInt64

  /// Orders by the time of `start`.
  package static func < (one: RequestID, other: RequestID) -> Bool { one.number < other.number }
}

/// The one end of a started request.
package struct HTTPCompletion: Sendable {
  /// A response of any status, or why there is none.
  package enum Outcome: Sendable {
    case response(HTTPResponse)
    case failure(HTTPFailure)
  }

  /// What `start` returned.
  package var id: RequestID
  /// A response of any status, or why there is none.
  package var outcome: Outcome
  /// Nanoseconds from `start` to the last byte, or to the failure.
  package var latencyNanoseconds: UInt64
  /// Nanoseconds of these in which the request waited for a connection to be free.
  package var queuedNanoseconds: UInt64
}
