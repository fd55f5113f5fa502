// The restart budget, and how a worker process is named and started.

import Launch
import Posix
import Testing
import Wire

@Suite struct LauncherTests {
  @Test func `deaths in a row without progress give a slot up`() {
    var launcher = Launcher(limit: 3)
    for _ in 0..<2 {
      launcher.started(slot: 7)
      #expect(launcher.died(slot: 7, title: "plugin x", ending: "SIGKILL") == .startAgain)
    }
    launcher.progressed(slot: 7)
    // Another slot has its own budget.
    #expect(launcher.died(slot: 8, title: "plugin y", ending: "exit code 1") == .startAgain)
    for _ in 0..<2 {
      #expect(launcher.died(slot: 7, title: "plugin x", ending: "SIGKILL") == .startAgain)
    }
    #expect(
      launcher.died(slot: 7, title: "plugin x", ending: "exit code 1")
        == .giveUp("plugin x ended 3 times in a row without progress, last by exit code 1"))
    #expect(launcher.starts(slot: 7) == 2 && launcher.starts(slot: 8) == 0)
  }

  @Test func `a worker that works between deaths is never given up`() {
    var launcher = Launcher(limit: 1 + 1)
    for _ in 0..<100 {
      #expect(launcher.died(slot: 1, title: "a", ending: "b") == .startAgain)
      launcher.progressed(slot: 1)
    }
    var least = Launcher(limit: -4)
    #expect(least.died(slot: 0, title: "a", ending: "b") != .startAgain)
  }

  @Test func `a role is told to the process by its arguments`() {
    #expect(
      WorkerRole.generation.arguments(program: "/bin/evalhost", parent: 42)
        == ["/bin/evalhost", "__worker", "generation", "42"])
    for role in WorkerRole.allCases {
      #expect(WorkerRole(rawValue: role.arguments(program: "p", parent: 1)[2]) == role)
      #expect(!role.title.isEmpty)
    }
    #expect(WorkerRole.controlDescriptor == 3)
  }
}
