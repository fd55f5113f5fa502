// Extended headers: "LENGTH KEY=VALUE\n", where the length counts the whole record in decimal digits.

/// What records before an entry say about it.
struct PaxRecords {
  /// Overrides the header's name.
  private(set) var path: [UInt8]?
  /// Overrides the header's size, which has room for 8 GiB only.
  private(set) var size: Int?

  /// Reads records; of two with the same key the later one is valid, and an empty value takes one back.
  init(_ bytes: [UInt8]) throws(UnpackError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let (key, value, end) = try PaxRecords.record(rest)
      rest = rest[end...]
      if key.elementsEqual("path".utf8) {
        path = value.isEmpty ? nil : Array(value)
      } else if key.elementsEqual("size".utf8) {
        size = value.isEmpty ? nil : try PaxRecords.number(value)
      } else if key.starts(with: "GNU.sparse.".utf8) {
        throw UnpackError(.unsupported, "is a file with holes")
      }
    }
  }

  /// True when they change no entry.
  var isEmpty: Bool { path == nil && size == nil }

  private static func record(
    _ bytes: ArraySlice<UInt8>
  ) throws(UnpackError) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>, end: Int) {
    let digits = bytes.prefix { $0 != UInt8(ascii: " ") }
    let length = try number(digits)
    // At least the space, the equals sign and the newline; compared without a sum that could overflow.
    guard length <= bytes.count, length >= digits.count + 3 else { throw malformed }
    let end = bytes.startIndex + length
    let content = bytes[(digits.endIndex + 1)..<end]
    guard content.last == UInt8(ascii: "\n"), let equals = content.firstIndex(of: UInt8(ascii: "="))
    else { throw malformed }
    return (content[..<equals], content[(equals + 1)..<(end - 1)], end)
  }

  private static func number(_ digits: ArraySlice<UInt8>) throws(UnpackError) -> Int {
    // Eighteen decimal digits are less than 2^63.
    guard !digits.isEmpty, digits.count <= 18,
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw malformed }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static var malformed: UnpackError {
    UnpackError(.damaged, "an extended header is malformed")
  }
}
