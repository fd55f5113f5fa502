// Reading a component's configuration: each option once, with its default, and no key left unread.
public import JSONFormat

/// Takes options out of a configuration object and refuses what is wrong or unknown.
///
///     var options = try Options(configuration)
///     mode = try options.string("mode", default: "cot", oneOf: ["cot", "no_cot"])
///     shots = try options.integer("shots", default: 0, in: 0...64)
///     try options.finish()
public struct Options: Sendable {
  private let members: [JSONMember]
  private var known: [String] = []

  /// Reads from `configuration`, which must be an object.
  public init(_ configuration: JSONValue) throws(ConfigurationError) {
    guard let members = configuration.members else {
      throw ConfigurationError("the configuration must be an object")
    }
    self.members = members
  }

  /// Any value, or nil when the option is absent or null.
  public mutating func value(_ name: String) -> JSONValue? {
    known.append(name)
    guard let value = members.first(where: { $0.key == name })?.value, value != .null else {
      return nil
    }
    return value
  }

  /// A string, or nil when the option is absent.
  public mutating func string(_ name: String) throws(ConfigurationError) -> String? {
    guard let value = value(name) else { return nil }
    guard let string = value.string else { throw Self.wrong(name, "a string") }
    return string
  }

  /// A string; with `oneOf`, one of these.
  public mutating func string(
    _ name: String, default fallback: String, oneOf words: [String] = []
  ) throws(ConfigurationError) -> String {
    guard let string = try string(name) else { return fallback }
    guard words.isEmpty || words.contains(string) else {
      throw ConfigurationError(
        "option '\(name)' is '\(string)'; it must be one of \(words.joined(separator: ", "))")
    }
    return string
  }

  /// A whole number in `range`.
  public mutating func integer(
    _ name: String, default fallback: Int, in range: ClosedRange<Int> = Int.min...Int.max
  ) throws(ConfigurationError) -> Int {
    guard let value = value(name) else { return fallback }
    guard let integer = value.integer else { throw Self.wrong(name, "a whole number") }
    guard range.contains(Int(integer)) else {
      throw ConfigurationError(
        "option '\(name)' is \(integer); it must be \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(integer)
  }

  /// A finite number.
  public mutating func double(
    _ name: String, default fallback: Double
  ) throws(ConfigurationError) -> Double {
    guard let value = value(name) else { return fallback }
    guard let double = value.double else { throw Self.wrong(name, "a number") }
    return double
  }

  /// True or false.
  public mutating func bool(
    _ name: String, default fallback: Bool
  ) throws(ConfigurationError) -> Bool {
    guard let value = value(name) else { return fallback }
    guard let bool = value.bool else { throw Self.wrong(name, "true or false") }
    return bool
  }

  /// A list of strings, or nil when the option is absent.
  public mutating func strings(_ name: String) throws(ConfigurationError) -> [String]? {
    guard let value = value(name) else { return nil }
    guard let elements = value.elements else { throw Self.wrong(name, "a list of strings") }
    var strings: [String] = []
    for element in elements {
      guard let string = element.string else { throw Self.wrong(name, "a list of strings") }
      strings.append(string)
    }
    return strings
  }

  /// Throws when the configuration has an option that was never asked for.
  public func finish() throws(ConfigurationError) {
    for member in members where !known.contains(member.key) {
      throw ConfigurationError(
        "unknown option '\(member.key)'; the options are \(known.joined(separator: ", "))")
    }
  }

  private static func wrong(_ name: String, _ expected: String) -> ConfigurationError {
    ConfigurationError("option '\(name)' must be \(expected)")
  }
}
