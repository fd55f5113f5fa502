// Programs in the real sandbox, as the evaluator runs them. The hostile ones are in hostile.jsonl: each must be contained
// and judged failed for the right reason, and must leave nothing behind that the next program could notice.

import CodingCore
import Foundation
import Glibc
import JSONFormat
import PluginKit
import Testing

/// An evaluator and rows for it, made of program and tests.
private struct Judge {
  let coding: Coding

  /// One second of CPU time is enough for what is honest, and ends what is not soon.
  ///
  /// Each program is run.
  init(
    _ options: String =
      #"{"timeout_s":1,"memory_mb":512,"prompt_style":"chat","reuse":false}"#
  ) throws {
    coding = try Coding(configuration: JSONValue.parse(Array(options.utf8)), host: .none)
  }

  static func row(kind: String, tests: [Any]) throws -> [UInt8] {
    let row: [String: Any]
    if kind == "stdin" {
      let texts = try String(
        decoding: JSONSerialization.data(withJSONObject: tests), as: UTF8.self)
      row = [
        "question_content": "q", "question_id": "x", "difficulty": "easy", "starter_code": "",
        "public_test_cases": texts, "private_test_cases": "[]", "metadata": "{}",
      ]
    } else {
      row = ["task_id": 1, "text": "t", "code": "def honest(): pass", "test_list": tests]
    }
    return Array(try JSONSerialization.data(withJSONObject: row))
  }

  func verdict(_ program: String, kind: String = "asserts", tests: [Any]) throws -> Verdict {
    try verdict(program, row: Self.row(kind: kind, tests: tests))
  }

  func verdict(_ program: String, row bytes: [UInt8]) throws -> Verdict {
    let row = try bytes.withUnsafeBufferPointer {
      try coding.row(RowText(index: 0, unsafe: $0))
    }
    let text = "```python\n\(program)\n```"
    return try coding.score(row, outputs: [Output(stage: "final", text: text)], call: .none)
  }
}

extension Verdict {
  fileprivate var facts: JSONValue? { try? JSONValue.parse(details) }
}

/// The processes that descend from this one, by their numbers.
private func descendants() -> Set<Int32> {
  var parents: [Int32: Int32] = [:]
  for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
    guard let pid = Int32(name),
      let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { continue }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    if fields.count > 1, fields[0] != "Z" { parents[pid] = Int32(fields[1]) }
  }
  var found: Set<Int32> = []
  var waiting = [getpid()]
  while let one = waiting.popLast() {
    for (pid, parent) in parents where parent == one && found.insert(pid).inserted {
      waiting.append(pid)
    }
  }
  return found
}

