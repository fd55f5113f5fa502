// Everything a run is started with, read and checked.
internal import Config
internal import Datasets
internal import Model
internal import Plan
internal import PluginHost
internal import Posix
internal import TOMLFormat

/// A checked configuration with its plan.
struct RunSetup {
  var loaded: LoadedConfig
  var plan: RunPlan
  /// Opened splits by path.
  var splits: [String: PreparedSplit]
  var digests: PluginDigests
  /// Libraries by plugin folder.
  var libraries: [String: String]
  /// What is known of each model of the plan, once `prepareModels` has run.
  var models: [PreparedModel] = []
  var artifactRoot: String
  /// The resolved configuration with the run's id, as it is kept with the run.
  var resolvedText: String
  /// Seconds since 1970 from run.created_at; 0 = now.
  var createdAt: Int

  /// Reads a configuration file.
  init(_ request: RunRequest) throws {
    let bytes: [UInt8]
    do throws(PosixError) { bytes = try Files.read(request.configFile) } catch {
      throw PlanError(
        .configuration, "configuration \(error); give an existing file with --config")
    }
    var overrides: [ConfigOverride] = []
    for text in request.overrides { overrides.append(try ConfigOverride(parsing: text)) }
    let loaded = try LoadedConfig(parsing: bytes, file: request.configFile, overrides: overrides)
    try self.init(loaded, pluginsFolder: request.pluginsFolder, artifactRoot: request.artifactRoot)
  }

  /// Reads the configuration that is kept with a stored run.
  init(_ request: RejudgeRequest, stored: StoredRunPlan) throws {
    let loaded = try LoadedConfig(
      parsing: Array(stored.configText.utf8), file: "run '\(request.runID)'", overrides: [])
    try self.init(
      loaded, pluginsFolder: request.pluginsFolder, artifactRoot: request.artifactRoot)
  }

  private init(_ given: LoadedConfig, pluginsFolder: String, artifactRoot: String?) throws {
    var loaded = given
    let runID = loaded.config.run.id ?? Self.derivedID()
    loaded.config.run.id = runID
    if let artifactRoot { loaded.config.paths.artifactRoot = artifactRoot }
    let catalog = try PluginCatalog.discover(folder: pluginsFolder)
    let book = SplitBook(loaded.config)
    let resolver = try SamplingResolver(loaded.config) { path in
      try Files.readIfPresent(path)
    }
    plan = try Planner.plan(
      loaded, runID: runID, resolver: resolver,
      sources: PlanSources(
        plugin: { id, role throws(PlanError) in try Self.facts(catalog, id, role) },
        split: { dataset throws(PlanError) in try book.split(dataset) },
        shots: { dataset throws(PlanError) in try book.shots(dataset) }))
    splits = book.opened
    digests = PluginDigests(catalog, cacheRoot: loaded.config.paths.cacheRoot)
    libraries = Dictionary(
      catalog.entries.compactMap { entry in entry.libraryPath.map { (entry.folder, $0) } },
      uniquingKeysWith: { first, _ in first })
    self.artifactRoot = loaded.config.paths.artifactRoot
    createdAt = loaded.config.run.createdAt.flatMap { secondsSince1970($0) } ?? 0
    resolvedText = loaded.resolvedTOML(sampling: plan.tasks.flatMap(\.sampling))
    self.loaded = loaded
  }

  private static func derivedID() -> String {
    let stamp = Clock.timestamp().filter { $0.isNumber }
    return "run-\(stamp.prefix(8))-\(stamp.dropFirst(8))-\(Clock.wall() / 1_000_000 % 1000)"
  }

