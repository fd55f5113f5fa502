// A real HTTP server on the loopback interface that does what a test tells it to.

/// Serves until it is stopped or goes; every connection has a thread of its own.
package final class TestHTTPServer: Sendable {
  /// On which loopback address the server listens.
  package enum Family: Sendable {
    case v4
    case v6
  }

  private let family: Family
  private let secure: Bool
  private let core: ServerCore

  /// Listens on a free port and answers every request as `answer` says.
  ///
  /// `answer` runs on the connections' threads, several at once. `greet` may act on a connection before
  /// anything is read from it (its argument counts connections from 0); nil does nothing. A greeting that
  /// closes while a request is on its way is a reset for the client. With `starts` false the port is
  /// taken and refuses connections until `start`.
  package init(
    family: Family = .v4, certificate: TestCertificate? = nil, starts: Bool = true,
    greet: @escaping @Sendable (Int) -> ServerReply? = { _ in nil },
    answer: @escaping @Sendable (ReceivedRequest) -> ServerReply
  ) throws(TestServerError) {
    self.family = family
    secure = certificate != nil
    var tls: ServerTLS?
    if let certificate { tls = try ServerTLS(certificate) }
    core = try ServerCore(family: family, tls: tls, greet: greet, answer: answer)
    if starts { try core.start() }
  }

  /// Begins to listen, once, where the server was made not to.
  package func start() throws(TestServerError) { try core.start() }

  deinit { core.stop() }

  /// The port that the system chose.
  package var port: UInt16 { core.port }

  /// `http://127.0.0.1:PORT`, `http://[::1]:PORT`, or with https.
  package var url: String {
    "\(secure ? "https" : "http")://\(family == .v4 ? "127.0.0.1" : "[::1]"):\(port)"
  }

  /// The requests that came so far, in order.
  package var requests: [ReceivedRequest] { core.requests }

  /// Connections accepted so far.
  package var connectionCount: Int { core.connectionCount }

  /// Connections open now.
  package var openConnections: Int { core.openConnections }

  /// Stops listening (further connections are refused), closes all connections, and waits for the threads.
  package func stop() { core.stop() }
}

/// The test server could not start.
package struct TestServerError: Error, CustomStringConvertible {
  /// What failed.
  package let description: String
}
