// Walking over values that nobody wants decoded: fully checked, and without allocating (but for an
// object of more than 16 keys, or keys with escapes).

extension JSONCursor {
  /// Reads one value of any kind, checks it as `readValue()` does and drops it.
  public mutating func skip() throws(JSONError) {
    switch try peekKind() {
    case .object: try skipObject()
    case .array:
      try beginArray()
      while try nextElement() { try skip() }
    case .string: _ = try scanString()
    case .number: try checkRange(of: try scanNumber())
    case .bool: _ = try readBool()
    case .null: try readNull()
    }
  }

  /// Skips one value and returns where it stands, in bytes from the start of the text.
  ///
  /// The bytes there are a JSON text of their own: `JSONWriter.raw` may copy them.
  public mutating func rawValue() throws(JSONError) -> Range<Int> {
    _ = try peek()
    let start = offset
    try skip()
    return start..<offset
  }

  private mutating func skipObject() throws(JSONError) {
    try beginObject()
    var keys = KeySet()
    while let key = try nextKey() {
      if keys.insert(key) != nil, duplicateKeys == .refuse {
        throw JSONError(.duplicateKey, at: key.offset)
      }
      try skip()
    }
  }
}
