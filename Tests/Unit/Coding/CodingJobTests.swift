// The jobs that the sandbox gets, looked at as JSON; what is large must stand in them as in the row.

import CodingCore
import JSONFormat
import PluginKit
import Testing

struct CodingJobTests {
  static func frame(
    _ json: String, _ rules: CodingRules = .official, program: String = "p\n"
  ) throws -> (text: String, value: JSONValue) {
    let row = try Rows.row(json)
    let limits = CodingLimits(row.benchmark, rules: rules)
    let bytes = try CodingJob(row: row, rules: rules, limits: limits).frame(id: 7, program: program)
    return (String(decoding: bytes, as: UTF8.self), try JSONValue.parse(bytes))
  }

  static func texts(_ value: JSONValue?) -> [String] {
    (value?.elements ?? []).compactMap(\.string)
  }

  @Test func `HumanEval's check runs beside a head that does nothing`() throws {
    let job = try Self.frame(Rows.humanEval, program: "p\n\"é")
    #expect(job.value["id"]?.integer == 7 && job.value["kind"]?.string == "asserts")
    #expect(job.value["program"]?.string == "p\n\"é" && job.value["per_test"]?.bool == false)
    #expect(job.value["prelude"]?.string == Rows.head + "    pass\n")
    #expect(job.value["entry_point"]?.string == "half")
    #expect(
      Self.texts(job.value["tests"])
        == ["\n\ndef check(candidate):\n    assert candidate(4) == 2\n\ncheck(half)"])
    let limits = try #require(job.value["limits"])
    #expect(limits["cpu_s"]?.double == 3 && limits["wall_s"]?.double == 12)
    #expect(limits["memory_mb"]?.integer == 1024 && limits["open_files"]?.integer == 32)
    #expect(limits["output_bytes"]?.integer == 1_048_576 && limits["input_min_s"] == nil)
  }

  @Test func `a test that calls check itself is not called again, but by the old rules`() throws {
    for json in [Rows.humanEvalFix, Rows.humanEvalX] {
      let official = Self.texts(try Self.frame(json).value["tests"])
      #expect(
        official.count == 1 && official[0].split(separator: "\n").last?.hasPrefix("check") == true)
      #expect(official[0].split(separator: "check(").count == 3)
    }
    // The old runner took the first function of the head, here a helper.
    let old = try Self.frame(Rows.humanEvalX, .legacy).value
    #expect(Self.texts(old["tests"])[0].hasSuffix("check(uncode)\n\ncheck(code)"))
    let helpers = try #require(old["prelude"]?.string)
    #expect(helpers.contains("def code(s):\n    return s[1:]") && helpers.hasSuffix("    pass\n"))
  }

  @Test func `MBPP's asserts come one by one, with their imports and setup`() throws {
    let job = try Self.frame(Rows.mbpp).value
    #expect(Self.texts(job["tests"]) == ["assert half(4) == 2", "assert half(8) == 4"])
    #expect(job["prelude"]?.string == "limit = 9" && job["entry_point"]?.string == "half")
    let sanitized = try Self.frame(Rows.sanitized).value
    #expect(sanitized["prelude"]?.string == "import math")
    let old = try Self.frame(Rows.sanitized, .legacy).value
    #expect(old["prelude"] == nil && old["entry_point"] == nil)
    #expect(Self.texts(old["tests"]) == ["assert math.isclose(half(4), 2)"])
  }

  @Test func `EvalPlus' inputs stand in the job as in the row`() throws {
    let job = try Self.frame(Rows.humanEvalPlus)
    #expect(job.value["kind"]?.string == "inputs" && job.value["dataset"]?.string == "humaneval")
    #expect(job.value["reference"]?.string == Rows.head + "    return x // 2\n")
    #expect(job.text.contains(#"{"name":"base","inputs":[[4], [6]]}"#))
    #expect(job.text.contains(#"{"name":"plus","inputs":[[1e3],[0.50]]}"#))
    #expect(job.text.contains(#""atol":1e-06"#) && job.value["task_id"]?.string == "Mine/0")
    #expect(job.value["limits"]?["input_min_s"]?.double == 4)
    let mbpp = try Self.frame(Rows.mbppPlus, .legacy).value
    #expect(mbpp["dataset"]?.string == "mbpp" && mbpp["limits"]?["input_factor"]?.double == 2)
    #expect(mbpp["limits"]?["input_min_s"]?.double == 0.1 && mbpp["limits"]?["cpu_s"]?.double == 4)
  }

  @Test func `bare infinities of EvalPlus are kept`() throws {
    let json = Rows.mbppPlus.replacing("[[6],[8]]", with: #"[["NaN"],[-Infinity],[NaN]]"#)
    let row = try Rows.row(json)
    let limits = CodingLimits(row.benchmark, rules: .official)
    let job = try CodingJob(row: row, rules: .official, limits: limits).frame(id: 1, program: "")
    #expect(String(decoding: job, as: UTF8.self).contains(#"[["NaN"],[-Infinity],[NaN]]"#))
    #expect(throws: BadRecord.self) { try Rows.row(json + "NaN") }
  }

  @Test(arguments: [(Rows.oldHumanEvalPlus, CodingRules.official), (Rows.humanEvalPlus, .legacy)])
  func `HumanEval+ by test source has its check first`(json: String, rules: CodingRules) throws {
    let job = try Self.frame(json, rules).value
    let tests = Self.texts(job["tests"])
    #expect(job["kind"]?.string == "asserts" && tests.count == 2)
    #expect(tests[0].hasSuffix("check(half)") && tests[1].hasSuffix("judge_added_inputs(half)"))
    #expect(tests[1].contains("json.loads(\"[["))
  }

  @Test func `LiveCodeBench's tests are joined, packed ones handed on`() throws {
    let packed = try Self.frame(Rows.contest)
    #expect(packed.value["kind"]?.string == "stdin" && packed.value["function"] == nil)
    #expect(packed.value["encoded_tests"]?.string == "eJxrYJmaaw==")
    #expect(packed.value["tests"]?.elements?.count == 1)
    #expect(packed.value["per_test"]?.bool == true)
    #expect(packed.value["limits"]?["cpu_s"]?.double == 6)
    let calls = try Self.frame(Rows.calls, .legacy).value
    #expect(calls["kind"]?.string == "calls" && calls["function"]?.string == "half")
    #expect(calls["tests"]?.elements?.compactMap { $0["output"]?.string } == ["2", "4"])
    #expect(calls["encoded_tests"] == nil && calls["per_test"]?.bool == false)
    #expect(calls["limits"]?["cpu_s"]?.double == 4)
  }

  @Test func `limits are what the options say`() {
    let limits = CodingLimits(.liveCodeBench, rules: .official, seconds: 10, memoryMB: 512)
    #expect(limits.cpuSeconds == 10 && limits.wallSeconds == 40 && limits.memoryMB == 512)
    #expect(CodingLimits(.humanEvalPlus, rules: .official).memoryMB == 4096)
    #expect(CodingLimits(.humanEvalPlus, rules: .legacy).cpuSeconds == 3)
  }
}
