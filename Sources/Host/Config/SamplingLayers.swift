// One source of sampling tables, before merging: the section [sampling] of a run configuration or
// a per-benchmark file. Both have the same shape:
//
//     [default]            for every stage
//     [cot]                for a stage         [cot."model"]  for a stage of one model
//     ["model"]            for every stage of one model

import TOMLFormat

/// A sampling value and where it was written; equal when the values are.
package struct SamplingSetting: Equatable, Sendable {
  /// The value.
  package var value: SamplingValue
  /// Where it was written.
  package var origin: ConfigOrigin

  /// Makes a setting.
  package init(_ value: SamplingValue, from origin: ConfigOrigin) {
    self.value = value
    self.origin = origin
  }

  /// Compares the values alone.
  package static func == (left: SamplingSetting, right: SamplingSetting) -> Bool {
    left.value == right.value
  }
}

/// What one table of sampling keys says.
package struct SamplingLayer: Equatable, Sendable {
  /// The keys that are given.
  package var settings: [SamplingKey: SamplingSetting] = [:]
  /// The templates to lie under everything, later over earlier; nil when none is named.
  package var templates: [String]?
  /// Where the templates are named.
  package var templatesOrigin: ConfigOrigin = .standard
  /// The lists of k of a per-benchmark file; an empty list means none.
  package var counts: [CountKey: [Int]] = [:]

  /// A key of a per-benchmark file that says how often and what to compute.
  package enum CountKey: String, CaseIterable, Sendable {
    /// The k of pass@k.
    case passK = "pass_k"
    /// The k of avg@k.
    case avgK = "avg_k"
    /// The k of pass@k that are shown.
    case reportPassK = "report_pass_k"
    /// The k of avg@k that are shown.
    case reportAvgK = "report_avg_k"
  }

  /// Makes an empty layer.
  package init() {}

  /// Compares what is given, not where.
  package static func == (left: SamplingLayer, right: SamplingLayer) -> Bool {
    left.settings == right.settings && left.templates == right.templates
      && left.counts == right.counts
  }
}

/// A table of a stage or of a model, with the tables of models inside it.
package struct NamedSamplingLayer: Equatable, Sendable {
  /// The stage or the model.
  package var name: String
  /// The keys of the table itself.
  package var layer: SamplingLayer
  /// Tables inside, by model, in the order of the text.
  package var models: [NamedSamplingLayer]
  /// Where the table stands.
  package var origin: ConfigOrigin

  /// Compares what is given, not where.
  package static func == (left: NamedSamplingLayer, right: NamedSamplingLayer) -> Bool {
    left.name == right.name && left.layer == right.layer && left.models == right.models
  }
}

/// All sampling tables of one source.
package struct SamplingLayers: Equatable, Sendable {
  /// The table `default`.
  package var standard = SamplingLayer()
  /// The other tables, in the order of the text.
  package var named: [NamedSamplingLayer] = []
  /// Whether the source has any table.
  package var hasTables = false

  /// Makes an empty source.
  package init() {}

  /// The layers that hold for a stage of a model, lowest first:
  /// default, stage, model, model inside the stage.
  func applying(stage: String, model: String) -> [SamplingLayer] {
    let stageTable = named.first { $0.name == stage }
    let modelTable = named.first { namesModel($0.name, model) }
    let inner = stageTable?.models.first { namesModel($0.name, model) }
    return [standard] + [stageTable, modelTable, inner].compactMap { $0?.layer }
  }

  /// The layers that hold for any stage of a model, in the same order, for keys that know no stage.
  func applying(anyStageOf model: String) -> [SamplingLayer] {
    let isModel = { (table: NamedSamplingLayer) in namesModel(table.name, model) }
    return [standard] + named.filter { !isModel($0) }.map(\.layer)
      + named.filter(isModel).map(\.layer)
      + named.flatMap { $0.models.filter(isModel).map(\.layer) }
  }
}

/// Whether a table is for a model: by its name, or by its name as a slug.
func namesModel(_ table: String, _ model: String) -> Bool {
  table == model || table == DatasetSlug.safe(model)
}

/// Reads the sampling tables of one source; errors go to the log.
struct SamplingTableReader {
  let log: ConfigLog
  /// The section the tables are under, empty for a file of its own.
  let path: [String]
  /// Whether lists of k may be given, as in a per-benchmark file.
  let allowsCounts: Bool

  func layers(_ table: TOMLTable) -> SamplingLayers {
    var layers = SamplingLayers()
    for entry in table.entries {
      guard case .table(let content) = entry.value.content else {
        let among = SamplingKey.allCases.map(\.rawValue) + ["template"]
        let remedy =
          among.contains(entry.key)
          ? "put it under [\(label(["default"]))]" : "expected tables of stages or models"
        log.refuse(
          path + [entry.key], entry.keyPosition,
          "'\(entry.key)' stands outside a sampling table; \(remedy)")
        continue
      }
      layers.hasTables = true
      if entry.key == "default" {
        layers.standard = layer(content, entry.value.position, [entry.key]).layer
      } else {
        layers.named.append(named(entry, content))
      }
    }
    return layers
  }

