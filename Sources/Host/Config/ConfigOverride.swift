// `--set a.b=value`: one key of the configuration given on the command line.

package import TOMLFormat

/// One override of the command line.
package struct ConfigOverride: Equatable, Sendable {
  /// The key as the user wrote it, for errors.
  package var key: String
  /// The key's parts; a part that is a number indexes an array.
  package var path: [String]
  /// The value.
  package var value: TOMLValue

  /// Makes an override from its parts.
  package init(key: String, path: [String], value: TOMLValue) {
    self.key = key
    self.path = path
    self.value = value
  }

  /// Reads `a.b=value`; a value that is not TOML is taken as a string as it is.
  ///
  /// - Throws: `ConfigError` when there is no equals sign, the key is not a dotted key, or the
  ///   value begins like a TOML string, array or table and is none.
  package init(parsing text: String) throws(ConfigError) {
    guard let equals = Self.equalsSign(in: text) else {
      throw ConfigError(
        file: "--set \(text)", position: nil, message: "expected key=value, e.g. --set run.seed=1")
    }
    key = Self.trimmed(text[..<equals])
    do {
      path = Self.onlyPath(try TOMLTable(parsing: key + " = 0"))
    } catch {
      throw ConfigError(
        file: "--set \(key)", position: nil,
        message: "the key must be names joined by dots; \(error.message)")
    }
    let written = Self.trimmed(text[text.index(after: equals)...])
    do {
      value = try TOMLValue(parsing: written)
    } catch {
      if let first = written.first, "[{\"'".contains(first) {
        throw ConfigError(
          file: "--set \(key)", position: nil,
          message: "the value is not TOML: \(error.message)")
      }
      value = TOMLValue(.string(written))
    }
  }

  /// The place of tables that no file holds, made on the way to an override's value.
  static let nowhere = SourcePosition(line: 0, column: 0)

  /// The first equals sign outside quotation marks and apostrophes.
  private static func equalsSign(in text: String) -> String.Index? {
    var mark: Character?
    for index in text.indices {
      let character = text[index]
      if let open = mark {
        if character == open { mark = nil }
      } else if character == "\"" || character == "'" {
        mark = character
      } else if character == "=" {
        return index
      }
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace ?? false { text.removeLast() }
    return String(text)
  }

  private static func onlyPath(_ table: TOMLTable) -> [String] {
    guard let entry = table.entries.first else { return [] }
    guard case .table(let below) = entry.value.content else { return [entry.key] }
    return [entry.key] + onlyPath(below)
  }

  /// Puts the value into a table, making the tables on the way.
  ///
  /// - Throws: `ConfigError` when a part leads through something that is no table or array, or
  ///   beyond the end of an array; the index just after the last element adds one.
  package func apply(to table: inout TOMLTable) throws(ConfigError) {
    var root = TOMLValue(.table(table))
    try put(into: &root, depth: 0)
    if case .table(let changed) = root.content { table = changed }
  }

  private func put(into target: inout TOMLValue, depth: Int) throws(ConfigError) {
    guard depth < path.count else {
      target = TOMLValue(value.content, at: target.position)
      return
    }
    let part = path[depth]
    switch target.content {
    case .table(var table):
      var child = table[part] ?? TOMLValue(.table(TOMLTable()), at: Self.nowhere)
      try put(into: &child, depth: depth + 1)
      table[part] = child
      target.content = .table(table)
    case .array(var values):
      let name = path[..<depth].joined(separator: ".")
      guard let index = Int(part), index >= 0 else {
        throw refusal("'\(name)' is an array; write its index, e.g. \(name).0, before '\(part)'")
      }
      guard index <= values.count else {
        throw refusal("'\(name)' has \(values.count) elements, so index \(index) is beyond its end")
      }
      if index == values.count { values.append(TOMLValue(.table(TOMLTable()), at: Self.nowhere)) }
      try put(into: &values[index], depth: depth + 1)
      target.content = .array(values)
    default:
      let name = path[..<depth].joined(separator: ".")
      throw refusal("'\(name)' is \(target.kind), so it has no '\(part)'")
    }
  }

  private func refusal(_ message: String) -> ConfigError {
    ConfigError(file: "--set \(key)", position: nil, message: message)
  }
}
