// The one way to a prepared split: looked for, prepared by whoever has its lock, opened.
package import Config
package import Datasets
internal import Declarations
package import Download
package import Model
package import PluginHost
internal import Posix
package import Prepare

/// Prepares splits of the plugins of a folder.
package final class DatasetService {
  private let catalog: PluginCatalog
  private let context: DatasetPrepareContext
  private let access: DatasetAccess
  private let report: (DatasetReport) -> Void
  private lazy var downloader = Downloader(
    cacheRoot: context.cacheRoot, policy: access.policy,
    progress: { [report] progress in
      if let words = DatasetReport(progress) { report(words) }
    })

  /// A service over a catalog; `report` is told what happens.
  package init(
    catalog: PluginCatalog, context: DatasetPrepareContext, access: DatasetAccess,
    report: @escaping (DatasetReport) -> Void
  ) {
    self.catalog = catalog
    self.context = context
    self.access = access
    self.report = report
  }

  // MARK: What there is

  /// The plugin that offers a benchmark; nil when none does.
  package func entry(of benchmark: String) -> PluginEntry? {
    catalog.datasetEntry(of: benchmark)
  }

  /// A dataset with what its plugin says where the configuration says nothing.
  package func filled(_ dataset: DatasetConfig) -> DatasetConfig {
    guard let entry = entry(of: dataset.name) else { return dataset }
    var filled = dataset
    filled.task = dataset.task.filled(from: entry.manifest.defaults)
    return filled
  }

  /// Where a split lies once it is prepared.
  package func path(_ benchmark: String, _ split: String) -> String {
    context.path(benchmark: benchmark, split: split)
  }

  // MARK: Preparing

  /// Sees to it that a split is there, as far as `prepare` allows.
  ///
  /// Of any number of processes that ask at the same time one does the work and the others wait. Returns the manifest
  /// of what was prepared, nil when nothing had to be done. Throws when it is missing and cannot be made.
  @discardableResult
  package func ensure(
    _ benchmark: String, _ split: String, prepare: DatasetConfig.Prepare, maxBadRows: Int = 0
  ) throws(DatasetError) -> DatasetManifest? {
    let path = path(benchmark, split)
    if prepare == .never || (prepare == .auto && Files.exists(path)) {
      noteOlder(benchmark, split)
      return nil
    }
    guard let entry = entry(of: benchmark) else {
      // Whoever opens the split says that it is missing.
      if prepare == .auto { return nil }
      throw DatasetError(
        "dataset \(benchmark)_\(split): no plugin in \(catalog.folder) offers '\(benchmark)', so it "
          + "cannot be prepared; add one, or set prepare = \"auto\"")
    }
    let folder = "\(context.dataRoot)/\(benchmark)"
    let lock: FileLock
    do throws(PosixError) { try Files.makeFolder(folder) } catch {
      throw DatasetError("dataset \(benchmark)_\(split): \(error)\(error.advice)")
    }
    do throws(DownloadError) {
      lock = try FileLock.take("\(folder)/.\(split).lock") { [report] in
        report(.line("dataset \(benchmark)_\(split): another process prepares it; waiting"))
      }
    } catch { throw DatasetError("dataset \(benchmark)_\(split): \(error)") }
    defer { lock.release() }
    if prepare == .auto, Files.exists(path) { return nil }
    return try make(entry, benchmark, split, maxBadRows, isFresh: prepare == .force)
  }

  private func make(
    _ entry: PluginEntry, _ benchmark: String, _ split: String, _ maxBadRows: Int, isFresh: Bool
  ) throws(DatasetError) -> DatasetManifest {
    guard let declaration = entry.manifest.dataset else {
      throw DatasetError(
        "dataset \(benchmark)_\(split): \(entry.manifestPath) has no [dataset] table")
    }
    let plugin = DatasetPlugin(
      id: entry.manifest.id, version: entry.manifest.version, licence: entry.manifest.license,
      folder: entry.folder, declaration: declaration)
    let fetch = SourceFetch { [self] file, split, folder throws(DatasetError) in
      try local(file, split, folder, entry, isFresh: isFresh)
    }
    let name = "\(benchmark)_\(split)"
    let manifest: DatasetManifest
    if declaration.mapping == nil {
      manifest = try CompiledPreparation(
        plugin: plugin, split: split, context: context, access: access, badRowLimit: maxBadRows
      ).run()
    } else {
      manifest = try Preparation(
        plugin: plugin, split: split, context: context, badRowLimit: maxBadRows, fetch: fetch,
        progress: { [report] rows in report(.passing("dataset \(name): \(rows) rows")) }
      ).run()
    }
    report(.line("dataset \(name): \(manifest.rowCount) rows prepared"))
    return manifest
  }

  /// Says that a split was made by another version of its plugin.
  private func noteOlder(_ benchmark: String, _ split: String) {
    guard let entry = entry(of: benchmark),
      let made = try? ManifestFile.plugin(besides: path(benchmark, split)),
      made.id == entry.manifest.id, made.version != entry.manifest.version
    else { return }
    report(
      .line(
        "dataset \(benchmark)_\(split): prepared by \(made.id) \(made.version), the plugin is now "
          + "\(entry.manifest.version); `evalhost datasets prepare --force` makes it anew"))
  }

  // MARK: Places

  private func local(
    _ file: SourceFile, _ split: SplitDeclaration, _ folder: String, _ entry: PluginEntry,
    isFresh: Bool
  ) throws(DatasetError) -> LocalFile {
    do throws(DownloadError) {
      switch file.place {
      case .local(let name): return try Self.beside(entry, name, file.sha256)
      case .url(let url):
        let got = try downloader.fetch(
          RemoteFile(
            url: url, sha256: file.sha256, folder: folder, name: try Self.cacheName(of: url),
            isFresh: isFresh))
        // A query may hold a key, and this travels with every score.
        let shown = String(url.prefix { $0 != "?" })
        return LocalFile(path: got.path, sha256: got.sha256, url: shown, commit: got.commit)
      case .hub(let dataset, let config, let sourceSplit):
        let got = try downloader.fetchRows(
          HubRows(
            dataset: dataset, config: config, split: sourceSplit,
            revision: split.revision.isEmpty ? nil : split.revision, folder: folder,
            columns: entry.manifest.dataset?.mapping?.neededFields(with: split.filters),
            isFresh: isFresh))
        return LocalFile(path: got.path, sha256: got.sha256, url: got.url, commit: got.commit)
      }
    } catch {
      let gate = entry.manifest.dataset?.gated.map { "; \($0)" } ?? ""
      throw DatasetError(
        "dataset \(entry.manifest.dataset?.benchmark ?? entry.manifest.id)_\(split.split): \(error)"
          + (error.kind == .gated ? gate : ""))
    }
  }

  /// A file beside the plugin.toml.
  private static func beside(
    _ entry: PluginEntry, _ name: String, _ sha256: String?
  ) throws(DownloadError) -> LocalFile {
    let path = "\(entry.folder)/\(name)"
    let digest: String
    do throws(PosixError) { digest = try SHA256.ofFile(path).hex } catch {
      throw DownloadError(disk: error, at: path)
    }
    guard sha256 == nil || sha256 == digest else {
      throw DownloadError(
        .checksum, at: path, "its sha256 is \(digest), not \(sha256 ?? "")",
        advice: "put the right file there, or correct plugin.toml")
    }
    return LocalFile(path: path, sha256: digest, url: name)
  }

  /// A file name that two addresses share only if their digests do: the address's last part behind its digest.
  package static func cacheName(of url: String) throws(DownloadError) -> String {
    var digest = SHA256()
    digest.update(field: url)
    let path = url.prefix { $0 != "?" }
    let last = path.split(separator: "/").last.map(String.init) ?? "file"
    return "\(digest.finish().hex.prefix(8))-\(try safeName(last))"
  }
}

extension PluginCatalog {
  /// The dataset plugin of a benchmark: by the name it declares, else by its id.
  package func datasetEntry(of benchmark: String) -> PluginEntry? {
    entries.first {
      $0.manifest.kinds.contains(.dataset)
        && ($0.manifest.dataset?.benchmark ?? $0.manifest.id) == benchmark
    }
  }
}
