// Every command of the program with its options: the command line's specification.

extension CommandName {
  /// What the command accepts.
  package var spec: CommandSpec {
    switch self {
    case .run: .run
    case .score: .score
    case .status: .status
    case .stop: .stop
    case .export: .export
    case .pluginsList: .pluginsList
    case .pluginsInspect: .pluginsInspect
    case .pluginsVerify: .pluginsVerify
    case .datasetsList: .datasetsList
    case .datasetsPrepare: .datasetsPrepare
    case .datasetsShow: .datasetsShow
    case .datasetsBundle: .datasetsBundle
    case .metric: .metric
    case .configCheck: .configCheck
    case .configDecode: .configDecode
    case .indexRebuild: .indexRebuild
    case .doctor: .doctor
    }
  }
}

private let plugins = OptionSpec.value(
  "plugins", "DIR", "folder of plugins, one subfolder each", isRequired: true)
private let optionalPlugins = OptionSpec.value("plugins", "DIR", plugins.help)
private let artifacts = OptionSpec.value(
  "artifacts", "DIR", "folder of the store and the runs (artifact_root)", isRequired: true)
private let runID = OptionSpec.value("run", "ID", "the run's id", isRequired: true)
private let json = OptionSpec.flag("json", "print JSON for a program to read")
private let progress = OptionSpec.value(
  "progress", "KIND", "how progress is shown; auto draws on a terminal alone",
  choices: ["auto", "plain", "json", "none"])
private let dataRoot = OptionSpec.value(
  "data", "DIR", "folder of prepared splits (data_root)", isRequired: true)
private let cacheRoot = OptionSpec.value(
  "cache", "DIR", "folder of downloads (cache_root)", isRequired: true)
private let offline = OptionSpec.flag(
  "offline", "open no connection; what is not in the cache is an error")
private let mirror = OptionSpec.value(
  "mirror", "FROM=TO", "fetch addresses that begin with FROM from TO first", isRepeated: true)
private let overrides = OptionSpec.value(
  "set", "KEY=VALUE", "override one key of the configuration", isRepeated: true)

extension CommandSpec {
  fileprivate static let run = CommandSpec(
    .run, "run the evaluations of a configuration, or resume them",
    options: [
      plugins,
      .value("config", "FILE", "run configuration in TOML", isRequired: true),
      overrides,
      .flag("dry-run", "print the plan and what is left to do, start nothing"),
      offline, mirror,
      progress,
      .value("artifacts", "DIR", "use this folder in place of paths.artifact_root"),
    ],
    notes: [
      "The same run id resumes: what is stored with an equal work key is not done again.",
      "The first Ctrl-C finishes what is in flight and ends with status 4, a second ends at once.",
    ])

  fileprivate static let score = CommandSpec(
    .score, "judge the stored completions of a run again, without the model",
    options: [plugins, runID, artifacts, progress])

  fileprivate static let status = CommandSpec(
    .status, "show what is running, done and failed, with counts",
    options: [
      artifacts, .value("run", "ID", "show this run alone"), json,
    ])

  fileprivate static let stop = CommandSpec(
    .stop, "drain a running run and wait until it has ended",
    options: [artifacts, runID],
    notes: ["Status 1 when the run is not running. Ending this command does not undo the request."])

  fileprivate static let export = CommandSpec(
    .export, "write the results of a run as JSON lines or CSV",
    options: [
      artifacts, runID,
      .value(
        "what", "KIND", "what to write", isRequired: true,
        choices: ["completions", "eval", "scores", "errors"]),
      .value(
        "format", "FORMAT", "jsonl (the default): one object a line; csv: one record a line",
        choices: ["jsonl", "csv"]),
      .value("out", "FILE", "write here in one step, in place of stdout"),
      .value("task", "N", "this task alone, by its number in `status`"),
    ])

  fileprivate static let pluginsList = CommandSpec(
    .pluginsList, "list plugins by their plugin.toml, loading nothing", options: [plugins, json],
    notes: [
      "Plugins that cannot be used are named on stderr; the status is 0 all the same.",
      "`plugins verify` is the command that fails.",
    ])

