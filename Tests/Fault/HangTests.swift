// A worker that stands still instead of dying: it is missed, ended and replaced.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension FaultTests {
  struct HangTests {
    @Test(arguments: [Prey.writer, .evaluator, .generation])
    func `a stopped worker is ended and replaced, and the result is the same`(prey: Prey) throws {
      let space = try LongRun.make("hang", samples: 200)
      space.config.sections += ["[workers]", "heartbeat_timeout_s = 1"]
      let undisturbed = try FaultTests.undisturbedRun(space)
      space.config.artifactRoot = space.folder.file("hung").path
      let program = try space.start()
      let isUnderWay = try Waiting.until(within: 20) {
        try StoredRows.read(space)?.verdicts ?? 0 >= 20
      }
      let stopped = Processes.children(of: program.pid).filter { $0.role == prey.rawValue }
      for process in stopped { process.signal(SIGSTOP) }
      try #require(isUnderWay && !stopped.isEmpty)

      let result = program.wait()
      #expect(result.exitCode == 0, "\(result)")
      #expect(program.leftovers() == [])
      #expect(try Exports(space).differences(from: undisturbed) == [])
      // Nobody else may be taken for hung.
      let hung = try hungProcesses(space)
      #expect(!hung.isEmpty, "\(stopped)")
      #expect(hung.isSubset(of: stopped.map(\.pid)), "stopped \(stopped), hung \(hung)")
    }

    /// The processes that the event log calls hung.
    private func hungProcesses(_ space: Workspace) throws -> Set<Int32> {
      let log = "\(space.artifacts)/runs/\(space.config.run)/events.jsonl"
      var pids: [String: Int32] = [:]
      var hung: Set<Int32> = []
      for line in try Data(contentsOf: URL(fileURLWithPath: log)).split(separator: 10) {
        let event = try JSONSerialization.jsonObject(with: line) as? [String: Any]
        guard let title = event?["process"] as? String else { continue }
        if let pid = (event?["fields"] as? [String: Any])?["pid"] as? String {
          pids[title] = Int32(pid)
        }
        if event?["event"] as? String == "hung", let pid = pids[title] { hung.insert(pid) }
      }
      return hung
    }
  }
}
