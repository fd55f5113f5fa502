// The closed vocabularies of results: what happened to a try, why a completion ended.

/// What the evaluator says of one try.
package enum Outcome: UInt8, Sendable, CaseIterable {
  case pass = 1
  case fail = 2
  /// No answer could be read from the completion.
  case unparsed = 3
  /// Infrastructure: timeout, crash, judge unavailable. Never a wrong answer.
  case error = 4
}

extension Outcome {
  /// The word used in exports and logs.
  package var word: String {
    switch self {
    case .pass: "pass"
    case .fail: "fail"
    case .unparsed: "unparsed"
    case .error: "error"
    }
  }
}

/// Why a completion ended.
///
/// The raw values are those of `EVH_FINISH_*`.
package enum StopReason: UInt8, Sendable, CaseIterable {
  case stopToken = 1
  case maxLength = 2
  /// The stage was scored by log-probabilities, not generated.
  case choice = 3
  /// The backend failed; there is no completion.
  case error = 4
  case cancelled = 5
}

extension StopReason {
  /// The word the old exports use.
  package var word: String {
    switch self {
    case .stopToken: "stop_token"
    case .maxLength: "max_length"
    case .choice: "logits_only"
    case .error: "error"
    case .cancelled: "cancelled"
    }
  }
}

/// Where a data error was found.
package enum ErrorPlace: UInt8, Sendable, CaseIterable {
  /// A row of the prepared split cannot be used.
  case datasetRow = 1
  /// A worker process died or hung on this try.
  case worker = 2
  /// A plugin returned an error for this try.
  case plugin = 3
  /// The backend failed to answer a request of this try.
  case backend = 4
}

extension ErrorPlace {
  /// The word used in exports.
  package var word: String {
    switch self {
    case .datasetRow: "dataset row"
    case .worker: "worker"
    case .plugin: "plugin"
    case .backend: "backend"
    }
  }
}
