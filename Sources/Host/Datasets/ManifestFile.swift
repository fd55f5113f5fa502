// `<split>.manifest.json` beside a prepared split.
internal import JSONFormat
package import Model
internal import Posix

/// How a prepared file was made: what its manifest says beyond where it came from.
package struct Provenance: Equatable, Sendable {
  /// Rows that became none of the prepared file.
  package struct Counts: Equatable, Sendable {
    /// Faulty ones.
    package var bad = 0
    /// Those that the declaration drops.
    package var filtered = 0
    /// Those in which a known fault was mended; they are in the prepared file.
    package var repaired = 0

    /// Nothing yet.
    package init() {}
  }

  /// The licence of the data, as the plugin has it.
  package var licence: String
  /// The places that were read, in their order.
  package var urls: [String]
  /// `sha256:` and hex of the source: of its one file, or of the digests of its files in their order.
  package var sourceChecksum: String
  /// Whether every file of the source is pinned by its SHA-256 or by the source's own commit.
  package var isPinned: Bool
  package var counts: Counts
  /// The plugin that made it.
  package var pluginID: String
  package var pluginVersion: String
  package var hostVersion: String

  /// Joins the parts.
  package init(
    licence: String, urls: [String], sourceChecksum: String, isPinned: Bool, counts: Counts,
    pluginID: String, pluginVersion: String, hostVersion: String
  ) {
    self.licence = licence
    self.urls = urls
    self.sourceChecksum = sourceChecksum
    self.isPinned = isPinned
    self.counts = counts
    self.pluginID = pluginID
    self.pluginVersion = pluginVersion
    self.hostVersion = hostVersion
  }

  /// The parts that scores carry, as a JSON object.
  package var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    write(to: &writer)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  fileprivate func write(to writer: inout JSONWriter) {
    writer.key("licence")
    writer.string(licence)
    writer.key("source_urls")
    writer.beginArray()
    // A set of many files is told by its first ones: this travels with every score.
    for url in urls.prefix(8) { writer.string(url) }
    writer.endArray()
    writer.key("source_files")
    writer.integer(urls.count)
    writer.key("source_checksum")
    writer.string(sourceChecksum)
    writer.key("pinned")
    writer.bool(isPinned)
    writer.key("bad_rows")
    writer.integer(counts.bad)
    writer.key("filtered_rows")
    writer.integer(counts.filtered)
    writer.key("repaired_rows")
    writer.integer(counts.repaired)
    writer.key("plugin")
    writer.beginObject()
    writer.key("id")
    writer.string(pluginID)
    writer.key("version")
    writer.string(pluginVersion)
    writer.endObject()
    writer.key("host_version")
    writer.string(hostVersion)
  }
}

/// A row that could not be prepared, as the manifest lists it.
package struct ListedBadRow: Equatable, Sendable {
  /// The source's file.
  package var file: String
  /// Where the row begins in it, from 1.
  package var line: Int
  package var reason: String

  /// Lists one row.
  package init(file: String, line: Int, reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }
}