  fileprivate static let pluginsInspect = CommandSpec(
    .pluginsInspect, "load plugins in a process of their own and show what they are",
    options: [optionalPlugins, json], operand: pluginOperand)

  fileprivate static let pluginsVerify = CommandSpec(
    .pluginsVerify, "load plugins in a process of their own and check them",
    options: [optionalPlugins, json], operand: pluginOperand,
    notes: ["Status 3 when a plugin is missing or was refused."])

  private static let pluginOperand = OperandSpec(
    "NAME|FILE", "a plugin's id, or a path of its folder, library or plugin.toml; default all",
    isRequired: false)

  fileprivate static let datasetsList = CommandSpec(
    .datasetsList, "list the splits that are prepared, and those that plugins offer",
    options: [dataRoot, optionalPlugins, json])

  fileprivate static let datasetsPrepare = CommandSpec(
    .datasetsPrepare, "fetch the source of a benchmark and prepare its splits",
    options: [
      plugins, dataRoot, cacheRoot, offline, mirror,
      .flag("force", "make anew what is there"),
      .flag("all", "every split of every benchmark that the plugins offer"),
      .value("max-bad-rows", "N", "bad rows of a source that may be left out; default none"),
    ],
    operand: OperandSpec(
      "NAME", "a split's slug such as gsm8k_test, or a benchmark for all its splits",
      isRequired: false),
    notes: [
      "HF_ENDPOINT names another address of the Hub; HF_TOKEN, where it is set, opens gated sets.",
      "Any number of processes may prepare the same split: one does, the others wait for it.",
    ])

  fileprivate static let datasetsShow = CommandSpec(
    .datasetsShow, "show where a split comes from, and a prompt as a model would get it",
    options: [
      plugins, dataRoot,
      .value("prompt", "N", "print the first prompt of sample N, counted from 0, and nothing else"),
      .value("config", "FILE", "ask as this run configuration does, not as the plugin says"),
      json,
    ],
    operand: OperandSpec("NAME", "a split's slug, or a benchmark with one split", isRequired: true))

  fileprivate static let datasetsBundle = CommandSpec(
    .datasetsBundle, "carry prepared splits to a machine without network, and check them there",
    options: [
      dataRoot, .value("file", "FILE", "the bundle, a tar archive", isRequired: true),
      .value(
        "split", "SLUG", "this split, for export; default all that have a manifest",
        isRepeated: true),
      .flag("force", "replace splits that are there and differ, for import"),
    ],
    operand: OperandSpec("ACTION", "export or import", isRequired: true))

  fileprivate static let metric = CommandSpec(
    .metric, "ask a metric plugin about one answer",
    options: [
      plugins,
      .value("gold", "G", "an answer that counts as right", isRequired: true, isRepeated: true),
      .value("prediction", "P", "what a model said", isRequired: true),
      .flag("explain", "show how both sides were understood, and where they differ"),
      .value("options", "JSON", "options of the metric"), json,
    ],
    operand: OperandSpec("NAME", "the metric plugin's id", isRequired: true),
    notes: ["Status 0 when the metric calls the answer right, or decides nothing; else 1."])

  fileprivate static let configCheck = CommandSpec(
    .configCheck, "check a run configuration and print it with every default and origin",
    options: [overrides, .value("plugins", "DIR", "check that the plugins it names are there")],
    operand: OperandSpec("FILE", "run configuration in TOML, - for stdin", isRequired: true))

  fileprivate static let configDecode = CommandSpec(
    .configDecode, "decode TOML on stdin to tagged JSON on stdout (toml-test protocol)",
    options: [], notes: ["Status 1 when the text is not TOML 1.0."])

  fileprivate static let indexRebuild = CommandSpec(
    .indexRebuild, "make score_index.jsonl anew from the store", options: [artifacts])

  fileprivate static let doctor = CommandSpec(
    .doctor, "check what this machine has and lacks",
    options: [
      .value("artifacts", "DIR", "check the store in this folder too"),
      .value("plugins", "DIR", "check this folder of plugins too"), json,
    ],
    notes: [
      "Status 5 when the store is damaged, 3 when a plugin was refused, 1 when something that",
      "every run needs is missing, else 0.",
    ])
}
