// The entry points of the JSON reader of host and plugins: safe ways to put a cursor over bytes.
// RFC 8259 without its freedoms: UTF-8 only and no byte order mark, no duplicate keys, no lone
// surrogates, no number that a Double cannot hold, at most 128 levels of nesting.

/// What all readers and writers of this module share, and the safe ways to start reading.
public enum JSON {
  /// How many arrays and objects may be open at once: 128.
  public static var maximumDepth: Int { 128 }

  /// Reads the one JSON text in `bytes` with `body` and checks that only whitespace follows.
  ///
  /// The cursor, and every `JSONKey` it gives, is valid only inside `body`.
  public static func read<Result>(
    _ bytes: Span<UInt8>,
    duplicateKeys: JSONDuplicateKeys = .refuse,
    _ body: (inout JSONCursor) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    try withCursor(over: bytes, duplicateKeys: duplicateKeys) { cursor throws(JSONError) in
      let result = try body(&cursor)
      try cursor.finish()
      return result
    }
  }

  /// Reads the one JSON text in `bytes` with `body` and checks that only whitespace follows.
  ///
  /// The cursor, and every `JSONKey` it gives, is valid only inside `body`.
  public static func read<Result>(
    _ bytes: [UInt8],
    duplicateKeys: JSONDuplicateKeys = .refuse,
    _ body: (inout JSONCursor) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    try read(bytes.span, duplicateKeys: duplicateKeys, body)
  }

  /// Lends `body` a cursor over `bytes`; `body` may throw an error of its own.
  ///
  /// It must call `finish()` itself to be sure that nothing follows the value.
  /// The cursor, and every `JSONKey` it gives, is valid only inside `body`.
  public static func withCursor<Result, Failure: Error>(
    over bytes: Span<UInt8>,
    duplicateKeys: JSONDuplicateKeys = .refuse,
    _ body: (inout JSONCursor) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe bytes.withUnsafeBufferPointer { buffer throws(Failure) in
      var cursor = unsafe JSONCursor(unsafe: buffer, duplicateKeys: duplicateKeys)
      return try body(&cursor)
    }
  }

  /// Lends `body` a cursor over `bytes`; `body` may throw an error of its own.
  ///
  /// It must call `finish()` itself to be sure that nothing follows the value.
  /// The cursor, and every `JSONKey` it gives, is valid only inside `body`.
  public static func withCursor<Result, Failure: Error>(
    over bytes: [UInt8],
    duplicateKeys: JSONDuplicateKeys = .refuse,
    _ body: (inout JSONCursor) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withCursor(over: bytes.span, duplicateKeys: duplicateKeys, body)
  }

  /// Throws unless `bytes` are exactly one JSON text.
  public static func validate(
    _ bytes: [UInt8],
    duplicateKeys: JSONDuplicateKeys = .refuse
  ) throws(JSONError) {
    try read(bytes, duplicateKeys: duplicateKeys) { cursor throws(JSONError) in try cursor.skip() }
  }
}

/// What to do with an object that has the same key twice; keys are compared as decoded bytes.
public enum JSONDuplicateKeys: Sendable {
  /// The text is refused with `JSONError.Code.duplicateKey`.
  case refuse
  /// The last value wins and stands at the first one's place.
  case lastWins
}

/// The six kinds of JSON value.
public enum JSONKind: Sendable {
  /// `{...}`
  case object
  /// `[...]`
  case array
  /// `"..."`
  case string
  /// A number, whole or not.
  case number
  /// `true` or `false`
  case bool
  /// `null`
  case null
}
