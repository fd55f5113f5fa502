// The typed cursor: what each read accepts, what it refuses and where, and that keys, bookmarks and
// borrowed pointers work.

import JSONFormat
import Testing

private typealias Read = @Sendable (inout JSONCursor) throws(JSONError) -> String

private let text: Read = { cursor throws(JSONError) in try cursor.readString() }
private let bytes: Read = { cursor throws(JSONError) in
  var bytes = Array("<".utf8)
  try cursor.readString(appendingTo: &bytes)
  return String(decoding: bytes, as: UTF8.self)
}
private let int: Read = { cursor throws(JSONError) in "\(try cursor.readInt())" }
private let int64: Read = { cursor throws(JSONError) in "\(try cursor.readInteger(as: Int64.self))"
}
private let byte: Read = { cursor throws(JSONError) in "\(try cursor.readInteger(as: UInt8.self))" }
private let double: Read = { cursor throws(JSONError) in "\(try cursor.readDouble())" }
private let bool: Read = { cursor throws(JSONError) in "\(try cursor.readBool())" }
private let null: Read = { cursor throws(JSONError) in
  try cursor.readNull()
  return "null"
}
private let kind: Read = { cursor throws(JSONError) in
  let kind = try cursor.peekKind()
  try cursor.skip()
  return "\(kind)"
}
private let optional: Read = { cursor throws(JSONError) in
  try cursor.takeNull() ? "nil" : try cursor.readString()
}
private let object: Read = { cursor throws(JSONError) in
  try cursor.beginObject()
  var keys = ""
  while let key = try cursor.nextKey() {
    keys += key.string + "@\(key.offset)"
    try cursor.skip()
  }
  return keys
}
private let array: Read = { cursor throws(JSONError) in
  try cursor.beginArray()
  var sum = 0
  while try cursor.nextElement() { sum += try cursor.readInt() }
  return "\(sum)"
}

/// One read of one text: the result, or the error.
private struct Case: Sendable, CustomTestStringConvertible {
  var read: Read
  var text: String
  var result: Result<String, JSONError>
  var testDescription: String { "\(text) gives \(result)" }

  init(_ read: @escaping Read, _ text: String, _ result: String) {
    (self.read, self.text, self.result) = (read, text, .success(result))
  }

  init(_ read: @escaping Read, _ text: String, _ code: JSONError.Code, _ offset: Int = 0) {
    (self.read, self.text, self.result) = (read, text, .failure(JSONError(code, at: offset)))
  }
}

