// The one error of this module: what is wrong and at which byte. It never quotes the text, because
// the text may be a completion or a secret; who knows the file adds the file's name.

/// Why a JSON text was refused, or a value could not be written, and where.
public struct JSONError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Code: Equatable, Sendable {
    /// The text ends inside a value.
    case unexpectedEnd
    /// A byte stands where the grammar does not allow it.
    case unexpectedByte
    /// Something other than whitespace follows the value.
    case trailingBytes
    /// The text begins with a UTF-8 byte order mark.
    case byteOrderMark
    /// A number breaks the grammar: a leading zero, a missing digit.
    case invalidNumber
    /// A number is too large for the type it is read as; for Double, it would be infinite.
    case numberOutOfRange
    /// A whole number was wanted, and this one has a fraction or an exponent.
    case notAnInteger
    /// A number to be written is NaN or infinite.
    case nonFiniteNumber
    /// A backslash is followed by something that is no escape.
    case invalidEscape
    /// A `\u` escape is one half of a surrogate pair without the other.
    case loneSurrogate
    /// A string holds an unescaped byte below 0x20.
    case controlCharacter
    /// A string is not valid UTF-8.
    case invalidUTF8
    /// An object has the same key twice.
    case duplicateKey
    /// More than `JSON.maximumDepth` arrays and objects are open.
    case tooDeep
    /// A value of another kind was wanted.
    case wrongKind(expected: JSONKind)
  }

  /// What is wrong.
  public var code: Code
  /// Where: bytes from the start of the text, or for a writer from the start of its output.
  public var offset: Int

  /// An error of `code` at byte `offset`.
  public init(_ code: Code, at offset: Int) {
    self.code = code
    self.offset = offset
  }

  /// The line and column of `offset` in `text`, both from 1; a column is one Unicode scalar.
  ///
  /// An offset past the end of `text` names the place just after its last byte.
  public func location(in text: [UInt8]) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for byte in text.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    return (line, column)
  }
}

extension JSONError: CustomStringConvertible {
  /// One line: where and what.
  public var description: String { "JSON byte \(offset): \(code.sentence)" }
}

extension JSONError.Code {
  fileprivate var sentence: String {
    switch self {
    case .unexpectedEnd: "the text ends inside a value"
    case .unexpectedByte: "this byte cannot stand here"
    case .trailingBytes: "only whitespace may follow the value"
    case .byteOrderMark: "the text begins with a byte order mark; save it as UTF-8 without one"
    case .invalidNumber: "this is not a JSON number"
    case .numberOutOfRange: "this number is out of range"
    case .notAnInteger: "expected a whole number without fraction or exponent"
    case .nonFiniteNumber: "NaN and infinity cannot be written"
    case .invalidEscape:
      "a backslash must be followed by one of \"\\/bfnrt or u and four hex digits"
    case .loneSurrogate: "half of a surrogate pair stands alone"
    case .controlCharacter: "control characters in a string must be escaped"
    case .invalidUTF8: "this is not valid UTF-8"
    case .duplicateKey: "this key is in the object twice"
    case .tooDeep: "more than \(JSON.maximumDepth) arrays and objects are open"
    case .wrongKind(let expected): "expected \(expected.phrase)"
    }
  }
}

extension JSONKind {
  fileprivate var phrase: String {
    switch self {
    case .object: "an object"
    case .array: "an array"
    case .string: "a string"
    case .number: "a number"
    case .bool: "true or false"
    case .null: "null"
    }
  }
}
