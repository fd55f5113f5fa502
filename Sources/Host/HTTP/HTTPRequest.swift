// A request whose parts cannot break out of their places.

/// One request to the client's endpoint.
package struct HTTPRequest: Sendable {
  /// What is asked for.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case delete = "DELETE"
  }

  /// What is asked for.
  package let method: Method
  /// Path and query as they travel, for example `/v1/models?limit=3`.
  package let target: String
  /// The fields that the caller adds.
  package let headers: HTTPHeaders
  /// The body; its length travels as Content-Length.
  package let body: [UInt8]

  /// Joins the parts.
  ///
  /// `target` must begin with `/` and hold only what a URL may hold, percent-encoded (use
  /// `Endpoint.target` to place a path below a base URL).
  package init(
    _ method: Method, _ target: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []
  ) throws(HTTPRequestError) {
    guard target.utf8.first == UInt8(ascii: "/"), target.utf8.count <= 65_536,
      isTarget(target[...])
    else { throw .target }
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
  }

  /// The head as it travels.
  func head(host: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    bytes += "\(method.rawValue) \(target) HTTP/1.1\r\nHost: \(host)\r\n".utf8
    headers.write(to: &bytes)
    if headers.first("User-Agent") == nil { bytes += "User-Agent: evalhost\r\n".utf8 }
    // Nothing here unpacks.
    if headers.first("Accept-Encoding") == nil { bytes += "Accept-Encoding: identity\r\n".utf8 }
    if method == .post || method == .put || !body.isEmpty {
      bytes += "Content-Length: \(body.count)\r\n".utf8
    }
    bytes += "\r\n".utf8
    return bytes
  }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Method, path and size; never the query, the fields or the body.
  package var description: String {
    "\(method.rawValue) \(target.prefix { $0 != "?" }) (\(body.count) bytes)"
  }
  /// The same as `description`.
  package var debugDescription: String { description }
  /// Nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A request that cannot be made.
///
/// It names fields but never shows a value, which may be an API key.
package enum HTTPRequestError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A field name is empty or holds a character that it may not hold.
  case headerName
  /// The value of this field holds a line break, NUL or another control character.
  case headerValue(String)
  /// The client writes this field itself.
  case reservedHeader(String)
  /// The path does not begin with `/` or holds a character that a URL may not hold.
  case target

  /// One line.
  package var description: String {
    switch self {
    case .headerName: "a header name is empty or holds a character that it may not hold"
    case .headerValue(let name):
      "the value of the header \(name) holds a line break or another control character; remove it"
    case .reservedHeader(let name): "the header \(name) is written by the client itself; remove it"
    case .target:
      "the request path does not begin with / or holds a character that a URL may not hold; "
        + "percent-encode it"
    }
  }
}
