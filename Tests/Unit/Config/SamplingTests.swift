// The merge of sampling parameters, layer by layer, and files of the shape old checkouts have.

import Config
import Foundation
import TOMLFormat
import Testing

@Suite struct `Sampling` {
  /// Each row adds a layer that sets temperature one higher than all below it.
  @Test func `each layer lies over the one before`() throws {
    let file = "configs/gsm8k.toml"
    let steps: [(file: String, run: String, set: [String])] = [
      ("[default]\ntemplate = \"t\"\n", "", []),
      ("temperature = 2\n", "", []),
      ("[cot]\ntemperature = 3\n", "", []),
      ("[rwkv7_g1_0_1b]\ntemperature = 4\n", "", []),
      ("[cot.\"rwkv7-g1-0.1b\"]\ntemperature = 5\n", "", []),
      ("", "[sampling.default]\ntemperature = 6\n", []),
      ("", "[sampling.cot]\ntemperature = 7\n", []),
      ("", "[sampling.\"rwkv7-g1-0.1b\"]\ntemperature = 8\n", []),
      ("", "[sampling.cot.\"rwkv7-g1-0.1b\"]\ntemperature = 9\n", []),
      ("", "", ["sampling.default.temperature=10"]),
      ("", "", ["sampling.cot.temperature=11"]),
    ]
    var fileText = ""
    var runText = rightConfig + "[sampling]\nconfig_root = \"configs\"\n"
    var set: [String] = []
    for (index, step) in steps.enumerated() {
      fileText += step.file
      runText += step.run
      set += step.set
      let files = [file: fileText, "configs/_templates.toml": "[t]\ntemperature = 1\n"]
      let found = try resolve(runText, set, files, stage: "cot")
      #expect(found.parameters.temperature == Double(index + 1), "step \(index)")
      #expect(found.parameters.topK == 50)
      let origin = found.origins[.temperature]?.description ?? ""
      let expected = index == 0 ? "template t" : index < 5 ? file : index < 9 ? "run.toml" : "--set"
      #expect(origin.hasPrefix(expected), "step \(index): \(origin)")
    }
  }

  @Test(arguments: [
    // No file and nothing named: the job's template. Anything named anywhere is used instead.
    TemplateRow("", [:], "cot", ["free_response_cot_default"], 500),
    TemplateRow("[sampling.cot]\ntop_p = 0.5\n", [:], "cot", ["free_response_cot_default"], 500),
    TemplateRow(
      "[sampling.cot]\ntemplate = \"math_cot_default\"\n", [:], "cot", ["math_cot_default"], 66),
    // A file with tables but no template leaves the plain defaults.
    TemplateRow("", ["configs/gsm8k_test.toml": "[final]\ntop_p = 1\n"], "cot", [], 50),
    // The model's folder comes before the common one, the slug before the name without split.
    TemplateRow(
      "",
      [
        "configs/gsm8k_test.toml": "[cot]\ntop_k = 1\n", "configs/gsm8k.toml": "[cot]\ntop_k = 2\n",
        "configs/rwkv7_g1_0_1b/gsm8k.toml": "[cot]\ntop_k = 3\n",
      ], "cot", [], 3),
    // The highest layer that names templates decides, all of them lie at the bottom.
    TemplateRow(
      "[sampling.cot]\ntemplates = [\"math_cot_default\", \"code_default\"]\n",
      ["configs/gsm8k.toml": "[default]\ntemplate = \"free_response_cot_default\"\n"], "cot",
      ["math_cot_default", "code_default"], 50),
    TemplateRow(
      "", ["configs/gsm8k.toml": "[default]\ntop_k = 9\n[cot]\ntemplate = \"math_cot_default\"\n"],
      "cot", ["math_cot_default"], 9),
  ])
  func `a template lies under everything`(row: TemplateRow) throws {
    let run = rightConfig + "[sampling]\nconfig_root = \"configs\"\n" + row.run
    let found = try resolve(
      run, [], row.files, stage: row.stage, fallback: "free_response_cot_default")
    #expect(found.templates == row.templates)
    #expect(found.parameters.topK == row.topK)
  }

