// The fields of one source row that a mapping asks for, found in one pass and decoded only when they are looked at.
internal import Declarations
internal import JSONFormat

/// One source row at a time.
struct RowFields {
  private enum Slot {
    case absent
    /// A range of `bytes`.
    case json(Range<Int>)
    case text(String)
  }

  /// The fields of a row that are kept.
  private let names: [String]
  private var slots: [Slot]
  /// The row's JSON text.
  private var bytes: [UInt8] = []
  /// What the file says of all its rows, by `@name`.
  var variables: [String: String] = [:]

  /// Keeps the fields of these names.
  init(names: Set<String>) {
    self.names = names.sorted()
    slots = Array(repeating: .absent, count: names.count)
  }

  /// Takes a row that is a JSON object; all of it is checked.
  mutating func take(json: Span<UInt8>) throws(RowFault) {
    bytes.removeAll(keepingCapacity: true)
    unsafe json.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    for index in slots.indices { slots[index] = .absent }
    let names = names
    var found: [Slot] = []
    swap(&found, &slots)
    defer { swap(&found, &slots) }
    do throws(JSONError) {
      try JSON.read(bytes) { cursor throws(JSONError) in
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
          let range = try cursor.rawValue()
          if let place = Self.place(of: key, in: names) { found[place] = .json(range) }
        }
      }
    } catch { throw RowFault("\(error)") }
  }

  private static func place(of key: JSONKey, in names: [String]) -> Int? {
    for (place, name) in names.enumerated() where key.utf8Count == name.utf8.count {
      if key.string.utf8.elementsEqual(name.utf8) { return place }
    }
    return nil
  }

  /// Takes a row whose fields are texts.
  mutating func take(fields: [(name: String, text: String)]) {
    for index in slots.indices { slots[index] = .absent }
    for (name, text) in fields {
      if let place = names.firstIndex(of: name) { slots[place] = .text(text) }
    }
  }

  /// Writes a field of the row itself as it stands; false when it is absent.
  func write(_ name: String, to writer: inout JSONWriter) -> Bool {
    if let variable = variables[name] {
      writer.string(variable)
      return true
    }
    guard let place = names.firstIndex(of: name) else { return false }
    switch slots[place] {
    case .absent: return false
    case .json(let range): writer.raw(bytes.span.extracting(range))
    case .text(let text): writer.string(text)
    }
    return true
  }

  /// The value of a field; nil when it is absent or null.
  func value(_ path: FieldPath) throws(RowFault) -> JSONValue? {
    if let variable = variables[path.root], path.parts.count == 1 { return .string(variable) }
    guard let place = names.firstIndex(of: path.root) else { return nil }
    var value: JSONValue
    switch slots[place] {
    case .absent: return nil
    case .text(let text): value = .string(text)
    case .json(let range):
      do throws(JSONError) { value = try JSONValue.parse(Array(bytes[range])) } catch {
        throw RowFault("field '\(path.root)': \(error)")
      }
    }
    for part in path.parts.dropFirst() {
      if let index = Int(part), let elements = value.elements {
        guard elements.indices.contains(index) else { return nil }
        value = elements[index]
      } else if let member = value[part] {
        value = member
      } else {
        return nil
      }
    }
    return value == .null ? nil : value
  }

  /// The text of a field; nil when it is absent or null.
  func text(_ path: FieldPath) throws(RowFault) -> String? {
    guard let value = try value(path) else { return nil }
    guard let text = value.scalarText else {
      throw RowFault("field '\(path.text)' is a list or an object, where text is needed")
    }
    return text
  }
}

extension JSONValue {
  /// A text, number or truth value as text; whole numbers without a fraction.
  var scalarText: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): "\(number)"
    case .number(let number):
      number == number.rounded()
        ? Int64(exactly: number).map { "\($0)" } ?? "\(number)" : "\(number)"
    case .bool(let flag): flag ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}
