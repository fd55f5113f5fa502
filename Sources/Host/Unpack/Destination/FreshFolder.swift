// A folder that appears complete or not at all.
internal import Glibc
internal import Posix

/// A new folder beside its destination, which it becomes in one step at the end.
///
/// It is called `NAME.NUMBER.unpacking` and locked while it is filled. When the process is killed the lock goes
/// and the folder stays; the next one that unpacks to the same destination removes it. A lock says better
/// than a process number that nobody is at work any more: in two containers that share a folder, numbers
/// mean different processes.
final class FreshFolder {
  private static let suffix = ".unpacking"

  /// The folder to fill.
  let root: Descriptor
  private let parent: Descriptor
  private let name: String
  private let draft: String

  private init(_ root: Descriptor, in parent: Descriptor, name: String, draft: String) {
    self.root = root
    self.parent = parent
    self.name = name
    self.draft = draft
  }

  /// Makes a folder that is to become `destination`, which must not exist; the folder above it must.
  static func make(for destination: String) throws(UnpackError) -> FreshFolder {
    let (above, name) = try split(destination)
    let parent: Descriptor
    do throws(PosixError) { parent = try Descriptor.folder(above) } catch {
      throw UnpackError(error, "its destination's folder cannot be opened")
    }
    guard parent.inode(named: name) == nil else { throw taken(destination) }
    removeAbandoned(draftsOf: name, in: parent)
    do throws(PosixError) { return try make(name, in: parent) } catch {
      throw UnpackError(error, "a folder beside its destination cannot be made")
    }
  }

  /// Gives the folder its name.
  ///
  /// Its bytes are on the disk before, so a power cut cannot leave half of them.
  func keep(as destination: String) throws(UnpackError) {
    do throws(PosixError) {
      try root.synchroniseFileSystem()
      try parent.rename(draft, to: name)
    } catch {
      if error.isTaken { throw FreshFolder.taken(destination) }
      throw UnpackError(error, "its destination cannot be put in place")
    }
  }

  /// Removes the folder with all that is in it.
  ///
  /// Begins with the open folder, since descriptors may be what is missing. What stays even so is removed
  /// when something is next unpacked to the same destination.
  func discard() {
    root.removeContents()
    parent.removeTree(named: draft)
  }

  private static func taken(_ destination: String) -> UnpackError {
    UnpackError(
      .destination,
      "its destination \(Printable.path(destination)) exists; remove it or choose another")
  }

  /// The folder above a path, and the path's last component.
  private static func split(_ path: String) throws(UnpackError) -> (above: String, name: String) {
    var bytes = Array(path.utf8)[...]
    while bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
    let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
    let name = String(decoding: bytes[(slash.map { $0 + 1 } ?? 0)...], as: UTF8.self)
    guard name != "" && name != "." && name != ".." else {
      throw UnpackError(
        .destination, "its destination '\(Printable.path(path))' names no folder; choose another")
    }
    let above = slash.map { String(decoding: bytes[...$0], as: UTF8.self) } ?? "."
    return (above, name)
  }

  private static func make(
    _ name: String, in parent: Descriptor
  ) throws(PosixError) -> FreshFolder {
    let first = Int(getpid())
    for number in first..<first + 1000 {
      let draft = "\(name).\(number)\(suffix)"
      do throws(PosixError) { try parent.makeFolder(named: draft) } catch {
        if error.isTaken { continue }
        throw error
      }
      if let root = try claim(draft, in: parent) {
        return FreshFolder(root, in: parent, name: name, draft: draft)
      }
    }
    throw PosixError(call: "mkdirat", subject: name, code: EEXIST)
  }

  /// Opens and locks a folder that was just made; nil when another process has taken it for an abandoned one
  /// before it was locked, and removes it.
  private static func claim(
    _ draft: String, in parent: Descriptor
  ) throws(PosixError) -> Descriptor? {
    do throws(PosixError) {
      let root = try parent.folder(named: draft)
      let inode = try root.stamp().inode
      return root.lock() != .held && parent.inode(named: draft) == inode ? root : nil
    } catch {
      if error.isMissing { return nil }
      parent.removeTree(named: draft)
      throw error
    }
  }

  private static func removeAbandoned(draftsOf name: String, in parent: Descriptor) {
    for draft in parent.names() where isDraft(draft, of: name) {
      guard let folder = try? parent.folder(named: draft), folder.lock() == .taken,
        // Locked too late it may have got its name, and another one may be called as it was.
        let inode = try? folder.stamp().inode, parent.inode(named: draft) == inode
      else { continue }
      parent.removeTree(named: draft)
    }
  }

  private static func isDraft(_ draft: String, of name: String) -> Bool {
    guard draft.hasPrefix("\(name)."), draft.hasSuffix(suffix) else { return false }
    let number = draft.utf8.dropFirst(name.utf8.count + 1).dropLast(suffix.utf8.count)
    return !number.isEmpty && number.allSatisfy { (0x30...0x39).contains($0) }
  }
}
