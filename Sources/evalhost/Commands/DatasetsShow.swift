// `evalhost datasets show`: where a split comes from and how it is asked, or one prompt as a model would get it.
internal import Arguments
internal import Config
internal import DatasetService
internal import Datasets
internal import Declarations
internal import JSONFormat
internal import Model
internal import Plan
internal import PluginHost
internal import Posix
internal import Wire

/// Shows one split.
struct DatasetsShow {
  private let command: ParsedCommand
  private let console: Console
  private let catalog: PluginCatalog
  private let root: String
  private var dataset: DatasetConfig
  /// The plugin that offers it; nil for a file of the user's own.
  private let entry: PluginEntry?

  static func run(_ command: ParsedCommand, _ console: Console) throws -> ExitCode {
    let show = try DatasetsShow(command, console)
    if let sample = command.value("prompt") {
      guard let sample = Int(sample), sample >= 0 else {
        throw UsageError(command.name, "--prompt takes the number of a sample, counted from 0")
      }
      try show.prompt(sample)
    } else {
      try show.facts()
    }
    return .done
  }

  private init(_ command: ParsedCommand, _ console: Console) throws {
    self.command = command
    self.console = console
    catalog = try pluginCatalog(try command.required("plugins"))
    root = try command.required("data")
    let name = command.operand ?? ""
    if let file = command.value("config") {
      dataset = try Self.configured(name, file)
    } else {
      dataset = try Self.offered(name, catalog)
    }
    entry = catalog.datasetEntry(of: dataset.name)
    if let entry { dataset.task = dataset.task.filled(from: entry.manifest.defaults) }
  }

  /// The element of a run configuration that has the slug.
  private static func configured(_ name: String, _ file: String) throws -> DatasetConfig {
    let bytes: [UInt8]
    do throws(PosixError) { bytes = try Files.read(file) } catch {
      throw CommandFailure(.usage, "configuration \(error)")
    }
    let loaded = try LoadedConfig(parsing: bytes, file: file, overrides: [])
    let slug = DatasetSlug.canonical(name)
    guard let found = loaded.config.datasets.first(where: { $0.slug == name || $0.slug == slug })
    else {
      let known = loaded.config.datasets.map(\.slug).joined(separator: ", ")
      throw CommandFailure(.usage, "\(file) has no dataset '\(printable(name))'; it has \(known)")
    }
    return found
  }

  /// The split that a plugin offers, or whatever the slug means without one.
  private static func offered(_ name: String, _ catalog: PluginCatalog) throws -> DatasetConfig {
    do {
      let splits = try NamedSplit.named(name, in: catalog)
      guard splits.count == 1, let split = splits.first else {
        let slugs = splits.map(\.slug).joined(separator: ", ")
        throw CommandFailure(.usage, "'\(printable(name))' has several splits; name one: \(slugs)")
      }
      return DatasetConfig(name: split.benchmark, split: split.split)
    } catch let failure as CommandFailure {
      let (benchmark, split) = DatasetSlug.split(DatasetSlug.canonical(name))
      guard !split.isEmpty, catalog.datasetEntry(of: benchmark) == nil else { throw failure }
      return DatasetConfig(name: benchmark, split: split)
    }
  }

  private var path: String { dataset.path ?? "\(root)/\(dataset.name)/\(dataset.split).jsonl" }

  // MARK: Facts

