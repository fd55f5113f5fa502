// Prepared splits and their manifests in one tar archive, which any tar can list and unpack.
package import Datasets
internal import Download
internal import Glibc
internal import Model
internal import Posix
internal import Prepare
internal import Unpack

/// A split in a bundle.
package struct BundledSplit: Equatable, Sendable {
  package var slug: String
  package var rows: Int
  package var checksum: String
  /// Whether an import has put it there; false for one that was there with equal bytes.
  package var isNew = true
}

/// A bundle: a file, and the data root that it is made of or goes to.
package struct DatasetBundle {
  private let dataRoot: String
  private let file: String

  /// Names the two places.
  package init(dataRoot: String, file: String) {
    self.dataRoot = dataRoot
    self.file = file
  }

  private struct Place {
    var benchmark: String
    var split: String
    var slug: String { "\(benchmark)_\(split)" }
    /// Relative to the data root, and to the archive's top.
    var rows: String { "\(benchmark)/\(split).jsonl" }
    var manifest: String { "\(benchmark)/\(split).manifest.json" }
  }

  // MARK: Export

  /// Writes a bundle of the splits of these slugs, or of all that have a manifest.
  ///
  /// Every file is checked against its manifest before it goes in; the bundle appears whole or not at all.
  package func export(slugs: [String]) throws(DatasetError) -> [BundledSplit] {
    var places = try places(under: dataRoot)
    if !slugs.isEmpty {
      for slug in slugs where !places.contains(where: { $0.slug == slug }) {
        throw DatasetError(
          "\(dataRoot) has no prepared split '\(slug)' with a manifest; prepare it first")
      }
      places.removeAll { !slugs.contains($0.slug) }
    }
    guard !places.isEmpty else {
      throw DatasetError("\(dataRoot) has no prepared split with a manifest; prepare one first")
    }
    var splits: [BundledSplit] = []
    for place in places { splits.append(try checked(place, under: dataRoot)) }
    do throws(PosixError) {
      let writer = try TarWriter(file)
      for place in places {
        try writer.add("\(dataRoot)/\(place.manifest)", as: place.manifest)
        try writer.add("\(dataRoot)/\(place.rows)", as: place.rows)
      }
      try writer.finish()
    } catch { throw DatasetError("\(error)\(error.advice)") }
    return splits
  }

  // MARK: Import

  /// Puts the splits of a bundle under the data root.
  ///
  /// Nothing is put there before everything was checked. A split that is there with other bytes is an error, unless
  /// `replacing`.
  package func `import`(replacing: Bool) throws(DatasetError) -> [BundledSplit] {
    // A folder of this import alone; Archive.unpack removes what others left only where it is abandoned.
    let folder = "\(dataRoot)/.bundle-\(getpid())"
    do throws(PosixError) { try Files.makeFolder(dataRoot) } catch {
      throw DatasetError("\(error)\(error.advice)")
    }
    do throws(UnpackError) {
      try Archive.discard(folder)
      _ = try Archive.unpack(file, kind: .tar, into: folder)
    } catch { throw DatasetError("\(error)") }
    defer { try? Archive.discard(folder) }
    let places = try places(under: folder)
    guard !places.isEmpty else { throw DatasetError("\(file) holds no prepared split") }
    var splits: [BundledSplit] = []
    for place in places {
      var split: BundledSplit
      do throws(DatasetError) { split = try checked(place, under: folder) } catch {
        throw DatasetError("\(file) was changed since it was made, nothing of it is used: \(error)")
      }
      split.isNew = try !isThere(place, split, replacing)
      splits.append(split)
    }
    for (place, split) in zip(places, splits) where split.isNew {
      try put(place, split, from: folder)
    }
    return splits
  }

  /// Whether the split is there with equal bytes; throws when it is there with others.
  private func isThere(
    _ place: Place, _ split: BundledSplit, _ replacing: Bool
  ) throws(DatasetError) -> Bool {
    let path = "\(dataRoot)/\(place.rows)"
    guard Files.exists(path) else { return false }
    do throws(PosixError) {
      if "sha256:\(try SHA256.ofFile(path).hex)" == split.checksum {
        // Rows without a word of where they came from: the bundle has it.
        return Files.exists(ManifestFile.path(besides: path))
      }
    } catch { throw DatasetError("\(error)") }
    guard replacing else {
      throw DatasetError(
        "\(path) is there with other bytes than the bundle's; --force replaces it")
    }
    return false
  }

  private func put(
    _ place: Place, _ split: BundledSplit, from folder: String
  ) throws(DatasetError) {
    let opened = try PreparedSplit.open(
      path: "\(folder)/\(place.rows)", benchmark: place.benchmark, split: place.split,
      cacheRoot: nil)
    let manifest: [UInt8]
    do throws(PosixError) {
      try Files.makeFolder("\(dataRoot)/\(place.benchmark)")
      manifest = try Files.read("\(folder)/\(place.manifest)")
    } catch { throw DatasetError("\(error)\(error.advice)") }
    let lock: FileLock
    do throws(DownloadError) {
      lock = try FileLock.take("\(dataRoot)/\(place.benchmark)/.\(place.split).lock")
    } catch { throw DatasetError("\(error)") }
    defer { lock.release() }
    let path = "\(dataRoot)/\(place.rows)"
    if Files.exists(path), !Files.exists(ManifestFile.path(besides: path)) {
      do throws(PosixError) {
        if "sha256:\(try SHA256.ofFile(path).hex)" == split.checksum {
          try Files.replace(ManifestFile.path(besides: path), with: manifest)
          return
        }
      } catch { throw DatasetError("\(error)\(error.advice)") }
    }
    try PlacedSplit(path: path, name: "dataset \(place.slug)").place(
      draft: "\(folder)/\(place.rows)", digest: String(split.checksum.dropFirst(7)),
      rows: split.rows, blocks: opened.blocks, manifest: manifest)
  }

  // MARK: Both

  /// The splits with a manifest under a folder, in the order of their names.
  private func places(under root: String) throws(DatasetError) -> [Place] {
    var places: [Place] = []
    do throws(PosixError) {
      for benchmark in try Files.names(in: root) where !benchmark.hasPrefix(".") {
        guard let names = try? Files.names(in: "\(root)/\(benchmark)") else { continue }
        for name in names where name.hasSuffix(".manifest.json") {
          let split = String(name.dropLast(".manifest.json".count))
          let place = Place(benchmark: benchmark, split: split)
          if Files.exists("\(root)/\(place.rows)") { places.append(place) }
        }
      }
    } catch { throw DatasetError("\(error)") }
    return places
  }

  /// A split whose bytes are those of its manifest.
  private func checked(_ place: Place, under root: String) throws(DatasetError) -> BundledSplit {
    let split = try PreparedSplit.open(
      path: "\(root)/\(place.rows)", benchmark: place.benchmark, split: place.split,
      cacheRoot: nil)
    return BundledSplit(
      slug: place.slug, rows: split.manifest.rowCount, checksum: split.manifest.checksum)
  }
}
