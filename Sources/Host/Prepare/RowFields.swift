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
  /// Whether bare `NaN` and `Infinity` count as numbers, which are kept as they stand.
  var allowsPythonNumbers = false

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
    // What is checked has zeros of equal length in place of such words, so that ranges are the same.
    let checked = allowsPythonNumbers ? PythonNumberWords.masked(bytes) : bytes
    do throws(JSONError) {
      try JSON.read(checked) { cursor throws(JSONError) in
        try cursor.beginObject()
        while let key = try cursor.nextKey() {
          let range = try cursor.rawValue()
          guard let place = Self.place(of: key, in: names) else { continue }
          if case .absent = found[place] {} else { throw JSONError(.duplicateKey, at: key.offset) }
          found[place] = .json(range)
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
    case .json(let range):
      let text = bytes.span.extracting(range)
      // A line feed here stands between tokens: inside a string it would have been refused.
      if bytes[range].contains(0x0a) || bytes[range].contains(0x0d) {
        writer.raw(Self.onOneLine(bytes[range]))
      } else {
        writer.raw(text)
      }
    case .text(let text): writer.string(text)
    }
    return true
  }

  /// JSON without the blanks between its tokens.
  private static func onOneLine(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(text.count)
    var isInString = false
    var isEscaped = false
    for byte in text {
      if isInString {
        line.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte != 0x20, byte != 0x09, byte != 0x0a, byte != 0x0d {
        line.append(byte)
        isInString = byte == UInt8(ascii: "\"")
      }
    }
    return line
  }

  /// The value of a field; nil when it is absent or null.
  func value(_ path: FieldPath) throws(RowFault) -> JSONValue? {
    if let variable = variables[path.root], path.parts.count == 1 { return .string(variable) }
    guard let place = names.firstIndex(of: path.root) else { return nil }
    let value: JSONValue
    switch slots[place] {
    case .absent: return nil
    case .text(let text): value = .string(text)
    case .json(let range):
      let text =
        allowsPythonNumbers ? PythonNumberWords.masked(Array(bytes[range])) : Array(bytes[range])
      do throws(JSONError) {
        let parsed = try JSONValue.parse(text)
        // A whole number that no Int64 holds keeps its digits as text.
        if case .number = parsed, text.allSatisfy({ $0 == 0x2d || (0x30...0x39).contains($0) }) {
          value = .string(String(decoding: text, as: UTF8.self))
        } else {
          value = parsed
        }
      } catch {
        throw RowFault("field '\(path.root)': \(error)")
      }
    }
    return Self.inside(value, path.parts.dropFirst())
  }

  /// What stands at a path inside of a value; `*` is every element of a list, and its value the list of what is there.
  private static func inside(_ value: JSONValue, _ parts: ArraySlice<String>) -> JSONValue? {
    guard let part = parts.first else { return value == .null ? nil : value }
    let rest = parts.dropFirst()
    if let elements = value.elements {
      if part == "*" { return .array(elements.compactMap { inside($0, rest) }) }
      guard let index = Int(part), elements.indices.contains(index) else { return nil }
      return inside(elements[index], rest)
    }
    return value[part].flatMap { inside($0, rest) }
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
