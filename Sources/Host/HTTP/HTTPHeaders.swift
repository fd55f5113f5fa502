// Header fields that cannot carry a line break, and that no description shows.

/// Header fields in the order in which they were added; names compare without case.
///
/// A value may be an API key, so nothing that prints or reflects shows one: only `first` and `all` do.
package struct HTTPHeaders: Equatable, Sendable {
  /// One field.
  private struct Field: Equatable, Sendable {
    var name: String
    var value: String
  }

  private var fields: [Field] = []

  /// No fields.
  package init() {}

  /// The given fields, each checked as `add` does.
  package init(_ fields: [(name: String, value: String)]) throws(HTTPRequestError) {
    for field in fields { try add(field.name, field.value) }
  }

  /// How many fields there are.
  package var count: Int { fields.count }

  /// Adds a field to send.
  ///
  /// Line breaks, NUL and other control characters are refused, and so are the fields that the client
  /// writes itself (Host, Content-Length, Connection and their like).
  package mutating func add(_ name: String, _ value: String) throws(HTTPRequestError) {
    guard !name.isEmpty, name.utf8.allSatisfy(isTokenByte) else { throw .headerName }
    guard !Self.reserved.contains(name.lowercased()) else { throw .reservedHeader(name) }
    guard value.utf8.allSatisfy(isValueByte) else { throw .headerValue(name) }
    fields.append(Field(name: name, value: value))
  }

  /// Adds a field of a response, which the parser has checked.
  mutating func append(received name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// The value of the first field of that name.
  package func first(_ name: String) -> String? {
    fields.first { isSameName($0.name, name) }?.value
  }

  /// The values of all fields of that name, in order.
  package func all(_ name: String) -> [String] {
    fields.filter { isSameName($0.name, name) }.map(\.value)
  }

  /// Appends the fields as they travel.
  func write(to bytes: inout [UInt8]) {
    for field in fields {
      bytes += field.name.utf8
      bytes += ": ".utf8
      bytes += field.value.utf8
      bytes += "\r\n".utf8
    }
  }

  /// What the client writes itself: with another value the server would see another message.
  private static let reserved: Set<String> = [
    "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te",
    "trailer", "transfer-encoding", "upgrade",
  ]
}

extension HTTPHeaders: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The number of fields, never what they hold.
  package var description: String { "\(fields.count) header fields" }
  /// The number of fields, never what they hold.
  package var debugDescription: String { description }
  /// Nothing.
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// True for the bytes of a token (RFC 9110 §5.6.2): methods and field names.
func isTokenByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
  default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
  }
}

/// True for the bytes of a field value: printable ASCII, tab, and bytes above it.
func isValueByte(_ byte: UInt8) -> Bool { (byte >= 0x20 && byte != 0x7F) || byte == 0x09 }

/// Compares two field names without case.
func isSameName(_ one: String, _ other: String) -> Bool {
  one.utf8.count == other.utf8.count
    && zip(one.utf8, other.utf8).allSatisfy { lowered($0) == lowered($1) }
}

/// An ASCII capital as its small letter.
func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
