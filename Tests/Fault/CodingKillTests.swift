// Killing runs that have sandboxes: nothing of a sandbox outlives its worker, and nothing is lost.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite(.serialized, .enabled(if: Evalhost.isBuilt))
struct CodingKillTests {
  /// Sixty programs that take a while; every third is wrong.
  private func space() throws -> Workspace {
    let space = try Workspace("coding-kill", plugins: ["coding", "replay"])
    let rows: [[String: any Sendable]] = (0..<60).map {
      [
        "task_id": $0, "text": "double", "code": "def double(x):\n  return 2 * x",
        "test_list": ["assert double(\($0)) == \(2 * $0)"],
      ]
    }
    try space.addDataset(
      "mbpp_test", rows: rows, evaluator: "coding", lines: ["prompt_style = \"chat\""])
    let tries = (0..<60).map { index in
      let factor = index % 3 == 0 ? 3 : 2
      let code = "import time\ndef double(x):\n  time.sleep(0.1)\n  return \(factor) * x"
      return RecordedTry(index, [RecordedStage("```python\n\(code)\n```")])
    }
    try space.addModel("coder", [("mbpp", tries)])
    space.config.sections = ["[workers]", "evaluators = 2"]
    return space
  }

  /// The living processes below a program, which have lost its mark with their environment.
  private func sandboxes(of program: StartedProgram) -> [ProcessFacts] {
    var found: [ProcessFacts] = []
    var waiting = [program.pid]
    while let pid = waiting.popLast() {
      let children = Processes.children(of: pid)
      found += children.filter { $0.role == nil }
      waiting += children.map(\.pid)
    }
    return found
  }

  private func areGone(_ processes: [ProcessFacts]) -> Bool {
    Waiting.until(within: 10) {
      processes.allSatisfy { Processes.facts($0.pid)?.arguments != $0.arguments }
    }
  }

  private func isUnderWay(_ space: Workspace, _ program: StartedProgram) throws -> Bool {
    try Waiting.until(within: 30) {
      try space.count("SELECT count(*) FROM verdicts") >= 5 && sandboxes(of: program).count >= 4
    }
  }

  @Test func `a killed controller leaves no sandbox, and the run resumes to the same result`()
    throws
  {
    let undisturbed = try space()
    #expect(try undisturbed.run().exitCode == 0)
    let killed = try space()
    let program = try killed.start()
    try #require(try isUnderWay(killed, program), "\(program.wait())")
    let processes = sandboxes(of: program)
    program.signal(SIGKILL)
    _ = program.wait()
    #expect(areGone(processes), "\(processes)")
    let resumed = try killed.run()
    #expect(resumed.exitCode == 0, "\(resumed)")
    for what in ["completions", "eval", "scores", "errors"] {
      #expect(
        try killed.export(what).rawOutput == undisturbed.export(what).rawOutput, "export \(what)")
    }
  }

  @Test func `a killed evaluator takes its sandbox along, and a killed sandbox costs nothing`()
    throws
  {
    let undisturbed = try space()
    #expect(try undisturbed.run().exitCode == 0)
    let disturbed = try space()
    let program = try disturbed.start()
    try #require(try isUnderWay(disturbed, program), "\(program.wait())")
    let first = sandboxes(of: program)
    let evaluators = Processes.children(of: program.pid).filter { $0.role == "evaluator" }
    evaluators.first?.signal(SIGKILL)
    let lost = Waiting.until(within: 10) {
      first.contains { Processes.facts($0.pid) == nil }
    }
    #expect(lost)
    // The innermost processes of what is running now: a zygote, a judge or a program.
    for process in sandboxes(of: program).suffix(3) { process.signal(SIGKILL) }
    let result = program.wait(timeout: 60)
    #expect(result.exitCode == 0, "\(result)")
    #expect(areGone(first))
    for what in ["completions", "eval", "scores", "errors"] {
      #expect(
        try disturbed.export(what).rawOutput == undisturbed.export(what).rawOutput,
        "export \(what)")
    }
  }
}
