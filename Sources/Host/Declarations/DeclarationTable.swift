// Typed look-ups in a table of a plugin.toml, each failure with file, line, and what to write.
internal import TOMLFormat

/// A plugin.toml that says what cannot be.
package struct DeclarationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// `file:line:column`.
  package var place: String
  /// What is wrong and what to write.
  package var detail: String

  /// Says what is wrong where.
  package init(at place: String, _ detail: String) {
    self.place = place
    self.detail = detail
  }

  /// One line.
  package var description: String { "\(place): \(detail)" }
}

/// One table and the file it came from.
struct DeclarationTable {
  let file: String
  let table: TOMLTable
  /// How messages name the table: `[dataset]`, `[[dataset.splits]]`.
  let name: String
  private let position: SourcePosition

  init(_ table: TOMLTable, at position: SourcePosition, name: String, file: String) {
    self.table = table
    self.position = position
    self.name = name
    self.file = file
  }

  /// An error at the value of a key, or at the table when the key is absent.
  func error(_ key: String?, _ detail: String) -> DeclarationError {
    let place = key.flatMap { table[$0]?.position } ?? position
    return DeclarationError(at: "\(file):\(place)", detail)
  }

  func has(_ key: String) -> Bool { table[key] != nil }

  /// Refuses the first key that is not known.
  func checkKeys(_ known: [String]) throws(DeclarationError) {
    for entry in table.entries where !known.contains(entry.key) {
      throw DeclarationError(
        at: "\(file):\(entry.keyPosition)",
        "unknown key '\(entry.key)' in \(name); known keys: \(known.joined(separator: ", "))")
    }
  }

  func text(_ key: String) throws(DeclarationError) -> String? {
    guard let value = table[key] else { return nil }
    guard case .string(let text) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write a string")
    }
    return text
  }

  func requiredText(_ key: String, example: String) throws(DeclarationError) -> String {
    guard let text = try text(key), !text.isEmpty else {
      throw error(key, "'\(key)' is missing in \(name); add \(key) = \(example)")
    }
    return text
  }

  func word<Word: RawRepresentable & CaseIterable>(
    _ key: String
  ) throws(DeclarationError) -> Word? where Word.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(key, "'\(key)' is '\(text)'; write one of \(words)")
    }
    return word
  }

  func integer(
    _ key: String, in range: ClosedRange<Int64>
  ) throws(DeclarationError) -> Int64? {
    guard let value = table[key] else { return nil }
    guard case .integer(let number) = value.content, range.contains(number) else {
      throw error(
        key, "'\(key)' must be an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func bool(_ key: String) throws(DeclarationError) -> Bool? {
    guard let value = table[key] else { return nil }
    guard case .bool(let flag) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write true or false")
    }
    return flag
  }

  /// The texts of an array; one text counts as an array of one.
  func texts(_ key: String) throws(DeclarationError) -> [String]? {
    guard let value = table[key] else { return nil }
    return try texts(value, key)
  }

  func texts(_ value: TOMLValue, _ key: String) throws(DeclarationError) -> [String] {
    if case .string(let text) = value.content { return [text] }
    guard case .array(let items) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write a string or an array of strings")
    }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item.content else {
        throw DeclarationError(
          at: "\(file):\(item.position)", "'\(key)' holds \(item.kind); write strings alone")
      }
      texts.append(text)
    }
    return texts
  }

  func subtable(_ key: String) throws(DeclarationError) -> DeclarationTable? {
    guard let value = table[key] else { return nil }
    guard case .table(let inner) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write a table")
    }
    return DeclarationTable(inner, at: value.position, name: "\(name).\(key)", file: file)
  }

  /// The tables of an array of tables; none when the key is absent.
  func subtables(_ key: String) throws(DeclarationError) -> [DeclarationTable] {
    guard let value = table[key] else { return [] }
    guard case .array(let items) = value.content else {
      throw error(key, "'\(key)' is \(value.kind); write an array of tables")
    }
    var tables: [DeclarationTable] = []
    for item in items {
      guard case .table(let inner) = item.content else {
        throw DeclarationError(
          at: "\(file):\(item.position)", "'\(key)' holds \(item.kind); write tables alone")
      }
      tables.append(
        DeclarationTable(inner, at: item.position, name: "an entry of \(name).\(key)", file: file))
    }
    return tables
  }
}
