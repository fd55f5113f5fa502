// What is said of a configuration that cannot be used, and where each of its values came from.

package import TOMLFormat

/// One thing that is wrong in a configuration: where, what, and what to do.
package struct ConfigError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file as the user named it, or `--set a.b` for a value of the command line.
  package var file: String
  /// The place in the file; nil for the command line and for a file as a whole.
  package var position: SourcePosition?
  /// One sentence in lower case, without a full stop.
  package var message: String

  /// Makes an error from its place and its sentence.
  package init(file: String, position: SourcePosition?, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }

  /// The error as `file:line:column: message`, or `--set a.b: message`.
  package var description: String {
    if let position { return "\(file):\(position): \(message)" }
    return "\(file): \(message)"
  }
}

/// Everything that is wrong in a configuration, in the order of the text; never empty.
package struct ConfigErrors: Error, Equatable, Sendable, CustomStringConvertible {
  /// The errors, those of the command line last.
  package var errors: [ConfigError]

  /// Makes the list; there must be at least one error.
  package init(_ errors: [ConfigError]) { self.errors = errors }

  /// One error a line.
  package var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// Where a value of the configuration came from.
package enum ConfigOrigin: Equatable, Hashable, Sendable, CustomStringConvertible {
  /// Nobody gave it: the host's own default.
  case standard
  /// A sampling template, by name.
  case template(String)
  /// A place in a file.
  case file(String, SourcePosition)
  /// An override of the command line, by its key.
  case override(String)
  /// Worked out from what another key names.
  case computed(from: String)

  /// The origin as a comment says it: `default`, `template x`, `file:3:1`, `--set a.b`.
  package var description: String {
    switch self {
    case .standard: "default"
    case .template(let name): "template \(name)"
    case .file(let name, let position): "\(name):\(position)"
    case .override(let key): "--set \(key)"
    case .computed(let key): "computed from \(key)"
    }
  }

  /// Whether the value was given on the command line.
  package var isOverride: Bool { if case .override = self { true } else { false } }

  /// An error at this place.
  func error(_ message: String) -> ConfigError {
    switch self {
    case .file(let name, let position):
      ConfigError(file: name, position: position, message: message)
    case .standard, .template, .override, .computed:
      ConfigError(file: description, position: nil, message: message)
    }
  }
}

/// Collects the errors of one file and remembers where its values stand.
final class ConfigLog {
  let file: String
  let overrides: [ConfigOverride]
  private(set) var errors: [ConfigError] = []
  private(set) var origins: [String: ConfigOrigin] = [:]

  init(file: String, overrides: [ConfigOverride] = []) {
    self.file = file
    self.overrides = overrides
  }

  /// Where the value at a path was written: in the file, unless an override set it or its parent.
  func origin(_ path: [String], _ position: SourcePosition) -> ConfigOrigin {
    let override =
      position == ConfigOverride.nowhere
      ? overrides.first { $0.path.starts(with: path) }
      : overrides.last { path.starts(with: $0.path) }
    return override.map { .override($0.key) } ?? .file(file, position)
  }

  func note(_ path: [String], _ position: SourcePosition) {
    origins[TOMLWriter.key(path)] = origin(path, position)
  }

  func refuse(_ path: [String], _ position: SourcePosition, _ message: String) {
    errors.append(origin(path, position).error(message))
  }

  /// Refuses a value that was noted before, or what is nearest above it.
  func refuse(noted path: [String], _ message: String) {
    var path = path
    while !path.isEmpty {
      if let origin = origins[TOMLWriter.key(path)] {
        errors.append(origin.error(message))
        return
      }
      path.removeLast()
    }
    errors.append(ConfigError(file: file, position: .start, message: message))
  }

  func add(_ error: ConfigError) { errors.append(error) }

  /// Throws what was collected, in the order of the text, if anything was.
  func finish() throws(ConfigErrors) {
    if errors.isEmpty { return }
    let ordered = errors.enumerated().sorted { left, right in
      switch (left.element.position, right.element.position) {
      case (let first?, let second?): (first, left.offset) < (second, right.offset)
      case (_?, nil): true
      case (nil, _?): false
      case (nil, nil): left.offset < right.offset
      }
    }
    throw ConfigErrors(ordered.map(\.element))
  }
}
