// Typed access to one table: every value is checked for kind and range, every unknown key is
// refused, and every error goes to the log with its place, so that one reading finds all of them.

import TOMLFormat

/// Reads the keys of one table; what is absent or wrong reads as nil, what is wrong is logged.
struct SectionReader {
  let table: TOMLTable
  /// The keys that lead here, array indices as digits.
  let path: [String]
  /// The table as the user wrote it, such as `[[models]]`; empty for the top level.
  let label: String
  let log: ConfigLog

  /// Notes where the table stands and refuses keys outside `keys`.
  init(
    _ table: TOMLTable, at position: SourcePosition, path: [String], label: String, keys: [String],
    log: ConfigLog
  ) {
    self.table = table
    self.path = path
    self.label = label
    self.log = log
    log.note(path, position)
    for entry in table.entries where !keys.contains(entry.key) && !isLiteralSecret(entry) {
      log.refuse(
        path + [entry.key], entry.keyPosition,
        "unknown key '\(entry.key)' \(place); \(suggestion(for: entry.key, among: keys))")
    }
  }

  /// Where the table is, for a sentence.
  var place: String { label.isEmpty ? "at the top level" : "in \(label)" }

  /// Refuses the value of a key, or the table when the key is absent.
  func refuse(_ key: String, _ message: String) {
    log.refuse(noted: path + [key], message)
  }

  func value(_ key: String) -> TOMLValue? {
    guard let entry = table.entry(key) else { return nil }
    log.note(path + [key], entry.value.position)
    return entry.value
  }

  /// Refuses the table when a key it cannot do without is absent.
  func require(_ keys: String...) {
    for key in keys where table[key] == nil {
      refuse(key, "\(label.isEmpty ? "the file" : label) needs the key '\(key)'")
    }
  }

  func string(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value.content else {
      return wrongKind(key, "a string", value)
    }
    if text.isEmpty {
      refuse(key, "'\(key)' \(place) must not be empty; leave the key out instead")
      return nil
    }
    return text
  }

  /// A string that can be part of a file name and of a key in the store.
  func identifier(_ key: String) -> String? {
    guard let text = string(key) else { return nil }
    guard isIdentifier(text) else {
      refuse(key, badIdentifier("'\(key)' \(place)", text))
      return nil
    }
    return text
  }

  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    guard let value = value(key) else { return nil }
    guard case .integer(let number) = value.content else {
      return wrongKind(key, "an integer", value)
    }
    guard range.contains(Int(number)) else {
      refuse(key, "'\(key)' \(place) must be \(described(range)), found \(number)")
      return nil
    }
    return Int(number)
  }

  func bool(_ key: String) -> Bool? {
    guard let value = value(key) else { return nil }
    guard case .bool(let flag) = value.content else {
      return wrongKind(key, "true or false", value)
    }
    return flag
  }

  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) -> Choice?
  where Choice.RawValue == String {
    guard let value = value(key) else { return nil }
    let words = Choice.allCases.map(\.rawValue)
    let wanted = words.map { "\"\($0)\"" }.joined(separator: " or ")
    guard case .string(let text) = value.content else { return wrongKind(key, wanted, value) }
    if let choice = Choice(rawValue: text) { return choice }
    let nearest = nearestKey(to: text, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
    refuse(key, "'\(key)' \(place) must be \(wanted), found \"\(text)\"\(nearest)")
    return nil
  }

  func autoCount(_ key: String) -> AutoCount? {
    guard let value = value(key) else { return nil }
    if case .string("auto") = value.content { return .auto }
    guard case .integer(let number) = value.content else {
      return wrongKind(key, "\"auto\" or an integer", value)
    }
    guard number >= 1 else {
      refuse(key, "'\(key)' \(place) must be at least 1, found \(number)")
      return nil
    }
    return .count(Int(number))
  }

  /// An array of strings, each checked; an element that is wrong is logged and left out.
  func strings(_ key: String, refusal: (String) -> String?) -> [String]? {
    guard let value = value(key) else { return nil }
    guard case .array(let values) = value.content else {
      return wrongKind(key, "an array of strings", value)
    }
    var result: [String] = []
    for (index, value) in values.enumerated() {
      let element = path + [key, String(index)]
      guard case .string(let text) = value.content else {
        log.refuse(
          element, value.position, "'\(key)' \(place) must hold strings, found \(value.kind)")
        continue
      }
      if let refusal = refusal(text) {
        log.refuse(element, value.position, refusal)
      } else if result.contains(text) {
        log.refuse(element, value.position, "'\(text)' is twice in '\(key)' \(place); remove one")
      } else {
        result.append(text)
      }
    }
    return result
  }

  /// Counts of repeats, alone or in an array, sorted and each once.
  func counts(_ key: String) -> [Int]? {
    guard let value = value(key) else { return nil }
    let values = if case .array(let values) = value.content { values } else { [value] }
    var result: Set<Int> = []
    for value in values {
      guard case .integer(let number) = value.content, repeatCounts.contains(Int(number)) else {
        let found =
          if case .integer(let number) = value.content { String(number) } else { value.kind }
        log.refuse(
          path + [key], value.position,
          "'\(key)' \(place) must hold integers \(described(repeatCounts)), found \(found)")
        continue
      }
      result.insert(Int(number))
    }
    return result.sorted()
  }

  func subtable(_ key: String) -> TOMLTable? {
    guard let value = value(key) else { return nil }
    guard case .table(let table) = value.content else { return wrongKind(key, "a table", value) }
    return table
  }

  /// A sub-table read with its own known keys; an absent one reads as empty.
  func section(_ key: String, label: String, keys: [String]) -> SectionReader {
    let position = table[key]?.position ?? .start
    let table = subtable(key) ?? TOMLTable()
    return SectionReader(
      table, at: position, path: path + [key], label: label, keys: keys, log: log)
  }

  func wrongKind<Wanted>(_ key: String, _ wanted: String, _ value: TOMLValue) -> Wanted? {
    refuse(key, "'\(key)' \(place) must be \(wanted), found \(value.kind)")
    return nil
  }
}

/// How many repeats a sample can have: a seed has 24 bits for the repeat.
let repeatCounts = 1...(1 << 24)

/// Whether a text is 1 to 128 of `A-Z a-z 0-9 . _ -`, the first a letter or digit.
package func isIdentifier(_ text: String) -> Bool {
  let bytes = Array(text.utf8)
  guard let first = bytes.first, bytes.count <= 128, isAlphanumeric(first) else { return false }
  return bytes.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
}

func badIdentifier(_ what: String, _ text: String) -> String {
  "\(what) must be up to 128 letters, digits, '.', '_' or '-' and begin with a letter or digit, "
    + "found \"\(text)\""
}

private func isAlphanumeric(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"):
    true
  default: false
  }
}

private func described(_ range: ClosedRange<Int>) -> String {
  range.upperBound == .max
    ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
}
