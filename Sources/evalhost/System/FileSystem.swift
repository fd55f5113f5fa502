// What the commands ask of folders: names, kinds of files, room on the disk; and a file that is
// put in place in one step while it is streamed.
internal import Glibc
internal import Posix

/// What stands behind a path, links followed.
enum FileKind {
  case missing
  case regular
  case folder
  case other

  static func of(_ path: String) -> FileKind {
    var status = Glibc.stat()
    guard stat(path, &status) == 0 else { return .missing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .regular
    case S_IFDIR: return .folder
    default: return .other
    }
  }
}

/// The names in a folder except hidden ones, sorted by bytes.
func namesInFolder(_ path: String) throws(PosixError) -> [String] {
  guard let folder = opendir(path) else {
    throw PosixError(call: "open", subject: path, code: errno)
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
      tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
        String(cString: $0)
      }
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Bytes that this user may still write in the file system of a path, nil when it cannot be asked.
func freeBytes(at path: String) -> UInt64? {
  var status = Glibc.statvfs()
  guard statvfs(path, &status) == 0 else { return nil }
  return UInt64(status.f_bavail) * UInt64(status.f_frsize)
}

/// The path itself, or the nearest folder above it that exists.
func nearestExisting(_ path: String) -> String {
  var path = path
  while !Files.exists(path) {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    path = slash == path.startIndex ? "/" : String(path[..<slash])
  }
  return path
}

/// A file that readers see whole or not at all: written beside its place, then renamed.
///
/// A place that is no regular file (a pipe, a device) is written to directly: renaming would
/// replace it.
final class StreamedFile {
  private let path: String
  private let draft: String?
  private let file: Descriptor
  private var isPlaced = false

  init(_ wanted: String) throws(PosixError) {
    switch FileKind.of(wanted) {
    case .other:
      path = wanted
      draft = nil
      file = try Descriptor.writing(wanted, appending: true)
    case .missing, .regular, .folder:
      // Through a link to the file it means, so that the link stays a link.
      path = Files.resolved(wanted) ?? wanted
      if FileKind.of(path) == .folder {
        throw PosixError(call: "open", subject: wanted, code: EISDIR)
      }
      let draft = "\(path).\(getpid()).tmp"
      do throws(PosixError) {
        file = try Descriptor.writing(draft, appending: false)
      } catch {
        throw PosixError(call: error.call, subject: wanted, code: error.code)
      }
      self.draft = draft
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws(PosixError) {
    do throws(PosixError) { try file.write(Array(bytes)) } catch {
      throw PosixError(call: error.call, subject: path, code: error.code)
    }
  }

  /// Puts the file in its place.
  func finish() throws(PosixError) {
    guard let draft else { return }
    try file.synchronise()
    guard rename(draft, path) == 0 else {
      throw PosixError(call: "rename", subject: path, code: errno)
    }
    isPlaced = true
  }

  deinit {
    if let draft, !isPlaced { unlink(draft) }
  }
}
