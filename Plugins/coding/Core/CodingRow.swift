// One problem: what a model is asked, and what its program is judged by. What is missing or of the
// wrong kind is a data error that names the field.

package import PluginKit

/// A problem of one of the benchmarks.
package struct CodingRow: Sendable {
  /// The benchmark.
  package let benchmark: CodingBenchmark
  /// The row's own id, such as `HumanEval/0`.
  package let taskID: String
  /// What the row asks, as it stands: a function head, a sentence, a docstring or a question.
  package let prompt: String
  /// The function that the tests call; empty when the row does not say.
  package let entryPoint: String
  /// The reference solution, or the rest of the function that `head` begins; empty when there is none.
  package let solution: String
  /// easy, medium or hard; empty for other benchmarks than LiveCodeBench.
  package let difficulty: String
  /// What the program is judged by.
  package let tests: CodingTests

  /// The function head that a completion continues, with imports and helpers above it; empty when
  /// there is none.
  let head: String
  /// The head of the reference solution's function: `def f(x):`; empty when the row has none.
  let signature: String
  /// The code that a solution must start from; empty when the row has none.
  let starter: String
  /// The function that the old runner tests, which for HumanEval-X may be a helper.
  let oldEntryPoint: String
  /// The function to be repaired; empty for other benchmarks than HumanEvalFix.
  let buggySolution: String

  /// Reads a row.
  ///
  /// - Parameters:
  ///   - text: The row's JSON.
  ///   - benchmark: The benchmark that the row must be of; nothing means that its fields tell.
  /// - Throws: `BadRecord` that names the field and what was expected.
  package init(_ text: RowText, benchmark: CodingBenchmark? = nil) throws(BadRecord) {
    let fields = try RowFields(text)
    guard let found = benchmark ?? CodingBenchmark(fields) else {
      throw BadRecord(
        "the row has no tests: expected 'test' (HumanEval), 'test_list' (MBPP), 'plus_input' "
          + "(EvalPlus) or 'private_test_cases' (LiveCodeBench)")
    }
    switch found {
    case .humanEval, .humanEvalPlus, .humanEvalFix, .humanEvalX:
      try self.init(humanEval: fields, found)
    case .mbpp, .mbppPlus: try self.init(mbpp: fields, found)
    case .liveCodeBench: try self.init(liveCodeBench: fields)
    }
  }

  init(
    benchmark: CodingBenchmark, fields: RowFields, prompt: String, head: String = "",
    entryPoint: String, solution: String, signature: String = "", starter: String = "",
    buggySolution: String = "", oldEntryPoint: String? = nil, difficulty: String = "",
    tests: CodingTests
  ) throws(BadRecord) {
    self.benchmark = benchmark
    taskID = try fields.firstText(CodingFieldNames.taskID) ?? ""
    self.prompt = prompt
    self.head = head
    self.entryPoint = entryPoint
    self.solution = solution
    self.signature = signature
    self.starter = starter
    self.buggySolution = buggySolution
    self.oldEntryPoint = oldEntryPoint ?? entryPoint
    self.difficulty = difficulty
    self.tests = tests
  }

  /// Whether every byte of `name` may stand in a Python name.
  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first.isNameStart else { return false }
    return name.utf8.allSatisfy(\.isNamePart)
  }
}

/// What a program is judged by, as the row has it.
package enum CodingTests: Sendable {
  /// Test source that runs beside the program.
  case asserts(AssertTests)
  /// Inputs of the groups base and plus, whose results must equal those of the reference.
  case inputs(InputTests)
  /// Calls of one function, or runs of the whole program.
  case cases(CaseTests)
}

/// Tests that are source code.
package struct AssertTests: Sendable {
  /// Lines that the tests need before them: imports and what they set up.
  let setup: [String]
  /// A function `check` and its call, or asserts one by one.
  let sources: [String]
  /// Whether `sources` end with the call of `check`.
  let callsCheck: Bool
}

/// Tests that are inputs, whose JSON is kept as it stands in the row.
package struct InputTests: Sendable {
  /// The arguments of each test of the original benchmark; nothing when the row has only `check`.
  let base: [UInt8]?
  /// The arguments of each test that EvalPlus added.
  let plus: [UInt8]
  /// The tolerance for floating-point results.
  let tolerance: [UInt8]
  /// Asserts on the arguments, in the reference's function.
  let contract: String
  /// The original tests as source: the function `check`, or asserts; empty when there are none.
  let check: AssertTests
}

/// Tests of LiveCodeBench, whose JSON is kept as it stands in the row.
package struct CaseTests: Sendable {
  /// The function to call; nothing means that programs read their input and print.
  let function: String?
  /// A JSON array of `{"input": ..., "output": ...}`.
  let shown: [UInt8]
  /// How many tests `shown` has.
  let shownCount: Int
  /// More of them, from the hidden tests, when those are plain JSON.
  let hidden: [UInt8]?
  /// How many tests `hidden` has.
  let hiddenCount: Int
  /// The hidden tests as a JSON string of base64, when they are packed.
  let packed: [UInt8]?
}
