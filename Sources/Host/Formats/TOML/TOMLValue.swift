// What a TOML text means: values, tables in the order they were written, each with its position.
// Positions take no part in equality: two texts that say the same are equal.

/// A TOML value and where it was written.
package struct TOMLValue: Sendable {
  /// What the value is.
  package enum Content: Equatable, Sendable {
    /// A string of any of the four kinds, escapes resolved, line ends as LF.
    case string(String)
    /// An integer of 64 bits.
    case integer(Int64)
    /// A float, among them inf and nan.
    case float(Double)
    /// A boolean.
    case bool(Bool)
    /// A date and time with offset, e.g. `1979-05-27T07:32:00.999-07:00`; upper-case T and Z.
    case offsetDateTime(String)
    /// A date and time without offset, e.g. `1979-05-27T07:32:00`.
    case localDateTime(String)
    /// A date alone, e.g. `1979-05-27`.
    case localDate(String)
    /// A time alone, e.g. `07:32:00.5`.
    case localTime(String)
    /// An array, or an array of tables.
    case array([TOMLValue])
    /// A table, inline or not.
    case table(TOMLTable)
  }

  /// What the value is.
  package var content: Content
  /// Where the value begins; for a table with a header, the opening bracket of the header.
  package var position: SourcePosition

  /// Makes a value; code that builds values by hand may leave the position out.
  package init(_ content: Content, at position: SourcePosition = .start) {
    self.content = content
    self.position = position
  }

  /// The kind of value as a user calls it, with its article: `a string`, `an integer`, `a table`.
  package var kind: String {
    switch content {
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a float"
    case .bool: "a boolean"
    case .offsetDateTime: "a date-time"
    case .localDateTime: "a local date-time"
    case .localDate: "a date"
    case .localTime: "a time"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

extension TOMLValue: Equatable {
  /// Compares what the values say, not where they stand.
  package static func == (left: TOMLValue, right: TOMLValue) -> Bool {
    left.content == right.content
  }
}

/// One key of a table with its value.
package struct TOMLEntry: Equatable, Sendable {
  /// The key, unquoted.
  package var key: String
  /// Where the key was first written.
  package var keyPosition: SourcePosition
  /// The value.
  package var value: TOMLValue

  /// Makes an entry; code that builds tables by hand may leave the position out.
  package init(key: String, keyPosition: SourcePosition = .start, value: TOMLValue) {
    self.key = key
    self.keyPosition = keyPosition
    self.value = value
  }

  /// Compares what the entries say, not where they stand.
  package static func == (left: TOMLEntry, right: TOMLEntry) -> Bool {
    sameText(left.key, right.key) && left.value == right.value
  }
}

/// A table: keys with values, in the order they were written; no key is there twice.
///
/// Keys are equal when they have the same scalars: TOML does not normalise Unicode, so two
/// spellings of one accented letter are two keys.
package struct TOMLTable: Equatable, Sendable {
  /// The entries in the order of the text.
  package private(set) var entries: [TOMLEntry]
  private var places: [[UInt8]: Int]

  /// Makes an empty table.
  package init() {
    entries = []
    places = [:]
  }

  /// Makes a table of entries; of a key given twice the later value stays in the earlier place.
  package init(_ entries: [TOMLEntry]) {
    self.init()
    for entry in entries { set(entry) }
  }

  /// Whether the table has no keys.
  package var isEmpty: Bool { entries.isEmpty }

  /// The entry of a key, or nil.
  package func entry(_ key: String) -> TOMLEntry? {
    places[Array(key.utf8)].map { entries[$0] }
  }

  /// The value of a key, or nil; setting nil removes the key.
  package subscript(key: String) -> TOMLValue? {
    get { entry(key)?.value }
    set {
      guard let value = newValue else { return remove(key) }
      let position = entry(key)?.keyPosition ?? value.position
      set(TOMLEntry(key: key, keyPosition: position, value: value))
    }
  }

  /// Adds an entry, or replaces the one with the same key in its place.
  package mutating func set(_ entry: TOMLEntry) {
    let bytes = Array(entry.key.utf8)
    if let place = places[bytes] {
      entries[place] = entry
    } else {
      places[bytes] = entries.count
      entries.append(entry)
    }
  }

  private mutating func remove(_ key: String) {
    guard let place = places[Array(key.utf8)] else { return }
    entries.remove(at: place)
    places = [:]
    for (index, entry) in entries.enumerated() { places[Array(entry.key.utf8)] = index }
  }

  /// Compares what the tables say, in order, not where it stands.
  package static func == (left: TOMLTable, right: TOMLTable) -> Bool {
    left.entries == right.entries
  }
}

/// Whether two strings have the same scalars; Swift's own `==` would normalise them first.
private func sameText(_ left: String, _ right: String) -> Bool {
  left.utf8.elementsEqual(right.utf8)
}
