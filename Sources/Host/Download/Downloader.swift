// Gives a file from the cache, and fetches it into the cache where it is missing.
internal import Posix

/// Fetches files for the preparation of datasets.
///
/// Owned by one thread (not `Sendable`). Any number of them, in any number of processes, may ask for the same
/// file at once: one does the work, the others wait for it.
package final class Downloader {
  let cacheRoot: String
  let policy: DownloadPolicy
  let progress: (DownloadProgress) -> Void
  let transport: Transport

  /// A downloader without connections yet; `progress` is called on the caller's thread.
  package init(
    cacheRoot: String, policy: DownloadPolicy = DownloadPolicy(),
    progress: @escaping (DownloadProgress) -> Void = { _ in }
  ) {
    self.cacheRoot = cacheRoot
    self.policy = policy
    self.progress = progress
    transport = Transport(policy)
  }

  /// The file from the cache, fetched before if it is not there whole and as pinned.
  package func fetch(_ file: RemoteFile) throws(DownloadError) -> DownloadedFile {
    let place = try CachePlace(cacheRoot: cacheRoot, folder: file.folder, name: file.name)
    let pin = try file.sha256.map { pin throws(DownloadError) in try checkedPin(pin, of: file) }
    let sources = try policy.sources(of: file.url)
    let wanted = Wanted(origin: Origin(file.url), sha256: pin)
    let isFresh = file.isFresh && pin == nil
    return try obtain(place, wanted, url: file.url, isFresh: isFresh) { () throws(DownloadError) in
      try download(sources, to: place, wanted)
    }
  }

  /// The cached file, or what `work` makes of it while nobody else works on it.
  func obtain(
    _ place: CachePlace, _ wanted: Wanted, url: String, isFresh: Bool,
    _ work: () throws(DownloadError) -> Sidecar
  ) throws(DownloadError) -> DownloadedFile {
    func file(_ sidecar: Sidecar, wasCached: Bool) -> DownloadedFile {
      DownloadedFile(
        path: place.file, sha256: sidecar.sha256, size: sidecar.stamp.size, url: url,
        servedBy: sidecar.note.servedBy ?? "", commit: sidecar.note.commit, wasCached: wasCached)
    }
    // Offline what is there must do, however old.
    let isFresh = isFresh && !policy.isOffline
    if !isFresh, let sidecar = try CacheLook.quick(place, wanted) {
      return file(sidecar, wasCached: true)
    }
    // Without a lock: this cache is another's, and its stamps are not of this machine.
    if policy.isOffline || (!isFresh && Files.exists(place.file) && !Files.isWritable(place.folder))
    {
      let look = try CacheLook.thorough(place, wanted)
      if case .valid(let sidecar) = look { return file(sidecar, wasCached: true) }
      if policy.isOffline { throw offline(look, place, wanted) }
    }
    try onDisk(place.folder) { () throws(PosixError) in try Files.makeFolder(place.folder) }
    let lock = try FileLock.take(place.lock) { progress(.waiting(for: place.file)) }
    defer { lock.release() }
    if isFresh {
      let sidecar = try work()
      progress(.finished)
      return file(sidecar, wasCached: false)
    }
    // What was waited for is there now.
    if let sidecar = try CacheLook.quick(place, wanted) { return file(sidecar, wasCached: true) }
    switch try CacheLook.thorough(place, wanted) {
    case .valid(let sidecar):
      try sidecar.write(place)
      return file(sidecar, wasCached: true)
    case .absent: break
    case .unfit(let why):
      progress(.warning("\(place.file): \(why); it is fetched again"))
    }
    let sidecar = try work()
    progress(.finished)
    return file(sidecar, wasCached: false)
  }

  /// Why nothing can be had without the network.
  private func offline(_ look: CacheLook, _ place: CachePlace, _ wanted: Wanted) -> DownloadError {
    let found =
      if case .unfit(let why) = look { "\(place.file) cannot be used (\(why))" } else {
        "there is no \(place.file)"
      }
    return DownloadError(
      .offline, at: wanted.origin.url, "\(found), and the network must not be used (offline)",
      advice: "run once online, or bring the files with `evalhost datasets bundle import`")
  }

  /// The pin in small letters.
  private func checkedPin(_ pin: String, of file: RemoteFile) throws(DownloadError) -> String {
    let small = pin.lowercased()
    let isDigest =
      small.utf8.count == 64
      && small.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
    guard isDigest else {
      throw DownloadError(
        .unusable, at: Origin(file.url).url, "its pinned sha256 is not 64 hexadecimal digits",
        advice: "write what `sha256sum` prints")
    }
    return small
  }
}

// MARK: Trying again

extension Downloader {
  /// Tries until it works or another try makes no sense; `position` grows when a failed try was not in vain.
  func persistently<Value>(
    attempts: Int, position: () -> Int, _ attempt: () throws(Trouble) -> Value
  ) throws(DownloadError) -> Value {
    var schedule = RetrySchedule(attempts: attempts, firstPause: policy.firstPauseNanoseconds)
    var furthest = position()
    while true {
      do throws(Trouble) { return try attempt() } catch {
        if position() > furthest {
          furthest = position()
          schedule.progressed()
        }
        guard let pause = schedule.pause(after: error, dice: .random(in: 0..<1)) else {
          throw error.error
        }
        progress(
          .retrying(afterNanoseconds: pause, reason: "\(error.error.place): \(error.error.problem)")
        )
        wait(nanoseconds: pause)
      }
    }
  }
}
