// Whole files and folders: read, replace atomically, make folders.
internal import CPosix
internal import Glibc

/// Reads and replaces whole files.
package enum Files {
  /// The bytes of a file.
  package static func read(_ path: String) throws(PosixError) -> [UInt8] {
    let file = try Descriptor.reading(path)
    var bytes: [UInt8] = []
    // Read in order to the end: a pipe or a growing file says nothing true about its size.
    while true {
      let more = try file.readNext(count: 1 << 16)
      if more.isEmpty { return bytes }
      bytes += more
    }
  }

  /// The bytes of a file, nil when there is none.
  package static func readIfPresent(_ path: String) throws(PosixError) -> [UInt8]? {
    do throws(PosixError) { return try read(path) } catch {
      if error.isMissing { return nil }
      throw error
    }
  }

  /// Puts a file in place in one step: readers see the old bytes or the new, never a part.
  ///
  /// The new bytes are on the disk before the name changes, so a power cut cannot leave an empty file.
  package static func replace(_ path: String, with bytes: [UInt8]) throws(PosixError) {
    Drafts.removeAbandoned(of: path)
    let draft = Drafts.path(for: path)
    do throws(PosixError) {
      let file = try Descriptor.writing(draft, appending: false)
      try file.write(bytes)
      try file.synchronise()
      try check("rename", path) { rename(draft, path) }
    } catch {
      unlink(draft)
      throw PosixError(call: error.call, subject: path, code: error.code)
    }
  }

  /// The names in a folder, sorted by their bytes, without `.` and `..`.
  package static func names(in path: String) throws(PosixError) -> [String] {
    guard let entries = opendir(path) else {
      throw PosixError(call: "opendir", subject: path, code: errno)
    }
    defer { closedir(entries) }
    var names: [String] = []
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Gives a file another name in one step; what had that name is gone.
  package static func move(_ path: String, to other: String) throws(PosixError) {
    try check("rename", path) { rename(path, other) }
  }

  /// Makes a folder and those above it.
  package static func makeFolder(_ path: String) throws(PosixError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST {
      var status = Glibc.stat()
      try check("stat", path) { stat(path, &status) }
      guard status.st_mode & S_IFMT == S_IFDIR else {
        throw PosixError(call: "mkdir", subject: path, code: ENOTDIR)
      }
      return
    }
    let code = errno
    guard code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw PosixError(call: "mkdir", subject: path, code: code)
    }
    try makeFolder(String(path[..<slash]))
    if mkdir(path, 0o755) != 0, errno != EEXIST {
      throw PosixError(call: "mkdir", subject: path, code: errno)
    }
  }

  /// The inode that a path leads to, nil when there is nothing.
  package static func inode(_ path: String) -> UInt64? {
    var status = Glibc.stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  /// True when a file or folder of that name exists.
  package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// True when this process may write there.
  package static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// The absolute path without links, nil when there is nothing.
  package static func resolved(_ path: String) -> String? {
    guard let text = realpath(path, nil) else { return nil }
    defer { free(text) }
    return String(cString: text)
  }

  /// Path of the running program.
  package static func ownProgram() -> String { resolved("/proc/self/exe") ?? "/proc/self/exe" }
}

/// Whether two stretches of memory hold the same bytes.
package func equalBytes(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
  guard left.count == right.count else { return false }
  guard let first = left.baseAddress, let second = right.baseAddress else { return true }
  return memcmp(first, second, left.count) == 0
}