  @Test(arguments: [
    (
      "[cot]\ntemprature = 1\nstop_tokens = 5\n[cto]\n[m]\ntop_k = 1.5\n",
      "configs/gsm8k.toml:2:1: unknown key 'temprature' in [cot]; did you mean 'temperature'?\n"
        + "configs/gsm8k.toml:4:2: 'cto' is neither a stage nor a model; did you mean 'cot'?\n"
        + "configs/gsm8k.toml:6:9: 'top_k' in [m] must be an integer, found a float"
    ),
    (
      "[cot]\ntemplate = \"math_cot_defalt\"\n",
      "configs/gsm8k.toml:2:12: unknown template 'math_cot_defalt'; did you mean 'math_cot_default'?"
    ),
    ("[cot\n", "configs/gsm8k.toml:1:5: expected ']' to end the header, found the end of the line"),
    (
      "pass_k = 1\n",
      "configs/gsm8k.toml:1:1: 'pass_k' stands outside a sampling table; "
        + "expected tables of stages or models"
    ),
  ])
  func `a broken file is refused, never read as empty`(text: String, sentence: String) throws {
    let run = rightConfig + "[sampling]\nconfig_root = \"configs\"\n"
    let error = #expect(throws: ConfigErrors.self) {
      try resolve(run, [], ["configs/gsm8k.toml": text], stage: "cot")
    }
    #expect(error?.description == sentence)
  }

  @Test(arguments: [
    RepeatRow("", "", "pass [1] avg [] show [1] [] repeats 1"),
    RepeatRow(
      "", "[default]\npass_k = [8, 256]\navg_k = 16\nreport_pass_k = [8]\n",
      "pass [8, 256] avg [16] show [8] [16] repeats 256"),
    RepeatRow(
      "pass_k = [2]\nmaj_k = [4]", "[default]\npass_k = []\navg_k = [3]\n",
      "pass [2] avg [3] show [2] [3] repeats 4"),
    RepeatRow(
      "avg_k = []", "[default]\npass_k = []\navg_k = [3]\nreport_avg_k = [4]\n",
      "pass [] avg [] show [] [] repeats 1"),
    RepeatRow(
      "repeats = 9", "[\"rwkv7-g1-0.1b\"]\npass_k = [8, 8, 1]\n",
      "pass [1, 8] avg [] show [1, 8] [] repeats 9"),
    RepeatRow(
      "repeats = 4", "[default]\navg_k = [16]\n",
      "configs/gsm8k.toml: asks for k = 16, but 'repeats' in [eval] is 4; "
        + "raise repeats to 16 or set pass_k and avg_k in [eval]"),
  ])
  func `repeats follow the largest k of the section, then of the file`(row: RepeatRow) throws {
    let run = rightConfig + "[sampling]\nconfig_root = \"configs\"\n[eval]\n" + row.run
    let found: String
    do {
      let plan = try benchmark(run, [], ["configs/gsm8k.toml": row.file]).repeats()
      found =
        "pass \(plan.passK) avg \(plan.avgK) show \(plan.reportPassK) \(plan.reportAvgK) "
        + "repeats \(plan.repeats)"
    } catch let error as ConfigErrors {
      found = error.description
    }
    #expect(found == row.plan)
  }

  @Test func `the stored form has the old eleven keys in their order`() {
    var parameters = SamplingParameters()
    let plain =
      "{\"max_generate_tokens\":4096,\"temperature\":0.3,\"top_k\":50,\"top_p\":0.3,"
      + "\"alpha_presence\":0.5,\"alpha_frequency\":0.5,\"alpha_decay\":0.99,"
      + "\"stop_tokens\":[0,261,24281],\"ban_tokens\":null,\"pad_zero\":true,"
      + "\"no_penalty_token_ids\":[33,10,49,50,51,52,53,54,55,56,57,58]"
    #expect(String(decoding: parameters.json(), as: UTF8.self) == plain + "}")
    parameters.stop = ["\n\"é\u{1}"]
    #expect(
      String(decoding: parameters.json(), as: UTF8.self)
        == plain + ",\"stop\":[\"\\n\\\"é\\u0001\"]}")
  }

  @Test func `the shipped files are right and say what the built-in templates say`() throws {
    let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().appendingPathComponent("../../../configs").standardizedFileURL
    let templates = try TOMLTable(
      parsing: Array(Data(contentsOf: folder.appendingPathComponent("_templates.toml"))))
    #expect(Set(templates.entries.map(\.key)) == Set(SamplingTemplates.builtIn.keys))
    let read: SamplingResolver.ReadFile = { path in
      let file = folder.appendingPathComponent(String(path.dropFirst("configs/".count)))
      return (try? Data(contentsOf: file)).map(Array.init)
    }
    let text = rightConfig + "[sampling]\nconfig_root = \"configs\"\n"
    let config = try LoadedConfig(parsing: Array(text.utf8), file: "run.toml").config
    let resolver = try SamplingResolver(config, readFile: read)
    var problems: [String] = []
    for row in shipped {
      let dataset = DatasetConfig(name: row.name, split: "test")
      let benchmark = try resolver.benchmark(model: "m", dataset: dataset)
      let plan = try benchmark.repeats()
      let found = [plan.passK, plan.avgK, plan.reportPassK, plan.reportAvgK]
      if found != row.counts { problems.append("\(row.name): \(found)") }
      for (stage, name) in [("cot", row.cot), ("final", row.final)] {
        guard let expected = SamplingTemplates.builtIn[name] else { continue }
        var parameters = try benchmark.stage(stage).parameters
        if row.name == "aime24", stage == "cot" {
          if parameters.maxGenerateTokens != 16384 { problems.append("aime24 has no longer cot") }
          parameters.maxGenerateTokens = expected.maxGenerateTokens
        }
        if row.name == "ifeval" {
          if parameters.banTokens != [295] { problems.append("ifeval bans no \" <\"") }
          parameters.banTokens = expected.banTokens
        }
        if parameters != expected { problems.append("\(row.name) \(stage): \(parameters)") }
      }
    }
    #expect(problems == [])
  }
}

