// `<split>.manifest.json` beside a prepared split.
internal import JSONFormat
package import Model
internal import Posix

/// The manifest beside a prepared file.
package enum ManifestFile {
  /// Reads the manifest of a prepared file, nil when there is none.
  package static func read(besides path: String) throws(DatasetError) -> DatasetManifest? {
    guard path.hasSuffix(".jsonl") else { return nil }
    let place = "\(path.dropLast(6)).manifest.json"
    let bytes: [UInt8]?
    do throws(PosixError) { bytes = try Files.readIfPresent(place) } catch {
      throw DatasetError("\(error)")
    }
    guard let bytes else { return nil }
    let value: JSONValue
    do { value = try JSONValue.parse(bytes) } catch { throw DatasetError("\(place): \(error)") }
    guard let checksum = value["checksum"]?.string, let rows = value["row_count"]?.integer else {
      throw DatasetError("\(place): 'checksum' and 'row_count' are needed; prepare the split again")
    }
    return DatasetManifest(
      benchmark: value["benchmark"]?.string ?? "", split: value["split"]?.string ?? "",
      sourceDataset: value["source_dataset"]?.string ?? "",
      sourceSplit: value["source_split"]?.string ?? "",
      revision: value["revision"]?.string ?? "", checksum: checksum, rowCount: Int(rows))
  }
}