@Suite(.serialized) struct SandboxTests {
  private static let programs: [JSONValue] = {
    let file = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("hostile.jsonl")
    let lines = (try? Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))) ?? []
    return lines.compactMap { try? JSONValue.parse(Array($0)) }
  }()

  @Test func `an honest program passes, and a wrong one says what it gave`() throws {
    let judge = try Judge()
    let tests = ["assert double(2) == 4", "assert double(-1) == -2"]
    #expect(try judge.verdict("def double(x):\n  return 2 * x", tests: tests).outcome == .pass)
    let wrong = try judge.verdict("def double(x):\n  return 4", tests: tests)
    #expect(wrong.outcome == .fail)
    #expect(wrong.failReason == "wrong answer in test 2: expected -2, got 4")
    let thrown = try judge.verdict("def double(x):\n  return [][x]", tests: tests)
    #expect(
      thrown.failReason == "IndexError: list index out of range (line 2, in double, in test 1)")
  }

  @Test(arguments: [("true", true), ("false", false)])
  func `a program that was judged is not run again, unless that is asked for`(
    reuse: String, isReused: Bool
  ) throws {
    let judge = try Judge(#"{"timeout_s":1,"prompt_style":"chat","reuse":\#(reuse)}"#)
    let clock = "import time\ndef now():\n  return time.time_ns()"
    let tests = ["assert now() == 0"]
    let first = try judge.verdict(clock, tests: tests)
    #expect(try (judge.verdict(clock, tests: tests).details == first.details) == isReused)
    for other in [
      try judge.verdict(clock + " + 0", tests: tests),
      try judge.verdict(clock, tests: ["assert now() == 1"]),
    ] {
      #expect(other.details != first.details)
    }
    let slow = "def now():\n  while True: pass"
    let late = try judge.verdict(slow, tests: tests)
    #expect(late.failReason.hasPrefix("time"))
    // What time decided is run again: its seconds are its own.
    #expect(try judge.verdict(slow, tests: tests).details != late.details)
  }

  @Test func `whole programs get their input and are compared as LiveCodeBench does`() throws {
    let judge = try Judge()
    let tests = [
      ["input": "3\n1 2 3\n", "output": "6"], ["input": "2\n1.5 1.5\n", "output": "3.0 \n\n"],
    ]
    let program = """
      import sys
      def main():
        n = int(input())
        print(sum(map(float, sys.stdin.readline().split())))
      if __name__ == "__main__":
        main()
      """
    #expect(try judge.verdict(program, kind: "stdin", tests: tests).outcome == .pass)
    let wrong = try judge.verdict(
      "import sys\nprint(len(sys.stdin.read()))\nsys.exit(0)", kind: "stdin", tests: tests)
    #expect(wrong.failReason == "wrong answer in test 1: expected 6, got 8")
  }

  /// One call with the arguments [3, 1] and 2, as `pickle` and `zlib` pack LiveCodeBench's hidden tests.
  private static let packed =
    "eJxrYJnqywABPZ7R1UqZeQWlJUpWCkrRxjoKhrExeUZKOgpK+aUlMGFDHQUjHQXjWJBwSWpxSUllQSpIIq00L7kkMz8vMUep"
    + "NnaKHgDqQRjM"
  /// A pickle that would run a shell.
  private static let hostilePickle =
    "eJxrYJmqywABPawF+cWZFVN62Iori0tSc6dMntIjVJJfmpyhoF+SW6BfkJmcnZOaMqV1StAUPQDu9hO+"

  private func contestRow(hidden: String) throws -> [UInt8] {
    let row = [
      "question_content": "q", "question_id": "x", "difficulty": "hard",
      "starter_code": "class Solution:\n  def put(self, xs, x):\n    ", "public_test_cases": "[]",
      "private_test_cases": hidden, "metadata": #"{"func_name":"put"}"#,
    ]
    return Array(try JSONSerialization.data(withJSONObject: row))
  }

  @Test func `functions are called with hidden tests, which are never unpickled`() throws {
    let judge = try Judge()
    let right = """
      class Solution:
        def put(self, xs: List[int], x: int) -> List[int]:
          insort(xs, x)
          return tuple(sorted(xs))
      """
    let row = try contestRow(hidden: Self.packed)
    #expect(try judge.verdict(right, row: row).outcome == .pass)
    let wrong = try judge.verdict(
      right.replacingOccurrences(of: "insort(xs, x)", with: ""), row: row)
    #expect(wrong.failReason == "wrong answer: expected [1, 2, 3], got [1, 3]")
    #expect(wrong.group == "hard")
    let missing = try judge.verdict("class Solution:\n  pass", row: row)
    #expect(missing.facts?["outcome"]?.string == "missing_entry_point")
    let hostile = try judge.verdict(right, row: contestRow(hidden: Self.hostilePickle))
    #expect(hostile.outcome == .error)
    #expect(hostile.failReason.contains("private_test_cases cannot be read"), "\(hostile)")
  }

  @Test func `inputs of EvalPlus are judged against the reference, group by group`() throws {
    let judge = try Judge()
    let row = Array(
      #"""
      {"task_id":"Mbpp/9999","prompt":"\"\"\"\nHalve.\n\"\"\"\n","entry_point":"half","contract":"","assertion":"",
      "canonical_solution":"\ndef half(x):\n  return x / 2\n","base_input":[[4],[6]],
      "plus_input":[[1],[0.3],[-8]],"atol":0}
      """#.utf8)
    #expect(try judge.verdict("def half(x): return x * 0.5", row: row).outcome == .pass)
    let near = try judge.verdict("def half(x): return x / 2 + 1e-7", row: row)
    #expect(near.outcome == .pass, "floats have a tolerance of 1e-6: \(near.failReason)")
    let plus = try judge.verdict("def half(x): return x // 2 + 0.0", row: row)
    #expect(plus.outcome == .fail)
    #expect(plus.failReason == "wrong answer in test 1 of plus: expected 0.5, got 0.0")
    #expect(plus.values.contains { $0.name == "base_pass" && $0.value == 1 })
    let base = try judge.verdict("def half(x): return x", row: row)
    #expect(base.values.contains { $0.name == "base_pass" && $0.value == 0 })
  }

  @Test(arguments: [
    ("HumanEval", Rows.humanEval, "def half(x):\n  return x // 2"),
    ("HumanEval+", Rows.humanEvalPlus, "def half(x):\n  return x // 2"),
    (
      "HumanEval+ as the old prepper left it", Rows.oldHumanEvalPlus,
      "def half(x):\n  return x // 2"
    ),
    ("HumanEvalFix", Rows.humanEvalFix, "def half(x):\n  return x // 2"),
    ("HumanEval-X", Rows.humanEvalX, "def uncode(s):\n  return s[-1:] + s[:-1]"),
    ("MBPP", Rows.mbpp, "def half(x):\n  return x // 2"),
  ])
  func `a right program passes whatever the shape of its row, and a wrong one fails`(
    name: String, row: String, program: String
  ) throws {
    let judge = try Judge()
    let passed = try judge.verdict(program, row: Array(row.utf8))
    #expect(passed.outcome == .pass, "\(name): \(passed.failReason)")
    let head = program.prefix { $0 != "\n" }
    let wrong = try judge.verdict("\(head)\n  return None", row: Array(row.utf8))
    #expect(wrong.outcome == .fail, "\(name)")
  }

  @Test func `a reference that fails is an error of the judge, not of the program`() throws {
    let judge = try Judge()
    let row = Array(
      #"""
      {"task_id":"Mbpp/9999","prompt":"# Halve.\n","entry_point":"half","contract":"","assertion":"","atol":0,
      "canonical_solution":"\ndef half(x):\n  return [][x]\n","base_input":[[4]],"plus_input":[[1]]}
      """#.utf8)
    let verdict = try judge.verdict("def half(x): return x", row: row)
    #expect(verdict.outcome == .error)
    #expect(verdict.failReason.contains("the reference solution fails: IndexError"), "\(verdict)")
  }

  @Test func `hostile programs are contained and fail for the right reason`() throws {
    #expect(Self.programs.count >= 40)
    let judge = try Judge()
    for program in Self.programs {
      let name = program["name"]?.string ?? ""
      let tests: [Any] = try #require(
        JSONSerialization.jsonObject(
          with: Data("\(try json(program["tests"]))".utf8)) as? [Any])
      let verdict = try judge.verdict(
        program["program"]?.string ?? "", kind: program["kind"]?.string ?? "asserts", tests: tests)
      let allowed = program["outcome"]?.elements?.compactMap(\.string) ?? []
      let outcome = verdict.facts?["outcome"]?.string ?? ""
      #expect(allowed.contains(outcome), "\(name): \(verdict.failReason)")
      #expect((verdict.outcome == .pass) == (outcome == "passed"), "\(name)")
      if let violation = program["violation"]?.string {
        let found = verdict.facts?["violation"]?.string ?? ""
        #expect(found.contains(violation), "\(name): \(found)")
      }
      let left = try judge.verdict(
        "import os\ndef honest():\n  return sorted(os.listdir('/tmp')), os.listdir('.')",
        tests: ["assert honest() == (['program'], [])"])
      #expect(left.outcome == .pass, "after \(name): \(left.failReason)")
    }
  }

  private func json(_ value: JSONValue?) throws -> String {
    var writer = JSONWriter(capacity: 64)
    try writer.value(value ?? .null)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `what only waits is run again alone before its time counts`() throws {
    let judge = try Judge()
    let verdict = try judge.verdict(
      "import time\ndef f():\n  time.sleep(60)", tests: ["assert f() == 1"])
    #expect(verdict.outcome == .fail)
    #expect(verdict.facts?["outcome"]?.string == "time")
    #expect(verdict.facts?["wall"]?.bool == true && verdict.facts?["confirmed"]?.bool == true)
    #expect(verdict.facts?["load"]?.double != nil)
  }

  @Test func `nothing is left of a sandbox that is given up`() throws {
    let before = descendants()
    do {
      let judge = try Judge()
      _ = try judge.verdict("def f():\n  return 1", tests: ["assert f() == 1"])
      #expect(descendants().count > before.count)
    }
    #expect(descendants() == before)
  }

  @Test func `limits alone must be asked for by name, and the verdict says so`() throws {
    let judge = try Judge(#"{"timeout_s":1,"prompt_style":"chat","sandbox":"rlimits"}"#)
    let passed = try judge.verdict("def f():\n  return 1", tests: ["assert f() == 1"])
    #expect(passed.outcome == .pass)
    #expect(passed.values.contains { $0.name == "sandbox_rlimits" && $0.value == 1 })
    let forked = try judge.verdict(
      "import os\ndef f():\n  return os.fork()", tests: ["assert f() == 1"])
    #expect(forked.facts?["violation"]?.string == "fork")
  }

  @Test func `a sandbox that cannot be had is refused with what mends it`() throws {
    #expect(throws: ConfigurationError.self) {
      try Judge(#"{"python":"/usr/bin/no-such-python"}"#)
    }
    let nowhere = SandboxCommand(kind: .bubblewrap, python: "/usr/bin/python3", folders: [])
    let missing = #expect(throws: SandboxError.self) { try nowhere.candidates() }
    #expect(missing?.message.contains("apt-get install bubblewrap") == true)
    let elsewhere = SandboxCommand(kind: .bubblewrap, python: "/bin/sh")
    let outside = #expect(throws: SandboxError.self) { try elsewhere.candidates() }
    #expect(outside?.message.contains("under /usr") == true)
    for complaint in [
      "bwrap: No permissions to create new namespace",
      "bwrap: setting up uid map: Permission denied",
    ] {
      let line = elsewhere.refusal(complaint)
      #expect(line.contains("sysctl") && line.contains("rlimits") && line.contains(complaint))
    }
  }
}
