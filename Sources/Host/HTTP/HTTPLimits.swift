// What a client may use, how long it waits, and whom it trusts.

/// Bounds of one client; times are nanoseconds.
package struct HTTPLimits: Equatable, Sendable {
  /// Connections open at once; requests beyond them wait in the order of `start`.
  package var connections = 16
  /// From the need of a connection until it is ready: resolving, connecting on all addresses, TLS.
  package var connectTimeout: UInt64 = 10_000_000_000
  /// The longest silence: time in which no byte is sent and none comes, once connected.
  package var idleTimeout: UInt64 = 300_000_000_000
  /// From the moment a request gets a connection to the last byte of its response.
  ///
  /// Waiting for a connection to be free does not count.
  package var totalTimeout: UInt64 = 1_800_000_000_000
  /// How long an unused connection is kept for the next request.
  package var keepAlive: UInt64 = 30_000_000_000
  /// The same while a request waits for its first byte on a connection that has not answered any yet.
  ///
  /// Servers with a thread for each connection (llama.cpp) serve it only when another connection ends.
  package var contendedKeepAlive: UInt64 = 100_000_000
  /// Bytes of a response's head, its interim responses and trailers included.
  package var headBytes = 64 << 10
  /// Bytes of a response's body.
  package var bodyBytes = 64 << 20

  /// The defaults above.
  package init() {}
}

/// How a server proves who it is.
package struct TLSOptions: Equatable, Sendable {
  /// Whose certificates are accepted.
  package enum Trust: Equatable, Sendable {
    /// Those of the system's store.
    case system
    /// Only those in this PEM file.
    case file(String)
    /// Any: whoever answers is believed. For tests, and for networks that are trusted as they are.
    case anyone
  }

  /// Whose certificates are accepted.
  package var trust: Trust
  /// The names under which OpenSSL is looked for, in this order.
  package var libraries: [String]

  /// The system's trust and its OpenSSL 3 or 1.1.
  package init(
    trust: Trust = .system, libraries: [String] = ["libssl.so.3", "libssl.so.1.1"]
  ) {
    self.trust = trust
    self.libraries = libraries
  }
}
