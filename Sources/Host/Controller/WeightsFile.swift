// The file of a model's weights and its SHA-256: worked out once, remembered by size, inode and times, so that
// a score always says which weights it is of.
internal import Datasets
internal import Plan
internal import Posix

/// A weights file whose identity the host vouches for.
struct WeightsFile {
  /// The scheme of the signatures that the host makes itself.
  static let scheme = "sha256"

  let path: String
  /// Taken before the file was read.
  let stamp: FileStamp
  /// `sha256:` and lower-case hex; nil as long as it is not worked out.
  private(set) var signature: String?
  /// Whether an earlier run had worked it out.
  private(set) var wasRemembered = false
  private let cacheRoot: String
  private let file: Descriptor

  /// Opens the file; `origin` says where the configuration names it.
  ///
  /// Throws when it is not there, cannot be read, or is no regular file.
  init(_ path: String, origin: String, cacheRoot: String) throws(PlanError) {
    self.path = path
    self.cacheRoot = cacheRoot
    // A C string would end there, and another file would be opened.
    guard !path.utf8.contains(0) else {
      throw PlanError(.configuration, "\(origin): a path cannot contain a zero byte")
    }
    do throws(PosixError) {
      file = try Descriptor.readingRegularFile(path)
      stamp = try file.stamp()
    } catch { throw PlanError(.configuration, "\(origin): \(Self.reason(error, path))") }
    if let known = ChecksumCache.digest(of: path, stamp: stamp, cacheRoot: cacheRoot) {
      signature = "\(Self.scheme):\(known)"
      wasRemembered = true
    }
  }

  private static func reason(_ error: PosixError, _ path: String) -> String {
    if error.isMissing {
      return "the weights '\(path)' are not there; a relative path starts at the folder in which "
        + "the command is run"
    }
    // What the descriptor says of things that are no regular files ends in a reason for opening one.
    if error.call.hasPrefix("not a regular file") {
      return "the weights '\(path)' are no regular file; name the one file that holds them"
    }
    return "the weights cannot be read (\(error))"
  }

  /// Works out the signature unless it is known; `report` hears of bytes done from time to time.
  ///
  /// Throws when the file cannot be read to its end or changes meanwhile.
  mutating func identify(_ report: (_ done: Int) -> Void) throws(PlanError) {
    guard signature == nil else { return }
    let digest: String
    let isWhole: Bool
    do throws(PosixError) {
      digest = try hash(report)
      isWhole = try file.stamp() == stamp && isUnchanged
    } catch {
      throw PlanError(.configuration, "the weights '\(path)' cannot be read (\(error))")
    }
    guard isWhole else {
      throw PlanError(
        .configuration,
        "the weights '\(path)' changed while they were being hashed; start again once they are whole"
      )
    }
    ChecksumCache.remember(digest, of: path, stamp: stamp, cacheRoot: cacheRoot)
    signature = "\(Self.scheme):\(digest)"
  }

  private func hash(_ report: (_ done: Int) -> Void) throws(PosixError) -> String {
    var digest = SHA256()
    var offset = 0
    while true {
      let bytes = try file.read(count: 4 << 20, at: offset)
      if bytes.isEmpty { return digest.finish().hex }
      digest.update(bytes)
      offset += bytes.count
      report(offset)
    }
  }

  /// Whether the path still leads to the file that was hashed.
  var isUnchanged: Bool {
    guard let now = try? Descriptor.readingRegularFile(path), let stamp = try? now.stamp() else {
      return false
    }
    return stamp == self.stamp
  }

  /// The part of a signature that says how it was made: `sha256`.
  static func scheme(of signature: String) -> Substring { signature.prefix { $0 != ":" } }
}

/// When a long work is reported: after a second, then every five.
struct ReportClock {
  private var next: UInt64 = Clock.monotonic() + 1_000_000_000

  /// Whether a report is due now.
  mutating func isDue() -> Bool {
    let now = Clock.monotonic()
    guard now >= next else { return false }
    next = now + 5_000_000_000
    return true
  }
}
