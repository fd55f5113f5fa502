// A configuration with every key: what it decodes to, how overrides change it, and that its
// resolved form reads back as the same configuration.

import Config
import TOMLFormat
import Testing

@Suite struct `Run configuration` {
  @Test func `a short configuration has every default`() throws {
    let config = try load(rightConfig).config
    var dataset = DatasetConfig(name: "gsm8k", split: "test")
    dataset.mode = "cot"
    #expect(
      config
        == RunConfig(
          paths: PathsSection(dataRoot: "data", cacheRoot: "cache", artifactRoot: "results"),
          models: [ModelConfig(name: "rwkv7-g1-0.1b", backend: "rwkv7")], datasets: [dataset]))
    #expect(config.workers.heartbeatTimeoutSeconds == 60)
  }

  @Test func `every key is read`() throws {
    let config = try load(wholeConfig).config
    let written = TOMLWriter.text(config.toml())
    #expect(config.run.createdAt == "2024-02-29T13:45:00Z")
    #expect(config.datasets.map(\.slug) == ["gsm8k_test", "gpqa_diamond"])
    #expect(config.devices.slots(on: "cuda:0") == 2 && config.devices.slots(on: "cpu") == 1)
    #expect(config.eval.passK == [1, 8])
    // Each value of the source differs from its default, so each must be in the written form.
    let source = try TOMLTable(parsing: wholeConfig)
    let missing = leaves(source).subtracting(leaves(try TOMLTable(parsing: written)))
    #expect(missing == ["datasets.0.slug = \"gsm8k_test\"", "eval.pass_k = [8, 1, 8]"])
  }

  @Test func `the resolved configuration reads back as itself and says its origins`() throws {
    let override = try ConfigOverride(parsing: "batch.size = 7")
    let loaded = try load(wholeConfig, [override])
    let resolver = try SamplingResolver(loaded.config, readFile: { _ in nil })
    let sampling = try resolver.benchmark(
      model: "rwkv7-g1-0.1b", dataset: loaded.config.datasets[0]
    ).stage("cot")
    let text = loaded.resolvedTOML(sampling: [sampling])
    #expect(try load(text).config == loaded.config)
    for line in [
      "id = \"demo\"  # run.toml:2:6", "size = 7  # --set batch.size",
      "split = \"test\"  # slug at run.toml:20:8", "stage = \"cot\"\n",
      "prepare = \"auto\"  # default",
      "temperature = 0.25  # run.toml:41:15",
      "top_k = 500  # template free_response_cot_default", "effort = \"high\"\n",
      "api_key_env = \"OPENAI_API_KEY\"",
    ] {
      #expect(text.contains(line), "\(line) in\n\(text)")
    }
  }

  @Test(arguments: [
    ("run.id=x-1", "run.id = \"x-1\""), ("run.seed = 3", "run.seed = 3"),
    ("run.id=01", "run.id = \"01\""), ("models.0.name=\"n.1\"", "models.0.name = \"n.1\""),
    ("datasets.0.metrics=['a', 'b']", "datasets.0.metrics = [\"a\", \"b\"]"),
    ("models.0.options.\"a b\"=x=y", "models.0.options.\"a b\" = \"x=y\""),
    ("devices.use=['cuda:0']", "devices.use = [\"cuda:0\"]"),
    ("devices.max_memory_used=25%", "devices.max_memory_used = \"25%\""),
    ("sampling.cot={temperature=1}", "sampling.cot.temperature = 1.0"),
    ("eval.judge={backend='openai',model='g'}", "eval.judge.model = \"g\""),
    ("datasets.1.slug=mbpp_test", "datasets.1.name = \"mbpp\""),
  ])
  func `an override sets one key`(text: String, leaf: String) throws {
    let config = try load(rightConfig, [ConfigOverride(parsing: text)]).config
    #expect(leaves(config.toml()).contains(leaf))
  }

  @Test func `stages that no evaluator has are named once stages are known`() throws {
    let loaded = try load(rightConfig + "[sampling.answr]\ntop_k = 1\n[sampling.cot]\ntop_k = 1")
    #expect(
      loaded.unknownStages(known: ["cot", "answer"]).map(\.description) == [
        "run.toml:11:1: unknown stage 'answr' in [sampling]; did you mean 'answer'?"
      ])
  }

  @Test(arguments: [
    ("gsm8k_test", "gsm8k", "test"), ("math500", "math_500", "test"),
    ("MMLU-Pro_test", "mmlu_pro", "test"), ("x_validation", "x", "validation"),
    ("x_devtest", "x", "devtest"), ("hle_math", "hle", "math"), ("x_test__cot", "x", "test"),
    ("rwkv7", "rwkv7", ""), ("minerva_math", "minerva", "math"), ("_test", "_test", ""),
    ("a1.5-b", "a1_5_b", ""),
  ])
  func `a slug is split at its longest known split`(slug: String, name: String, split: String) {
    let found = DatasetSlug.split(DatasetSlug.canonical(slug))
    #expect(found.name == name && found.split == split)
  }
}

