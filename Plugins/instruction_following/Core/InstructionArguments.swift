// The arguments of one instruction, as the row's JSON gives them.

internal import JSONFormat

/// An instruction cannot be made of what the row says; the data is at fault.
package struct InstructionError: Error, Sendable, Equatable {
  /// One line: which argument, what is wrong.
  package let message: String

  init(_ message: String) { self.message = message }
}

/// Hands out the arguments of one instruction by name; a `null` argument counts as absent.
package struct InstructionArguments: Sendable {
  private let members: [JSONMember]
  private var known: [String] = []

  init(_ value: JSONValue) throws(InstructionError) {
    guard let members = value.members else {
      throw InstructionError("its arguments are no object")
    }
    self.members = members
  }

  private mutating func value(_ name: String) throws(InstructionError) -> JSONValue {
    known.append(name)
    guard let value = members.first(where: { $0.key == name })?.value, value != .null else {
      throw InstructionError("argument '\(name)' is missing, and no verdict may depend on chance")
    }
    return value
  }

  /// A whole number that is not negative.
  mutating func number(_ name: String) throws(InstructionError) -> Int {
    let value = try value(name)
    let number = value.integer ?? value.double.flatMap { Int64(exactly: $0) }
    guard let number, number >= 0 else {
      throw InstructionError("argument '\(name)' must be a whole number that is not negative")
    }
    return Int(number)
  }

  /// A text that is not blank, without the blanks around it.
  mutating func text(_ name: String) throws(InstructionError) -> String {
    guard let text = try value(name).string else {
      throw InstructionError("argument '\(name)' must be a text")
    }
    let bytes = Array(text.utf8)
    let kept = bytes.trimmed(0..<bytes.count)
    guard !kept.isEmpty else { throw InstructionError("argument '\(name)' is blank") }
    return String(decoding: bytes[kept], as: UTF8.self)
  }

  /// A list of at least one text, as they stand; none may be empty.
  mutating func texts(_ name: String) throws(InstructionError) -> [String] {
    guard let elements = try value(name).elements, !elements.isEmpty else {
      throw InstructionError("argument '\(name)' must be a list of at least one text")
    }
    var texts: [String] = []
    for element in elements {
      guard let text = element.string, !text.isEmpty else {
        throw InstructionError("argument '\(name)' must be a list of texts that are not empty")
      }
      texts.append(text)
    }
    return texts
  }

  /// `less than` or `at least`.
  mutating func relation(_ name: String) throws(InstructionError) -> Relation {
    let text = try text(name)
    guard let relation = Relation(rawValue: text) else {
      throw InstructionError(
        "argument '\(name)' is '\(text)'; it must be 'less than' or 'at least'")
    }
    return relation
  }

  /// Throws when there is an argument that was never asked for.
  ///
  /// Some editions of the data give every row the names of all arguments, null where they mean nothing:
  /// a null is passed over.
  func finish() throws(InstructionError) {
    for member in members where !known.contains(member.key) && member.value != .null {
      throw InstructionError(
        known.isEmpty
          ? "unknown argument '\(member.key)'; it takes none"
          : "unknown argument '\(member.key)'; it takes \(known.joined(separator: ", "))")
    }
  }
}
