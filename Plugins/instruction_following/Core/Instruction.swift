// What an instruction is: one checkable demand on a response, with its arguments read and checked.

/// One kind of demand, such as "at least 300 words"; each kind is its own small type.
///
/// `check` is pure, never fails and takes time linear in the text.
package protocol Instruction: Sendable {
  /// The kind's name, group and kind with a colon between: `length_constraints:number_words`.
  static var id: String { get }

  /// Reads the arguments; what is missing or wrong is an error, never a default drawn at random.
  init(
    _ arguments: inout InstructionArguments, resources: InstructionResources
  ) throws(InstructionError)

  /// The demand as the official checker words it.
  var wording: String { get }

  /// What is asked for, to stand after "asked for": `at least 300 words`.
  var asked: String { get }

  /// Looks whether a text, which is not blank, does what is asked, and says what was found.
  func check(_ text: ResponseText) -> Finding

  /// Only the first half of `check`, for kinds that often know it without counting.
  func follows(_ text: ResponseText) -> Bool

  /// Whether a text that does not follow may do so once lines at its start or end are left out.
  ///
  /// A kind that wants enough of something that stands within lines says no, and is tried on fewer texts.
  var gainsFromFewerLines: Bool { get }
}

extension Instruction {
  /// The kind's name.
  package var id: String { Self.id }

  /// Whether fewer lines may help: yes, unless the kind knows that they cannot.
  package var gainsFromFewerLines: Bool { true }

  /// What `check` says.
  package func follows(_ text: ResponseText) -> Bool { check(text).follows }
}

/// What an instruction found in a text.
package struct Finding: Sendable {
  /// Whether the text does what was asked.
  package let follows: Bool
  private let fact: Fact

  private enum Fact {
    case count(Int, StaticString)
    case note(StaticString)
    case text(String)
  }

  /// A count of something: `271` and `words`.
  package init(_ follows: Bool, count: Int, _ noun: StaticString) {
    self.follows = follows
    fact = .count(count, noun)
  }

  /// A fact that is always worded alike.
  package init(_ follows: Bool, _ note: StaticString) {
    self.follows = follows
    fact = .note(note)
  }

  /// A fact in words of its own.
  package init(_ follows: Bool, text: String) {
    self.follows = follows
    fact = .text(text)
  }

  /// What was found, to stand after "found": `271 words`.
  package var found: String {
    switch fact {
    case .count(let count, let noun): "\(count) \(noun)"
    case .note(let note): note.description
    case .text(let text): text
    }
  }
}

/// How a count is compared with the number that is asked for.
enum Relation: String, Sendable {
  /// Fewer than asked.
  case lessThan = "less than"
  /// As many as asked or more.
  case atLeast = "at least"

  /// Whether a count of at most `most` is as asked; nothing when that depends on the count.
  func holds(atMost most: Int, _ asked: Int) -> Bool? {
    most < asked ? self == .lessThan : nil
  }

  func holds(_ count: Int, _ asked: Int) -> Bool {
    switch self {
    case .lessThan: count < asked
    case .atLeast: count >= asked
    }
  }
}
