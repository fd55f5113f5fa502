// One line of a World vocabulary file: `id SP python-literal SP byteLength`.
//
// The literal is a Python string ('..' or "..") whose token is its UTF-8, or bytes (b'..'). Nothing is
// evaluated: the file's own escapes are decoded and everything else is refused. It may hold spaces, so
// the line is split at its first and its last one, by bytes: a combining mark after a quote is one
// `Character` together with it.

/// A token as one line of the file describes it.
struct VocabularyLine {
  /// From 1 to `Vocabulary.largestPossibleID`.
  let id: UInt32
  /// What the token stands for, never empty.
  let bytes: [UInt8]

  /// Reads `line`, which holds no line feed and is line `number` of its file.
  init(_ line: ArraySlice<UInt8>, number: Int) throws(VocabularyError) {
    func refusal(_ expected: String, _ found: String) -> VocabularyError {
      VocabularyError(line: number, expected: expected, found: found)
    }
    guard let first = line.firstIndex(of: UInt8(ascii: " ")),
      let last = line.lastIndex(of: UInt8(ascii: " ")), first < last
    else { throw refusal("`id literal length`", quoted(line)) }

    let largest = Vocabulary.largestPossibleID
    guard let id = decimal(line[..<first]), id >= 1, id <= largest else {
      throw refusal("an id from 1 to \(largest)", quoted(line[..<first]))
    }
    guard let length = decimal(line[(last + 1)...]), length >= 1 else {
      throw refusal("a length in bytes, at least 1", quoted(line[(last + 1)...]))
    }
    var literal = LiteralReader(line[(first + 1)..<last], number: number)
    let bytes = try literal.read()
    guard bytes.count == length else {
      throw refusal("a token of \(length) bytes, as its last column says", "\(bytes.count) bytes")
    }
    self.id = UInt32(id)
    self.bytes = bytes
  }
}

/// The value of a run of decimal digits; nil for anything else and above a billion.
private func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
  guard !digits.isEmpty else { return nil }
  var value = 0
  for digit in digits {
    guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
    value = value * 10 + Int(digit - UInt8(ascii: "0"))
    if value > 1_000_000_000 { return nil }
  }
  return value
}

/// Bytes of the file for a message: printable ASCII as it is, the rest as `\xNN`, at most 40 bytes.
private func quoted(_ bytes: ArraySlice<UInt8>) -> String {
  var text = ""
  for byte in bytes.prefix(40) {
    if 0x20..<0x7F ~= byte {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
  }
  return bytes.isEmpty ? "nothing" : "`\(text)`" + (bytes.count > 40 ? " and more" : "")
}

/// Decodes one Python literal.
private struct LiteralReader {
  private var rest: ArraySlice<UInt8>
  private let number: Int
  private var isBytes = false

  init(_ literal: ArraySlice<UInt8>, number: Int) {
    self.rest = literal
    self.number = number
  }

  private func refusal(_ expected: String, _ found: String) -> VocabularyError {
    VocabularyError(line: number, expected: expected, found: found)
  }

  mutating func read() throws(VocabularyError) -> [UInt8] {
    let whole = rest
    if rest.first == UInt8(ascii: "b") {
      isBytes = true
      rest.removeFirst()
    }
    guard let quote = rest.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    else { throw refusal("a literal in quotes", quoted(whole)) }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(rest.count)
    var isASCII = true
    while let byte = rest.popFirst() {
      switch byte {
      case quote:
        guard rest.isEmpty else {
          throw refusal("the end of the literal after its closing quote", quoted(rest))
        }
        if !isBytes && !isASCII && !UTF8Scan.isValid(bytes) {
          throw refusal("UTF-8 in a literal without `b`", quoted(whole))
        }
        return bytes
      case UInt8(ascii: "\\"):
        try readEscape(into: &bytes)
      default:
        if byte >= 0x80 {
          if isBytes { throw refusal("ASCII in a literal with `b`", quoted(whole)) }
          isASCII = false
        }
        bytes.append(byte)
      }
    }
    throw refusal("a closing quote", quoted(whole))
  }

  private mutating func readEscape(into bytes: inout [UInt8]) throws(VocabularyError) {
    switch rest.popFirst() {
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "'"): bytes.append(UInt8(ascii: "'"))
    case UInt8(ascii: "\""): bytes.append(UInt8(ascii: "\""))
    case UInt8(ascii: "x"):
      let value = try hexadecimal(digits: 2)
      if isBytes {
        bytes.append(UInt8(value))
      } else {
        try append(scalar: value, to: &bytes)
      }
    case UInt8(ascii: "u") where !isBytes:
      try append(scalar: try hexadecimal(digits: 4), to: &bytes)
    case let other:
      let found = other.map { quoted([UInt8(ascii: "\\"), $0]) } ?? "the end of the literal"
      let known =
        isBytes ? "\\n \\t \\r \\\\ \\' \\\" \\xNN" : "\\n \\t \\r \\\\ \\' \\\" \\xNN \\uNNNN"
      throw refusal("one of the escapes \(known)", found)
    }
  }

  private mutating func hexadecimal(digits count: Int) throws(VocabularyError) -> UInt32 {
    let digits = rest.prefix(count)
    var value: UInt32 = 0
    for digit in digits {
      guard let nibble = hexadecimalValue(digit) else {
        throw refusal("\(count) hexadecimal digits", quoted(digits))
      }
      value = value << 4 | nibble
    }
    guard digits.count == count else {
      throw refusal("\(count) hexadecimal digits", quoted(digits))
    }
    rest = rest.dropFirst(count)
    return value
  }

  private func hexadecimalValue(_ digit: UInt8) -> UInt32? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(digit - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(digit - UInt8(ascii: "A")) + 10
    default: nil
    }
  }

  private func append(scalar value: UInt32, to bytes: inout [UInt8]) throws(VocabularyError) {
    guard let scalar = Unicode.Scalar(value) else {
      throw refusal("a Unicode scalar", "the surrogate \\u" + String(value, radix: 16))
    }
    bytes.append(contentsOf: String(scalar).utf8)
  }
}
