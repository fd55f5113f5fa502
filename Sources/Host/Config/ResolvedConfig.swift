// The configuration as it is used, printed as TOML with where each value came from. It reads back
// as the same configuration: `[resolved]`, which says what the sampling came to, is ignored then.

package import TOMLFormat

extension LoadedConfig {
  /// The configuration with every default written out, each value with its origin as a comment.
  ///
  /// `sampling` is what the stages of the run's tasks resolved to, printed at the end.
  package func resolvedTOML(sampling: [ResolvedSampling] = []) -> String {
    var table = config.toml()
    var remarks = origins.mapValues(\.description)
    for index in config.datasets.indices {
      let place = "datasets.\(index)"
      if let origin = remarks["\(place).slug"] {
        remarks["\(place).name"] = "slug at \(origin)"
        remarks["\(place).split"] = "slug at \(origin)"
      }
    }
    if !sampling.isEmpty {
      table["resolved"] = TOMLValue(.table(resolved(sampling, &remarks)))
    }
    return TOMLWriter.text(table) { path in
      // Options are a plugin's and have no default here; what was resolved says its own origins.
      let hasDefault = path.first != "resolved" && !path.dropLast().contains("options")
      return remarks[TOMLWriter.key(path)] ?? (hasDefault ? "default" : nil)
    }
  }

  private func resolved(
    _ sampling: [ResolvedSampling], _ remarks: inout [String: String]
  ) -> TOMLTable {
    var tables: [TOMLValue] = []
    for (index, stage) in sampling.enumerated() {
      var table = TOMLTable()
      let place = ["resolved", "sampling", String(index)]
      for (key, text) in [
        ("model", stage.model), ("dataset", stage.dataset), ("stage", stage.stage),
      ] {
        table[key] = TOMLValue(.string(text))
      }
      for key in SamplingKey.allCases {
        guard let value = stage.parameters[key].toml else { continue }
        table[key.rawValue] = value
        remarks[TOMLWriter.key(place + [key.rawValue])] = stage.origins[key]?.description
      }
      tables.append(TOMLValue(.table(table)))
    }
    return TOMLTable([TOMLEntry(key: "sampling", value: TOMLValue(.array(tables)))])
  }
}

extension RunConfig {
  /// The configuration as a table that decodes to it again, defaults written out.
  package func toml() -> TOMLTable {
    var table = TOMLTable()
    var run = TOMLTable()
    run["id"] = self.run.id.map(text)
    run["mode"] = text(self.run.mode.rawValue)
    run["seed"] = number(self.run.seed)
    run["created_at"] = self.run.createdAt.map { TOMLValue(.offsetDateTime($0)) }
    table["run"] = TOMLValue(.table(run))
    table["paths"] = TOMLValue(
      .table(
        keyed([
          ("data_root", text(paths.dataRoot)), ("cache_root", text(paths.cacheRoot)),
          ("artifact_root", text(paths.artifactRoot)),
        ])))
    table["models"] = TOMLValue(.array(models.map { TOMLValue(.table($0.toml())) }))
    table["datasets"] = TOMLValue(.array(datasets.map { TOMLValue(.table($0.toml())) }))
    table["sampling"] = TOMLValue(.table(sampling.toml()))
    table["eval"] = TOMLValue(.table(eval.toml()))
    table["batch"] = TOMLValue(.table(keyed([("size", batch.size.toml)])))
    table["devices"] = TOMLValue(.table(devices.toml()))
    table["workers"] = TOMLValue(
      .table(
        keyed([
          ("evaluators", workers.evaluators.toml),
          ("heartbeat_timeout_s", number(workers.heartbeatTimeoutSeconds)),
          ("load_timeout_s", number(workers.loadTimeoutSeconds)),
        ])))
    table["resume"] = TOMLValue(
      .table(
        keyed([
          ("policy", text(resume.policy.rawValue)), ("max_attempts", number(resume.maxAttempts)),
        ])))
    table["db"] = TOMLValue(.table(keyed([("durability", text(db.durability.rawValue))])))
    return table
  }
}

extension ModelConfig {
  fileprivate func toml() -> TOMLTable {
    var table = keyed([("name", text(name)), ("backend", text(backend))])
    table["weights"] = weights.map(text)
    table["signature"] = signature.map(text)
    table["devices"] = devices.map(texts)
    if !options.isEmpty { table["options"] = TOMLValue(.table(options)) }
    table["server"] = server.map { TOMLValue(.table($0.toml())) }
    return table
  }
}

extension ModelServerConfig {
  fileprivate func toml() -> TOMLTable {
    var table = keyed([("command", texts(command))])
    if !environment.isEmpty {
      let entries = environment.sorted { $0.key < $1.key }
      table["environment"] = TOMLValue(
        .table(TOMLTable(entries.map { TOMLEntry(key: $0.key, value: text($0.value)) })))
    }
    table["port"] = port.map(number)
    table["health"] = health.map(text)
    table["start_timeout_s"] = number(startTimeoutSeconds)
    table["stop_timeout_s"] = number(stopTimeoutSeconds)
    table["sets"] = text(sets)
    return table
  }
}

