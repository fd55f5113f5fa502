// The fields of a row, found in one pass over its bytes. A row may hold tens of megabytes of tests:
// each wanted value is copied once, as it stands, and decoded only when somebody asks for its text.

internal import JSONFormat
internal import PluginKit

/// The values of a row that some benchmark reads, by name; a null counts as absent.
struct RowFields {
  private struct Value {
    let kind: JSONKind
    let json: [UInt8]
  }

  private var values: [String: Value] = [:]

  /// Scans a row, which is checked to be JSON as a whole.
  ///
  /// Python's bare `Infinity` and `NaN`, which EvalPlus' inputs have, count as numbers.
  init(_ text: RowText) throws(BadRecord) {
    values = try text.withBytes { bytes throws(BadRecord) in
      do throws(JSONError) {
        return try Self.values(in: bytes, checking: bytes)
      } catch {
        // A row that is wrong even so is refused for what is wrong with it as it stands.
        if let plain = PythonNumbers.replaced(in: bytes),
          let values = try? Self.values(in: bytes, checking: plain.span)
        {
          return values
        }
        throw BadRecord(error.description)
      }
    }
  }

  private static func values(
    in bytes: Span<UInt8>, checking plain: Span<UInt8>
  ) throws(JSONError) -> [String: Value] {
    try JSON.read(plain) { cursor throws(JSONError) in try values(&cursor, in: bytes) }
  }

  private static func values(
    _ cursor: inout JSONCursor, in bytes: Span<UInt8>
  ) throws(JSONError) -> [String: Value] {
    var values: [String: Value] = [:]
    try cursor.beginObject()
    while let key = try cursor.nextKey() {
      let name = key.string
      let kind = try cursor.peekKind()
      let place = try cursor.rawValue()
      guard CodingFieldNames.all.contains(name), kind != .null else { continue }
      guard values[name] == nil else { throw JSONError(.duplicateKey, at: key.offset) }
      values[name] = Value(kind: kind, json: bytes.extracting(place).copied)
    }
    return values
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  func hasAny(_ names: [String]) -> Bool { names.contains(where: has) }

  /// Whether a text field holds `part`, which needs no escapes in JSON.
  func holds(_ part: String, in name: String) -> Bool {
    guard let value = values[name], value.kind == .string else { return false }
    return value.json.firstPlace(of: Array(part.utf8)) != nil
  }

  // MARK: Texts

  /// The text of a field, or nil when it is absent.
  func text(_ name: String) throws(BadRecord) -> String? {
    guard let value = values[name] else { return nil }
    guard value.kind == .string else { throw Self.wrong(name, "a text", value.kind) }
    return try Self.decoded(value.json)
  }

  /// The first text among `names` that is not blank; a number counts as text.
  func firstText(_ names: [String]) throws(BadRecord) -> String? {
    for name in names {
      guard let value = values[name] else { continue }
      if value.kind == .number { return String(decoding: value.json, as: UTF8.self) }
      if let text = try text(name), !PythonText.isBlank(text) { return text }
    }
    return nil
  }

  /// The first text among `names` that is not blank, which must be there.
  func requiredText(
    _ names: [String], _ benchmark: CodingBenchmark, _ what: String
  ) throws(BadRecord) -> String {
    if let text = try firstText(names) { return text }
    throw Self.missing(names, benchmark, what)
  }

  /// The texts of a list, or the one text that stands in its place; nil when the field is absent.
  func texts(_ name: String) throws(BadRecord) -> [String]? {
    guard let value = values[name] else { return nil }
    if value.kind == .string { return [try Self.decoded(value.json)] }
    guard value.kind == .array else { throw Self.wrong(name, "a list of texts", value.kind) }
    do throws(JSONError) {
      return try JSON.read(value.json) { cursor throws(JSONError) in
        var texts: [String] = []
        try cursor.beginArray()
        while try cursor.nextElement() { texts.append(try cursor.readString()) }
        return texts
      }
    } catch {
      throw BadRecord("field '\(name)' must be a list of texts")
    }
  }

  // MARK: JSON as it stands

  /// The JSON of a list, as it stands in the row; nil when the field is absent.
  ///
  /// An empty object is an empty list: a row of MBPP+ has no added inputs and says so in this way.
  func list(_ name: String) throws(BadRecord) -> [UInt8]? {
    guard let value = values[name] else { return nil }
    if value.kind == .object, value.json.allSatisfy({ $0.isBlank || $0 == 0x7B || $0 == 0x7D }) {
      return Array("[]".utf8)
    }
    guard value.kind == .array else { throw Self.wrong(name, "a list", value.kind) }
    return value.json
  }

  /// The JSON of a number, as it stands in the row; nil when the field is absent.
  func number(_ name: String) throws(BadRecord) -> [UInt8]? {
    guard let value = values[name] else { return nil }
    guard value.kind == .number else { throw Self.wrong(name, "a number", value.kind) }
    return value.json
  }

  /// The kind and the JSON of a field of any kind; nil when it is absent.
  func json(_ name: String) -> (kind: JSONKind, json: [UInt8])? {
    values[name].map { ($0.kind, $0.json) }
  }

  // MARK: Errors

  static func missing(
    _ names: [String], _ benchmark: CodingBenchmark, _ what: String
  ) -> BadRecord {
    let also = names.dropFirst().map { "'\($0)'" }.joined(separator: ", ")
    let others = also.isEmpty ? "" : " (or \(also))"
    return BadRecord(
      "field '\(names.first ?? "")'\(others) is missing or empty; "
        + "a row of \(benchmark.name) needs \(what)")
  }

  static func wrong(_ name: String, _ expected: String, _ found: JSONKind) -> BadRecord {
    BadRecord("field '\(name)' must be \(expected), not \(found.words)")
  }

  private static func decoded(_ json: [UInt8]) throws(BadRecord) -> String {
    do throws(JSONError) {
      return try JSON.read(json) { cursor throws(JSONError) in try cursor.readString() }
    } catch {
      throw BadRecord(error.description)
    }
  }
}

extension JSONKind {
  /// With its article, for messages.
  var words: String {
    switch self {
    case .object: "an object"
    case .array: "a list"
    case .string: "a text"
    case .number: "a number"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}