  private static func facts(
    _ catalog: PluginCatalog, _ id: String, _ role: PluginRole
  ) throws(PlanError) -> PluginFacts {
    let kind: PluginKind =
      switch role {
      case .evaluator: .evaluator
      case .metric: .metric
      case .backend: .backend
      }
    do throws(PluginError) {
      let entry = try catalog.find(id: id, kind: kind)
      let manifest = entry.manifest
      var modes = manifest.modes.map { mode in
        ModeFacts(
          name: mode.name,
          stages: mode.stages.map { StageFacts(name: $0.name, template: $0.template) })
      }
      // An evaluator that says nothing of modes has one, of one stage.
      if modes.isEmpty {
        modes = [ModeFacts(name: "default", stages: [StageFacts(name: "final", template: nil)])]
      }
      return PluginFacts(
        id: manifest.id, version: manifest.version, folder: entry.folder, modes: modes,
        wantsAllCores: manifest.wantsAllCores)
    } catch { throw PlanError(.plugin, error.description) }
  }
}

/// Opens each split once.
private final class SplitBook {
  private let config: RunConfig
  private(set) var opened: [String: PreparedSplit] = [:]

  init(_ config: RunConfig) { self.config = config }

  func split(_ dataset: DatasetConfig) throws(PlanError) -> (String, DatasetManifest) {
    let path = dataset.path ?? "\(config.paths.dataRoot)/\(dataset.name)/\(dataset.split).jsonl"
    if let known = opened[path] {
      // One file under two names is two datasets.
      var manifest = known.manifest
      manifest.benchmark = dataset.name
      manifest.split = dataset.split
      return (path, manifest)
    }
    do throws(DatasetError) {
      let split = try PreparedSplit.open(
        path: path, benchmark: dataset.name, split: dataset.split,
        cacheRoot: config.paths.cacheRoot)
      opened[path] = split
      return (path, split.manifest)
    } catch { throw PlanError(.configuration, error.description) }
  }

  /// The rows that few-shot examples are taken from.
  ///
  /// From the evaluated split itself one more than is shown: the evaluator leaves out the row that
  /// is asked.
  func shots(_ dataset: DatasetConfig) throws(PlanError) -> (rows: [String], digest: String) {
    guard dataset.shots > 0 else { return ([], "") }
    guard let split = dataset.shotsSplit else {
      throw PlanError(
        .configuration,
        "dataset '\(dataset.slug)' asks for \(dataset.shots) shots but names no split to take them "
          + "from; set datasets.shots_split")
    }
    let isSame = split == dataset.split
    let path =
      isSame && dataset.path != nil
      ? dataset.path ?? "" : "\(config.paths.dataRoot)/\(dataset.name)/\(split).jsonl"
    do throws(DatasetError) {
      let rows = try PreparedSplit.firstRows(of: path, count: dataset.shots + (isSame ? 1 : 0))
      var digest = SHA256()
      digest.update(integer: UInt64(dataset.shots))
      for row in rows { digest.update(field: row) }
      return (rows, digest.finish().hex)
    } catch { throw PlanError(.configuration, error.description) }
  }
}

/// Seconds since 1970 of an RFC 3339 time such as `2026-11-22T16:00:00Z`; nil when it is none.
func secondsSince1970(_ text: String) -> Int? {
  let bytes = Array(text.utf8)
  func number(_ range: Range<Int>) -> Int? {
    guard range.upperBound <= bytes.count else { return nil }
    return Int(String(decoding: bytes[range], as: UTF8.self))
  }
  guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
    let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
  else { return nil }
  // Days from the civil calendar (Howard Hinnant, "chrono-compatible low-level date algorithms").
  let y = month <= 2 ? year - 1 : year
  let era = y / 400
  let yearOfEra = y - era * 400
  let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
  let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  var seconds = days * 86_400 + hour * 3600 + minute * 60 + second
  if let sign = bytes.dropFirst(19).firstIndex(where: { $0 == 0x2b || $0 == 0x2d }),
    let hours = number(sign + 1..<sign + 3), let minutes = number(sign + 4..<sign + 6)
  {
    seconds += (bytes[sign] == 0x2d ? 1 : -1) * (hours * 3600 + minutes * 60)
  }
  return seconds
}