extension DatasetConfig {
  fileprivate func toml() -> TOMLTable {
    var table = keyed([("name", text(name)), ("split", text(split))])
    table["prepare"] = text(prepare.rawValue)
    table["limit"] = limit.map(number)
    table["max_bad_rows"] = maxBadRows.map(number)
    table["evaluator"] = evaluator.map(text)
    table["mode"] = mode.map(text)
    table["metrics"] = task.metrics.map(texts)
    table["decide"] = decide.map(text)
    if !task.metricOptions.isEmpty {
      table["metric_options"] = TOMLValue(.table(task.metricOptions))
    }
    table["path"] = path.map(text)
    table["shots"] = task.shots.map(number)
    table["shots_split"] = shotsSplit.map(text)
    table["allow_incomplete"] = TOMLValue(.bool(allowIncomplete))
    table["language"] = language.map(text)
    table["prompt_style"] = task.promptStyle.map { text($0.rawValue) }
    table["compat_mode"] = TOMLValue(.bool(compatMode))
    if !options.isEmpty { table["options"] = TOMLValue(.table(options)) }
    return table
  }
}

extension EvalSection {
  fileprivate func toml() -> TOMLTable {
    var table = TOMLTable()
    table["pass_k"] = passK.map(numbers)
    table["avg_k"] = avgK.map(numbers)
    table["maj_k"] = numbers(majK)
    table["pass_hat_k"] = numbers(passHatK)
    table["repeats"] = repeats.map(number)
    if let judge {
      var inner = keyed([("backend", text(judge.backend)), ("model", text(judge.model))])
      inner["base_url"] = judge.baseURL.map(text)
      inner["api_key_env"] = judge.apiKeyEnv.map(text)
      if !judge.options.isEmpty { inner["options"] = TOMLValue(.table(judge.options)) }
      table["judge"] = TOMLValue(.table(inner))
    }
    return table
  }
}

extension DevicesSection {
  fileprivate func toml() -> TOMLTable {
    var table = TOMLTable()
    table["use"] = use.map(texts) ?? text("auto")
    table["allow"] = allow.map(texts)
    table["max_utilization"] = number(maxUtilization)
    table["max_memory_used"] = maxMemoryUsed.toml
    table["slots"] = number(slots)
    if !slotsByDevice.isEmpty {
      let entries = slotsByDevice.sorted { $0.key < $1.key }
      table["slots"] = TOMLValue(
        .table(TOMLTable(entries.map { TOMLEntry(key: $0.key, value: number($0.value)) })))
    }
    return table
  }
}

extension SamplingSection {
  fileprivate func toml() -> TOMLTable {
    var table = TOMLTable()
    table["config_root"] = configRoot.map(text)
    if layers.standard != SamplingLayer() {
      table["default"] = TOMLValue(.table(layers.standard.toml()))
    }
    for named in layers.named { table[named.name] = TOMLValue(.table(named.toml())) }
    return table
  }
}

extension NamedSamplingLayer {
  fileprivate func toml() -> TOMLTable {
    var table = layer.toml()
    for model in models { table[model.name] = TOMLValue(.table(model.toml())) }
    return table
  }
}

extension SamplingLayer {
  fileprivate func toml() -> TOMLTable {
    var table = TOMLTable()
    if let templates, templates.count == 1 {
      table["template"] = text(templates[0])
    } else if let templates {
      table["templates"] = texts(templates)
    }
    for key in SamplingKey.allCases { table[key.rawValue] = settings[key]?.value.toml }
    return table
  }
}

extension SamplingValue {
  fileprivate var toml: TOMLValue? {
    switch self {
    case .integer(let value): TOMLValue(.integer(Int64(value)))
    case .number(let value): TOMLValue(.float(value))
    case .flag(let value): TOMLValue(.bool(value))
    case .tokens(let values): values.map(numbers)
    case .texts(let values): TOMLValue(.array(values.map { TOMLValue(.string($0)) }))
    }
  }
}

extension AutoCount {
  fileprivate var toml: TOMLValue {
    switch self {
    case .auto: text("auto")
    case .count(let count): number(count)
    }
  }
}

extension MemoryThreshold {
  fileprivate var toml: TOMLValue {
    switch self {
    case .percent(let share): text("\(share)%")
    case .mebibytes(let amount): number(amount)
    }
  }
}

private func text(_ value: String) -> TOMLValue { TOMLValue(.string(value)) }
private func number(_ value: Int) -> TOMLValue { TOMLValue(.integer(Int64(value))) }
private func texts(_ values: [String]) -> TOMLValue { TOMLValue(.array(values.map(text))) }
private func numbers(_ values: [Int]) -> TOMLValue { TOMLValue(.array(values.map(number))) }

private func keyed(_ pairs: [(key: String, value: TOMLValue)]) -> TOMLTable {
  TOMLTable(pairs.map { TOMLEntry(key: $0.key, value: $0.value) })
}
