// A lock of the kernel's between all processes that want to make the same file, on this machine and on others
// that share the file system.
//
// Open-file-description locks (man 2 fcntl): they belong to the open file and not to the process, so that two
// descriptors of one process exclude each other as well and closing an unrelated descriptor frees nothing.
// However the holder ends, the kernel frees it.
internal import Glibc
internal import Posix

/// A lock that is held as long as this object lives.
package final class FileLock {
  private var file: Descriptor?

  private init(_ file: Descriptor) { self.file = file }

  // F_OFD_SETLK and F_OFD_SETLKW of <fcntl.h>, which Swift does not see: they need _GNU_SOURCE. They have the
  // same values on all architectures of Linux.
  private static let trySetting: Int32 = 37
  private static let waitAndSet: Int32 = 38

  /// Takes the lock of a file, which is made when missing and never removed.
  ///
  /// Waits as long as another holds it, after one call of `whenBusy`. The folder must exist.
  package static func take(
    _ path: String, whenBusy: () -> Void = {}
  ) throws(DownloadError) -> FileLock {
    var wasBusy = false
    while true {
      let file = try onDisk(path) { () throws(PosixError) in
        try Descriptor.readingAndWriting(path)
      }
      if try !set(trySetting, file, path) {
        if !wasBusy { whenBusy() }
        wasBusy = true
        _ = try set(waitAndSet, file, path)
      }
      // Who has emptied the cache meanwhile has taken the file away, and others lock another one now.
      let held = try onDisk(path) { () throws(PosixError) in try file.stamp().inode }
      if Files.inode(path) == held { return FileLock(file) }
    }
  }

  /// Frees the lock; the object going does the same.
  package func release() { file = nil }

  /// False when another holds it, which only `trySetting` reports.
  private static func set(
    _ command: Int32, _ file: Descriptor, _ path: String
  ) throws(DownloadError) -> Bool {
    while true {
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_whence = Int16(SEEK_SET)
      if fcntl(file.number, command, &lock) == 0 { return true }
      let code = errno
      switch code {
      case EINTR: continue
      case EAGAIN, EACCES: return false
      case ENOLCK, EOPNOTSUPP, ENOSYS, EINVAL:
        throw DownloadError(
          .disk, at: path, "its file system has no locks (\(String(cString: strerror(code))))",
          advice: "mount it with locks, or put cache_root on another disk")
      default:
        throw DownloadError(disk: PosixError(call: "fcntl", subject: path, code: code), at: path)
      }
    }
  }
}
