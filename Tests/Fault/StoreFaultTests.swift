// A store that is damaged, foreign, or in somebody else's hands.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// Bytes in place of a good store.
struct BadStore: CustomTestStringConvertible, Sendable {
  let name: String
  let says: [String]
  /// Makes them from a good one.
  let spoil: @Sendable (Data) -> Data

  var testDescription: String { name }

  private static let foreign = "evalhost.db: this is not a database of evalhost ("
  private static let damaged = "evalhost.db: the database is damaged ("
  private static let move = "point artifact_root at another folder, or move this file away"
  private static let recover = "recover what can be read with `sqlite3 FILE .recover`"

  static let all: [BadStore] = [
    BadStore(name: "text", says: [foreign, move]) { _ in
      Data(String(repeating: "This is a letter. ", count: 1000).utf8)
    },
    BadStore(name: "noise", says: [foreign, move]) { good in
      var random = SplitMix64(seed: Seed.value)
      return Data(good.map { _ in UInt8(truncatingIfNeeded: random.next()) })
    },
    BadStore(name: "pages overwritten", says: [damaged, recover]) { good in
      var bytes = good
      for page in stride(from: 8192, to: good.count, by: 8192) {
        bytes.replaceSubrange(page..<page + 512, with: Data(repeating: 0xff, count: 512))
      }
      return bytes
    },
    BadStore(name: "end cut off", says: [damaged, recover]) { good in good.prefix(30_000) },
  ]
}

extension FaultTests {
  struct StoreFaultTests {
    @Test(arguments: BadStore.all)
    func `a damaged store is refused and left as it is, the good one back goes on`(
      bad: BadStore
    ) throws {
      let space = try LongRun.make("corrupt", samples: 100)
      let undisturbed = try FaultTests.undisturbedRun(space)
      space.config.artifactRoot = space.folder.file("corrupt").path
      let program = try space.start()
      let isUnderWay = try Waiting.until(within: 20) {
        try StoredRows.read(space)?.verdicts ?? 0 >= 100
      }
      program.signal(SIGKILL)
      #expect(isUnderWay, "\(program.wait())")
      #expect(program.leftovers() == [])
      // One file then holds everything.
      _ = try Program.run(
        "/usr/bin/env", ["sqlite3", space.store, "PRAGMA wal_checkpoint(TRUNCATE)"])
      let store = URL(fileURLWithPath: space.store)
      let good = try Data(contentsOf: store)
      let spoiled = bad.spoil(good)
      try spoiled.write(to: store)

      let refused = try space.start()
      let result = refused.wait()
      #expect(result.exitCode == 5, "\(result)")
      for text in bad.says { #expect(result.stderr.contains(text), "\(result)") }
      #expect(refused.leftovers() == [])
      #expect(try Data(contentsOf: store) == spoiled, "the damaged file was changed")

      try good.write(to: store)
      let resumed = try space.run()
      #expect(resumed.exitCode == 0, "\(resumed)")
      #expect(try Exports(space).differences(from: undisturbed) == [])
      #expect(space.temporaryFiles() == [])
    }

    @Test func `a store that another program locks is waited for, then refused`() throws {
      let space = try LongRun.make("locked", samples: 200)
      let undisturbed = try FaultTests.undisturbedRun(space)
      // A finished store, held for longer than anybody waits.
      var holder = try lock(space, seconds: 30)
      let result = try space.run()
      #expect(result.exitCode == 5, "\(result)")
      #expect(result.stderr.contains("evalhost.db: the database is locked ("), "\(result)")
      #expect(
        result.stderr.contains("another program holds the database; end it"), "\(result)")
      end(holder)
      #expect(try Exports(space).differences(from: undisturbed) == [])

      // A run under way, held up for less than that.
      space.config.artifactRoot = space.folder.file("late").path
      let program = try space.start()
      _ = try Waiting.until(within: 20) { try StoredRows.read(space)?.verdicts ?? 0 >= 50 }
      holder = try lock(space, seconds: 2)
      let late = program.wait()
      #expect(late.exitCode == 0, "\(late)")
      end(holder)
      #expect(try Exports(space).differences(from: undisturbed) == [])
    }

    @Test func `a second run beside a running one is refused and disturbs nothing`() throws {
      let space = try LongRun.make("second", samples: 200, latency: 20)
      let undisturbed = try FaultTests.undisturbedRun(space)
      space.config.artifactRoot = space.folder.file("shared").path
      let first = try space.start()
      _ = try Waiting.until(within: 20) { try StoredRows.read(space)?.verdicts ?? 0 >= 20 }

      let same = try space.run()
      #expect(same.exitCode == 2, "\(same)")
      #expect(
        same.stderr.contains("run 'test-run' is already running (process \(first.pid))"), "\(same)")
      #expect(same.stderr.contains("evalhost stop --run test-run"), "\(same)")
      let other = try space.run(["--set", "run.id=other"])
      #expect(other.exitCode == 5, "\(other)")
      #expect(other.stderr.contains("evalhost.db: another run (writer process "), "\(other)")
      #expect(other.stderr.contains("wait for it, stop it with `evalhost stop`"), "\(other)")

      #expect(first.isRunning, "the first run ended before the others were refused")
      #expect(first.wait().exitCode == 0)
      #expect(first.leftovers() == [])
      #expect(try Exports(space).differences(from: undisturbed) == [])
    }

    /// A sqlite3 that has locked the store when this returns.
    private func lock(_ space: Workspace, seconds: Int) throws -> StartedProgram {
      let sign = space.folder.file("locked-\(seconds)")
      let holder = try Program.start(
        "/usr/bin/env", ["sqlite3", "-bail", "-cmd", ".timeout 5000", space.store],
        input: "BEGIN EXCLUSIVE;\n.shell touch '\(sign.path)'; sleep \(seconds)\nROLLBACK;\n")
      let isLocked = Waiting.until(within: 10) { Repository.isFile(sign) }
      try #require(isLocked, "sqlite3 did not get the lock: \(holder.stderrSoFar)")
      return holder
    }

    private func end(_ holder: StartedProgram) {
      for process in holder.descendants() { process.signal(SIGKILL) }
      holder.signal(SIGKILL)
      _ = holder.wait()
    }
  }
}