/// Sections of a run and files, and the templates and top_k of a stage that follow.
struct TemplateRow: Sendable {
  let run: String
  let files: [String: String]
  let stage: String
  let templates: [String]
  let topK: Int

  init(
    _ run: String, _ files: [String: String], _ stage: String, _ templates: [String], _ topK: Int
  ) {
    self.run = run
    self.files = files
    self.stage = stage
    self.templates = templates
    self.topK = topK
  }
}

/// Keys of [eval] and a file, and the plan or error that follows.
struct RepeatRow: Sendable {
  let run: String
  let file: String
  let plan: String

  init(_ run: String, _ file: String, _ plan: String) {
    self.run = run
    self.file = file
    self.plan = plan
  }
}

/// What a shipped file comes to: templates by stage; k of pass, avg, and those shown.
private struct Shipped {
  let name: String
  let cot: String
  let final: String
  let counts: [[Int]]

  init(_ name: String, _ cot: String, _ final: String, _ counts: [[Int]]) {
    self.name = name
    self.cot = cot
    self.final = final
    self.counts = counts
  }
}

private let mathCot = "math_cot_default"
private let freeCot = "free_response_cot_default"
private let freeFinal = "free_response_final_default"

private let shipped: [Shipped] =
  [Shipped("aime24", mathCot, freeFinal, [[8, 256], [16], [8], [16]])]
  + ["aime25", "beyond_aime"].map { Shipped($0, mathCot, freeFinal, [[8], [16], [8], [16]]) }
  + ["brumo25", "college_math", "hle", "hle_al", "hmmt_feb25"].map {
    Shipped($0, mathCot, freeFinal, [[8], [8], [8], [8]])
  }
  + ["algebra222", "amc23", "comp_math_24_25", "math_odyssey", "minerva_math"].map {
    Shipped($0, freeCot, freeFinal, [[], [4], [], [4]])
  }
  + [
    Shipped("gaokao2023en", freeCot, freeFinal, [[], [16], [], [16]]),
    Shipped("math_500", freeCot, freeFinal, [[1], [4], [1], [4]]),
    Shipped("gpqa", "multi_choice_cot_default", "", [[], [16], [], [16]]),
    Shipped(
      "livecodebench", "full_code_cot_default", "full_code_final_default", [[1], [], [1], []]),
    Shipped("ifeval", "instruction_following_default", "", [[], [4], [], [4]]),
  ]
  + ["human_eval", "human_eval_cn", "human_eval_fix", "human_eval_plus", "mbpp", "mbpp_plus"].map {
    Shipped($0, "code_default", "", [[1], [], [1], []])
  }

private func benchmark(
  _ run: String, _ overrides: [String], _ files: [String: String]
) throws -> BenchmarkSampling {
  let overrides = try overrides.map { try ConfigOverride(parsing: $0) }
  let config = try LoadedConfig(
    parsing: Array(run.utf8), file: "run.toml", overrides: overrides
  ).config
  let resolver = try SamplingResolver(config) { files[$0].map { Array($0.utf8) } }
  return try resolver.benchmark(model: "rwkv7-g1-0.1b", dataset: config.datasets[0])
}

private func resolve(
  _ run: String, _ overrides: [String], _ files: [String: String], stage: String,
  fallback: String? = nil
) throws -> ResolvedSampling {
  try benchmark(run, overrides, files).stage(stage, fallbackTemplate: fallback)
}
