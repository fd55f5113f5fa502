// Writes JSON front to back into one growing buffer: commas are its own business, and misuse that
// would give a broken text (a value without a key, an end without a begin) traps.

/// Writes one JSON text, or one a line, into bytes that it owns and that can be used again.
///
///     writer.beginObject()
///     writer.key("passed")
///     writer.bool(true)
///     writer.endObject()
///
/// A call that throws has written nothing. Keys are not checked for duplicates.
public struct JSONWriter: Sendable {
  /// What has been written so far.
  public private(set) var bytes: [UInt8] = []
  private var depth = 0
  /// One bit for each open container, the innermost lowest: 1 for an object.
  private var objects: UInt128 = 0
  private var needsComma = false
  private var hasKey = false

  /// An empty writer with room for `capacity` bytes.
  public init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Whether what was begun has ended: the bytes are whole JSON texts, or nothing.
  public var isComplete: Bool { depth == 0 }

  /// Forgets all that was written and starts anew.
  public mutating func removeAll(keepingCapacity: Bool = true) {
    bytes.removeAll(keepingCapacity: keepingCapacity)
    depth = 0
    objects = 0
    needsComma = false
    hasKey = false
  }

  /// Ends a line of JSONL after a whole text, so that the next text may begin.
  public mutating func endLine() {
    precondition(isComplete && needsComma, "a line must hold one whole JSON text")
    bytes.append(UInt8(ascii: "\n"))
    needsComma = false
  }
}

// MARK: Objects and arrays

extension JSONWriter {
  /// Begins an object; each of its values needs its key first.
  public mutating func beginObject() { begin("{", objectBit: 1) }

  /// Ends the innermost container, which must be an object.
  public mutating func endObject() {
    precondition(isInObject && !hasKey, "endObject() must follow a member of an object")
    end(UInt8(ascii: "}"))
  }

  /// Begins an array.
  public mutating func beginArray() { begin("[", objectBit: 0) }

  /// Ends the innermost container, which must be an array.
  public mutating func endArray() {
    precondition(depth > 0 && !isInObject, "endArray() must follow an element of an array")
    end(UInt8(ascii: "]"))
  }

  /// Writes a member's key.
  public mutating func key(_ literal: StaticString) {
    bytes.appendQuoted(ByteView(literal), after: beforeKey(), before: "\":")
  }

  /// Writes a member's key that is not known before the program runs.
  public mutating func key(text: String) {
    let comma = beforeKey()
    let utf8 = text.utf8Span
    unsafe utf8.span.withUnsafeBufferPointer { buffer in
      unsafe bytes.appendQuoted(ByteView(buffer), after: comma, before: "\":")
    }
  }

  private var isInObject: Bool { objects & 1 == 1 }

  private mutating func begin(_ bracket: ShortText, objectBit: UInt128) {
    precondition(depth < JSON.maximumDepth, "more containers are open than a reader accepts")
    bytes.append(beforeValue().adding(bracket))
    depth += 1
    objects = objects << 1 | objectBit
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    bytes.append(bracket)
    depth -= 1
    objects >>= 1
    needsComma = true
  }

  /// Checks that a key may come here and returns the comma that it needs, if any.
  @inline(__always)
  private mutating func beforeKey() -> ShortText {
    precondition(isInObject && !hasKey, "a key must stand in an object, before its value")
    hasKey = true
    return needsComma ? "," : ""
  }

  /// Checks that a value may come here and returns the comma that it needs, if any.
  @inline(__always)
  private mutating func beforeValue() -> ShortText {
    precondition(hasKey == isInObject, "a value in an object needs its key first")
    let comma: ShortText = needsComma && !hasKey ? "," : ""
    precondition(depth > 0 || !needsComma, "a second JSON text needs endLine() first")
    hasKey = false
    needsComma = true
    return comma
  }
}

// MARK: Values

extension JSONWriter {
  /// Writes a string: UTF-8 as it is, with escapes for what JSON demands and nothing else.
  public mutating func string(_ string: String) {
    let comma = beforeValue()
    let utf8 = string.utf8Span
    unsafe utf8.span.withUnsafeBufferPointer { buffer in
      unsafe bytes.appendQuoted(ByteView(buffer), after: comma, before: "\"")
    }
  }

  /// Writes a string of the UTF-8 in `utf8`; throws `invalidUTF8` at its offset in `utf8`.
  public mutating func string(utf8: Span<UInt8>) throws(JSONError) {
    try unsafe utf8.withUnsafeBufferPointer { buffer throws(JSONError) in
      try unsafe string(utf8: buffer)
    }
  }

  /// Writes a string of the UTF-8 in `utf8`; throws `invalidUTF8` at its offset in `utf8`.
  @unsafe
  public mutating func string(utf8: UnsafeBufferPointer<UInt8>) throws(JSONError) {
    let view = unsafe ByteView(utf8)
    if let offset = view.firstInvalidUTF8 { throw JSONError(.invalidUTF8, at: offset) }
    bytes.appendQuoted(view, after: beforeValue(), before: "\"")
  }

  /// Writes a whole number.
  public mutating func integer(_ value: Int) { integer(Int64(value)) }

  /// Writes a whole number.
  public mutating func integer(_ value: Int64) {
    bytes.appendDecimal(value, after: beforeValue())
  }

  /// Writes the shortest decimal that reads back as `value`: `18.0`, `1e+20`.
  ///
  /// Throws `nonFiniteNumber` for NaN and infinity.
  public mutating func double(_ value: Double) throws(JSONError) {
    guard value.isFinite else { throw JSONError(.nonFiniteNumber, at: bytes.count) }
    let comma = beforeValue()
    // Swift's description of a finite Double is a JSON number with a fraction or an exponent.
    let text = value.description
    bytes.append(comma, then: text.utf8Span.span)
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) {
    bytes.append(beforeValue().adding(value ? "true" : "false"))
  }

  /// Writes `null`.
  public mutating func null() {
    bytes.append(beforeValue().adding("null"))
  }

  /// Writes a value as it stands; `json` must be one checked JSON text, as `rawValue()` finds it.
  public mutating func raw(_ json: Span<UInt8>) {
    bytes.append(beforeValue(), then: json)
  }

  /// Writes a value as it stands; `json` must be one checked JSON text, as `rawValue()` finds it.
  public mutating func raw(_ json: [UInt8]) { raw(json.span) }

  /// Writes a tree; throws for NaN, infinity and more than `JSON.maximumDepth` levels.
  ///
  /// After a throw from inside a tree the tree's beginning stands in `bytes`: drop them.
  public mutating func value(_ value: JSONValue) throws(JSONError) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .integer(let value): integer(value)
    case .number(let value): try double(value)
    case .string(let value): string(value)
    case .array(let elements):
      try checkDepth()
      beginArray()
      for element in elements { try self.value(element) }
      endArray()
    case .object(let members):
      try checkDepth()
      beginObject()
      for member in members {
        key(text: member.key)
        try self.value(member.value)
      }
      endObject()
    }
  }

  private func checkDepth() throws(JSONError) {
    if depth == JSON.maximumDepth { throw JSONError(.tooDeep, at: bytes.count) }
  }
}
