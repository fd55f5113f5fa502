// What a call into a plugin can end with. The happy case carries nothing, so that it costs nothing.

/// The status of a call; the raw values are those of `evh_status`.
package enum CallStatus: Int32, Sendable, CaseIterable {
  /// It succeeded.
  case ok = 0
  /// The host passed what the header does not allow.
  case invalidArgument = 1
  /// A valid wish that the component cannot fulfil.
  case unsupported = 2
  /// It was asked to stop.
  case cancelled = 3
  /// It ran out of time.
  case deadline = 4
  /// What was named is not there.
  case notFound = 5
  /// No room at the moment.
  case exhausted = 6
  /// Reading, writing or the network failed.
  case io = 7
  /// The row is at fault.
  case badRecord = 8
  /// The configuration is refused.
  case badConfig = 9
  /// Anything else.
  case internalFailure = 10
  /// Of sinks alone: enough.
  case stop = 11
}

/// A call that did not succeed.
package struct CallFailure: Error, Equatable, Sendable {
  /// What the plugin returned; `internalFailure` when it returned a number the header does not know.
  package var status: CallStatus
  /// Plugin, function and reason in one line.
  package var message: String
  /// The same call may succeed later.
  package var isRetryable: Bool
  /// The instance is unusable: every later call on it fails without reaching the plugin.
  package var isPoisoned: Bool
  /// The plugin broke a rule of the header, whatever it returned.
  package var brokeContract: Bool

  /// Makes a failure of its parts.
  package init(
    status: CallStatus, message: String, isRetryable: Bool = false, isPoisoned: Bool = false,
    brokeContract: Bool = false
  ) {
    self.status = status
    self.message = message
    self.isRetryable = isRetryable
    self.isPoisoned = isPoisoned
    self.brokeContract = brokeContract
  }
}

extension CallFailure: CustomStringConvertible {
  /// The message.
  package var description: String { message }
}

/// How a call on a row ended.
package enum CallResult: Equatable, Sendable {
  /// The result is in the buffer that was given.
  case ok
  /// The row is at fault: a data error, not a failure of the plugin.
  case badRecord(String)
  /// The plugin is at fault, or what it depends on.
  case failed(CallFailure)
}

extension CallResult {
  /// Whether the call succeeded.
  package var isOK: Bool {
    if case .ok = self { true } else { false }
  }
}

/// A rule of the header that a plugin broke while it called one of the host's sinks.
struct SinkFault: Error {
  /// What the sink returned to the plugin.
  var status: CallStatus
  /// What the plugin did, to follow "broke the ABI: ".
  var reason: StaticString

  init(_ reason: StaticString, status: CallStatus = .invalidArgument) {
    self.status = status
    self.reason = reason
  }
}