private let cases = [
  Case(text, #" "a\n" "#, "a\n"), Case(text, #""""#, ""),
  Case(text, "1", .wrongKind(expected: .string)),
  Case(text, #""twenty bytes of text""#, "twenty bytes of text"),
  Case(text, #""eight by\u00e9 and \ud83d\ude00 more""#, "eight byé and 😀 more"),
  Case(text, "?", .unexpectedByte), Case(text, "", .unexpectedEnd),
  Case(bytes, #""plain é""#, "<plain é"), Case(bytes, #""\t\u4e2d""#, "<\t中"),
  Case(int, "-12", "-12"), Case(int, "-0", "0"), Case(int, "1.0", .notAnInteger),
  Case(int, "1e2", .notAnInteger), Case(int, "true", .wrongKind(expected: .number)),
  Case(int, #""1""#, .wrongKind(expected: .number)),
  Case(int, " 9223372036854775808", .numberOutOfRange, 1),
  Case(int64, "9223372036854775807", "9223372036854775807"),
  Case(int64, "-9223372036854775808", "-9223372036854775808"),
  Case(int64, "-9223372036854775809", .numberOutOfRange),
  Case(int64, "10000000000000000000000", .numberOutOfRange),
  Case(byte, "255", "255"), Case(byte, "256", .numberOutOfRange),
  Case(byte, "-1", .numberOutOfRange), Case(double, "18", "18.0"), Case(double, "-0", "-0.0"),
  Case(double, "1e23", "1e+23"), Case(double, "0.1", "0.1"), Case(double, "1e-400", "0.0"),
  Case(double, "123456789012345678901234567890e-20", "1234567890.1234567"),
  Case(double, "9007199254740993", "9007199254740992.0"),
  Case(double, "0.000000000000000000000000000001", "1e-30"),
  Case(double, "1e400", .numberOutOfRange), Case(double, "null", .wrongKind(expected: .number)),
  Case(bool, "true", "true"), Case(bool, "false", "false"),
  Case(bool, "1", .wrongKind(expected: .bool)), Case(bool, "tRue", .unexpectedByte, 1),
  Case(null, "null", "null"), Case(null, "0", .wrongKind(expected: .null)),
  Case(optional, "null", "nil"), Case(optional, #""x""#, "x"),
  Case(kind, "{}", "object"), Case(kind, "[]", "array"), Case(kind, #""""#, "string"),
  Case(kind, "-1", "number"), Case(kind, "false", "bool"), Case(kind, "null", "null"),
  Case(kind, "]", .unexpectedByte), Case(object, "{}", ""),
  Case(object, #"{"a":1, "\u00e9" : [{}]}"#, "a@1é@8"),
  // nextKey gives every member: duplicates are for those who read whole objects to refuse.
  Case(object, #"{"a":1,"a":2}"#, "a@1a@7"), Case(object, "[]", .wrongKind(expected: .object)),
  Case(object, #"{"a":1]"#, .unexpectedByte, 6), Case(array, "[]", "0"), Case(array, "[1, 2]", "3"),
  Case(array, "[1]]", .trailingBytes, 3), Case(array, "{}", .wrongKind(expected: .array)),
]

@Suite struct CursorTests {
  @Test(arguments: cases)
  private func `each typed read takes its own kind alone`(row: Case) {
    let result = Result { () throws(JSONError) in try JSON.read(Array(row.text.utf8), row.read) }
    #expect(result == row.result)
  }

  @Test func `keys are told apart by a switch over literals`() throws {
    let text = #"{"a":1,"ab":2,"long_name_1":3,"long_name_2":4,"\u0061bc":5,"é":6,"":7}"#
    let sums = try JSON.read(Array(text.utf8)) { cursor throws(JSONError) in
      var seen: [Int] = []
      try cursor.beginObject()
      while let key = try cursor.nextKey() {
        let base =
          switch key {
          case "a": 10
          case "ab": 20
          case "long_name_1": 30
          case "long_name_2": 40
          case "abc": 50
          case "é": 60
          case "": 70
          default: 0
          }
        seen.append(base + (try cursor.readInt()))
      }
      return seen
    }
    #expect(sums == [11, 22, 33, 44, 55, 66, 77])
  }

  @Test func `a copy of the cursor is a bookmark and a raw value is copied as it stands`() throws {
    let text = Array(#"{"row": {"a" : [1, 2.50]} , "kind":"x"}"#.utf8)
    let (kind, row) = try JSON.read(text) { cursor throws(JSONError) in
      var ahead = cursor
      var kind = ""
      try ahead.beginObject()
      while let key = try ahead.nextKey() {
        if key == "kind" { kind = try ahead.readString() } else { try ahead.skip() }
      }
      try cursor.beginObject()
      var row = 0..<0
      while let key = try cursor.nextKey() {
        if key == "row" { row = try cursor.rawValue() } else { try cursor.skip() }
      }
      return (kind, row)
    }
    #expect(kind == "x")
    #expect(String(decoding: text[row], as: UTF8.self) == #"{"a" : [1, 2.50]}"#)
  }

  @Test func `bytes from a C interface are read where they lie`() throws {
    let text = Array("[true,7]x".utf8)
    let number = try text.withUnsafeBytes { raw in
      var cursor = JSONCursor(unsafe: UnsafeRawBufferPointer(rebasing: raw.dropLast()))
      try cursor.beginArray()
      #expect(try cursor.nextElement() && cursor.readBool() && cursor.nextElement())
      let number = try cursor.readInt()
      #expect(throws: JSONError(.unexpectedByte, at: 7)) {
        var copy = cursor
        _ = try copy.nextKey()
      }
      #expect(throws: JSONError(.trailingBytes, at: 7)) { try cursor.finish() }
      #expect(try !cursor.nextElement())
      try cursor.finish()
      return number
    }
    #expect(number == 7)
    var nothing = JSONCursor(unsafe: UnsafeBufferPointer<UInt8>(start: nil, count: 0))
    #expect(throws: JSONError(.unexpectedEnd, at: 0)) { try nothing.skip() }
  }

  @Test func `stopping inside a container is not the end of a text`() {
    #expect(throws: JSONError(.unexpectedEnd, at: 2)) {
      try JSON.read(Array("[1".utf8)) { cursor throws(JSONError) in
        try cursor.beginArray()
        _ = try cursor.nextElement()
        try cursor.skip()
      }
    }
  }

  @Test func `a body may throw its own error`() {
    struct Own: Error, Equatable {}
    #expect(throws: Own()) {
      try JSON.withCursor(over: Array("1".utf8)) { _ throws(Own) in throw Own() }
    }
  }
}
