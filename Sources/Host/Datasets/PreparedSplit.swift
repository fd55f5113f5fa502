// A prepared split on disk: one JSON object a line. Counts and hashes the file once and remembers where its
// lines lie, so that a worker reads just the rows of its lease.
internal import Glibc
internal import JSONFormat
package import Model
package import Posix

/// A prepared split cannot be used.
package struct DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
  package var description: String

  /// Carries one line: what, where, what to do.
  package init(_ description: String) { self.description = description }
}

/// A prepared file that was read through once.
package struct PreparedSplit: Equatable, Sendable {
  /// Rows between two remembered places.
  package static let blockRows = 64

  package var path: String
  package var manifest: DatasetManifest
  /// Place of every 64th row, and at the end the size of the file.
  package var blocks: [UInt64]
  /// What the file was when it was read through; a worker that finds another one stops.
  package var stamp: FileStamp

  /// The stretch of the file that holds rows `first ..< first + count`.
  package func stretch(
    first: Int, count: Int
  ) -> (offset: UInt64, end: UInt64, skippedRows: Int) {
    let block = first / Self.blockRows
    let last = (first + count + Self.blockRows - 1) / Self.blockRows
    return (blocks[block], blocks[min(last, blocks.count - 1)], first % Self.blockRows)
  }
}

extension PreparedSplit {
  /// Opens a prepared split: counts its lines and takes its checksum.
  ///
  /// The checksum of a file that has not changed since it was last hashed comes from its index or `cacheRoot`.
  /// A manifest beside the file, `<split>.manifest.json`, says where the split came from; where its
  /// checksum or row count is not the file's, the file is refused.
  package static func open(
    path: String, benchmark: String, split: String, cacheRoot: String?
  ) throws(DatasetError) -> PreparedSplit {
    let scan: FileScan
    do throws(PosixError) {
      scan = try FileScan.of(path, cacheRoot: cacheRoot)
    } catch {
      let advice =
        error.isMissing
        ? "; prepare it, or set datasets.path to a JSONL file" : ""
      let named = PosixError(
        call: error.call, subject: error.subject.isEmpty ? path : error.subject, code: error.code)
      throw DatasetError("dataset \(benchmark)_\(split): \(named)\(advice)")
    }
    guard scan.rows > 0 else {
      throw DatasetError("dataset \(benchmark)_\(split): \(path) is empty")
    }
    guard scan.rows <= Int(SampleIndex.limit) else {
      throw DatasetError("dataset \(benchmark)_\(split): \(path) has over 2^31 rows")
    }
    let checksum = "sha256:\(scan.digest)"
    var manifest = DatasetManifest(
      benchmark: benchmark, split: split, sourceDataset: fileName(path), sourceSplit: split,
      revision: "", checksum: checksum, rowCount: scan.rows)
    if let beside = try ManifestFile.read(besides: path) {
      guard beside.checksum == checksum else {
        throw DatasetError(
          "dataset \(benchmark)_\(split): \(path) has checksum \(checksum), its manifest says "
            + "\(beside.checksum); prepare it again, or remove the manifest")
      }
      guard beside.rowCount == scan.rows else {
        throw DatasetError(
          "dataset \(benchmark)_\(split): \(path) has \(scan.rows) rows, its manifest says "
            + "\(beside.rowCount); prepare it again")
      }
      manifest.sourceDataset = beside.sourceDataset
      manifest.sourceSplit = beside.sourceSplit
      manifest.revision = beside.revision
      manifest.provenance = beside.provenance
    }
    return PreparedSplit(path: path, manifest: manifest, blocks: scan.blocks, stamp: scan.stamp)
  }

  /// One row of the split as it stands in the file, without its line end.
  package func row(_ sample: Int) throws(DatasetError) -> String {
    let place = stretch(first: sample, count: 1)
    do throws(PosixError) {
      let bytes = try Descriptor.reading(path).read(
        count: Int(place.end - place.offset), at: Int(place.offset))
      let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
      guard place.skippedRows < lines.count else {
        throw PosixError(call: "read", subject: path, code: EIO)
      }
      return try Self.text(lines[place.skippedRows], path)
    } catch { throw DatasetError("\(error)") }
  }

  /// The first rows of a split, for few-shot examples: always the same ones, in file order.
  package static func firstRows(
    of path: String, count: Int
  ) throws(DatasetError) -> [String] {
    do throws(PosixError) {
      let file = try Descriptor.reading(path)
      var rows: [String] = []
      var held: [UInt8] = []
      var offset = 0
      while rows.count < count {
        let bytes = try file.read(count: 1 << 16, at: offset)
        offset += bytes.count
        held += bytes
        while rows.count < count, let end = held.firstIndex(of: 0x0a) {
          rows.append(try text(held[..<end], path))
          held.removeSubrange(...end)
        }
        if bytes.isEmpty {
          if !held.isEmpty, rows.count < count {
            rows.append(try text(held[...], path))
          }
          break
        }
      }
      guard rows.count == count else {
        throw PosixError(call: "read", subject: path, code: 0)
      }
      return try validated(rows, path)
    } catch {
      throw DatasetError(
        error.code == 0
          ? "few-shot examples: \(path) has fewer than \(count) rows; lower datasets.shots"
          : "few-shot examples: \(error)")
    }
  }

  private static func text(
    _ bytes: ArraySlice<UInt8>, _ path: String
  ) throws(PosixError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw PosixError(call: "UTF-8 in", subject: path, code: EILSEQ)
    }
    return text
  }

  private static func validated(
    _ rows: [String], _ path: String
  ) throws(PosixError) -> [String] {
    for row in rows {
      do { try JSON.validate(Array(row.utf8)) } catch {
        throw PosixError(call: "JSON in", subject: path, code: EINVAL)
      }
    }
    return rows
  }

  private static func fileName(_ path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }
}
