// kill -9 of every role at random moments: whatever dies and is resumed, the exports stay the same bytes.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// All tests here, one after the other: each takes the whole machine, and some look at moments.
@Suite(.serialized, .enabled(if: Evalhost.isBuilt))
enum FaultTests {}

extension FaultTests {
  struct KillTests {
    @Test func `a hundred kills of any role leave the exports as they are undisturbed`() throws {
      let space = try LongRun.make("kills")
      let undisturbed = try FaultTests.undisturbedRun(space)
      let hunt = Hunt(space, expected: undisturbed, seed: Seed.value)
      try hunt.run(Prey.allCases, until: 100)
      #expect(hunt.count >= 100)
      for prey in Prey.allCases { #expect(hunt.kills[prey, default: 0] >= 10, "\(hunt.story)") }
      print("\(hunt.count) kills in \(hunt.runs) runs: \(hunt.kills)")
    }

    @Test(arguments: Prey.allCases)
    func `ten kills of one role alone leave the exports as they are undisturbed`(
      prey: Prey
    ) throws {
      let space = try LongRun.make("kills-\(prey.rawValue)", samples: 300)
      let undisturbed = try FaultTests.undisturbedRun(space)
      let number = UInt64(Prey.allCases.firstIndex(of: prey) ?? 0)
      let hunt = Hunt(space, expected: undisturbed, seed: Seed.value &+ 1 &+ number)
      try hunt.run([prey], until: 10)
      #expect(hunt.kills[prey] == 10)
    }

    @Test func `the end of a worker that has nothing left to do changes nothing`() throws {
      let space = try LongRun.make("idle", samples: 200, latency: 20)
      let program = try space.start()
      let isChosen = try Waiting.until(within: 20) {
        try space.count("SELECT count(*) FROM scores") == 1
      }
      try #require(isChosen && program.isRunning, "\(program.wait())")
      for _ in 0..<8 {
        let idle = Waiting.value(within: 0.5) { chooser(of: program) }
        idle?.signal(SIGKILL)
        _ = Waiting.until(within: 2) { idle.map { Processes.facts($0.pid) == nil } ?? true }
      }
      let result = program.wait()
      #expect(result.exitCode == 0, "\(result)")
      #expect(program.leftovers() == [])
      #expect(try space.count("SELECT count(*) FROM scores") == 2)
    }

    /// The worker that has loaded the evaluator of choices.
    private func chooser(of program: StartedProgram) -> ProcessFacts? {
      Processes.children(of: program.pid).first { process in
        guard process.role == "evaluator",
          let maps = FileManager.default.contents(atPath: "/proc/\(process.pid)/maps")
        else { return false }
        return String(decoding: maps, as: UTF8.self).contains("libmulti_choice")
      }
    }
  }

  /// The exports of the run when nobody disturbs it.
  static func undisturbedRun(_ space: Workspace) throws -> Exports {
    let result = try space.run()
    try #require(result.exitCode == 0, "\(result)")
    let exports = try Exports(space)
    // Empty exports would all be equal.
    for name in Exports.names { try #require(!exports.lines(name).isEmpty, "\(name)") }
    return exports
  }
}
