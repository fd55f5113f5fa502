// One split, from its declaration to the prepared file with its manifest and index.
//
//   places -> local files -> rows -> mapping -> draft -> manifest, file, index
package import Datasets
package import Declarations
internal import Glibc
internal import JSONFormat
package import Model
internal import Posix
internal import TableFormats
internal import Unpack

/// Where a preparation reads and writes; nothing else of the machine is looked at.
package struct DatasetPrepareContext: Equatable, Sendable {
  /// The folder of prepared splits.
  package var dataRoot: String
  /// The folder of downloads.
  package var cacheRoot: String
  /// The folder of the store and the runs; nil where there is no run.
  package var artifactRoot: String?
  package var hostVersion: String

  /// Joins the folders.
  package init(dataRoot: String, cacheRoot: String, artifactRoot: String?, hostVersion: String) {
    self.dataRoot = dataRoot
    self.cacheRoot = cacheRoot
    self.artifactRoot = artifactRoot
    self.hostVersion = hostVersion
  }

  /// Where a prepared split lies.
  package func path(benchmark: String, split: String) -> String {
    "\(dataRoot)/\(benchmark)/\(split).jsonl"
  }
}

/// The plugin on whose word a split is prepared.
package struct DatasetPlugin: Equatable, Sendable {
  package var id: String
  package var version: String
  /// The licence of the data.
  package var licence: String
  /// The folder of its plugin.toml.
  package var folder: String
  package var declaration: DatasetDeclaration

  /// Joins what a plugin.toml says.
  package init(
    id: String, version: String, licence: String, folder: String, declaration: DatasetDeclaration
  ) {
    self.id = id
    self.version = version
    self.licence = licence
    self.folder = folder
    self.declaration = declaration
  }
}

