// A split that a library makes: its own process writes the rows, this one takes count and writes the manifest.
internal import Datasets
internal import Declarations
internal import Glibc
internal import JSONFormat
internal import Model
internal import Posix
internal import Prepare

/// Prepares one split with a compiled plugin.
struct CompiledPreparation {
  let plugin: DatasetPlugin
  let split: String
  let context: DatasetPrepareContext
  let access: DatasetAccess
  let badRowLimit: Int

  /// Makes the prepared file, its manifest and its index; whoever calls holds the split's lock.
  func run() throws(DatasetError) -> DatasetManifest {
    let declaration = plugin.declaration
    let name = "dataset \(declaration.benchmark)_\(split)"
    guard let declared = declaration.split(split) else {
      let known = declaration.splits.map(\.split).joined(separator: ", ")
      throw DatasetError("\(name): there is no such split; there are: \(known)")
    }
    let path = context.path(benchmark: declaration.benchmark, split: split)
    let draft = "\(path).draft"
    defer { unlink(draft) }
    let said = try answer(
      access.prepare(
        DatasetAccess.CompiledRequest(
          folder: plugin.folder, split: split, cacheRoot: context.cacheRoot, outputPath: draft,
          cacheFolder: SourceFetch.folder(of: declared))), name)
    // Every line is checked here: a library's word for it is not enough.
    let made = try CheckedRows(draft: draft, name: name)
    if let expected = declared.rows, expected != made.rows {
      throw DatasetError("\(name): \(made.rows) rows, where plugin.toml says \(expected)")
    }
    let urls = (said["source_urls"]?.elements ?? []).compactMap(\.string)
    var counts = Provenance.Counts()
    counts.bad = Int(said["bad_rows"]?.integer ?? 0)
    guard counts.bad <= badRowLimit else {
      throw DatasetError(
        "\(name): \(counts.bad) bad rows, \(badRowLimit) allowed; allow them with max_bad_rows")
    }
    counts.filtered = Int(said["filtered_rows"]?.integer ?? 0)
    counts.repaired = Int(said["repaired_rows"]?.integer ?? 0)
    let provenance = Provenance(
      licence: plugin.licence, urls: urls, sourceChecksum: said["source_checksum"]?.string ?? "",
      isPinned: said["pinned"]?.bool ?? false, counts: counts, pluginID: plugin.id,
      pluginVersion: plugin.version, hostVersion: context.hostVersion)
    let manifest = DatasetManifest(
      benchmark: declaration.benchmark, split: split, sourceDataset: declared.source,
      sourceSplit: declared.sourceSplit,
      revision: said["revision"]?.string ?? declared.revision,
      checksum: "sha256:\(made.digest)", rowCount: made.rows, provenance: provenance.json)
    try PlacedSplit(path: path, name: name).place(
      draft: draft, digest: made.digest, rows: made.rows, blocks: made.blocks,
      manifest: ManifestFile.bytes(manifest, provenance, badRows: []))
    return manifest
  }

  private func answer(_ bytes: [UInt8], _ name: String) throws(DatasetError) -> JSONValue {
    do throws(JSONError) { return try JSONValue.parse(bytes) } catch {
      throw DatasetError("\(name): plugin '\(plugin.id)' gave a manifest that is no JSON: \(error)")
    }
  }
}

/// A draft that was read through and found to be one JSON object a line.
private struct CheckedRows {
  var rows = 0
  var blocks: [UInt64] = [0]
  var digest: String

  private static let longestRow = 256 << 20

  init(draft: String, name: String) throws(DatasetError) {
    var sum = SHA256()
    var offset = 0
    var held: [UInt8] = []
    do throws(PosixError) {
      let file = try Descriptor.readingRegularFile(draft)
      while true {
        let bytes = try file.read(count: 1 << 20, at: offset)
        if bytes.isEmpty { break }
        sum.update(bytes)
        held += bytes
        guard held.count <= Self.longestRow else {
          throw PosixError(call: "row \(rows + 1) over 256 MiB", subject: draft, code: EINVAL)
        }
        offset += bytes.count
        var start = 0
        while let end = held[start...].firstIndex(of: 0x0a) {
          rows += 1
          guard Self.isObject(Array(held[start..<end])) else {
            throw PosixError(call: "row \(rows)", subject: draft, code: EINVAL)
          }
          start = end + 1
          if rows % PreparedSplit.blockRows == 0 {
            blocks.append(UInt64(offset - held.count + start))
          }
        }
        held.removeSubrange(..<start)
      }
      guard held.isEmpty, rows > 0 else {
        throw PosixError(call: "last row", subject: draft, code: EINVAL)
      }
      try file.synchronise()
    } catch {
      throw DatasetError(
        error.code == EINVAL
          ? "\(name): the plugin wrote no JSON object: \(error.call)" : "\(name): \(error)")
    }
    if blocks.last != UInt64(offset) { blocks.append(UInt64(offset)) }
    digest = sum.finish().hex
  }

  private static func isObject(_ line: [UInt8]) -> Bool {
    do throws(JSONError) {
      return try JSON.read(line) { cursor throws(JSONError) in
        let kind = try cursor.peekKind()
        try cursor.skip()
        return kind == .object
      }
    } catch { return false }
  }
}
