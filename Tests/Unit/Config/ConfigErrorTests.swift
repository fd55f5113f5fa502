// What a user reads when a configuration is wrong: exact sentences, all of them at once.

import Config
import Testing

@Suite struct `Configuration errors` {
  @Test(arguments: mistakes)
  func `a mistake is named with its place and its remedy`(row: Mistake) {
    #expect(sentences(row.text, row.overrides) == row.sentences)
  }

  @Test func `every mistake of a file is reported at once, in the order of the text`() {
    let text = """
      [run]
      id = "a b"
      seed = -1
      [[models]]
      name = "m"
      [[datasets]]
      slug = "gsm8k_test"
      limt = 5
      """
    #expect(
      sentences(text, [], base: "") == [
        "run.toml:1:1: [paths] needs the key 'data_root'",
        "run.toml:1:1: [paths] needs the key 'cache_root'",
        "run.toml:1:1: [paths] needs the key 'artifact_root'",
        "run.toml:2:6: 'id' in [run] must be up to 128 letters, digits, '.', '_' or '-' "
          + "and begin with a letter or digit, found \"a b\"",
        "run.toml:3:8: 'seed' in [run] must be at least 0, found -1",
        "run.toml:4:1: [[models]] needs the key 'backend'",
        "run.toml:8:1: unknown key 'limt' in [[datasets]]; did you mean 'limit'?",
      ])
  }

  @Test func `a secret never appears in an error`() {
    let secret = "sk-verysecret"
    let text = "[eval]\njudge = { backend = \"openai\", model = \"m\", api_key = \"\(secret)\" }\n"
    let found =
      sentences(text, []) + sentences("", ["eval.judge.api_key_env=\(secret)"])
      + sentences("", ["models.0.options.hf_token=\(secret)"])
    #expect(!found.joined().contains(secret))
    #expect(
      found == [
        "run.toml:12:44: 'api_key' looks like a secret written out; "
          + "name an environment variable instead: api_key_env = \"NAME\"",
        "--set eval.judge.api_key_env: 'api_key_env' must be the name of an environment variable, "
          + "not its value",
        "--set eval.judge.api_key_env: [eval.judge] needs the key 'backend'",
        "--set eval.judge.api_key_env: [eval.judge] needs the key 'model'",
        "--set models.0.options.hf_token: 'hf_token' looks like a secret written out; "
          + "name an environment variable instead: hf_token_env = \"NAME\"",
      ])
  }

  @Test(arguments: [
    ("", "seed", 99, "nothing"), ("temprature", "temperature", 1, "temperature"),
    ("tepm", "temp", 1, "temp"), ("abc", "xyz", 3, "nothing"), ("ca", "abc", 3, "nothing"),
    ("Limit", "limit", 1, "limit"),
  ])
  func `slips are counted and the nearest word is suggested`(
    word: String, known: String, slips: Int, nearest: String
  ) {
    #expect(editDistance(word, known) == (word.isEmpty ? known.count : slips))
    #expect(nearestKey(to: word, among: [known]) ?? "nothing" == nearest)
  }
}

/// A text put under a configuration that is right, and what is said of the whole.
struct Mistake: Sendable {
  let text: String
  let overrides: [String]
  let sentences: [String]

  init(_ text: String, set overrides: [String] = [], _ sentences: String...) {
    self.text = text
    self.overrides = overrides
    self.sentences = sentences
  }
}

/// Ten lines that are right; a mistake's own text begins on line 11.
let rightConfig = """
  paths = { data_root = "data", cache_root = "cache", artifact_root = "results" }


  [[models]]
  name = "rwkv7-g1-0.1b"
  backend = "rwkv7"

  [[datasets]]
  slug = "gsm8k_test"
  mode = "cot"

  """

/// The sentences of all errors of a text under a right configuration; none when it is right.
func sentences(_ text: String, _ overrides: [String], base: String = rightConfig) -> [String] {
  do {
    let overrides = try overrides.map { try ConfigOverride(parsing: $0) }
    _ = try LoadedConfig(
      parsing: Array((base + text).utf8), file: "run.toml", overrides: overrides)
    return []
  } catch let error as ConfigErrors {
    return error.errors.map(\.description)
  } catch {
    return ["\(error)"]
  }
}