private func load(_ text: String, _ overrides: [ConfigOverride] = []) throws -> LoadedConfig {
  try LoadedConfig(parsing: Array(text.utf8), file: "run.toml", overrides: overrides)
}

/// Every value of a table as `path = value`, arrays of tables by index.
private func leaves(_ table: TOMLTable, _ path: [String] = []) -> Set<String> {
  var result: Set<String> = []
  for entry in table.entries {
    let here = path + [entry.key]
    switch entry.value.content {
    case .table(let child): result.formUnion(leaves(child, here))
    case .array(let values):
      for (index, value) in values.enumerated() {
        guard case .table(let child) = value.content else { continue }
        result.formUnion(leaves(child, here + [String(index)]))
      }
      let isTables = values.contains { if case .table = $0.content { true } else { false } }
      if !isTables { fallthrough }
    default: result.insert("\(TOMLWriter.key(here)) = \(TOMLWriter.text(entry.value))")
    }
  }
  return result
}

private let wholeConfig = """
  [run]
  id = "demo"
  mode = "param_search"
  seed = 5
  created_at = 2024-02-29T13:45:00Z
  [paths]
  data_root = "d"
  cache_root = "c"
  artifact_root = "a"
  [[models]]
  name = "rwkv7-g1-0.1b"
  backend = "rwkv7"
  weights = "weights/x.pth"
  signature = "sha256:00"
  devices = ["cuda:0"]
  [models.options]
  effort = "high"
  deep = { list = [1, 2.5] }
  [[datasets]]
  slug = "gsm8k_test"
  prepare = "never"
  limit = 100
  evaluator = "free_response"
  mode = "cot"
  metrics = ["token_f1"]
  decide = "numeric"
  path = "x.jsonl"
  shots = 4
  shots_split = "train"
  allow_incomplete = true
  language = "zh"
  prompt_style = "chat"
  compat_mode = true
  options = { strict = true }
  [[datasets]]
  name = "gpqa"
  split = "diamond"
  [sampling]
  config_root = "configs"
  [sampling.cot]
  temperature = 0.25
  template = "free_response_cot_default"
  stop = ["\\n\\n"]
  [sampling.final]
  templates = ["code_default", "math_cot_default"]
  [sampling.cot."rwkv7-g1-0.1b"]
  ban_tokens = [7]
  [eval]
  pass_k = [8, 1, 8]
  avg_k = [16]
  maj_k = [4]
  pass_hat_k = [2]
  repeats = 17
  [eval.judge]
  backend = "openai"
  model = "g"
  base_url = "http://localhost/v1"
  api_key_env = "OPENAI_API_KEY"
  options = { n = 1 }
  [batch]
  size = 3
  [devices]
  use = ["cuda:0", "cpu"]
  allow = ["rocm:1", "GPU-5a1c"]
  max_utilization = 0
  max_memory_used = 2048
  slots = { "cuda:0" = 2 }
  [workers]
  evaluators = 2
  heartbeat_timeout_s = 61
  load_timeout_s = 601
  [resume]
  policy = "require"
  max_attempts = 3
  [db]
  durability = "full"

  """