  private func label(_ inner: [String]) -> String { TOMLWriter.key(path + inner) }

  private func named(_ entry: TOMLEntry, _ content: TOMLTable) -> NamedSamplingLayer {
    let stages = ["default", "cot", "final"]
    let slipped = stages.first { $0 != entry.key && editDistance($0, entry.key) == 1 }
    if let slipped {
      log.refuse(
        path + [entry.key], entry.keyPosition,
        "'\(entry.key)' is neither a stage nor a model; did you mean '\(slipped)'?")
    }
    let (layer, models) = layer(content, entry.value.position, [entry.key])
    return NamedSamplingLayer(
      name: entry.key, layer: layer, models: models,
      origin: log.origin(path + [entry.key], entry.value.position))
  }

  /// Reads a table of sampling keys and the tables of models inside it.
  func layer(
    _ table: TOMLTable, _ position: SourcePosition, _ inner: [String]
  ) -> (layer: SamplingLayer, models: [NamedSamplingLayer]) {
    var layer = SamplingLayer()
    var models: [NamedSamplingLayer] = []
    var known = SamplingKey.allCases.map(\.rawValue) + ["template", "templates"]
    if allowsCounts { known += SamplingLayer.CountKey.allCases.map(\.rawValue) }
    var own = TOMLTable()
    for entry in table.entries {
      if case .table(let content) = entry.value.content, !known.contains(entry.key),
        inner.count == 1, inner != ["default"]
      {
        let below = self.layer(content, entry.value.position, inner + [entry.key])
        models.append(
          NamedSamplingLayer(
            name: entry.key, layer: below.layer, models: [],
            origin: log.origin(path + inner + [entry.key], entry.value.position)))
      } else {
        own.set(entry)
      }
    }
    let reader = SectionReader(
      own, at: position, path: path + inner, label: "[\(label(inner))]", keys: known, log: log)
    for key in SamplingKey.allCases {
      guard let entry = own.entry(key.rawValue), let value = reader.sampling(key) else { continue }
      layer.settings[key] = SamplingSetting(
        value, from: log.origin(path + inner + [entry.key], entry.value.position))
    }
    for key in SamplingLayer.CountKey.allCases where allowsCounts {
      layer.counts[key] = reader.counts(key.rawValue)
    }
    readTemplates(reader, into: &layer)
    return (layer, models)
  }

  private func readTemplates(_ reader: SectionReader, into layer: inout SamplingLayer) {
    let one = reader.string("template")
    let several = reader.strings("templates", refusal: { _ in nil })
    if one != nil, several != nil {
      reader.refuse(
        "templates", "'template' and 'templates' \(reader.place) exclude each other; keep one")
    }
    layer.templates = one.map { [$0] } ?? several
    let key = one == nil ? "templates" : "template"
    if let value = reader.table[key] {
      layer.templatesOrigin = log.origin(reader.path + [key], value.position)
    }
  }
}

extension SectionReader {
  /// The value of a sampling key, of the key's kind and in its range.
  fileprivate func sampling(_ key: SamplingKey) -> SamplingValue? {
    let name = key.rawValue
    switch key {
    case .maxGenerateTokens: return integer(name, in: 1...Int.max).map { .integer($0) }
    case .topK: return integer(name, in: 0...Int.max).map { .integer($0) }
    case .temperature: return number(name, in: 0...100).map { .number($0) }
    case .topP, .alphaDecay: return number(name, in: 0...1).map { .number($0) }
    case .alphaPresence, .alphaFrequency: return number(name, in: -100...100).map { .number($0) }
    case .stopTokens, .banTokens, .noPenaltyTokenIDs: return tokens(name).map { .tokens($0) }
    case .padZero: return bool(name).map { .flag($0) }
    case .stop:
      let refusal = "'stop' \(place) must not hold an empty text; it would stop at once"
      return strings(name, refusal: { $0.isEmpty ? refusal : nil }).map { .texts($0) }
    }
  }

  private func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
    guard let value = value(key) else { return nil }
    let number: Double
    switch value.content {
    case .float(let float): number = float
    case .integer(let integer): number = Double(integer)
    default: return wrongKind(key, "a number", value)
    }
    guard range.contains(number) else {
      refuse(
        key,
        "'\(key)' \(place) must be from \(short(range.lowerBound)) to \(short(range.upperBound)), "
          + "found \(short(number))")
      return nil
    }
    return number == 0 ? 0 : number
  }

  private func tokens(_ key: String) -> [Int]? {
    guard let value = value(key) else { return nil }
    let values = if case .array(let values) = value.content { values } else { [value] }
    var result: [Int] = []
    for value in values {
      guard case .integer(let token) = value.content, (0...Int64(Int32.max)).contains(token) else {
        let found =
          if case .integer(let number) = value.content { String(number) } else { value.kind }
        log.refuse(
          path + [key], value.position,
          "'\(key)' \(place) must hold token ids from 0 to \(Int32.max), found \(found)")
        continue
      }
      result.append(Int(token))
    }
    return result
  }
}

/// A number as a user would write it: 1 rather than 1.0.
private func short(_ number: Double) -> String {
  Int(exactly: number).map(String.init) ?? number.description
}
