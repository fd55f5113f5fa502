// What plugin code throws, and nothing else: each error becomes one status of the ABI.

/// An evaluator, metric, dataset or backend refuses its configuration.
public struct ConfigurationError: Error, Sendable, Equatable {
  /// One line: what is wrong, which option, what to do.
  public var message: String

  /// An error that says `message`.
  public init(_ message: String) { self.message = message }
}

/// A row cannot be used: the data is at fault, not the plugin.
///
/// The host counts it as a data error of that row and goes on with the others.
public struct BadRecord: Error, Sendable, Equatable {
  /// One line: which field, what is wrong.
  ///
  /// The host adds the file and the row.
  public var message: String

  /// An error that says `message`.
  public init(_ message: String) { self.message = message }
}

/// A call could not be answered.
public struct PluginFailure: Error, Sendable, Equatable {
  /// What kind of failure it is; the raw values are those of `EVH_E_*`.
  public enum Code: Int32, Sendable {
    /// The host passed something that the header does not allow.
    case invalidArgument = 1
    /// A valid wish that this component cannot fulfil.
    case unsupported = 2
    /// The host cancelled the call.
    case cancelled = 3
    /// The deadline passed.
    case deadline = 4
    /// Something that was asked for is not there.
    case notFound = 5
    /// No room at the moment: back-pressure, not failure.
    case exhausted = 6
    /// A file or the network failed.
    case io = 7
    /// The row is at fault.
    case badRecord = 8
    /// A configuration is refused.
    case badConfiguration = 9
    /// Anything else.
    case internalError = 10
  }

  /// What kind of failure it is.
  public var code: Code
  /// One line: what, where, what to do.
  ///
  /// What is longer than 496 bytes is cut.
  public var message: String
  /// Whether the same call may succeed later.
  public var isRetryable: Bool
  /// Whether the instance is of no more use and must be closed.
  public var isPoisoned: Bool

  /// A failure of kind `code` that says `message`.
  public init(
    _ code: Code, _ message: String, isRetryable: Bool = false, isPoisoned: Bool = false
  ) {
    self.code = code
    self.message = message
    self.isRetryable = isRetryable
    self.isPoisoned = isPoisoned
  }

  /// The failure that tells the host that the row is at fault.
  public init(_ record: BadRecord) { self.init(.badRecord, record.message) }

  /// The failure that tells the host that the configuration is refused.
  public init(_ configuration: ConfigurationError) {
    self.init(.badConfiguration, configuration.message)
  }
}
