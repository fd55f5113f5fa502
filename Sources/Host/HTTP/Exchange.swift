// One request on its way, from start to completion.

/// A started request that has not ended.
final class Exchange {
  let id: RequestID
  let request: HTTPRequest
  let receiver: HTTPBodyReceiver?
  /// Nanoseconds on the monotonic clock.
  let startedAt: UInt64
  /// When it got its first connection; nil while it waits for one.
  var assignedAt: UInt64?
  /// After this time it has failed; set when it gets its first connection.
  var deadline = UInt64.max
  /// A byte of the request was given to a connection.
  var mayHaveReachedServer = false
  /// It was sent again after it met a connection that the server had closed.
  var wasRepeated = false
  /// The slot of its connection among the client's active ones; nil while it waits for one.
  var slot: Int?

  init(
    _ id: RequestID, _ request: HTTPRequest, _ receiver: HTTPBodyReceiver?, startedAt: UInt64
  ) {
    self.id = id
    self.request = request
    self.receiver = receiver
    self.startedAt = startedAt
  }

  /// Its completion.
  func completed(_ outcome: HTTPCompletion.Outcome, at now: UInt64) -> HTTPCompletion {
    HTTPCompletion(
      id: id, outcome: outcome, latencyNanoseconds: now - startedAt,
      queuedNanoseconds: (assignedAt ?? now) - startedAt)
  }
}
