// Which rows are understood, what is read from them, and how wrong ones are refused.

import CodingCore
import JSONFormat
import PluginKit
import TestSupport
import Testing

struct CodingRowTests {
  struct Shape: Sendable {
    var json: String
    var benchmark: CodingBenchmark
    var taskID: String
    var entryPoint: String
    var difficulty = ""
  }

  @Test(arguments: [
    Shape(json: Rows.humanEval, benchmark: .humanEval, taskID: "Mine/0", entryPoint: "half"),
    Shape(
      json: Rows.humanEvalPlus, benchmark: .humanEvalPlus, taskID: "Mine/0", entryPoint: "half"),
    Shape(
      json: Rows.oldHumanEvalPlus, benchmark: .humanEvalPlus, taskID: "Mine/0", entryPoint: "half"),
    Shape(
      json: Rows.humanEvalFix, benchmark: .humanEvalFix, taskID: "Python/0", entryPoint: "half"),
    Shape(json: Rows.humanEvalX, benchmark: .humanEvalX, taskID: "Python/9", entryPoint: "uncode"),
    Shape(json: Rows.mbpp, benchmark: .mbpp, taskID: "11", entryPoint: "half"),
    Shape(json: Rows.sanitized, benchmark: .mbpp, taskID: "12", entryPoint: "half"),
    Shape(json: Rows.mbppPlus, benchmark: .mbppPlus, taskID: "Mbpp/12", entryPoint: "half"),
    Shape(
      json: Rows.contest, benchmark: .liveCodeBench, taskID: "a1", entryPoint: "",
      difficulty: "easy"),
    Shape(
      json: Rows.calls, benchmark: .liveCodeBench, taskID: "c1", entryPoint: "half",
      difficulty: "hard"),
    // The old prepper's rows, loaders' other names, a missing solution, tests as one text.
    Shape(
      json: #"{"id":3,"question":"Halve.","unit_tests":"assert half(4) == 2"}"#, benchmark: .mbpp,
      taskID: "3", entryPoint: ""),
    Shape(
      json:
        #"{"task_id":"f","prompt":"def f(x):\n    return 1\n# Buggy implementation:\n    return 2\n# Fix the function `f` so it passes all tests.","entry_point":"f","test":"def check(f): pass"}"#,
      benchmark: .humanEvalFix, taskID: "f", entryPoint: "f"),
  ])
  func `a row's benchmark shows in its fields`(shape: Shape) throws {
    let row = try Rows.row(shape.json)
    #expect(
      row.benchmark == shape.benchmark && row.taskID == shape.taskID
        && row.entryPoint == shape.entryPoint && row.difficulty == shape.difficulty)
    #expect(try Rows.row(shape.json, shape.benchmark).benchmark == shape.benchmark)
  }

  @Test(arguments: [
    ("{}", nil, "the row has no tests"),
    ("[]", nil, "expected an object"),
    ("null", nil, "expected an object"),
    (#"{"prompt":"x""#, nil, "ends inside"),
    (#"{"prompt":"x","prompt":"y","test_list":["a"]}"#, nil, "twice"),
    (#"{"test":"def check(c): pass","entry_point":"f"}"#, nil, "field 'prompt'"),
    (#"{"test":"def check(c): pass","prompt":"x = 1"}"#, nil, "field 'entry_point'"),
    (
      #"{"test":3,"prompt":"def f(): ","entry_point":"f"}"#, nil,
      "field 'test' must be a text, not a number"
    ),
    (#"{"test":"t","prompt":"def f(): ","entry_point":"f()"}"#, nil, "name of a function"),
    (#"{"prompt":"p","test_list":"" }"#, CodingBenchmark.humanEval, "field 'test'"),
    (#"{"prompt":"p","test_list":[1]}"#, nil, "field 'test_list' must be a list of texts"),
    (#"{"prompt":"p","test_list":{"a":1}}"#, nil, "must be a list of texts, not an object"),
    (#"{"prompt":"p","test_list":[]}"#, nil, "a list of asserts"),
    (
      #"{"prompt":"p","plus_input":[],"base_input":[],"assertion":"a","canonical_solution":"s"}"#,
      nil, "field 'entry_point'"
    ),
    (#"{"prompt":"p","plus_input":"x","assertion":"a"}"#, nil, "field 'plus_input' must be a list"),
    (
      #"{"prompt":"p","plus_input":[],"assertion":"a","entry_point":"f"}"#, nil,
      "field 'canonical_solution'"
    ),
    (
      #"{"prompt":"p","plus_input":[],"assertion":"a","entry_point":"f","canonical_solution":"s"}"#,
      nil, "field 'base_input'"
    ),
    (
      #"{"prompt":"def f():\n","plus_input":[],"base_input":[],"test":"","canonical_solution":"s","entry_point":"f","atol":"0"}"#,
      CodingBenchmark.humanEvalPlus, "field 'atol' must be a number"
    ),
    (#"{"question_content":"q"}"#, nil, "field 'public_test_cases'"),
    (#"{"question_content":"q","public_test_cases":"[]"}"#, nil, "field 'private_test_cases'"),
    (
      #"{"question_content":"q","public_test_cases":"[]","private_test_cases":"[]"}"#, nil,
      "at least one test"
    ),
    (
      #"{"question_content":"q","public_test_cases":"[{\"input\":\"1\"}]","private_test_cases":"[]"}"#,
      nil, "test 1 of field 'public_test_cases'"
    ),
    (
      #"{"question_content":"q","public_test_cases":"[{\"input\":1,\"output\":\"\"}]","private_test_cases":"[]"}"#,
      nil, "expected a string"
    ),
    (
      #"{"question_content":"q","public_test_cases":"[]","private_test_cases":"!!"}"#, nil,
      "neither a list of tests"
    ),
    (
      #"{"question_content":"q","public_test_cases":"eJx=","private_test_cases":"[]"}"#, nil,
      "field 'public_test_cases' must be a list"
    ),
    (
      #"{"question_content":"q","public_test_cases":"[{\"input\":\"1\",\"output\":\"1\",\"testtype\":\"functional\"}]","private_test_cases":"[]","metadata":"{}"}"#,
      nil, "func_name"
    ),
    (
      #"{"question_content":"q","public_test_cases":"[]","private_test_cases":"eJx","metadata":"[]"}"#,
      nil, "field 'metadata'"
    ),
    (
      #"{"question_content":"q","public_test_cases":"[]","private_test_cases":"eJx","metadata":{"func_name":7}}"#,
      nil, "name of a function"
    ),
  ])
  func `what is missing or wrong is named`(
    json: String, benchmark: CodingBenchmark?, part: String
  ) throws {
    let error = try #require(throws: BadRecord.self) { try Rows.row(json, benchmark) }
    #expect(error.message.contains(part), "\(error.message)")
  }

  @Test func `hostile rows are errors, never traps`() throws {
    let deep = String(repeating: "[", count: 100_000)
    for field in [
      "plus_input", "test_list", "private_test_cases", "metadata", "nonsense", "prompt",
    ] {
      #expect(throws: BadRecord.self) { try Rows.row("{\"\(field)\":\(deep)") }
      for value in ["null", "true", "-1", "1e999", "{}", "[[]]", "\"\"", "\"\\ud800\"", "\"[\""] {
        let json = Rows.humanEval.dropLast() + ",\"\(field)\":\(value)}"
        _ = try? Rows.row(String(json))
        _ = try? Rows.row("{\"\(field)\":\(value)}")
        for benchmark in CodingBenchmark.allCases {
          _ = try? Rows.row("{\"\(field)\":\(value)}", benchmark)
        }
      }
    }
    for json in [Rows.humanEvalPlus, Rows.mbpp, Rows.calls] {
      let bytes = Array(json.utf8)
      for end in stride(from: 0, to: bytes.count, by: 7) {
        #expect(throws: BadRecord.self) { try Rows.row(Array(bytes[..<end])) }
      }
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "the recorded data is not here"))
  func `every row of the public data is read`() throws {
    for (path, benchmark) in [
      ("humaneval/HumanEval.jsonl.gz", CodingBenchmark.humanEval), ("mbpp/mbpp.jsonl", .mbpp),
      ("mbpp/MbppPlus-v0.1.0.jsonl.gz", .mbppPlus),
    ] {
      let rows = try SharedData.lines(path).map { try Rows.row($0) }
      #expect(rows.count > 100 && rows.allSatisfy { $0.benchmark == benchmark })
      #expect(rows.allSatisfy { !$0.entryPoint.isEmpty })
    }
    let sanitized = try #require(try SharedData.json("mbpp/sanitized-mbpp.json").elements)
    for value in sanitized {
      let row = try Rows.row(value.serialized())
      #expect(row.benchmark == .mbpp && !row.entryPoint.isEmpty)
    }
  }
}
