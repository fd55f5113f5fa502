// Everything a run is started with, read and checked.
internal import Config
internal import DatasetService
internal import Datasets
internal import Prepare
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

  /// Reads a configuration file and prepares the splits that are missing.
  init(_ request: RunRequest, _ view: ProgressView) throws {
    let bytes: [UInt8]
    do throws(PosixError) { bytes = try Files.read(request.configFile) } catch {
      throw PlanError(
        .configuration, "configuration \(error); give an existing file with --config")
    }
    var overrides: [ConfigOverride] = []
    for text in request.overrides { overrides.append(try ConfigOverride(parsing: text)) }
    let loaded = try LoadedConfig(parsing: bytes, file: request.configFile, overrides: overrides)
    try self.init(
      loaded, pluginsFolder: request.pluginsFolder, artifactRoot: request.artifactRoot
    ) { config, catalog in
      try Self.checkNotRunning(config)
      let service = DatasetService(
        catalog: catalog,
        context: DatasetPrepareContext(
          dataRoot: config.paths.dataRoot, cacheRoot: config.paths.cacheRoot,
          artifactRoot: config.paths.artifactRoot, hostVersion: request.hostVersion),
        access: request.datasets, report: { view.report($0) })
      return SplitBook(config, service, isDryRun: request.isDryRun)
    }
  }

  /// Reads the configuration that is kept with a stored run.
  init(_ request: RejudgeRequest, stored: StoredRunPlan) throws {
    let loaded = try LoadedConfig(
      parsing: Array(stored.configText.utf8), file: "run '\(request.runID)'", overrides: [])
    try self.init(
      loaded, pluginsFolder: request.pluginsFolder, artifactRoot: request.artifactRoot
    ) { config, _ in SplitBook(config, nil, isDryRun: false) }
  }

  private init(
    _ given: LoadedConfig, pluginsFolder: String, artifactRoot: String?,
    book: (RunConfig, PluginCatalog) throws -> SplitBook
  ) throws {
    var loaded = given
    let runID = loaded.config.run.id ?? Self.derivedID()
    loaded.config.run.id = runID
    if let artifactRoot { loaded.config.paths.artifactRoot = artifactRoot }
    let catalog = try PluginCatalog.discover(folder: pluginsFolder)
    let book = try book(loaded.config, catalog)
    loaded.config.datasets = loaded.config.datasets.map(book.filled)
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

  /// A run that is going on keeps its splits: a second start must not replace them before it is refused.
  private static func checkNotRunning(_ config: RunConfig) throws {
    guard config.datasets.contains(where: { $0.prepare == .force }), let id = config.run.id else {
      return
    }
    let lock = "\(config.paths.artifactRoot)/runs/\(id)/lock"
    guard Files.exists(lock), case .held(let pid) = try RecordLock.take(lock) else { return }
    throw PlanError(
      .configuration,
      "run '\(id)' is already running (process \(pid)); wait for it or stop it with `evalhost stop --run "
        + "\(id)`")
  }

  /// What a user should know of the splits, each line once.
  var notes: [String] {
    var notes: [String] = []
    for note in plan.tasks.flatMap({ ManifestFile.notes($0.manifest) }) where !notes.contains(note)
    {
      notes.append(note)
    }
    return notes
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