private let mistakes: [Mistake] = [
  Mistake(""),
  Mistake("limit = ", "run.toml:11:9: expected a value, found the end of the file"),
  Mistake(
    "[sampling.cot]\ntemprature = 1",
    "run.toml:12:1: unknown key 'temprature' in [sampling.cot]; did you mean 'temperature'?"),
  Mistake(
    "[modles]\n", "run.toml:11:2: unknown key 'modles' at the top level; did you mean 'models'?"),
  Mistake(
    "[batch]\nzzzzzz = 1",
    "run.toml:12:1: unknown key 'zzzzzz' in [batch]; known here: 'size'"),
  Mistake(
    "[run]\nseed = \"1\"", "run.toml:12:8: 'seed' in [run] must be an integer, found a string"),
  Mistake(
    "[run]\nmode = \"evl\"",
    "run.toml:12:8: 'mode' in [run] must be \"eval\" or \"param_search\", found \"evl\"; "
      + "did you mean \"eval\"?"),
  Mistake(
    "[run]\ncreated_at = \"2024-01-01\"",
    "run.toml:12:14: 'created_at' in [run] must be a date-time with offset, found a string; "
      + "write 2024-02-29T13:45:00Z without quotation marks"),
  Mistake(
    "limit = 0\nshots_split = \"dev\"\nmetrics = [\"a b\", 1]",
    "run.toml:11:9: 'limit' in [[datasets]] must be at least 1, found 0",
    "run.toml:12:15: 'shots_split' in [[datasets]] has no effect without 'shots'; "
      + "set shots or remove it",
    "run.toml:13:12: 'metrics' in [[datasets]] must be up to 128 letters, digits, '.', '_' or '-' "
      + "and begin with a letter or digit, found \"a b\"",
    "run.toml:13:19: 'metrics' in [[datasets]] must hold strings, found an integer"),
  Mistake(
    "name = \"gsm8k\"",
    "run.toml:9:8: 'slug' in [[datasets]] excludes 'name' and 'split'; keep one way"),
  Mistake(
    "[[datasets]]\nlimit = 1", "run.toml:11:1: [[datasets]] needs 'slug', or 'name' and 'split'"),
  Mistake("[[datasets]]\nname = \"x\"", "run.toml:11:1: [[datasets]] needs the key 'split'"),
  Mistake(
    "[[datasets]]\nslug = \"gpqa_diamond\"",
    "run.toml:12:8: slug 'gpqa_diamond' ends in no split that is known; "
      + "write 'name' and 'split' instead"),
  Mistake(
    "[[datasets]]\nslug = \"minerva_math\"",
    "run.toml:12:8: slug 'minerva_math' would be benchmark 'minerva' and split 'math'; "
      + "write the whole slug, e.g. 'minerva_math_test', or 'name' and 'split'"),
  Mistake(
    "[[datasets]]\nname = \"gsm8k\"\nsplit = \"test\"\nmode = \"cot\"",
    "run.toml:11:1: dataset 'gsm8k_test' is given twice with the same evaluator and mode; "
      + "change its mode, or run it in a run of its own"),
  Mistake(
    "[[models]]\nname = \"rwkv7-g1-0.1b\"\nbackend = \"x\"",
    "run.toml:12:8: model name 'rwkv7-g1-0.1b' is given twice; names must be unique in a run"),
  Mistake(
    "[[models]]\nname = \"rwkv7_g1_0.1b\"\nbackend = \"x\"",
    "run.toml:12:8: model names 'rwkv7-g1-0.1b' and 'rwkv7_g1_0.1b' differ only in punctuation; "
      + "rename one"),
  Mistake(
    "[[models]]\nname = \"../x\"\nbackend = \"x\"",
    "run.toml:12:8: 'name' in [[models]] must be up to 128 letters, digits, '.', '_' or '-' "
      + "and begin with a letter or digit, found \"../x\""),
  Mistake(
    "[[models]]\nname = \"b\"\nbackend = \"x\"\ndevices = [\"cuda:1\"]\n[devices]\nuse = [\"cpu\"]",
    "run.toml:14:11: model 'b' wants device 'cuda:1', which 'use' in [devices] leaves out; "
      + "use is cpu"),
  Mistake(
    "[devices]\nallow = [\"GPU-\", \"cuda:0\"]\nmax_utilization = 101\nmax_memory_used = \"10\"",
    "run.toml:12:10: \"GPU-\" is not a device; write e.g. \"cuda:0\", or its UUID \"GPU-...\"",
    "run.toml:13:19: 'max_utilization' in [devices] must be from 0 to 100, found 101",
    "run.toml:14:19: 'max_memory_used' in [devices] must be a share such as \"10%\" or a number of "
      + "MiB, found \"10\""),
  Mistake(
    "[devices]\nmax_memory_used = -1\nallow = \"cuda:0\"",
    "run.toml:12:19: 'max_memory_used' in [devices] must be a share such as \"10%\" or a number of "
      + "MiB, found an integer",
    "run.toml:13:9: 'allow' in [devices] must be an array of strings, found a string"),
  Mistake(
    "[devices]\nuse = [\"gpu 0\"]\nslots = { cpu = 0 }",
    "run.toml:12:8: \"gpu 0\" is not a device; write e.g. \"cpu\" or \"cuda:0\"",
    "run.toml:13:17: 'cpu' in [devices.slots] must be from 1 to 1024, found 0",
  ),
  Mistake(
    "[eval]\npass_k = [1, 8]\navg_k = [16]\nrepeats = 4",
    "run.toml:12:10: 'pass_k' asks for k = 8, but 'repeats' is 4; pass@k needs at least k tries "
      + "at each sample: raise repeats to 8 or lower k",
    "run.toml:13:9: 'avg_k' asks for k = 16, but 'repeats' is 4; avg@k needs at least k tries "
      + "at each sample: raise repeats to 16 or lower k"),
  Mistake(
    "[eval]\npass_k = [0]",
    "run.toml:12:11: 'pass_k' in [eval] must hold integers from 1 to 16777216, found 0"),
  Mistake(
    "[sampling.cot]\ntemplate = \"math_cot\"\n[sampling.final]\ntop_p = 1.5\nstop_tokens = [-1]",
    "run.toml:12:12: unknown template 'math_cot'; known here: 'code_default', "
      + "'free_response_cot_default', 'free_response_final_default', 'full_code_cot_default', "
      + "'full_code_final_default', 'instruction_following_default', 'math_cot_default', "
      + "'multi_choice_cot_default'",
    "run.toml:14:9: 'top_p' in [sampling.final] must be from 0 to 1, found 1.5",
    "run.toml:15:16: 'stop_tokens' in [sampling.final] must hold token ids from 0 to 2147483647, "
      + "found -1"),
  Mistake(
    "[sampling]\ntemperature = 1\n[sampling.ct]\n[sampling.cot.rwkv]\ntop_k = 1",
    "run.toml:12:1: 'temperature' stands outside a sampling table; put it under [sampling.default]",
    "run.toml:13:11: 'ct' is neither a stage nor a model; did you mean 'cot'?",
    "run.toml:14:1: 'rwkv' in [sampling.cot] is neither a sampling key nor a model; "
      + "known here: 'rwkv7-g1-0.1b', 'max_generate_tokens', 'temperature', 'top_k', 'top_p', "
      + "'alpha_presence', 'alpha_frequency', 'alpha_decay', 'stop_tokens', 'ban_tokens', "
      + "'pad_zero', 'no_penalty_token_ids', 'stop'"),
  Mistake(
    "", set: ["run.sed=1", "datasets.0.limit=none", "datasets.2.limit=1"],
    "--set datasets.2.limit: 'datasets' has 1 elements, so index 2 is beyond its end",
    "--set datasets.0.limit: 'limit' in [[datasets]] must be an integer, found a string",
    "--set run.sed: unknown key 'sed' in [run]; did you mean 'seed'?"),
  Mistake(
    "", set: ["models.name=x"],
    "--set models.name: 'models' is an array; write its index, e.g. models.0, before 'name'"),
  Mistake(
    "", set: ["models.0.name.x=1"],
    "--set models.0.name.x: 'models.0.name' is a string, "
      + "so it has no 'x'"),
  Mistake("", set: ["run.seed"], "--set run.seed: expected key=value, e.g. --set run.seed=1"),
  Mistake(
    "", set: ["eval.pass_k=[1,"],
    "--set eval.pass_k: the value is not TOML: "
      + "the array that begins at 1:1 is not closed; add ']'"),
]
