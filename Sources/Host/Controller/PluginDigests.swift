// SHA-256 of plugin libraries, remembered between runs: hashing several megabytes before the first sample is
// most of what a start costs. A library that changed in any way is hashed again, by the worker that loads it.
internal import Datasets
internal import PluginHost
internal import Posix

/// What is known of the libraries of one run.
struct PluginDigests {
  private struct Library {
    var path: String
    var stamp: FileStamp
    var digest: String?
  }

  private let cacheRoot: String
  private var libraries: [String: Library] = [:]

  /// Looks up every library of a catalog.
  init(_ catalog: PluginCatalog, cacheRoot: String) {
    self.cacheRoot = cacheRoot
    for entry in catalog.entries {
      guard let path = entry.libraryPath, let file = try? Descriptor.readingRegularFile(path),
        let stamp = try? file.stamp()
      else { continue }
      let known = ChecksumCache.digest(of: path, stamp: stamp, cacheRoot: cacheRoot)
      libraries[entry.folder] = Library(path: path, stamp: stamp, digest: known)
    }
  }

  /// The digest of the library in a plugin's folder, empty when it is not known.
  func known(_ folder: String) -> String { libraries[folder]?.digest ?? "" }

  /// A worker has hashed the library: remembered if the file is still the one that was looked at.
  mutating func learn(_ folder: String, _ digest: String) {
    guard let library = libraries[folder], library.digest == nil else { return }
    libraries[folder]?.digest = digest
    guard let file = try? Descriptor.readingRegularFile(library.path),
      let stamp = try? file.stamp(), stamp == library.stamp
    else { return }
    ChecksumCache.remember(digest, of: library.path, stamp: stamp, cacheRoot: cacheRoot)
  }
}
