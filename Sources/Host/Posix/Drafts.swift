// Files that are on their way to their place: named after the process that writes them, so that two never
// meet, and so that what a killed one left can be told from what a living one still writes.
internal import Glibc

/// Names of drafts, and the end of abandoned ones.
enum Drafts {
  /// Where this process writes what will replace `path`.
  static func path(for path: String) -> String { "\(path).\(getpid()).tmp" }

  /// Removes the drafts of `path` whose processes are gone; none of them can be finished any more.
  static func removeAbandoned(of path: String) {
    let cut = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let folder = cut == path.startIndex ? "." : String(path[..<cut])
    guard let entries = opendir(folder) else { return }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let pid = writer(of: name, draftOf: path[cut...]), pid != getpid() else { continue }
      if kill(pid, 0) != 0, errno == ESRCH { unlink("\(folder)/\(name)") }
    }
  }

  /// The process that wrote a draft; nil for any other file.
  private static func writer(of name: String, draftOf file: Substring) -> pid_t? {
    guard name.hasPrefix("\(file)."), name.hasSuffix(".tmp") else { return nil }
    let number = name.dropFirst(file.count + 1).dropLast(4)
    return pid_t(number).flatMap { $0 > 0 ? $0 : nil }
  }
}
