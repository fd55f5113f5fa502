// The benchmarks, and how a row's fields tell which one it belongs to.

/// The benchmark that a row belongs to; the option `benchmark` names one, otherwise the fields tell.
package enum CodingBenchmark: String, CaseIterable, Sendable {
  /// HumanEval: a function's head and docstring to complete, a function `check` as test.
  case humanEval = "human_eval"
  /// HumanEval+ of EvalPlus: many more inputs, judged against the canonical solution.
  case humanEvalPlus = "human_eval_plus"
  /// The Python part of HumanEvalFix: a buggy function to repair.
  case humanEvalFix = "human_eval_fix"
  /// The Python part of HumanEval-X, which the old runner called `human_eval_cn`.
  case humanEvalX = "human_eval_x"
  /// MBPP, all of it or the sanitized part: a sentence and a few asserts.
  case mbpp = "mbpp"
  /// MBPP+ of EvalPlus.
  case mbppPlus = "mbpp_plus"
  /// LiveCodeBench: contest problems, judged by calls or by standard input and output.
  case liveCodeBench = "livecodebench"

  /// Whether a completion continues, or replaces, a function head that the row gives.
  var hasHead: Bool {
    switch self {
    case .humanEval, .humanEvalPlus, .humanEvalFix, .humanEvalX: true
    case .mbpp, .mbppPlus, .liveCodeBench: false
    }
  }

  /// Whether the tests come in the groups base and plus.
  var isPlus: Bool { self == .humanEvalPlus || self == .mbppPlus }

  /// What a person calls it.
  var name: String {
    switch self {
    case .humanEval: "HumanEval"
    case .humanEvalPlus: "HumanEval+"
    case .humanEvalFix: "HumanEvalFix"
    case .humanEvalX: "HumanEval-X"
    case .mbpp: "MBPP"
    case .mbppPlus: "MBPP+"
    case .liveCodeBench: "LiveCodeBench"
    }
  }
}

/// Whose rules decide; the option `rules`.
package enum CodingRules: String, CaseIterable, Sendable {
  /// Those of the official harness of each benchmark.
  case official
  /// Those of the old runner, so that old and new scores can be compared.
  case legacy
}

extension CodingBenchmark {
  /// What the old prepper wrote before a buggy solution.
  static let bugMark = "# Buggy implementation:"

  /// The benchmark whose fields the row has; nothing when it has those of none.
  init?(_ fields: RowFields) {
    let hasListedTests = fields.hasAny(CodingFieldNames.tests) || fields.has("assertion")
    if fields.hasAny(["question_content", "public_test_cases", "private_test_cases"]) {
      self = .liveCodeBench
    } else if fields.has("plus_input") {
      self = hasListedTests || !fields.has("test") ? .mbppPlus : .humanEvalPlus
    } else if fields.has("buggy_solution") || fields.holds(Self.bugMark, in: "prompt") {
      self = .humanEvalFix
    } else if hasListedTests {
      self = fields.has("test") ? .mbppPlus : .mbpp
    } else if fields.has("test") {
      self = fields.has("declaration") ? .humanEvalX : .humanEval
    } else {
      return nil
    }
  }
}

/// The names under which loaders find the same thing; the first that the row has wins.
enum CodingFieldNames {
  static let taskID = ["task_id", "problem_id", "question_id", "id"]
  static let prompt = ["prompt", "question", "instruction", "text", "description"]
  static let starter = ["starter_code", "solution_stub"]
  static let tests = ["test_list", "test_cases", "tests", "unit_tests"]

  /// Every name that any benchmark reads; other fields of a row are checked as JSON and dropped.
  static let all = Set(
    taskID + prompt + starter + tests + [
      "entry_point", "canonical_solution", "test", "declaration", "buggy_solution", "base_input",
      "plus_input", "atol", "contract", "assertion", "code", "test_imports", "test_setup_code",
      "question_content", "question_title", "difficulty", "public_test_cases",
      "private_test_cases", "metadata",
    ])
}
