// System calls relative to an open folder: whatever its path leads to later, they act on this one, and none of
// them follows a link in the last component.
internal import Glibc
internal import Posix

/// Runs a call until it is not interrupted; -1 becomes a `PosixError`.
///
/// errno is read before anything else can run.
@discardableResult
private func check<Value: SignedInteger>(
  _ call: StaticString, _ subject: String = "", _ body: () -> Value
) throws(PosixError) -> Value {
  while true {
    let value = body()
    if value != -1 { return value }
    let code = errno
    if code == EINTR { continue }
    throw PosixError(call: "\(call)", subject: subject, code: code)
  }
}

extension PosixError {
  /// True when something has that name already.
  var isTaken: Bool { code == EEXIST || code == ENOTEMPTY || code == ENOTDIR }
}

extension Descriptor {
  /// Opens a folder; the path may contain links, since the user has given it.
  static func folder(_ path: String) throws(PosixError) -> Descriptor {
    Descriptor(
      owning: try check("open", path) {
        openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
      })
  }

  /// Opens a folder in this one.
  func folder(named name: String) throws(PosixError) -> Descriptor {
    Descriptor(
      owning: try check("openat", name) {
        openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
      })
  }

  /// Makes a folder in this one; an error when anything has that name.
  func makeFolder(named name: String) throws(PosixError) {
    try check("mkdirat", name) { mkdirat(number, name, 0o755) }
  }

  /// Makes a file in this folder and opens it to write; an error when anything has that name, a link included.
  func makeFile(named name: String) throws(PosixError) -> Descriptor {
    Descriptor(
      owning: try check("openat", name) {
        openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
      })
  }

  /// Writes all bytes.
  func write(all bytes: ArraySlice<UInt8>) throws(PosixError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(PosixError) in
      var done = 0
      while done < buffer.count {
        done += try check("write") {
          Glibc.write(number, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        }
      }
    }
  }

  /// Gives something in this folder another name in it.
  ///
  /// A folder takes the place of an empty folder, and of nothing else.
  func rename(_ name: String, to other: String) throws(PosixError) {
    try check("renameat", other) { renameat(number, name, number, other) }
  }

  /// The inode that has a name in this folder, nil when there is none.
  func inode(named name: String) -> UInt64? {
    var status = Glibc.stat()
    return fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? UInt64(status.st_ino) : nil
  }

  /// The names in this folder but "." and "..".
  func names() -> [String] {
    // fdopendir takes its descriptor over, and a duplicate would share the position.
    let number = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard number >= 0 else { return [] }
    guard let entries = fdopendir(number) else {
      close(number)
      return []
    }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Removes a folder with all that is in it, as far as that goes; links are removed, not followed.
  ///
  /// Takes one descriptor per level and one more, but none when the folder is empty.
  func removeTree(named name: String) {
    if unlinkat(number, name, AT_REMOVEDIR) == 0 { return }
    guard let folder = try? folder(named: name) else { return }
    folder.removeContents()
    unlinkat(number, name, AT_REMOVEDIR)
  }

  /// Removes all that is in this folder, as far as that goes.
  func removeContents() {
    for name in names() where unlinkat(number, name, 0) != 0 { removeTree(named: name) }
  }

  /// What became of an attempt to lock.
  enum Lock { case taken, held, unavailable }

  /// Locks this open file against everybody else who locks it, until it is closed or the process ends.
  ///
  /// See man 2 flock. Some network file systems have no locks.
  func lock() -> Lock {
    if flock(number, LOCK_EX | LOCK_NB) == 0 { return .taken }
    return errno == EWOULDBLOCK ? .held : .unavailable
  }

  /// Waits until everything written to this folder's file system is on the disk.
  ///
  /// One call instead of one fsync per file, of which there may be a hundred thousand. Looked up by name
  /// because the headers show it to GNU sources only; without it, as on other C libraries, every file system
  /// is written out.
  func synchroniseFileSystem() throws(PosixError) {
    guard let symbol = dlsym(nil, "syncfs") else { return sync() }
    // Declared in man 2 syncfs as `int syncfs(int fd)`; C functions have this calling convention.
    let syncfs = unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    try check("syncfs") { syncfs(number) }
  }
}
