// Which kinds of instruction there are. A new benchmark adds its types to the list; nothing else knows it.

package import JSONFormat

/// The kinds of instruction by their ids.
package struct InstructionRegistry: Sendable {
  private var kinds: [String: any Instruction.Type] = [:]

  /// A registry without any kind.
  package init() {}

  /// The 25 kinds of IFEval.
  package static let ifeval: InstructionRegistry = {
    var registry = InstructionRegistry()
    registry.add(KeywordExistence.self)
    registry.add(KeywordFrequency.self)
    registry.add(ForbiddenWords.self)
    registry.add(LetterFrequency.self)
    registry.add(ResponseLanguage.self)
    registry.add(NumberOfSentences.self)
    registry.add(NumberOfParagraphs.self)
    registry.add(NumberOfWords.self)
    registry.add(NthParagraphFirstWord.self)
    registry.add(NumberOfPlaceholders.self)
    registry.add(Postscript.self)
    registry.add(NumberOfBullets.self)
    registry.add(ConstrainedResponse.self)
    registry.add(NumberOfHighlights.self)
    registry.add(MultipleSections.self)
    registry.add(JSONResponse.self)
    registry.add(ResponseTitle.self)
    registry.add(TwoResponses.self)
    registry.add(RepeatPrompt.self)
    registry.add(EndPhrase.self)
    registry.add(Quotation.self)
    registry.add(CapitalWordFrequency.self)
    registry.add(EnglishCapital.self)
    registry.add(EnglishLowercase.self)
    registry.add(NoComma.self)
    return registry
  }()

  /// The ids in the order of their letters.
  package var ids: [String] { kinds.keys.sorted() }

  /// Adds a kind; a kind of the same id is replaced.
  package mutating func add(_ kind: any Instruction.Type) { kinds[kind.id] = kind }

  /// Makes the instruction of an id from the JSON object of its arguments.
  ///
  /// An unknown id, an unknown argument, and one that is missing or wrong are errors that name it.
  package func instruction(
    _ id: String, arguments: JSONValue, resources: InstructionResources
  ) throws(InstructionError) -> any Instruction {
    guard let kind = kinds[id] else {
      throw InstructionError("unknown instruction '\(id)'")
    }
    do throws(InstructionError) {
      var arguments = try InstructionArguments(arguments)
      let instruction = try kind.init(&arguments, resources: resources)
      try arguments.finish()
      return instruction
    } catch {
      throw InstructionError("instruction '\(id)': \(error.message)")
    }
  }
}
