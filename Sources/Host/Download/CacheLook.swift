// Whether what lies in the cache is what is wanted.
internal import Posix

/// What a cached file must be.
struct Wanted {
  var origin: Origin
  /// Lower-case hexadecimal; nil when it is not pinned.
  var sha256: String?
  /// The commit that rows must be of.
  var revision: String?
}

/// What was found in the cache.
enum CacheLook: Equatable {
  case absent
  /// The file is what is wanted.
  case valid(Sidecar)
  /// There is a file, but not the wanted one; why not.
  case unfit(String)

  /// Believes the stamps alone: nil when they do not say enough.
  static func quick(_ place: CachePlace, _ wanted: Wanted) throws(DownloadError) -> Sidecar? {
    guard Files.exists(place.file), let sidecar = try Sidecar.read(place) else { return nil }
    let stamp = try Self.stamp(place)
    return stamp == sidecar.stamp && misfit(sidecar, wanted) == nil ? sidecar : nil
  }

  /// Reads the whole file where the stamps have changed, as they do when a cache is copied.
  static func thorough(_ place: CachePlace, _ wanted: Wanted) throws(DownloadError) -> CacheLook {
    guard Files.exists(place.file) else { return .absent }
    let stamp = try Self.stamp(place)
    let known = try Sidecar.read(place)
    if let known, known.stamp == stamp {
      return misfit(known, wanted).map { .unfit($0) } ?? .valid(known)
    }
    let sha256 = try onDisk(place.file) { () throws(PosixError) in
      try SHA256.ofFile(place.file).hex
    }
    if var known, known.sha256 == sha256 {
      known.stamp = stamp
      return misfit(known, wanted).map { .unfit($0) } ?? .valid(known)
    }
    // The pin alone is enough to know the file by, for example when a process died before it wrote the sidecar.
    if sha256 == wanted.sha256 {
      return .valid(
        Sidecar(note: PartialNote(origin: wanted.origin), sha256: sha256, stamp: stamp))
    }
    if known == nil {
      return .unfit("nothing says where it came from" + (wanted.sha256 == nil ? "" : mismatch))
    }
    return .unfit("it was changed since it was downloaded")
  }

  private static let mismatch = ", and its checksum is not the pinned one"

  private static func stamp(_ place: CachePlace) throws(DownloadError) -> FileStamp {
    try onDisk(place.file) { () throws(PosixError) in
      try Descriptor.readingRegularFile(place.file).stamp()
    }
  }

  /// Why a file that is as it was downloaded is not the wanted one; nil when it is.
  private static func misfit(_ sidecar: Sidecar, _ wanted: Wanted) -> String? {
    if let pin = wanted.sha256 {
      return pin == sidecar.sha256 ? nil : "its checksum is not the pinned one"
    }
    if sidecar.note.origin != wanted.origin {
      return "it was downloaded from another address, \(sidecar.note.origin.url)"
    }
    if let revision = wanted.revision, revision != sidecar.note.commit {
      return "it is of the commit \(sidecar.note.commit ?? "that nobody noted") and not \(revision)"
    }
    return nil
  }
}
