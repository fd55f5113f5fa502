// A pull reader: the caller asks for what it expects, in the order of the text, and nothing is
// built that it does not ask for. One small value; copying it is a bookmark.

/// Reads one JSON text from borrowed bytes, front to back.
///
///     try cursor.beginObject()
///     while let key = try cursor.nextKey() {
///       switch key {
///       case "text": text = try cursor.readString()
///       case "tags":
///         try cursor.beginArray()
///         while try cursor.nextElement() { tags.append(try cursor.readString()) }
///       default: try cursor.skip()
///       }
///     }
///     try cursor.finish()
///
/// After each key, and after each `nextElement()` that is true, exactly one value must be read or
/// skipped. All that is read is checked. An object's keys are checked for duplicates where the
/// reader sees them all: by `skip()`, `rawValue()` and `readValue()`; `nextKey()` gives every
/// member. After a throw the cursor stands somewhere in the text and is of no more use.
public struct JSONCursor {
  let text: ByteView
  /// The next byte to read, from the start of the text.
  public internal(set) var offset = 0
  private var depth = 0
  /// Whether the container just opened has not been asked for its first member yet.
  private var isAtFirst = false
  let duplicateKeys: JSONDuplicateKeys

  /// Reads `bytes`, which must outlive the cursor, its copies and its keys, and stay unchanged.
  ///
  /// For bytes that came over a C interface; elsewhere use `JSON.read`.
  @unsafe
  public init(
    unsafe bytes: UnsafeBufferPointer<UInt8>, duplicateKeys: JSONDuplicateKeys = .refuse
  ) {
    text = unsafe ByteView(bytes)
    self.duplicateKeys = duplicateKeys
  }

  /// Reads `bytes`, which must outlive the cursor, its copies and its keys, and stay unchanged.
  ///
  /// For bytes that came over a C interface; elsewhere use `JSON.read`.
  @unsafe
  public init(unsafe bytes: UnsafeRawBufferPointer, duplicateKeys: JSONDuplicateKeys = .refuse) {
    let bound = unsafe bytes.assumingMemoryBound(to: UInt8.self)
    unsafe self.init(unsafe: bound, duplicateKeys: duplicateKeys)
  }

  /// The kind of the next value, judged by its first byte; reads nothing but whitespace.
  public mutating func peekKind() throws(JSONError) -> JSONKind {
    let byte = try peek()
    guard let kind = JSONKind(firstByte: byte) else { throw unexpected() }
    return kind
  }

  /// Checks that the value was read to its end and that only whitespace follows.
  public mutating func finish() throws(JSONError) {
    skipWhitespace()
    if offset < text.count { throw JSONError(.trailingBytes, at: offset) }
    if depth > 0 { throw JSONError(.unexpectedEnd, at: offset) }
  }
}

// MARK: Objects and arrays

extension JSONCursor {
  /// Steps into an object; `nextKey()` gives its members.
  public mutating func beginObject() throws(JSONError) {
    try open(UInt8(ascii: "{"), .object)
  }

  /// The next key of the object, or nil after its last, when the cursor has left the object.
  public mutating func nextKey() throws(JSONError) -> JSONKey? {
    guard try nextMember(closing: UInt8(ascii: "}")) else { return nil }
    guard try peek() == UInt8(ascii: "\"") else { throw unexpected() }
    let start = offset
    let key = JSONKey(try scanString(), at: start)
    guard try peek() == UInt8(ascii: ":") else { throw unexpected() }
    offset &+= 1
    return key
  }

  /// Steps into an array; `nextElement()` walks it.
  public mutating func beginArray() throws(JSONError) {
    try open(UInt8(ascii: "["), .array)
  }

  /// Whether the array has another element, to be read next; after false the cursor has left it.
  public mutating func nextElement() throws(JSONError) -> Bool {
    try nextMember(closing: UInt8(ascii: "]"))
  }

  @inline(__always)
  private mutating func open(_ bracket: UInt8, _ kind: JSONKind) throws(JSONError) {
    guard try peek() == bracket else { throw mismatch(expected: kind) }
    guard depth < JSON.maximumDepth else { throw JSONError(.tooDeep, at: offset) }
    offset &+= 1
    depth &+= 1
    isAtFirst = true
  }

  /// Steps over the comma before a member, or over the bracket after the last.
  @inline(__always)
  private mutating func nextMember(closing bracket: UInt8) throws(JSONError) -> Bool {
    let byte = try peek()
    let isFirst = isAtFirst
    isAtFirst = false
    if byte == bracket {
      guard depth > 0 else { throw unexpected() }
      offset &+= 1
      depth &-= 1
      return false
    }
    if isFirst { return true }
    guard byte == UInt8(ascii: ",") else { throw unexpected() }
    offset &+= 1
    return true
  }
}

// MARK: true, false and null

extension JSONCursor {
  /// Reads `true` or `false`.
  public mutating func readBool() throws(JSONError) -> Bool {
    switch try peek() {
    case UInt8(ascii: "t"):
      try readWord("true")
      return true
    case UInt8(ascii: "f"):
      try readWord("false")
      return false
    default:
      throw mismatch(expected: .bool)
    }
  }

  /// Reads `null`.
  public mutating func readNull() throws(JSONError) {
    guard try peek() == UInt8(ascii: "n") else { throw mismatch(expected: .null) }
    try readWord("null")
  }

  /// Reads `null` if it comes next, and says whether it did; leaves any other value to be read.
  public mutating func takeNull() throws(JSONError) -> Bool {
    guard try peek() == UInt8(ascii: "n") else { return false }
    try readWord("null")
    return true
  }

  private mutating func readWord(_ word: StaticString) throws(JSONError) {
    let letters = ByteView(word)
    for index in 0..<letters.count {
      guard offset < text.count, text[offset] == letters[index] else { throw unexpected() }
      offset &+= 1
    }
  }
}

// MARK: Bytes

extension JSONCursor {
  @inline(__always)
  mutating func skipWhitespace() {
    while offset < text.count {
      let byte = text[offset]
      // Nearly always false at once: texts made by programs are compact.
      guard byte <= 0x20, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
        return
      }
      offset &+= 1
    }
  }

  /// The next byte that is not whitespace, not yet read.
  @inline(__always)
  mutating func peek() throws(JSONError) -> UInt8 {
    skipWhitespace()
    guard offset < text.count else { throw JSONError(.unexpectedEnd, at: offset) }
    return text[offset]
  }

  /// The error for the byte at `offset`, or for the text's end there.
  @inline(never)
  func unexpected() -> JSONError {
    guard offset < text.count else { return JSONError(.unexpectedEnd, at: offset) }
    let isMark = offset == 0 && text.count >= 3 && text[0] == 0xef && text[1] == 0xbb
    return JSONError(isMark && text[2] == 0xbf ? .byteOrderMark : .unexpectedByte, at: offset)
  }

  /// The error for a value at `offset` that is not of the kind asked for, or is no value at all.
  @inline(never)
  func mismatch(expected: JSONKind) -> JSONError {
    guard JSONKind(firstByte: text[offset]) != nil else { return unexpected() }
    return JSONError(.wrongKind(expected: expected), at: offset)
  }
}

extension JSONKind {
  /// The kind of value that begins with `byte`, or nil.
  @inline(__always)
  init?(firstByte byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"): self = .object
    case UInt8(ascii: "["): self = .array
    case UInt8(ascii: "\""): self = .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): self = .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): self = .bool
    case UInt8(ascii: "n"): self = .null
    default: return nil
    }
  }
}
