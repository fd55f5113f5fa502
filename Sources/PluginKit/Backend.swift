// What a backend plugin supplies: devices, models, and completions by submit and pump.
public import JSONFormat

/// Something that a model can be loaded on.
public struct Device: Sendable {
  /// Its name, such as `cpu` or `cuda:0`.
  public var id: String
  /// How many models it takes at once.
  public var slots: Int

  /// A device with room for `slots` models.
  public init(id: String, slots: Int = 1) {
    self.id = id
    self.slots = slots
  }
}

/// What a loaded model says of itself.
public struct ModelDescription: Sendable {
  /// Names the weights, such as `sha256:` and lower-case hex: part of every work key.
  public var signature: String
  /// Names the build of the backend as far as it decides completions: part of every work key.
  public var build: String
  /// Requests that may be in flight.
  public var maxBatch: Int
  /// Tokens of prompt and completion together; nil = no limit that is known.
  public var contextLength: Int?

  /// A description; only the context length may be left out.
  public init(signature: String, build: String, maxBatch: Int, contextLength: Int? = nil) {
    self.signature = signature
    self.build = build
    self.maxBatch = maxBatch
    self.contextLength = contextLength
  }
}

/// A way to run models.
public protocol Backend: Sendable {
  /// A model that is loaded on a device; it is unloaded when the host lets go of it.
  associatedtype Model: BackendModel

  /// The component's id, version and promises.
  static var info: ComponentInfo { get }

  /// Opens an instance; `configuration` is a JSON object, empty when the host has nothing to say.
  init(configuration: JSONValue, host: Host) throws(ConfigurationError)

  /// What models can be loaded on here.
  func devices(call: CallContext) throws(PluginFailure) -> [Device]

  /// Loads the model of a `[[models]]` table of the run configuration on a device of `devices`.
  func load(_ model: JSONValue, device: String, call: CallContext) throws(PluginFailure) -> Model
}

/// A loaded model that keeps many requests in flight.
///
/// The host never overlaps two calls on it, and calls `pump` again and again while anything is in
/// flight: that is where the work is done.
public protocol BackendModel: AnyObject {
  /// What it is.
  func describe(call: CallContext) throws(PluginFailure) -> ModelDescription

  /// Takes a request and copies what it needs of it; false = no room at the moment.
  ///
  /// A request that cannot be served is accepted and answered with `Deliver.failure`: what this throws
  /// is taken as a failure of the model, not of the request.
  func submit(_ request: Request, call: CallContext) throws(PluginFailure) -> Bool

  /// Works for at most about `timeout` nanoseconds and delivers what is done, which may be nothing.
  func pump(timeout: UInt64, deliver: Deliver, call: CallContext) throws(PluginFailure)

  /// Gives up a request; it is still delivered, as cancelled or done. Unknown ids are ignored.
  func cancel(_ request: UInt64)
}
