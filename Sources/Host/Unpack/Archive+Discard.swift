// The end of an unpacked folder.
internal import Glibc
internal import Posix

extension Archive {
  /// Removes a folder that `unpack` made, with all that is in it; one that is not there is no error.
  ///
  /// Links are removed, never followed.
  package static func discard(_ folder: String) throws(UnpackError) {
    let slash = folder.lastIndex(of: "/")
    let above = slash.map { $0 == folder.startIndex ? "/" : String(folder[..<$0]) } ?? "."
    let name = slash.map { String(folder[folder.index(after: $0)...]) } ?? folder
    guard !name.isEmpty, name != ".", name != ".." else {
      throw UnpackError(.destination, "'\(folder)' names no folder of its own")
    }
    do throws(PosixError) {
      let parent = try Descriptor.folder(above)
      guard parent.inode(named: name) != nil else { return }
      parent.removeTree(named: name)
      guard parent.inode(named: name) == nil else {
        throw PosixError(call: "rmdir", subject: folder, code: ENOTEMPTY)
      }
    } catch {
      if error.isMissing { return }
      throw UnpackError(error, "it cannot be removed")
    }
  }
}
