// Looking into a server's answer so that an error says where in it something was wrong.
internal import JSONFormat
internal import PluginKit

/// A value of an answer and the way to it, such as `choices[0].message`.
struct AnswerPlace {
  let value: JSONValue
  let path: String

  /// The whole answer.
  init(_ answer: JSONValue) {
    value = answer
    path = ""
  }

  private init(_ value: JSONValue, _ path: String) {
    self.value = value
    self.path = path
  }

  /// The member `key`; null when it is missing.
  subscript(key: String) -> AnswerPlace {
    AnswerPlace(value[key] ?? .null, path.isEmpty ? key : "\(path).\(key)")
  }

  /// Whether nothing is there.
  var isNull: Bool { value == .null }

  /// The elements of an array.
  func elements() throws(PluginFailure) -> [AnswerPlace] {
    guard let elements = value.elements else { throw wrong("an array") }
    return elements.enumerated().map { AnswerPlace($1, "\(path)[\($0)]") }
  }

  /// The members of an object.
  func members() throws(PluginFailure) -> [(key: String, place: AnswerPlace)] {
    guard let members = value.members else { throw wrong("an object") }
    return members.map { ($0.key, AnswerPlace($0.value, "\(path).\($0.key)")) }
  }

  /// A text.
  func string() throws(PluginFailure) -> String {
    guard let string = value.string else { throw wrong("a text") }
    return string
  }

  /// A number.
  func double() throws(PluginFailure) -> Double {
    guard let double = value.double else { throw wrong("a number") }
    return double
  }

  /// A count; 0 when there is none, which means that the server did not say.
  var count: UInt32 {
    guard let integer = value.integer, integer > 0 else { return 0 }
    return UInt32(clamping: integer)
  }

  /// An answer whose value here is not what it must be.
  func wrong(_ expected: String) -> PluginFailure {
    let found =
      switch value {
      case .null: "missing or null"
      case .bool: "true or false"
      case .integer, .number: "a number"
      case .string: "a text"
      case .array: "an array"
      case .object: "an object"
      }
    let place = path.isEmpty ? "the server's answer" : "'\(path)' of the server's answer"
    return PluginFailure(.io, "\(place) is \(found); it must be \(expected)")
  }
}
