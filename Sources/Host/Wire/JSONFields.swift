// Reads the members of a JSON object by name; what is missing or of another type is named in the error.
internal import JSONFormat

/// A control message's payload could not be understood.
package struct ContextError: Error, Equatable, Sendable, CustomStringConvertible {
  package var description: String

  /// Carries one line.
  package init(_ description: String) { self.description = description }
}

/// The members of one object of a control message.
struct JSONFields {
  private let value: JSONValue
  private let context: String

  init(_ value: JSONValue, in context: String) throws(ContextError) {
    guard value.members != nil else { throw ContextError("\(context): not a JSON object") }
    self.value = value
    self.context = context
  }

  init(parsing payload: UnsafeRawBufferPointer, in context: String) throws(ContextError) {
    let parsed: JSONValue
    do { parsed = try JSONValue.parse(Array(payload)) } catch {
      throw ContextError("\(context): \(error)")
    }
    try self.init(parsed, in: context)
    let version = try integer("version")
    guard version == contextVersion else {
      throw ContextError("\(context): version \(version) is not \(contextVersion)")
    }
  }

  func string(_ key: String) throws(ContextError) -> String {
    guard let text = value[key]?.string else { throw missing(key, "a string") }
    return text
  }

  /// A string that texts of earlier versions do not have.
  func stringIfPresent(_ key: String) throws(ContextError) -> String? {
    value[key] == nil ? nil : try string(key)
  }

  func integer(_ key: String) throws(ContextError) -> Int {
    guard let number = value[key]?.integer else { throw missing(key, "an integer") }
    return Int(number)
  }

  func bool(_ key: String) throws(ContextError) -> Bool {
    guard let flag = value[key]?.bool else { throw missing(key, "a boolean") }
    return flag
  }

  func elements(_ key: String) throws(ContextError) -> [JSONValue] {
    guard let elements = value[key]?.elements else { throw missing(key, "an array") }
    return elements
  }

  func strings(_ key: String) throws(ContextError) -> [String] {
    var texts: [String] = []
    for element in try elements(key) {
      guard let text = element.string else { throw missing(key, "an array of strings") }
      texts.append(text)
    }
    return texts
  }

  func integers(_ key: String) throws(ContextError) -> [Int] {
    var numbers: [Int] = []
    for element in try elements(key) {
      guard let number = element.integer else { throw missing(key, "an array of integers") }
      numbers.append(Int(number))
    }
    return numbers
  }

  func object(_ key: String) throws(ContextError) -> JSONFields {
    guard let inner = value[key] else { throw missing(key, "an object") }
    return try JSONFields(inner, in: "\(context).\(key)")
  }

  private func missing(_ key: String, _ what: String) -> ContextError {
    ContextError("\(context): '\(key)' is not \(what)")
  }
}

/// Version of every JSON control message.
let contextVersion = 1

/// The bytes of a JSON object; the members hold no number that JSON cannot write.
func jsonBytes(_ members: KeyValuePairs<String, JSONValue>) -> [UInt8] {
  let value = JSONValue.object(members.map { JSONMember(key: $0.key, value: $0.value) })
  // Only a number that is not finite can be refused, and control messages hold none.
  return (try? value.serialized()) ?? []
}

/// A JSON object of the given members.
func jsonObject(_ members: KeyValuePairs<String, JSONValue>) -> JSONValue {
  .object(members.map { JSONMember(key: $0.key, value: $0.value) })
}

extension JSONValue {
  static func int(_ number: Int) -> JSONValue { .integer(Int64(number)) }
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
  static func ints(_ numbers: [Int]) -> JSONValue { .array(numbers.map { .int($0) }) }
}
