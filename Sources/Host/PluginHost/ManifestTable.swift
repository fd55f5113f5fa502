// The only file that knows how TOML is read: typed look-ups in one table of a plugin.toml, each
// failure with file, line and column.

import TOMLFormat

/// One table of a plugin.toml with the file it came from.
struct ManifestTable {
  let file: String
  private let table: TOMLTable
  private let position: SourcePosition

  /// Parses a whole file.
  init(parsing text: [UInt8], file: String) throws(PluginError) {
    self.file = file
    position = .start
    do {
      table = try TOMLTable(parsing: text)
    } catch {
      throw PluginError(.badManifest, at: "\(file):\(error.position)", error.message)
    }
  }

  private init(_ table: TOMLTable, at position: SourcePosition, file: String) {
    self.table = table
    self.position = position
    self.file = file
  }

  /// An error at the value of a key, or at the table when the key is absent.
  func error(_ key: String?, _ detail: String) -> PluginError {
    let place = key.flatMap { table[$0]?.position } ?? position
    return PluginError(.badManifest, at: "\(file):\(place)", detail)
  }

  /// Whether a key is there.
  func has(_ key: String) -> Bool { table[key] != nil }

  /// Refuses the first key that is not known.
  func checkKeys(_ known: [String], in name: String) throws(PluginError) {
    for entry in table.entries where !known.contains(entry.key) {
      let hint = suggestion(for: entry.key, in: known)
      let remedy = hint.isEmpty ? "; known keys: \(known.joined(separator: ", "))" : hint
      throw PluginError(
        .badManifest, at: "\(file):\(entry.keyPosition)",
        "unknown key '\(entry.key)' in \(name)\(remedy)")
    }
  }

  /// The text of a key, or nil when it is absent.
  func text(_ key: String) throws(PluginError) -> String? {
    guard let value = table[key] else { return nil }
    guard case .string(let text) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write a string")
    }
    return text
  }

  /// The text of a key that must be there.
  func requiredText(_ key: String, example: String) throws(PluginError) -> String {
    guard let text = try text(key) else {
      throw error(nil, "'\(key)' is missing; add \(key) = \(example)")
    }
    return text
  }

  /// The number of a key, or nil when it is absent.
  func integer(_ key: String) throws(PluginError) -> Int64? {
    guard let value = table[key] else { return nil }
    guard case .integer(let number) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write an integer")
    }
    return number
  }

  /// The texts of an array, or nil when the key is absent.
  func texts(_ key: String) throws(PluginError) -> [String]? {
    guard let value = table[key] else { return nil }
    guard case .array(let items) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write an array of strings")
    }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item.content else {
        throw error(key, "'\(key)' holds \(item.kind); write strings alone")
      }
      texts.append(text)
    }
    return texts
  }

  /// A table and where it begins, or nil when the key is absent.
  func subtable(_ key: String) throws(PluginError) -> (TOMLTable, SourcePosition)? {
    guard let value = table[key] else { return nil }
    guard case .table(let inner) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write a table [\(key)]")
    }
    return (inner, value.position)
  }

  /// The tables of an array of tables; none when the key is absent.
  func tables(_ key: String) throws(PluginError) -> [ManifestTable] {
    guard let value = table[key] else { return [] }
    guard case .array(let items) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); begin each entry with [[\(key)]]")
    }
    var tables: [ManifestTable] = []
    for item in items {
      guard case .table(let table) = item.content else {
        throw error(key, "'\(key)' holds \(item.kind); begin each entry with [[\(key)]]")
      }
      tables.append(ManifestTable(table, at: item.position, file: file))
    }
    return tables
  }
}