/// The manifest beside a prepared file.
package enum ManifestFile {
  /// Bad rows that a manifest lists; all are counted.
  package static let listedBadRows = 1000

  /// The manifest's path for a prepared file `….jsonl`.
  package static func path(besides path: String) -> String {
    "\(path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path).manifest.json"
  }

  /// Reads the manifest of a prepared file, nil when there is none.
  package static func read(besides path: String) throws(DatasetError) -> DatasetManifest? {
    guard let (value, place) = try value(besides: path) else { return nil }
    guard let checksum = value["checksum"]?.string, let rows = value["row_count"]?.integer else {
      throw DatasetError("\(place): 'checksum' and 'row_count' are needed; prepare the split again")
    }
    return DatasetManifest(
      benchmark: value["benchmark"]?.string ?? "", split: value["split"]?.string ?? "",
      sourceDataset: value["source_dataset"]?.string ?? "",
      sourceSplit: value["source_split"]?.string ?? "",
      revision: value["revision"]?.string ?? "", checksum: checksum, rowCount: Int(rows),
      provenance: provenance(in: value))
  }

  /// The rows that could not be prepared, as far as the manifest lists them.
  package static func badRows(besides path: String) throws(DatasetError) -> [ListedBadRow] {
    guard let (value, _) = try value(besides: path) else { return [] }
    return (value["bad_row_list"]?.elements ?? []).map { row in
      ListedBadRow(
        file: row["file"]?.string ?? "", line: Int(row["line"]?.integer ?? 0),
        reason: row["reason"]?.string ?? "")
    }
  }

  /// Id and version of the plugin that made a prepared file; nil when its manifest names none.
  package static func plugin(
    besides path: String
  ) throws(DatasetError) -> (id: String, version: String)? {
    guard let plugin = try value(besides: path)?.0["plugin"], let id = plugin["id"]?.string else {
      return nil
    }
    return (id, plugin["version"]?.string ?? "")
  }

  private static func value(
    besides path: String
  ) throws(DatasetError) -> (JSONValue, place: String)? {
    guard path.hasSuffix(".jsonl") else { return nil }
    let place = self.path(besides: path)
    let bytes: [UInt8]?
    do throws(PosixError) { bytes = try Files.readIfPresent(place) } catch {
      throw DatasetError("\(error)")
    }
    guard let bytes else { return nil }
    do { return (try JSONValue.parse(bytes), place) } catch {
      throw DatasetError("\(place): \(error)")
    }
  }

  private static let provenanceKeys = [
    "licence", "source_urls", "source_files", "source_checksum", "pinned", "bad_rows",
    "filtered_rows", "repaired_rows", "plugin", "host_version", "bad_row_list",
  ]

  private static func provenance(in value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.beginObject()
    for key in provenanceKeys {
      guard let member = value[key] else { continue }
      writer.key(text: key)
      // What was just read can be written.
      do throws(JSONError) { try writer.value(member) } catch { return "{}" }
    }
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Faulty rows of the source that are not in a prepared split.
  package static func badRowCount(_ manifest: DatasetManifest) -> Int {
    let value = try? JSONValue.parse(Array(manifest.provenance.utf8))
    return Int(value?["bad_rows"]?.integer ?? 0)
  }

  /// What a user should know of a split before its scores are believed, a line each.
  package static func notes(_ manifest: DatasetManifest) -> [String] {
    let name = "dataset \(manifest.benchmark)_\(manifest.split)"
    guard let value = try? JSONValue.parse(Array(manifest.provenance.utf8)) else { return [] }
    var notes: [String] = []
    if value["pinned"]?.bool == false {
      notes.append(
        "\(name): \(manifest.sourceDataset) is not pinned; another day may give other rows")
    }
    if value["plugin"] != nil, manifest.sourceSplit != manifest.split {
      notes.append("\(name): made from the source's split '\(manifest.sourceSplit)'")
    }
    for (key, what) in [("bad_rows", "left out as faulty"), ("repaired_rows", "repaired")] {
      if let count = value[key]?.integer, count > 0 {
        notes.append("\(name): \(count) \(count == 1 ? "row" : "rows") \(what)")
      }
    }
    return notes
  }

  /// The bytes of a manifest: equal for equal preparations.
  package static func bytes(
    _ manifest: DatasetManifest, _ provenance: Provenance, badRows: [ListedBadRow]
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    let texts: KeyValuePairs<StaticString, String> = [
      "benchmark": manifest.benchmark, "split": manifest.split,
      "source_dataset": manifest.sourceDataset, "source_split": manifest.sourceSplit,
      "revision": manifest.revision, "checksum": manifest.checksum,
    ]
    for (key, text) in texts {
      writer.key(key)
      writer.string(text)
    }
    writer.key("row_count")
    writer.integer(manifest.rowCount)
    provenance.write(to: &writer)
    if !badRows.isEmpty {
      writer.key("bad_row_list")
      writer.beginArray()
      for row in badRows.prefix(listedBadRows) {
        writer.beginObject()
        writer.key("file")
        writer.string(row.file)
        writer.key("line")
        writer.integer(row.line)
        writer.key("reason")
        writer.string(row.reason)
        writer.endObject()
      }
      writer.endArray()
    }
    writer.endObject()
    writer.endLine()
    return writer.bytes
  }
}
