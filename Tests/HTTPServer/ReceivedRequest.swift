// A request as the test server has read it.

/// One request that came.
package struct ReceivedRequest: Sendable {
  /// Counts requests of the server from 0, in the order in which they were complete.
  package var number: Int
  /// Counts connections of the server from 0.
  package var connection: Int
  /// Counts requests of this connection from 0.
  package var indexOnConnection: Int
  package var method: String
  /// Path and query.
  package var target: String
  /// Fields in order, as they came.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  /// The value of the first field of that name, compared without case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The body as text.
  package var text: String { String(decoding: body, as: UTF8.self) }
}