/// Prepares one split from a declaration.
package struct Preparation {
  private let plugin: DatasetPlugin
  private let split: SplitDeclaration
  private let mapping: RowMapping
  private let context: DatasetPrepareContext
  private let badRowLimit: Int
  private let fetch: SourceFetch
  private let progress: (Int) -> Void

  /// Describes a preparation.
  ///
  /// - Parameters:
  ///   - plugin: The plugin, which is data alone.
  ///   - split: One of its splits.
  ///   - context: The folders.
  ///   - badRowLimit: How many bad rows are left out before the split is refused.
  ///   - fetch: Gets the source's files.
  ///   - progress: Told the rows written now and then.
  /// - Throws: `DatasetError` for a split that is not declared.
  package init(
    plugin: DatasetPlugin, split: String, context: DatasetPrepareContext, badRowLimit: Int = 0,
    fetch: SourceFetch, progress: @escaping (Int) -> Void = { _ in }
  ) throws(DatasetError) {
    let declaration = plugin.declaration
    guard let found = declaration.split(split) else {
      let known = declaration.splits.map(\.split).joined(separator: ", ")
      throw DatasetError(
        "dataset \(declaration.benchmark) has no split '\(split)'; it has: \(known)")
    }
    guard let mapping = declaration.mapping else {
      throw DatasetError("dataset \(declaration.benchmark): plugin '\(plugin.id)' says no rows")
    }
    self.plugin = plugin
    self.split = found
    self.mapping = mapping
    self.context = context
    self.badRowLimit = badRowLimit
    self.fetch = fetch
    self.progress = progress
  }

  private var name: String { "dataset \(plugin.declaration.benchmark)_\(split.split)" }
  private var path: String {
    context.path(benchmark: plugin.declaration.benchmark, split: split.split)
  }

  /// Makes the prepared file, its manifest and its index; whoever calls holds the split's lock.
  ///
  /// A file that is already there with equal bytes is left as it is. Throws when the source cannot be had or read,
  /// or has more bad rows than are allowed; what was there is then untouched.
  package func run() throws(DatasetError) -> DatasetManifest {
    var files: [LocalFile] = []
    for file in split.files { files.append(try fetch.file(file, of: split)) }
    let draft = "\(path).draft"
    do throws(PosixError) {
      try Files.makeFolder("\(context.dataRoot)/\(plugin.declaration.benchmark)")
    } catch { throw DatasetError("\(name): \(error)\(error.advice)") }
    do throws(DatasetError) {
      let made = try write(files, to: draft)
      return try place(made, files, draft: draft)
    } catch {
      unlink(draft)
      throw error
    }
  }

  private struct Made {
    var digest: String
    var rows: Int
    var blocks: [UInt64]
    var counts: Provenance.Counts
    var badRows: [ListedBadRow]
  }

  private func write(_ files: [LocalFile], to draft: String) throws(DatasetError) -> Made {
    let mapper: RowMapper
    do throws(RowFault) { mapper = try RowMapper(mapping, filters: split.filters) } catch {
      throw DatasetError("\(name): \(error.reason)")
    }
    let writing: SplitWriting
    do throws(PosixError) {
      writing = SplitWriting(
        writer: try PreparedWriter(draft: draft), mapper: mapper, progress: progress)
    } catch { throw DatasetError("\(name): \(error)\(error.advice)") }
    for (file, local) in zip(split.files, files) {
      do throws(SourceError) { try read(file, local, writing) } catch {
        throw DatasetError("\(name): \(local.url): \(error.reason)")
      }
    }
    return try finish(writing)
  }

  private func read(
    _ file: SourceFile, _ local: LocalFile, _ writing: SplitWriting
  ) throws(SourceError) {
    let title = local.url.split(separator: "/").last.map { String($0.prefix { $0 != "?" }) } ?? ""
    // Beside the draft, under the lock of this split: others may unpack the same archive at the same time.
    let unpacked = "\(path).members"
    let parts = try LocalSource.parts(
      of: local.path, name: title, packing: file.packing, unpackedIn: unpacked)
    for part in parts {
      var variables: [String: String] = [:]
      for variable in file.variables { variables["@\(variable.name)"] = variable.value }
      if let member = part.member { variables["@member"] = member }
      writing.begin(
        file: part.name, variables: variables, allowsPythonNumbers: file.allowsPythonNumbers)
      let stream: any ByteStream
      do throws(UnpackError) { stream = try part.open() } catch {
        throw SourceError(reason: error.description)
      }
      try SourceRows(format: file.format).read(stream, to: writing)
    }
    if case .archive = file.packing { try? Archive.discard(unpacked) }
  }

  private func finish(_ writing: SplitWriting) throws(DatasetError) -> Made {
    let rows = writing.writer.rows
    let counts = writing.counts
    if counts.bad > badRowLimit {
      let first = writing.badRows.prefix(3).map { "\($0.file) line \($0.line): \($0.reason)" }
      throw DatasetError(
        "\(name): \(counts.bad) bad \(counts.bad == 1 ? "row" : "rows"), \(badRowLimit) allowed; "
          + first.joined(separator: "; ")
          + "; mend the declaration in \(plugin.folder), or allow them with max_bad_rows")
    }
    guard rows > 0 else {
      throw DatasetError(
        "\(name): its source has no row that is kept (\(counts.filtered) dropped by filters)")
    }
    if let expected = split.rows, expected != rows + counts.bad {
      throw DatasetError(
        "\(name): \(rows + counts.bad) rows, where \(plugin.folder)/plugin.toml says \(expected); has "
          + "the source changed? Pin its revision, or correct 'rows'")
    }
    do throws(PosixError) {
      return Made(
        digest: try writing.writer.finish(), rows: rows, blocks: writing.writer.blocks,
        counts: counts, badRows: writing.badRows)
    } catch { throw DatasetError("\(name): \(error)\(error.advice)") }
  }

  private func place(
    _ made: Made, _ files: [LocalFile], draft: String
  ) throws(DatasetError) -> DatasetManifest {
    let declaration = plugin.declaration
    let provenance = Provenance(
      licence: plugin.licence, urls: files.map(\.url), sourceChecksum: Self.checksum(of: files),
      isPinned: isPinned(files), counts: made.counts, pluginID: plugin.id,
      pluginVersion: plugin.version, hostVersion: context.hostVersion)
    let commits = Set(files.compactMap(\.commit))
    let revision =
      split.revision.isEmpty && commits.count == 1 ? commits.first ?? "" : split.revision
    let manifest = DatasetManifest(
      benchmark: declaration.benchmark, split: split.split, sourceDataset: split.source,
      sourceSplit: split.sourceSplit, revision: revision, checksum: "sha256:\(made.digest)",
      rowCount: made.rows, provenance: provenance.json)
    try PlacedSplit(path: path, name: name).place(
      draft: draft, digest: made.digest, rows: made.rows, blocks: made.blocks,
      manifest: ManifestFile.bytes(manifest, provenance, badRows: made.badRows))
    return manifest
  }

  /// The one file's digest, or that of all files' digests in their order.
  private static func checksum(of files: [LocalFile]) -> String {
    if files.count == 1, let file = files.first { return "sha256:\(file.sha256)" }
    var digest = SHA256()
    for file in files { digest.update(field: file.sha256) }
    return "sha256:\(digest.finish().hex)"
  }

  /// Whether the same bytes will be had again: by digest, by the commit that the source names, or by an address
  /// that holds a whole commit.
  private func isPinned(_ files: [LocalFile]) -> Bool {
    let isCommit = split.hasCommit
    return zip(split.files, files).allSatisfy { file, local in
      if file.sha256 != nil { return true }
      switch file.place {
      case .local: return true
      case .url(let url):
        return isCommit && (url.contains(split.revision) || local.commit == split.revision)
      case .hub: return isCommit && local.commit == split.revision
      }
    }
  }
}

