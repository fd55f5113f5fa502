// From a configuration to tasks, with made-up plugins and splits; every refusal word for word.

import Config
import Model
import Plan
import Testing

@Suite struct PlannerTests {
  @Test func `models and datasets are multiplied, in order`() throws {
    let plan = try plan(
      """
      [[models]]
      name = "m1"
      backend = "b"
      weights = "w.pth"
      signature = "sha256:1"
      [models.options]
      depth = 3
      ratio = 0.5
      when = 2024-02-29
      list = [true, "x"]
      [[models]]
      name = "m2"
      backend = "b"
      devices = ["cpu"]
      [[datasets]]
      slug = "gsm8k_test"
      evaluator = "free"
      metrics = ["f1"]
      limit = 10
      [[datasets]]
      slug = "math_test"
      evaluator = "free"
      metrics = ["f1"]
      mode = "direct"
      limit = 1000
      [[datasets]]
      slug = "mmlu_test"
      evaluator = "free"
      decide = "f1"
      [[datasets]]
      slug = "arc_test"
      evaluator = "free"
      decide = "numeric"
      [devices]
      use = ["cuda:0", "cuda:1", "cpu"]
      slots = {"cuda:1" = 2}
      [eval]
      pass_k = [1, 4]
      [run]
      seed = 9
      """)
    #expect(plan.runID == "run-1" && plan.seed == 9)
    #expect(plan.models.map(\.devices) == [["cuda:0", "cuda:1", "cuda:1", "cpu"], ["cpu"]])
    #expect(
      plan.models.map(\.json) == [
        "{\"name\":\"m1\",\"weights\":\"w.pth\",\"signature\":\"sha256:1\",\"options\":{\"depth\":3,"
          + "\"ratio\":0.5,\"when\":\"2024-02-29\",\"list\":[true,\"x\"]}}",
        "{\"name\":\"m2\",\"options\":{}}",
      ])
    #expect(plan.tasks.map(\.model) == [0, 0, 0, 0, 1, 1, 1, 1])
    // A decide rule that is a metric plugin is loaded like one; one that is none is the evaluator's.
    #expect(plan.tasks.map(\.evaluatorClass) == [0, 0, 0, 1, 0, 0, 0, 1])
    #expect(plan.classes.map { $0.metrics.map(\.id) } == [["f1"], []])
    #expect(plan.tasks.prefix(4).map(\.mode) == ["cot", "direct", "cot", "cot"])
    #expect(plan.tasks.prefix(4).map(\.sampleCount) == [10, 100, 100, 100])
    #expect(plan.tasks[0].sampling.map(\.stage) == ["cot", "final"])
    #expect(plan.tasks[1].sampling.map(\.stage) == ["answer"])
    #expect(plan.tasks.allSatisfy { $0.repeats.repeats == 4 && $0.repeats.passK == [1, 4] })
  }

  @Test func `the evaluator is told what can change a prompt or a verdict`() throws {
    let plan = try plan(
      """
      [[models]]
      name = "m"
      backend = "b"
      [[datasets]]
      slug = "gsm8k_test"
      evaluator = "free"
      [[datasets]]
      slug = "cmmlu_test"
      evaluator = "free"
      language = "zh"
      prompt_style = "chat"
      compat_mode = true
      allow_incomplete = true
      shots = 2
      [datasets.options]
      strict = true
      nested = {a = [1, {b = "ü"}], c = nan}
      """)
    #expect(plan.tasks[0].evaluatorConfig == "{\"mode\":\"cot\"}")
    #expect(
      plan.tasks[1].evaluatorConfig
        == "{\"mode\":\"cot\",\"language\":\"zh\",\"prompt_style\":\"chat\",\"compat_mode\":true,"
        + "\"strict\":true,\"nested\":{\"a\":[1,{\"b\":\"ü\"}],\"c\":null}}")
    #expect(plan.models[0].devices == ["cpu"])
    #expect(plan.tasks[1].shots == ["row", "row"] && plan.tasks[1].shotsDigest == "digest2")
    let draft = plan.draft(task: 1)
    #expect(draft.label == "cmmlu_test/cot @ m" && draft.tryCount == 100 && draft.allowIncomplete)
    #expect(draft.evaluator == PluginIdentity(id: "free", version: "1.0.0", sha256: ""))
    #expect(draft.modelSignature.isEmpty && draft.shotsDigest == "digest2")
    #expect(draft.sampling.map(\.stage) == ["cot", "final"])
    let plugin = PluginIdentity(id: "free", version: "1.0.0", sha256: "ab")
    let whole = plan.spec(
      task: 0, backend: plugin, signature: "sha256:w", build: "b1", evaluator: plugin, metrics: [])
    #expect(whole.modelSignature == "sha256:w" && whole.backendBuild == "b1")
    #expect(whole.evaluator.sha256 == "ab" && whole.decide.isEmpty && whole.passK == [1])
  }

  @Test(arguments: [
    Refusal(
      "", "datasets.evaluator", .configuration,
      "run.toml: dataset 'gsm8k_test' names no evaluator and no dataset plugin names one for it; "
        + "set datasets.evaluator"),
    Refusal(
      "evaluator = \"free\"\nmode = \"kot\"", "mode", .configuration,
      "run.toml: evaluator 'free' has no mode 'kot'; it has 'cot', 'direct'"),
    Refusal(
      "evaluator = \"bare\"", "no mode", .plugin,
      "/plugins/bare/plugin.toml: evaluator 'bare' declares no mode; add a [[modes]] entry with "
        + "its name and stages"),
    Refusal("evaluator = \"nope\"", "plugin", .plugin, "no evaluator 'nope'"),
    Refusal(
      "evaluator = \"free\"\nmetrics = [\"nope\"]", "metric", .plugin, "no metric 'nope'"),
    Refusal(
      "evaluator = \"free\"\noptions = {shots = 3}", "options", .configuration,
      "run.toml: 'shots' in the options of dataset 'gsm8k_test' is set by the host; write "
        + "datasets.shots"),
  ])
  func `what makes a run impossible is said`(refusal: Refusal) {
    let failure = #expect(throws: PlanError.self) {
      try plan(
        "[[models]]\nname = \"m\"\nbackend = \"b\"\n[[datasets]]\nslug = \"gsm8k_test\"\n"
          + refusal.dataset)
    }
    #expect(failure?.kind == refusal.kind && failure?.description == refusal.message)
  }

  @Test func `every key that the host sets is refused among the options`() {
    for key in ["mode", "language", "prompt_style", "compat_mode", "decide", "shots", "examples"] {
      let failure = #expect(throws: PlanError.self) {
        try plan(rightText + "[datasets.options]\n\(key) = 1\n")
      }
      #expect(failure?.description.hasSuffix("write datasets.\(key)") == true)
    }
  }

  @Test func `what this version cannot do is refused before anything is read`() throws {
    var loaded = try load(rightText)
    loaded.config.run.mode = .paramSearch
    var failure = #expect(throws: PlanError.self) { try plan(loaded) }
    #expect(
      failure?.description
        == "run.toml: run.mode = \"param_search\" is not supported by this version; use \"eval\"")
    loaded.config.run.mode = .eval
    loaded.config.eval.judge = JudgeConfig(backend: "openai", model: "x")
    failure = #expect(throws: PlanError.self) { try plan(loaded) }
    #expect(
      failure?.description == "run.toml: eval.judge is not supported by this version; remove it")
    #expect(failure?.kind == .configuration)
    loaded.config.eval.judge = nil
    loaded.config.eval.repeats = (1 << 24) + 1
    failure = #expect(throws: PlanError.self) { try plan(loaded) }
    #expect(failure?.description == "run.toml: over 2^24 repeats; lower them")
  }

  @Test func `a stage that no evaluator has is named`() {
    let failure = #expect(throws: PlanError.self) {
      try plan(rightText + "[sampling.verify]\ntop_k = 1\n")
    }
    #expect(failure?.description.contains("unknown stage 'verify' in [sampling]") == true)
    #expect(failure?.kind == .configuration)
  }

  /// A dataset's lines and what is said about them.
  struct Refusal: Sendable, CustomTestStringConvertible {
    var dataset: String
    var testDescription: String
    var kind: PlanError.Kind
    var message: String

    init(_ dataset: String, _ title: String, _ kind: PlanError.Kind, _ message: String) {
      self.dataset = dataset
      testDescription = title
      self.kind = kind
      self.message = message
    }
  }

  private let rightText =
    "[[models]]\nname = \"m\"\nbackend = \"b\"\n[[datasets]]\nslug = \"gsm8k_test\"\n"
    + "evaluator = \"free\"\n"

  private func load(_ text: String) throws -> LoadedConfig {
    let paths =
      "\n[paths]\ndata_root = \"data\"\ncache_root = \"cache\"\nartifact_root = \"results\"\n"
    return try LoadedConfig(parsing: Array((text + paths).utf8), file: "run.toml")
  }

  private func plan(_ text: String) throws -> RunPlan { try plan(load(text)) }

  private func plan(_ loaded: LoadedConfig) throws -> RunPlan {
    try Planner.plan(
      loaded, runID: "run-1", resolver: SamplingResolver(loaded.config) { _ in nil },
      sources: sources)
  }

  private var sources: PlanSources {
    let cot = ModeFacts(
      name: "cot",
      stages: [StageFacts(name: "cot", template: nil), StageFacts(name: "final", template: nil)])
    let direct = ModeFacts(name: "direct", stages: [StageFacts(name: "answer", template: nil)])
    let known: [PluginRole: [String: [ModeFacts]]] = [
      .backend: ["b": []], .metric: ["f1": []], .evaluator: ["free": [cot, direct], "bare": []],
    ]
    return PlanSources(
      plugin: { id, role throws(PlanError) in
        guard let modes = known[role]?[id] else {
          throw PlanError(.plugin, "no \(role.rawValue) '\(id)'")
        }
        return PluginFacts(id: id, version: "1.0.0", folder: "/plugins/\(id)", modes: modes)
      },
      split: { dataset in
        let manifest = DatasetManifest(
          benchmark: dataset.name, split: dataset.split, sourceDataset: "s", sourceSplit: "test",
          revision: "", checksum: "sha256:0", rowCount: 100)
        return ("data/\(dataset.slug).jsonl", manifest)
      },
      shots: { dataset in
        let rows = [String](repeating: "row", count: dataset.shots)
        return (rows, rows.isEmpty ? "" : "digest\(rows.count)")
      })
  }
}
