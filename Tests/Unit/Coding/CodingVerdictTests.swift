// From result frames to verdicts: outcomes, the line for a person, the old spelling, details, values.

import CodingCore
import JSONFormat
import PluginKit
import Testing

struct CodingVerdictTests {
  struct Case: Sendable {
    var json: String
    var rules: CodingRules
    var frame: String
    var outcome: Verdict.Outcome
    var reason: String

    init(
      _ json: String, rules: CodingRules = .official, _ frame: String, _ outcome: Verdict.Outcome,
      _ reason: String
    ) {
      self.json = json
      self.rules = rules
      self.frame = frame
      self.outcome = outcome
      self.reason = reason
    }
  }

  static func verdict(
    _ json: String, _ rules: CodingRules, _ frame: String, completion: String = "done \n",
    sandbox: String = "bubblewrap"
  ) throws -> Verdict {
    let row = try Rows.row(json)
    let limits = CodingLimits(row.benchmark, rules: rules)
    let prompt = CodingPrompt(style: .raw, mode: .direct)
    let verdict = CodingVerdict(
      row: row, rules: rules, limits: limits, completion: completion, sandbox: sandbox)
    switch ProgramExtraction(prompt: prompt, rules: rules).program(in: completion, of: row) {
    case .none(let reason): return verdict.unparsed(reason)
    case .program(let program):
      return verdict.judged(program, try SandboxResult(frame: Array(frame.utf8)), load: 1.234)
    }
  }