/// Takes rows, maps them and writes them; keeps count of what became of each.
final class SplitWriting: RowTaker {
  let writer: PreparedWriter
  private(set) var counts = Provenance.Counts()
  private(set) var badRows: [ListedBadRow] = []
  private(set) var failure: SourceError?
  private var mapper: RowMapper
  private var row = JSONWriter(capacity: 1 << 12)
  private var file = ""
  private let progress: (Int) -> Void
  private var taken = 0

  private static let rowsOfProgress = 1 << 16

  init(writer: PreparedWriter, mapper: RowMapper, progress: @escaping (Int) -> Void) {
    self.writer = writer
    self.mapper = mapper
    self.progress = progress
  }

  func begin(file: String, variables: [String: String], allowsPythonNumbers: Bool) {
    self.file = file
    mapper.fields.allowsPythonNumbers = allowsPythonNumbers
    mapper.fields.variables = variables
  }

  func take(json: Span<UInt8>, key: String?, line: Int) {
    mapper.fields.variables["@key"] = key
    do throws(RowFault) { try mapper.fields.take(json: json) } catch {
      return note(error, line)
    }
    finish(line)
  }

  func take(record: TableRecord) {
    if let problem = record.problem {
      return note(RowFault(problem.message), record.start.line)
    }
    mapper.fields.take(fields: record.fields)
    finish(record.start.line)
  }

  private func finish(_ line: Int) {
    taken += 1
    if taken % Self.rowsOfProgress == 0 { progress(taken) }
    row.removeAll()
    do throws(RowFault) {
      switch try mapper.write(to: &row) {
      case .filtered: counts.filtered += 1
      case .written(let isRepaired):
        if isRepaired { counts.repaired += 1 }
        let key = try mapper.sortKey()
        do throws(PosixError) { try writer.append(row.bytes, sortedBy: key) } catch {
          failure = SourceError(reason: "\(error)\(error.advice)")
        }
      }
    } catch { note(error, line) }
  }

  private func note(_ fault: RowFault, _ line: Int) {
    counts.bad += 1
    if badRows.count < ManifestFile.listedBadRows {
      badRows.append(ListedBadRow(file: file, line: line, reason: fault.reason))
    }
  }
}
