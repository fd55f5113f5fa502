// The sections of a run configuration, one function each: which keys there are, of what kind, in
// what range, with which default.

import TOMLFormat

/// Decodes the table of a run configuration; errors go to the log.
struct RunConfigDecoder {
  let log: ConfigLog

  /// The configuration; what is absent and has no default is logged, and empty in the result.
  func decode(_ table: TOMLTable) -> RunConfig {
    let top = SectionReader(
      table, at: .start, path: [], label: "",
      keys: [
        "run", "paths", "models", "datasets", "sampling", "eval", "batch", "devices", "workers",
        "resume", "db", "resolved",
      ], log: log)
    let paths = paths(top)
    let models = elements(top, "models").map(model)
    let datasets = elements(top, "datasets").map(dataset)
    let run = run(top)
    let sampling = sampling(top)
    let eval = eval(top)
    let batch = top.section("batch", label: "[batch]", keys: ["size"]).autoCount("size") ?? .auto
    let devices = devices(top)
    let workers = workers(top)
    let resume = resume(top)
    let durability: DatabaseSection.Durability? =
      top.section("db", label: "[db]", keys: ["durability"]).choice("durability")
    return RunConfig(
      run: run, paths: paths, models: models, datasets: datasets, sampling: sampling, eval: eval,
      batch: BatchSection(size: batch), devices: devices, workers: workers, resume: resume,
      db: DatabaseSection(durability: durability ?? .normal))
  }

  /// The tables of an array of tables, with their places; an array that is absent is refused.
  private func elements(_ top: SectionReader, _ key: String) -> [(Int, TOMLTable, SourcePosition)] {
    guard let value = top.value(key) else {
      top.refuse(key, "the configuration needs at least one [[\(key)]]")
      return []
    }
    guard case .array(let values) = value.content else {
      top.refuse(key, "'\(key)' must be an array of tables, found \(value.kind); write [[\(key)]]")
      return []
    }
    if values.isEmpty { top.refuse(key, "the configuration needs at least one [[\(key)]]") }
    var elements: [(Int, TOMLTable, SourcePosition)] = []
    for (index, value) in values.enumerated() {
      guard case .table(let table) = value.content else {
        log.refuse(
          [key, String(index)], value.position,
          "'\(key)' must be an array of tables, found \(value.kind) in it; write [[\(key)]]")
        return []
      }
      elements.append((index, table, value.position))
    }
    return elements
  }

  private func run(_ top: SectionReader) -> RunSection {
    let reader = top.section("run", label: "[run]", keys: ["id", "mode", "seed", "created_at"])
    var run = RunSection(id: reader.identifier("id"))
    run.mode = reader.choice("mode") ?? run.mode
    run.seed = reader.integer("seed", in: 0...Int.max) ?? run.seed
    if let value = reader.value("created_at") {
      if case .offsetDateTime(let text) = value.content {
        run.createdAt = text
      } else {
        reader.refuse(
          "created_at",
          "'created_at' in [run] must be a date-time with offset, found \(value.kind); "
            + "write 2024-02-29T13:45:00Z without quotation marks")
      }
    }
    return run
  }

  private func paths(_ top: SectionReader) -> PathsSection {
    let reader = top.section(
      "paths", label: "[paths]", keys: ["data_root", "cache_root", "artifact_root"])
    reader.require("data_root", "cache_root", "artifact_root")
    return PathsSection(
      dataRoot: reader.string("data_root") ?? "", cacheRoot: reader.string("cache_root") ?? "",
      artifactRoot: reader.string("artifact_root") ?? "")
  }

  private func model(_ index: Int, _ table: TOMLTable, _ at: SourcePosition) -> ModelConfig {
    let reader = SectionReader(
      table, at: at, path: ["models", String(index)], label: "[[models]]",
      keys: ["name", "backend", "weights", "signature", "devices", "options", "server"], log: log)
    reader.require("name", "backend")
    let name = reader.identifier("name")
    let backend = reader.identifier("backend")
    let weights = reader.string("weights")
    let signature = reader.string("signature")
    let devices = reader.strings("devices", refusal: deviceRefusal)
    if let devices, devices.isEmpty, case .array([])? = table["devices"]?.content {
      reader.refuse("devices", "'devices' in [[models]] must not be empty; leave the key out")
    }
    let options = reader.subtable("options") ?? TOMLTable()
    return ModelConfig(
      name: name ?? "", backend: backend ?? "", weights: weights, signature: signature,
      devices: devices,
      options: options, server: server(reader))
  }

  private func eval(_ top: SectionReader) -> EvalSection {
    let reader = top.section(
      "eval", label: "[eval]",
      keys: ["pass_k", "avg_k", "maj_k", "pass_hat_k", "repeats", "judge"])
    return EvalSection(
      passK: reader.counts("pass_k"), avgK: reader.counts("avg_k"),
      majK: reader.counts("maj_k") ?? [], passHatK: reader.counts("pass_hat_k") ?? [],
      repeats: reader.integer("repeats", in: repeatCounts), judge: judge(reader))
  }

