// Doing a run again: what is reused, what is not, and what a plan alone leaves untouched.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite(.enabled(if: Evalhost.isBuilt))
struct ResumeTests {
  /// Names and bytes of everything in the artifact folder, but for what SQLite needs to read.
  private func contents(_ space: Workspace) throws -> [String: Data] {
    var found: [String: Data] = [:]
    let names = FileManager.default.enumerator(atPath: space.artifacts)
    while let name = names?.nextObject() as? String {
      if name.hasSuffix("-shm") { continue }
      let place = URL(fileURLWithPath: space.artifacts).appendingPathComponent(name)
      let bytes = Repository.isFile(place) ? try Data(contentsOf: place) : Data()
      if !name.hasSuffix("-wal") || !bytes.isEmpty { found[name] = bytes }
    }
    return found
  }

  @Test func `changed sampling is not reused under the same run id, and the field is named`() throws
  {
    let space = try Workspace.sums(50)
    #expect(try space.run().exitCode == 0)
    let warmer = ["--set", "sampling.final.temperature=0.77"]
    let planned = try space.run(warmer + ["--dry-run"])
    #expect(planned.stdout.contains("NOT used: sampling.final differs"), "\(planned)")
    let result = try space.run(warmer)
    #expect(result.exitCode == 0, "\(result)")
    #expect(result.stderr.contains("earlier work is not reused"), "\(result)")
    #expect(result.stderr.contains("sampling.final"), "\(result)")
    #expect(try space.count("SELECT count(*) FROM completions WHERE attempt_id = 2") == 50)
    let status = try Evalhost.run(["status", "--artifacts", space.artifacts])
    #expect(status.stdout.contains("which differs in sampling.final"), "\(status)")
  }

  @Test func `a finished run has nothing left to do and asks the backend for nothing`() throws {
    let space = try Workspace.sums(50)
    #expect(try space.run().exitCode == 0)
    let before = try space.export("scores").rawOutput
    // Any request would end the backend.
    let all = (0..<50).map(String.init).joined(separator: ", ")
    let again = try space.run(["--set", "models.0.options.crash_on_sample=[\(all)]"])
    #expect(again.exitCode == 0, "\(again)")
    #expect(try space.count("SELECT count(*) FROM completions WHERE attempt_id > 1") == 0)
    #expect(try space.count("SELECT count(*) FROM verdicts WHERE attempt_id > 1") == 0)
    #expect(try space.count("SELECT count(*) FROM judgings") == 1)
    #expect(try space.export("scores").rawOutput == before)
  }

  @Test func `a dry run says what would be done and writes nothing`() throws {
    let space = try Workspace.sums(30)
    let fresh = try space.run(["--dry-run"])
    #expect(fresh.exitCode == 0)
    #expect(fresh.stdout.contains("nothing: everything is to be done"), "\(fresh)")
    #expect(!FileManager.default.fileExists(atPath: space.artifacts))
    #expect(try space.run().exitCode == 0)
    let before = try contents(space)
    let planned = try space.run(["--dry-run"])
    #expect(
      planned.stdout.contains("30 verdicts, 30 completions, 0 errors; 0 tries are to be done"),
      "\(planned)")
    let after = try contents(space)
    #expect(after == before, "\(after.keys.sorted()) after \(before.keys.sorted())")
  }

  @Test func `a limit that grows adds the new rows alone`() throws {
    let space = try Workspace.sums(40)
    #expect(try space.run(["--set", "datasets.0.limit=10"]).exitCode == 0)
    let result = try space.run(["--set", "datasets.0.limit=40"])
    #expect(result.exitCode == 0, "\(result)")
    #expect(
      try space.query("SELECT attempt_id, count(*) FROM completions GROUP BY 1") == [
        "1|10", "2|30",
      ])
    #expect(try space.exported("scores").first?["samples"] as? Int == 40)
  }

  @Test func `an earlier error is tried again when the run is resumed`() throws {
    let space = try Workspace.sums(60)
    let crashed = try space.run(["--set", "models.0.options.crash_on_sample=7"])
    #expect(crashed.exitCode == 1, "\(crashed)")
    let result = try space.run()
    #expect(result.exitCode == 0, "\(result)")
    #expect(try space.exported("eval").count == 60)
    #expect(try space.exported("scores").first.flatMap { coverage($0, "error") } == 0)
    #expect(try space.count("SELECT count(*) FROM completions WHERE attempt_id = 2") == 1)
  }

  @Test func `a second start of a running run is refused, the first goes on`() throws {
    let space = try Workspace.sums(40, options: ["latency_ms = 100"])
    space.config.sections = ["[batch]", "size = 4"]
    let first = try space.start()
    let isUnderWay = try Waiting.until(within: 20) {
      try space.count("SELECT count(*) FROM completions") > 0
    }
    #expect(isUnderWay)
    let second = try space.run()
    #expect(second.exitCode == 2, "\(second)")
    #expect(second.stderr.contains("run 'test-run' is already running (process \(first.pid))"))
    #expect(first.wait().exitCode == 0)
    #expect(try space.exported("eval").count == 40)
  }
}
