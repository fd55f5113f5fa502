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
      if isGone(pid) { unlink("\(folder)/\(name)") }
    }
  }

  /// Whether a process has ended; one whose end nobody has asked for yet still has its number.
  private static func isGone(_ pid: pid_t) -> Bool {
    if kill(pid, 0) != 0 { return errno == ESRCH }
    guard let facts = try? Files.read("/proc/\(pid)/stat"),
      let end = facts.lastIndex(of: UInt8(ascii: ")")), end + 2 < facts.count
    else { return false }
    return facts[end + 2] == UInt8(ascii: "Z") || facts[end + 2] == UInt8(ascii: "X")
  }

  /// The process that wrote a draft; nil for any other file.
  private static func writer(of name: String, draftOf file: Substring) -> pid_t? {
    guard name.hasPrefix("\(file)."), name.hasSuffix(".tmp") else { return nil }
    let number = name.dropFirst(file.count + 1).dropLast(4)
    return pid_t(number).flatMap { $0 > 0 ? $0 : nil }
  }
}
