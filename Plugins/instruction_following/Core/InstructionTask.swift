// The instructions of one row, and the judgement of a response by them.

package import JSONFormat

/// The instructions that a response must follow, in the order of the row.
package struct InstructionTask: Sendable {
  /// An instruction with its arguments as the row has them.
  package struct Entry: Sendable {
    /// The instruction.
    package let instruction: any Instruction
    /// The arguments that are not null.
    package let arguments: JSONValue
  }

  /// The instructions.
  package let entries: [Entry]

  /// Reads `instruction_id_list` and `kwargs` of a row.
  ///
  /// Throws for a row whose lists are missing, empty or of different lengths, and for an instruction that
  /// the registry does not know or that lacks an argument.
  package init(
    row: JSONValue, registry: InstructionRegistry, resources: InstructionResources
  ) throws(InstructionError) {
    guard let ids = row["instruction_id_list"]?.elements, !ids.isEmpty else {
      throw InstructionError("field 'instruction_id_list' must be a list of at least one id")
    }
    guard let arguments = row["kwargs"]?.elements, arguments.count == ids.count else {
      throw InstructionError("field 'kwargs' must be a list with one object for each instruction")
    }
    var entries: [Entry] = []
    for (id, arguments) in zip(ids, arguments) {
      guard let id = id.string else {
        throw InstructionError("field 'instruction_id_list' must hold texts")
      }
      let instruction = try registry.instruction(id, arguments: arguments, resources: resources)
      let given = (arguments.members ?? []).filter { $0.value != .null }
      entries.append(Entry(instruction: instruction, arguments: .object(given)))
    }
    self.entries = entries
  }

  /// A line for each instruction, its id and its wording.
  package var reference: String {
    entries.map { "\($0.instruction.id): \($0.instruction.wording)" }.joined(separator: "\n")
  }

  /// Judges a response by every instruction, strictly and loosely.
  ///
  /// A blank response follows none. `sign` is called before every look at a text, as a sign of life:
  /// megabytes of text take seconds.
  package func judge(_ response: ResponseText, sign: () -> Void = {}) -> [InstructionJudgement] {
    let isBlank = response.isBlank
    var variants = ResponseVariants(of: response)
    var judgements: [InstructionJudgement] = []
    judgements.reserveCapacity(entries.count)
    for entry in entries {
      let instruction = entry.instruction
      sign()
      let strict =
        isBlank ? Finding(false, "an empty response") : instruction.check(response)
      var loose: StaticString?
      if !strict.follows && !isBlank {
        let tried = instruction.gainsFromFewerLines ? variants.all : variants.withAllLines
        loose =
          tried.first { variant in
            sign()
            return instruction.follows(variant.text)
          }?.name
      }
      judgements.append(InstructionJudgement(entry: entry, strict: strict, variant: loose))
    }
    return judgements
  }
}

/// What one instruction says of a response.
package struct InstructionJudgement: Sendable {
  /// The instruction.
  package let entry: InstructionTask.Entry
  private let strict: Finding
  private let variant: StaticString?

  init(entry: InstructionTask.Entry, strict: Finding, variant: StaticString?) {
    self.entry = entry
    self.strict = strict
    self.variant = variant
  }

  /// Whether the response itself follows the instruction.
  package var followsStrictly: Bool { strict.follows }
  /// Whether the response or one of its variants follows it.
  package var followsLoosely: Bool { strict.follows || variant != nil }
  /// What was found in the response itself: `271 words`.
  package var found: String { strict.found }
  /// Which variant follows the instruction where the response itself does not.
  package var looseVariant: String? { variant?.description }

  /// Why the response does not follow, in a line: `asked for at least 300 words, found 271 words`.
  package var reason: String { "asked for \(entry.instruction.asked), found \(found)" }
}
