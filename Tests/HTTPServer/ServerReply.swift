// What the test server does instead of an answer, step by step.

/// The steps that answer one request; afterwards the connection waits for the next request.
package struct ServerReply: Sendable {
  /// One thing that the server does on a connection.
  package enum Step: Sendable {
    /// Sends these bytes as they are.
    case send([UInt8])
    /// Sends these bytes in pieces of `piece` bytes with a pause between them.
    case drip([UInt8], piece: Int = 1, pauseMilliseconds: Int)
    /// Does nothing for that long.
    case pause(milliseconds: Int)
    /// Ends the server's direction; goes on reading.
    case halfClose
    /// Closes as usual (with TLS: after its close_notify).
    case close
    /// Closes without TLS's close_notify; without TLS the same as `close`.
    case cut
    /// Closes with a reset (SO_LINGER 0).
    case reset
    /// Keeps the connection open and silent until the client or the server goes.
    case hang
  }

  /// The steps in order.
  package var steps: [Step]

  /// Exactly these steps.
  package init(_ steps: [Step]) { self.steps = steps }

  /// These bytes as they are.
  package static func raw(_ text: String) -> ServerReply { ServerReply([.send(Array(text.utf8))]) }

  /// A response with its right Content-Length.
  package static func text(
    _ body: String, status: Int = 200, type: String = "text/plain",
    headers: [(String, String)] = []
  ) -> ServerReply {
    ServerReply([.send(bytes(body, status: status, type: type, headers: headers))])
  }

  /// A response with JSON's content type; the text is not checked.
  package static func json(
    _ body: String, status: Int = 200, headers: [(String, String)] = []
  ) -> ServerReply {
    text(body, status: status, type: "application/json", headers: headers)
  }

  /// A chunked response, one chunk per piece.
  package static func chunked(
    _ pieces: [String], status: Int = 200, headers: [(String, String)] = [],
    trailers: [(String, String)] = []
  ) -> ServerReply {
    var text = head(status: status, headers: headers + [("Transfer-Encoding", "chunked")])
    for piece in pieces where !piece.isEmpty {
      text += String(piece.utf8.count, radix: 16) + "\r\n" + piece + "\r\n"
    }
    text += "0\r\n" + trailers.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
    return raw(text)
  }

  /// 429 with a Retry-After field: seconds, or a date such as `Sun, 22 Nov 2026 19:00:00 GMT`.
  package static func tooManyRequests(retryAfter: String? = nil) -> ServerReply {
    json(
      #"{"error":{"message":"slow down"}}"#, status: 429,
      headers: retryAfter.map { [("Retry-After", $0)] } ?? [])
  }

  /// A response that claims another length than it has, then closes.
  package static func wrongLength(_ claimed: Int, _ body: String) -> ServerReply {
    ServerReply([
      .send(Array((head(status: 200, headers: [("Content-Length", "\(claimed)")]) + body).utf8)),
      .close,
    ])
  }

  /// The answer that this reply would send, byte by byte.
  package func slowly(pauseMilliseconds: Int, piece: Int = 1) -> ServerReply {
    ServerReply(
      steps.map {
        if case .send(let bytes) = $0 {
          return .drip(bytes, piece: piece, pauseMilliseconds: pauseMilliseconds)
        }
        return $0
      })
  }

  /// This reply after a pause.
  package func after(milliseconds: Int) -> ServerReply {
    ServerReply([.pause(milliseconds: milliseconds)] + steps)
  }

  /// This reply, then another step.
  package func then(_ step: Step) -> ServerReply { ServerReply(steps + [step]) }

  /// The bytes of a response with its right Content-Length.
  package static func bytes(
    _ body: String, status: Int = 200, type: String = "text/plain",
    headers: [(String, String)] = []
  ) -> [UInt8] {
    let fields =
      [("Content-Type", type), ("Content-Length", "\(body.utf8.count)")] + headers
    return Array((head(status: status, headers: fields) + body).utf8)
  }

  private static func head(status: Int, headers: [(String, String)]) -> String {
    "HTTP/1.1 \(status) Scripted\r\n" + headers.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
  }
}
