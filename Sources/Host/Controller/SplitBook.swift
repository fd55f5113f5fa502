// The splits of a configuration: prepared where they are missing, opened once each.
internal import Config
internal import DatasetService
internal import Declarations
internal import Datasets
internal import Model
internal import Plan
internal import PluginHost
internal import Posix

/// Opens each split once.
final class SplitBook {
  private let config: RunConfig
  /// Nil where a stored run is judged again: its splits must be there.
  private let service: DatasetService?
  private let isDryRun: Bool
  private(set) var opened: [String: PreparedSplit] = [:]

  init(_ config: RunConfig, _ service: DatasetService?, isDryRun: Bool) {
    self.config = config
    self.service = service
    self.isDryRun = isDryRun
  }

  /// A dataset with what its plugin says, every default spelled out.
  func filled(_ dataset: DatasetConfig) -> DatasetConfig {
    var filled = service?.filled(dataset) ?? dataset
    filled.shots = filled.shots
    filled.promptStyle = filled.promptStyle
    filled.metrics = filled.metrics
    return filled
  }

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
      if dataset.path == nil, let service {
        if isDryRun, let declared = declared(dataset, path) { return (path, declared) }
        if !isDryRun {
          try service.ensure(
            dataset.name, dataset.split, prepare: dataset.prepare,
            maxBadRows: dataset.maxBadRows ?? 0)
        }
      }
      let split = try PreparedSplit.open(
        path: path, benchmark: dataset.name, split: dataset.split,
        cacheRoot: config.paths.cacheRoot)
      try checkBadRows(split.manifest, dataset)
      opened[path] = split
      return (path, split.manifest)
    } catch { throw PlanError(.configuration, error.description) }
  }

  /// Refuses a split that was prepared with more bad rows left out than this configuration allows.
  private func checkBadRows(
    _ manifest: DatasetManifest, _ dataset: DatasetConfig
  ) throws(DatasetError) {
    let count = ManifestFile.badRowCount(manifest)
    guard count > dataset.maxBadRows ?? 0 else { return }
    throw DatasetError(
      "dataset \(manifest.benchmark)_\(manifest.split): \(count) bad rows were left out when it was "
        + "prepared, \(dataset.maxBadRows ?? 0) allowed; set datasets.max_bad_rows = \(count), or mend "
        + "the source and prepare it again")
  }

  /// What a plugin declares of a split that is not there yet, and that a run would prepare.
  private func declared(_ dataset: DatasetConfig, _ path: String) -> DatasetManifest? {
    guard dataset.prepare != .never, !Files.exists(path),
      let declaration = service?.entry(of: dataset.name)?.manifest.dataset,
      let split = declaration.split(dataset.split)
    else { return nil }
    return DatasetManifest(
      benchmark: dataset.name, split: dataset.split, sourceDataset: split.source,
      sourceSplit: split.sourceSplit, revision: split.revision, checksum: "",
      rowCount: split.rows ?? 0, provenance: split.isPinned ? "pinned" : "{}")
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
    if isDryRun, !Files.exists(path), service?.entry(of: dataset.name) != nil { return ([], "") }
    do throws(DatasetError) {
      if !isSame, let service {
        try service.ensure(
          dataset.name, split, prepare: dataset.prepare == .never ? .never : .auto,
          maxBadRows: dataset.maxBadRows ?? 0)
      }
      // A file that is not what its manifest says gives no examples either.
      if !isSame {
        let opened = try PreparedSplit.open(
          path: path, benchmark: dataset.name, split: split, cacheRoot: config.paths.cacheRoot)
        try checkBadRows(opened.manifest, dataset)
      }
      let rows = try PreparedSplit.firstRows(of: path, count: dataset.shots + (isSame ? 1 : 0))
      var digest = SHA256()
      digest.update(integer: UInt64(dataset.shots))
      for row in rows { digest.update(field: row) }
      return (rows, digest.finish().hex)
    } catch { throw PlanError(.configuration, error.description) }
  }
}
