// A JSON value as a tree, for texts whose shape is not known beforehand. Typed readers are faster:
// see JSONCursor.

/// Any JSON value; keeps the order of an object's members.
public enum JSONValue: Sendable {
  /// `null`
  case null
  /// `true` or `false`
  case bool(Bool)
  /// A number without fraction or exponent that fits Int64; `-0` is read as 0.
  case integer(Int64)
  /// Any other number, as the nearest Double; whole numbers beyond Int64 are such.
  case number(Double)
  /// A string.
  case string(String)
  /// An array.
  case array([JSONValue])
  /// An object, in the order of its text; its keys must differ.
  case object([JSONMember])
}

/// One key and value of an object.
public struct JSONMember: Sendable {
  /// The key.
  public var key: String
  /// The value.
  public var value: JSONValue

  /// The member `key`: `value`.
  public init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension JSONMember: Equatable {
  /// Whether key and value are the same, strings byte for byte.
  public static func == (left: JSONMember, right: JSONMember) -> Bool {
    left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
  }
}

extension JSONValue: Equatable {
  /// Whether two values are of one case and content: strings byte for byte, members in order.
  ///
  /// So two strings that Swift calls equal but that are composed of other scalars differ here.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.integer(let left), .integer(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    case (.null, _), (.bool, _), (.integer, _), (.number, _), (.string, _), (.array, _),
      (.object, _):
      false
    }
  }
}

// MARK: Looking into a value

extension JSONValue {
  /// The value of the member `key` (compared byte for byte); nil if there is none or no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// The string, or nil for another kind.
  public var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The whole number, or nil for another kind, also for a `number` that happens to be whole.
  public var integer: Int64? {
    if case .integer(let integer) = self { integer } else { nil }
  }

  /// The number, whole or not, as the nearest Double; nil for another kind.
  public var double: Double? {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .null, .bool, .string, .array, .object: nil
    }
  }

  /// The truth value, or nil for another kind.
  public var bool: Bool? {
    if case .bool(let bool) = self { bool } else { nil }
  }

  /// The elements, or nil for another kind.
  public var elements: [JSONValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members in order, or nil for another kind.
  public var members: [JSONMember]? {
    if case .object(let members) = self { members } else { nil }
  }
}

// MARK: From and to text

extension JSONValue {
  /// Reads exactly one JSON text.
  ///
  /// Whole numbers beyond Int64 become `number`; numbers that Double cannot hold are refused with
  /// `numberOutOfRange`.
  public static func parse(
    _ bytes: [UInt8],
    duplicateKeys: JSONDuplicateKeys = .refuse
  ) throws(JSONError) -> JSONValue {
    try JSON.read(bytes, duplicateKeys: duplicateKeys) { cursor throws(JSONError) in
      try cursor.readValue()
    }
  }

  /// The value as compact JSON; throws for NaN, infinity and more than `JSON.maximumDepth` levels.
  public func serialized() throws(JSONError) -> [UInt8] {
    var writer = JSONWriter()
    try writer.value(self)
    return writer.bytes
  }
}

extension JSONCursor {
  /// Reads one value of any kind as a tree.
  public mutating func readValue() throws(JSONError) -> JSONValue {
    switch try peekKind() {
    case .object: return .object(try readMembers())
    case .array:
      var elements: [JSONValue] = []
      try beginArray()
      while try nextElement() { elements.append(try readValue()) }
      return .array(elements)
    case .string: return .string(try readString())
    case .number:
      let number = try scanNumber()
      if let integer = number.int64 { return .integer(integer) }
      if let value = number.exactDouble { return .number(value) }
      return .number(try convert(number))
    case .bool: return .bool(try readBool())
    case .null:
      try readNull()
      return .null
    }
  }

  private mutating func readMembers() throws(JSONError) -> [JSONMember] {
    try beginObject()
    var members: [JSONMember] = []
    var keys = KeySet()
    while let key = try nextKey() {
      if let earlier = keys.insert(key) {
        guard duplicateKeys == .lastWins else { throw JSONError(.duplicateKey, at: key.offset) }
        members[earlier].value = try readValue()
      } else {
        members.append(JSONMember(key: key.string, value: try readValue()))
      }
    }
    return members
  }
}
