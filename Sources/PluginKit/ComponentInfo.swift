// What a component says of itself in the plugin's descriptor.
internal import PluginAPI

/// The name, version and promises of one component.
public struct ComponentInfo: Sendable {
  /// Promises that `evalhost plugins verify` tests.
  public struct Capabilities: OptionSet, Sendable {
    /// The bits of `EVH_CAP_*`.
    public let rawValue: UInt64

    /// The capabilities with these bits of `EVH_CAP_*`.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Equal inputs give equal bytes.
    public static let deterministic = Capabilities(rawValue: UInt64(EVH_CAP_DETERMINISTIC))
    /// Uses the network.
    public static let network = Capabilities(rawValue: UInt64(EVH_CAP_NETWORK))
    /// Uses a GPU.
    public static let gpu = Capabilities(rawValue: UInt64(EVH_CAP_GPU))
    /// A backend that scores continuations by log-probability.
    public static let choose = Capabilities(rawValue: UInt64(EVH_CAP_CHOOSE))
    /// A backend that takes chat messages.
    public static let messages = Capabilities(rawValue: UInt64(EVH_CAP_MESSAGES))
  }

  /// Which calls may overlap.
  public enum Threads: Int32, Sendable {
    /// One call at a time on an instance; instances are independent.
    case serial = 0
    /// One call at a time in the process.
    case processSerial = 1
  }

  /// Unique among the components of its kind, such as `free_response`.
  public var id: String
  /// Semantic version; empty = the plugin's.
  public var version: String
  /// One line for listings; may be empty.
  public var title: String
  /// JSON Schema of the configuration; may be empty.
  public var configSchema: String
  /// What the component promises.
  public var capabilities: Capabilities
  /// Which calls may overlap.
  public var threads: Threads

  /// Describes a component; only its id must be given.
  public init(
    id: String, version: String = "", title: String = "", configSchema: String = "",
    capabilities: Capabilities = [], threads: Threads = .serial
  ) {
    self.id = id
    self.version = version
    self.title = title
    self.configSchema = configSchema
    self.capabilities = capabilities
    self.threads = threads
  }
}