  private func judge(_ eval: SectionReader) -> JudgeConfig? {
    guard eval.table["judge"] != nil, eval.subtable("judge") != nil else { return nil }
    let reader = eval.section(
      "judge", label: "[eval.judge]",
      keys: ["backend", "model", "base_url", "api_key_env", "options"])
    reader.require("backend", "model")
    let backend = reader.identifier("backend")
    let model = reader.string("model")
    let baseURL = reader.string("base_url")
    let apiKeyEnv = reader.string("api_key_env")
    let options = reader.subtable("options") ?? TOMLTable()
    guard let backend, let model else { return nil }
    return JudgeConfig(
      backend: backend, model: model, baseURL: baseURL, apiKeyEnv: apiKeyEnv, options: options)
  }

  private func sampling(_ top: SectionReader) -> SamplingSection {
    var table = top.subtable("sampling") ?? TOMLTable()
    var root: String?
    if let entry = table.entry("config_root") {
      let reader = SectionReader(
        TOMLTable([entry]), at: top.table["sampling"]?.position ?? .start, path: ["sampling"],
        label: "[sampling]", keys: ["config_root"], log: log)
      root = reader.string("config_root")
      table["config_root"] = nil
    }
    let reader = SamplingTableReader(log: log, path: ["sampling"], allowsCounts: false)
    return SamplingSection(configRoot: root, layers: reader.layers(table))
  }

  private func devices(_ top: SectionReader) -> DevicesSection {
    let reader = top.section(
      "devices", label: "[devices]",
      keys: ["use", "allow", "max_utilization", "max_memory_used", "slots"])
    var devices = DevicesSection()
    devices.allow = reader.strings("allow", refusal: allowRefusal)
    devices.maxUtilization =
      reader.integer("max_utilization", in: 0...100) ?? devices.maxUtilization
    devices.maxMemoryUsed = memoryThreshold(reader, "max_memory_used") ?? devices.maxMemoryUsed
    switch reader.value("use")?.content {
    case .string("auto"), nil: break
    case .array(let values):
      devices.use = reader.strings("use", refusal: deviceRefusal)
      if values.isEmpty {
        reader.refuse("use", "'use' in [devices] must not be empty; write \"auto\" for all")
      }
    case let content?:
      let kind = TOMLValue(content).kind
      reader.refuse("use", "'use' in [devices] must be \"auto\" or an array, found \(kind)")
    }
    if case .table(let table)? = reader.value("slots")?.content {
      let slots = reader.section("slots", label: "[devices.slots]", keys: table.entries.map(\.key))
      for entry in table.entries {
        if let refusal = deviceRefusal(entry.key) { slots.refuse(entry.key, refusal) }
        devices.slotsByDevice[entry.key] = slots.integer(entry.key, in: 1...1024)
      }
    } else {
      devices.slots = reader.integer("slots", in: 1...1024) ?? devices.slots
    }
    return devices
  }

  /// `"10%"` of a device's memory, or a number of MiB.
  private func memoryThreshold(_ reader: SectionReader, _ key: String) -> MemoryThreshold? {
    let wanted = "a share such as \"10%\" or a number of MiB"
    guard let value = reader.value(key) else { return nil }
    switch value.content {
    case .integer(let number) where number >= 0 && number <= 1 << 40:
      return .mebibytes(Int(number))
    case .string(let text):
      if text.hasSuffix("%"), let percent = Int(text.dropLast()), (0...100).contains(percent) {
        return .percent(percent)
      }
      reader.refuse(key, "'\(key)' in [devices] must be \(wanted), found \"\(text)\"")
      return nil
    default: return reader.wrongKind(key, wanted, value)
    }
  }

  private func workers(_ top: SectionReader) -> WorkersSection {
    let reader = top.section(
      "workers", label: "[workers]",
      keys: ["evaluators", "heartbeat_timeout_s", "load_timeout_s"])
    var workers = WorkersSection()
    let seconds = 1...604_800
    workers.evaluators = reader.autoCount("evaluators") ?? workers.evaluators
    workers.heartbeatTimeoutSeconds =
      reader.integer("heartbeat_timeout_s", in: seconds) ?? workers.heartbeatTimeoutSeconds
    workers.loadTimeoutSeconds =
      reader.integer("load_timeout_s", in: seconds) ?? workers.loadTimeoutSeconds
    return workers
  }

  private func resume(_ top: SectionReader) -> ResumeSection {
    let reader = top.section("resume", label: "[resume]", keys: ["policy", "max_attempts"])
    var resume = ResumeSection()
    resume.policy = reader.choice("policy") ?? resume.policy
    resume.maxAttempts = reader.integer("max_attempts", in: 1...1000) ?? resume.maxAttempts
    return resume
  }
}

/// Why a text is no device name, or nil when it is one: `cpu`, `cuda:0`.
func deviceRefusal(_ text: String) -> String? {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  let isLetters = parts[0].utf8.allSatisfy { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }
  let isNumber =
    parts.count == 1 || (Int(parts[1]).map { $0 >= 0 && String($0) == parts[1] } ?? false)
  if parts.count <= 2, !parts[0].isEmpty, isLetters, isNumber { return nil }
  return "\"\(text)\" is not a device; write e.g. \"cpu\" or \"cuda:0\""
}

/// Why a text can be no element of `allow`, or nil when it can: a device name, or the UUID that its maker
/// gave the device.
func allowRefusal(_ text: String) -> String? {
  let isUUID =
    text.hasPrefix("GPU-") && text.count > 4
    && text.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7f }
  guard !isUUID, deviceRefusal(text) != nil else { return nil }
  return "\"\(text)\" is not a device; write e.g. \"cuda:0\", or its UUID \"GPU-...\""
}