  static let cases: [Case] = [
    Case(Rows.mbpp, #"{"id":1,"outcome":"passed","tests":2}"#, .pass, ""),
    Case(
      Rows.mbpp, #"{"outcome":"wrong_answer","test":2,"tests":3,"expected":"[1, 2]","got":"[1]"}"#,
      .fail, "wrong answer in test 3: expected [1, 2], got [1]"),
    Case(
      Rows.humanEval, #"{"outcome":"wrong_answer","test":0,"tests":1,"message":"no\nway"}"#, .fail,
      "wrong answer: no way"),
    Case(
      Rows.humanEval, #"{"outcome":"wrong_answer","test":3,"tests":1,"expected":"f(1)"}"#, .fail,
      "wrong answer in test 4: expected f(1)"),
    Case(
      Rows.humanEvalPlus,
      #"{"outcome":"wrong_answer","test":4,"tests":9,"group":"plus","expected":"1","got":"2"}"#,
      .fail, "wrong answer in test 5 of plus: expected 1, got 2"),
    Case(
      Rows.mbpp,
      #"{"outcome":"exception","test":0,"tests":2,"type":"ValueError","message":"bad","frame":"line 12, in f"}"#,
      .fail, "ValueError: bad (line 12, in f, in test 1)"),
    Case(
      Rows.mbpp, #"{"outcome":"exception","type":"NameError","frame":"line 1, in <module>"}"#,
      .fail,
      "NameError (line 1, in <module>)"),
    Case(
      Rows.mbpp,
      #"{"outcome":"compile_error","type":"SyntaxError","message":"x","frame":"line 2"}"#,
      .fail, "no valid Python: SyntaxError: x (line 2)"),
    Case(
      Rows.mbpp, #"{"outcome":"time","test":1,"tests":3}"#, .fail,
      "time: more than 3 s of CPU time in test 2"),
    Case(
      Rows.contest, #"{"outcome":"time","wall":true}"#, .fail,
      "time: more than 24 s on the clock while loading"),
    Case(
      Rows.mbpp, #"{"outcome":"memory","test":0,"tests":3}"#, .fail,
      "memory: more than 1024 MiB in test 1"),
    Case(
      Rows.mbpp, #"{"outcome":"output_limit","test":0,"tests":1}"#, .fail,
      "output: more than 1048576 bytes"),
    Case(
      Rows.mbpp, #"{"outcome":"sandbox_violation","test":0,"tests":1,"violation":"fork"}"#, .fail,
      "sandbox violation: fork"),
    Case(
      Rows.mbpp, #"{"outcome":"missing_entry_point"}"#, .fail,
      "the program does not define the function asked for"),
    Case(
      Rows.mbpp, rules: .legacy, #"{"outcome":"harness_error","message":"no tests"}"#, .error,
      "the judge failed: no tests"),
    // The old spelling.
    Case(Rows.mbpp, rules: .legacy, #"{"outcome":"passed"}"#, .pass, ""),
    Case(Rows.mbpp, rules: .legacy, #"{"outcome":"time","test":1}"#, .fail, "timed out"),
    Case(
      Rows.humanEval, rules: .legacy,
      #"{"outcome":"wrong_answer","test":0,"type":"AssertionError","traceback":"Traceback:\n  x\n"}"#,
      .fail, "failed: AssertionError\nTraceback:\n  x"),
    Case(
      Rows.humanEval, rules: .legacy,
      #"{"outcome":"exception","type":"ValueError","message":" bad ","traceback":"T"}"#, .fail,
      "failed: ValueError: bad\nT"),
    Case(
      Rows.humanEval, rules: .legacy, #"{"outcome":"compile_error"}"#, .fail, "failed: SyntaxError"),
    Case(
      Rows.mbpp, rules: .legacy, #"{"outcome":"missing_entry_point"}"#, .fail,
      "failed: NameError: name 'half' is not defined"),
    Case(
      Rows.contest, rules: .legacy, #"{"outcome":"wrong_answer","test":0}"#, .fail,
      "failed: Wrong Answer"),
    Case(
      Rows.calls, rules: .legacy, #"{"outcome":"missing_entry_point"}"#, .fail,
      "failed: Missing entry point"),
    Case(Rows.mbppPlus, rules: .legacy, #"{"outcome":"wrong_answer","test":0}"#, .fail, ""),
  ]

  @Test(arguments: cases)
  func `a result says why`(wanted: Case) throws {
    let verdict = try Self.verdict(wanted.json, wanted.rules, wanted.frame)
    #expect(
      verdict.outcome == wanted.outcome && verdict.failReason == wanted.reason,
      "\(verdict.failReason)")
  }

  @Test func `details hold what is known`() throws {
    let frame =
      #"{"outcome":"wrong_answer","test":1,"tests":2,"input":"4","expected":"2","got":"3","cpu_s":0.0125,"wall_s":1,"new":[1]}"#
    let verdict = try Self.verdict(Rows.contest, .official, frame, completion: "print(3)")
    let details = String(decoding: verdict.details, as: UTF8.self)
    #expect(
      details
        == #"{"outcome":"wrong_answer","test":1,"tests":2,"input":"4","expected":"2","got":"3","extraction":"fenced_solution","sandbox":"bubblewrap","cpu_ms":13,"wall_ms":1000,"load":1.23}"#
    )
    #expect(verdict.group == "easy" && verdict.answer == "print(3)" && verdict.values.isEmpty)
    #expect(verdict.reference == #"{"inputs":["4\n"],"outputs":["2"],"fn_name":null}"#)
    let slow = try Self.verdict(Rows.mbpp, .official, #"{"outcome":"time","wall":true}"#)
    #expect(
      String(decoding: slow.details, as: UTF8.self).contains(
        #""wall":true,"confirmed":false,"loading":true"#))
  }

  @Test func `answer and reference are those of the rules`() throws {
    let passed = #"{"outcome":"passed"}"#
    let old = try Self.verdict(Rows.humanEval, .legacy, passed, completion: "\n    return 2 \n")
    #expect(old.answer == "\n    return 2" && old.reference == "return x // 2")
    let new = try Self.verdict(Rows.humanEval, .official, passed, completion: "    return 2")
    #expect(new.answer == Rows.head + "    return 2")
    let tests = try Self.verdict(Rows.mbpp, .legacy, passed).reference
    #expect(tests == #"["assert half(4) == 2", "assert half(8) == 4"]"#)
    #expect(try Self.verdict(Rows.mbpp, .official, passed).reference.hasPrefix("def half"))
    let long = String(repeating: "é", count: 50_000)
    let cut = try Self.verdict(Rows.contest, .legacy, passed, completion: long)
    #expect(cut.answer.utf8.count <= 65_536 && cut.answer.utf8.count > 65_000)
  }

  @Test(arguments: [
    (Rows.humanEvalPlus, CodingRules.official, #"{"outcome":"passed"}"#, 1.0),
    (Rows.humanEvalPlus, .official, #"{"outcome":"time","group":"plus"}"#, 1),
    (Rows.humanEvalPlus, .official, #"{"outcome":"time","group":"base"}"#, 0),
    (Rows.mbppPlus, .official, #"{"outcome":"exception","groups":{"base":true,"plus":false}}"#, 1),
    (Rows.mbppPlus, .official, #"{"outcome":"compile_error"}"#, 0),
    (Rows.humanEvalPlus, .legacy, #"{"outcome":"wrong_answer","test":1}"#, 1),
    (Rows.humanEvalPlus, .legacy, #"{"outcome":"wrong_answer","test":0}"#, 0),
    (Rows.oldHumanEvalPlus, .official, #"{"outcome":"exception"}"#, 0),
  ])
  func `the base tests have a value of their own`(
    json: String, rules: CodingRules, frame: String, base: Double
  ) throws {
    let verdict = try Self.verdict(json, rules, frame, completion: "    return 1")
    #expect(verdict.values.map(\.name) == ["base_pass"] && verdict.values[0].value == base)
  }

  @Test func `no program, no completion and a weak sandbox show`() throws {
    let none = try Self.verdict(Rows.mbppPlus, .official, "", completion: " ", sandbox: "rlimits")
    #expect(none.outcome == .unparsed && none.failReason == "no program: the completion is empty")
    #expect(none.values.map(\.name) == ["base_pass", "sandbox_rlimits"])
    #expect(none.values.map(\.value) == [0, 1])
    let row = try Rows.row(Rows.humanEvalPlus)
    let verdict = CodingVerdict(
      row: row, rules: .official, limits: CodingLimits(row.benchmark, rules: .official),
      completion: "", sandbox: "bubblewrap")
    #expect(verdict.withoutCompletion.outcome == .error && verdict.withoutCompletion.values.isEmpty)
    #expect(verdict.failed("no sandbox").failReason == "no sandbox")
  }

  @Test(arguments: [
    "", "{}", "[]", "null", #"{"outcome":"won"}"#, #"{"outcome":1}"#, #"{"outcome":"passed"}x"#,
    #"{"outcome":"passed","test":-1}"#, #"{"outcome":"passed","test":1e99}"#,
    #"{"outcome":"passed","tests":99999999999}"#, #"{"outcome":"passed","groups":{"base":1}}"#,
    #"{"outcome":"passed","message":["#, #"{"outcome":"passed","cpu_s":"1"}"#,
    #"{"outcome":"passed","wall":0}"#, "{\"outcome\":\"passed\",\"x\":\"\u{1}\"}",
  ])
  func `a frame that is none is refused`(frame: String) {
    #expect(throws: SandboxResultError.self) { try SandboxResult(frame: Array(frame.utf8)) }
  }

  @Test func `a frame cannot flood a verdict`() throws {
    let long = String(repeating: "ö", count: 100_000)
    var fields = #""outcome":"exception","cpu_s":-1,"wall_s":1e300,"groups":{"#
    fields += (0..<50).map { "\"g\($0)\":true" }.joined(separator: ",") + "}"
    for key in ["type", "message", "frame", "traceback", "input", "got", "stderr", "violation"] {
      fields += ",\"\(key)\":\"\(long)\""
    }
    let verdict = try Self.verdict(Rows.humanEvalPlus, .official, "{\(fields)}", completion: " x")
    #expect(verdict.details.count < 20_000 && verdict.failReason.utf8.count < 2000)
    #expect(try JSONValue.parse(verdict.details)["cpu_ms"]?.integer == 0)
    let deep = #"{"outcome":"passed","x":"# + String(repeating: "[", count: 100_000)
    #expect(throws: SandboxResultError.self) { try SandboxResult(frame: Array(deep.utf8)) }
    #expect(SandboxResult(.harnessError, message: "m").message == "m")
  }
}
