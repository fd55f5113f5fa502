// Files that change, vanish or never end while a run works with them.

internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

@Suite(.enabled(if: Evalhost.isBuilt))
struct ChangedFilesTests {
  @Test func `rows of a dataset that changed during the run are never judged`() throws {
    let space = try Workspace.sums(400, options: ["latency_ms = 20", "max_batch = 8"])
    let program = try space.start()
    let began = Waiting.until(within: 20) {
      (try? space.count("SELECT count(*) FROM verdicts")) ?? 0 > 0
    }
    #expect(began)
    let file = space.folder.file("data/sums/test.jsonl")
    let handle = try FileHandle(forUpdating: file)
    // The same size: only the times tell.
    try handle.write(contentsOf: Data(" ".utf8))
    try handle.close()
    let result = program.wait(timeout: 60)
    #expect(result.exitCode == 2, "\(result)")
    #expect(result.stderr.contains("changed during the run"), "\(result)")
    #expect(program.leftovers().isEmpty)
  }

  @Test func `a store that is removed during the run ends it with a store error`() throws {
    let space = try Workspace.sums(400, options: ["latency_ms = 20", "max_batch = 8"])
    let program = try space.start()
    let began = Waiting.until(within: 20) {
      (try? space.count("SELECT count(*) FROM verdicts")) ?? 0 > 0
    }
    #expect(began)
    try FileManager.default.removeItem(atPath: space.store)
    let result = program.wait(timeout: 60)
    #expect(result.exitCode == 5, "\(result)")
    #expect(result.stderr.contains("was removed or replaced"), "\(result)")
  }

  @Test func `a pipe in the place of a dataset is refused`() throws {
    let space = try Workspace.sums(5)
    let file = space.folder.file("data/sums/test.jsonl")
    try FileManager.default.removeItem(at: file)
    #expect(mkfifo(file.path, 0o600) == 0)
    let result = try space.run(timeout: 20)
    #expect(result.exitCode == 2, "\(result)")
    #expect(result.stderr.contains("not a regular file"), "\(result)")
  }
}
