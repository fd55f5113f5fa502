// How a caller takes a body that is too large to be kept in memory.

/// Takes the body of one response piece by piece instead of having it collected.
///
/// Both closures run during `poll`, on its thread, and must not call the client. Interim (1xx) responses are
/// not shown. A request that is sent again is one of which nothing had come back, so `head` runs at most once.
package struct HTTPBodyReceiver {
  /// What is to become of a body.
  package enum Decision: Equatable, Sendable {
    /// Collected in the response, up to the limits, as without a receiver.
    case collect
    /// Given to `piece`, whatever its size.
    case receive
    /// Not wanted: the request fails with `.cancelled` and its connection is closed.
    case refuse
  }

  /// Decides from status and header fields; the body is still empty then.
  let head: (HTTPResponse) -> Decision
  /// Takes the next bytes without their transfer coding, never none; false ends the request like `refuse`.
  let piece: (ArraySlice<UInt8>) -> Bool

  /// Joins the two.
  package init(
    head: @escaping (HTTPResponse) -> Decision, piece: @escaping (ArraySlice<UInt8>) -> Bool
  ) {
    self.head = head
    self.piece = piece
  }
}
