// Discovery: what is found, what is refused, what is said when a name is wrong.

import Testing

@testable import PluginHost

struct PluginCatalogTests {
  static func toml(_ id: String, _ kind: String) -> String {
    "id = '\(id)'\nversion = '1.0.0'\nkind = ['\(kind)']\n"
      + (kind == "dataset" ? "" : "abi = 1\nlibrary = 'x.so'\n")
  }

  @Test func `a folder is listed without a library in it`() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.toml("zeta", "evaluator"), to: "zeta/plugin.toml")
    try folder.write(Self.toml("alpha", "metric"), to: "alpha/plugin.toml")
    let dataset = """
      [dataset]
      source = "s"
      format = "jsonl"
      copy = ["question"]
      [[dataset.splits]]
      split = "test"
      file = "test.jsonl"
      """
    try folder.write(
      Self.toml("gsm8k", "dataset") + "\n" + dataset, to: "datasets/gsm8k/plugin.toml")
    // Two that offer one benchmark: nobody could say which is meant.
    let twin = dataset.replacing("[dataset]", with: "[dataset]\nbenchmark = \"twins\"")
    for id in ["twin1", "twin2"] {
      try folder.write(Self.toml(id, "dataset") + "\n" + twin, to: "datasets/\(id)/plugin.toml")
    }
    try folder.write("id = 1", to: "broken/plugin.toml")
    try folder.write(Self.toml("hidden", "metric"), to: ".hidden/plugin.toml")
    try folder.write("no plugin", to: "notes/README")
    try folder.write("no folder", to: "exports.map")
    let catalog = try PluginCatalog.discover(folder: folder.path)
    #expect(catalog.entries.map(\.manifest.id) == ["alpha", "gsm8k", "zeta"])
    #expect(
      catalog.entries.map(\.folder)
        == ["alpha", "datasets/gsm8k", "zeta"].map { "\(folder.path)/\($0)" })
    #expect(
      catalog.problems.map(\.description) == [
        "\(folder.path)/broken/plugin.toml:1:6: 'id' is an integer; write a string",
        "\(folder.path): benchmark 'twins' is offered by \(folder.path)/datasets/twin1/plugin.toml and "
          + "\(folder.path)/datasets/twin2/plugin.toml; give all but one another 'benchmark'",
      ])
    #expect(try catalog.find(id: "zeta", kind: .evaluator).libraryPath?.hasSuffix("/x.so") == true)
    let wrong: [(String, PluginKind, String)] = [
      ("zetta", .evaluator, "\(folder.path): no evaluator plugin 'zetta'; did you mean 'zeta'?"),
      (
        "zeta", .backend,
        "\(folder.path)/zeta/plugin.toml: plugin 'zeta' is no backend but: evaluator"
      ),
      ("other_thing", .metric, "\(folder.path): no metric plugin 'other_thing'; it holds: alpha"),
      ("x", .backend, "\(folder.path): no backend plugin 'x'; it holds none"),
      ("broken", .metric, catalog.problems[0].description),
    ]
    for (id, kind, message) in wrong {
      let error = #expect(throws: PluginError.self) { try catalog.find(id: id, kind: kind) }
      #expect(error?.description == message)
    }
  }

  @Test func `two plugins of one id are both refused and both named`() throws {
    let folder = try TemporaryFolder()
    for name in ["a", "b"] { try folder.write(Self.toml("x", "metric"), to: "\(name)/plugin.toml") }
    let catalog = try PluginCatalog.discover(folder: folder.path)
    #expect(catalog.entries.isEmpty)
    #expect(
      catalog.problems.map(\.description) == [
        "\(folder.path): plugin id 'x' is used by \(folder.path)/a/plugin.toml and "
          + "\(folder.path)/b/plugin.toml; rename all but one"
      ])
    let error = #expect(throws: PluginError.self) { try catalog.find(id: "x", kind: .metric) }
    #expect(error?.code == .duplicate)
    let missing = #expect(throws: PluginError.self) {
      try PluginCatalog.discover(folder: "\(folder.path)/none")
    }
    #expect(missing?.code == .unreadable)
  }
}
