// Runs of several models and datasets: each stands by itself, whatever becomes of the others.

internal import Foundation
internal import TestSupport
internal import Testing

@Suite(.enabled(if: Evalhost.isBuilt))
struct ManyTasksTests {
  @Test func `one file under two names is two datasets with two scores`() throws {
    let space = try Workspace("same-file")
    try space.addDataset("sums_test", rows: Samples.arithmetic(20))
    let path = space.folder.file("data/sums/test.jsonl").path
    try space.addDataset(
      "other_test", rows: Samples.arithmetic(20), lines: ["path = \"\(path)\""])
    try space.addModel(
      "adder",
      [
        ("sums", Samples.answers(20)),
        ("other", Samples.answers(20, wrong: { _, _ in true })),
      ])
    #expect(try space.run().exitCode == 0)
    let scores = try space.exported("scores")
    let accuracies = scores.compactMap { ($0["metrics"] as? [String: Any])?["accuracy"] as? Double }
    #expect(accuracies == [1, 0])
    #expect(scores.compactMap { $0["dataset"] as? String } == ["sums_test", "other_test"])
  }

  @Test func `a model that cannot be loaded fails its tasks once, the models beside it go on`()
    throws
  {
    let space = try Workspace.sums(40)
    try space.addModel("missing", [("sums", Samples.answers(40))])
    try FileManager.default.removeItem(at: space.folder.file("recordings/missing.jsonl"))
    try space.addModel("second", [("sums", Samples.answers(40))])
    let result = try space.run()
    #expect(result.exitCode == 2, "\(result)")
    #expect(result.stderr.contains("cannot open the source"), "\(result)")
    #expect(!result.stderr.contains("times in a row"), "\(result)")
    let done = try space.query("SELECT count(*) FROM tasks WHERE status = 'done'")
    #expect(done == ["2"], "\(result)")
  }

  @Test func `a model that dies at every request is given up, the next one is asked its own alone`()
    throws
  {
    let space = try Workspace("dying")
    try space.addDataset("sums_test", rows: Samples.arithmetic(12))
    let all = (0..<12).map(String.init).joined(separator: ", ")
    try space.addModel(
      "dying", options: ["crash_on_sample = [\(all)]"], [("sums", Samples.answers(12))])
    try space.addModel("steady", [("sums", Samples.answers(12))])
    let result = try space.run(timeout: 120)
    #expect(result.exitCode == 1, "\(result)")
    let rows = try space.query(
      """
      SELECT m.name, status FROM tasks JOIN models m USING (model_id) ORDER BY position
      """)
    #expect(rows == ["dying|failed", "steady|done"], "\(result)")
  }

  @Test func `many models in a row are loaded once each, and a finished run starts again whole`()
    throws
  {
    let space = try Workspace("models")
    try space.addDataset("sums_test", rows: Samples.arithmetic(10))
    for index in 0..<6 {
      try space.addModel("model-\(index)", [("sums", Samples.answers(10))])
    }
    for _ in 0..<2 {
      let result = try space.run()
      #expect(result.exitCode == 0, "\(result)")
    }
    let log = URL(fileURLWithPath: "\(space.artifacts)/runs/\(space.config.run)/events.jsonl")
    let starts = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").filter {
      $0.contains("\"event\":\"started\"") && $0.contains("generation worker")
    }
    #expect(starts.count == 12)
  }
}