  private func facts() throws {
    let manifest = try ManifestFile.read(besides: path)
    let isThere = FileKind.of(path) == .regular
    guard isThere || entry != nil else {
      throw CommandFailure(.usage, "\(path) is not there, and no plugin offers it")
    }
    var lines: [(String, String)] = [("split", dataset.slug)]
    if let entry, let declaration = entry.manifest.dataset {
      let split = declaration.split(dataset.split)
      lines.append(("plugin", "\(entry.manifest.id) \(entry.manifest.version)"))
      if !entry.manifest.description.isEmpty { lines.append(("about", entry.manifest.description)) }
      lines.append(("licence", entry.manifest.license))
      lines.append(("source", split?.source ?? declaration.source))
      lines.append(
        ("revision", split.map(\.revision).flatMap { $0.isEmpty ? nil : $0 } ?? "none named"))
      if let split, split.sourceSplit != split.split {
        lines.append(("source split", split.sourceSplit))
      }
      for file in (split?.files ?? []).prefix(5) { lines.append(("from", Self.words(file))) }
      if let count = split?.files.count, count > 5 { lines.append(("", "and \(count - 5) more")) }
      if let rows = split?.rows { lines.append(("rows declared", "\(rows)")) }
      if let gated = declaration.gated { lines.append(("gated", gated)) }
    }
    lines.append(("prepared", isThere ? path : "no; `evalhost datasets prepare \(dataset.slug)`"))
    if let manifest {
      lines.append(("rows", "\(manifest.rowCount)"))
      lines.append(("checksum", manifest.checksum))
      for note in ManifestFile.notes(manifest) { lines.append(("note", note)) }
    }
    lines.append(("evaluator", dataset.evaluator ?? "none named"))
    if let mode = dataset.mode { lines.append(("mode", mode)) }
    if let decide = dataset.decide { lines.append(("decide", decide)) }
    if let language = dataset.language { lines.append(("language", language)) }
    if dataset.shots > 0 {
      lines.append(("shots", "\(dataset.shots) of split '\(dataset.shotsSplit ?? "")'"))
    }
    try console.write(command.has("json") ? Self.json(lines) : Self.text(lines))
  }

  private static func words(_ file: SourceFile) -> String {
    switch file.place {
    case .url(let url): url
    case .hub(let dataset, let config, let split):
      "the Hub's rows of \(dataset), config \(config), split \(split)"
    case .local(let name): "\(name) beside plugin.toml"
    }
  }

  private static func text(_ lines: [(String, String)]) -> [UInt8] {
    let width = lines.map(\.0.count).max() ?? 0
    return Array(
      lines.map { name, value in
        name + String(repeating: " ", count: width - name.count + 2) + printable(value) + "\n"
      }.joined().utf8)
  }

  private static func json(_ lines: [(String, String)]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    var names: [String] = []
    for (name, _) in lines where !name.isEmpty && !names.contains(name) { names.append(name) }
    for name in names {
      let values = lines.filter { $0.0 == name }.map(\.1)
      writer.key(text: name.replacing(" ", with: "_"))
      if name == "from" || name == "note" {
        writer.beginArray()
        for value in values { writer.string(value) }
        writer.endArray()
      } else {
        writer.string(values[0])
      }
    }
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }

  // MARK: A prompt

  private func prompt(_ sample: Int) throws {
    guard let id = dataset.evaluator else {
      throw CommandFailure(
        .usage, "no evaluator is named for '\(dataset.slug)'; give --config FILE with one")
    }
    let evaluator = try catalog.find(id: id, kind: .evaluator)
    let mode = dataset.mode ?? evaluator.manifest.modes.first?.name ?? "default"
    let row = try row(sample)
    let isMetric = dataset.decide.map { (try? catalog.find(id: $0, kind: .metric)) != nil } ?? false
    let configuration = RunContext.configuration(
      Planner.evaluatorConfig(dataset, mode), shotCount: dataset.shots, shots: try shots(),
      decide: isMetric ? "" : dataset.decide ?? "")
    let question = PromptQuestion(
      configuration: String(decoding: configuration, as: UTF8.self), sample: sample, row: row)
    switch try PluginInspector.ask(.prompt(question), of: evaluator) {
    case .refused(let line): throw CommandFailure(.plugin, line)
    case .facts(let answer):
      if command.has("json") {
        try console.write(answer + [0x0a])
      } else {
        let value = try JSONValue.parse(answer)
        try console.write(value["prompt"]?.string ?? "")
      }
    }
  }

  private func row(_ sample: Int) throws -> String {
    let split = try PreparedSplit.open(
      path: path, benchmark: dataset.name, split: dataset.split, cacheRoot: nil)
    guard sample < split.manifest.rowCount else {
      throw CommandFailure(
        .usage,
        "\(dataset.slug) has \(split.manifest.rowCount) samples, the last is "
          + "\(split.manifest.rowCount - 1)")
    }
    return try split.row(sample)
  }

  private func shots() throws -> [String] {
    guard dataset.shots > 0, let split = dataset.shotsSplit else { return [] }
    let isSame = split == dataset.split
    let file = isSame ? path : "\(root)/\(dataset.name)/\(split).jsonl"
    return try PreparedSplit.firstRows(of: file, count: dataset.shots + (isSame ? 1 : 0))
  }
}
