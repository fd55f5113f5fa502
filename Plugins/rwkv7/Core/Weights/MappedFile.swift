// A file as memory. The pages belong to the kernel's cache: several workers on one machine share
// them, and none of them counts as memory that a process has written.
internal import Glibc

/// A regular file, mapped for reading as long as the object lives.
///
/// Who makes the file shorter while it is mapped makes reads beyond its new end fail with SIGBUS:
/// replace weight files by renaming, never in place.
///
/// `@unchecked Sendable`: the pointer is set once, and nothing writes through it.
package final class MappedFile: @unchecked Sendable {
  /// The file, as it was given.
  package let path: String
  /// All bytes of the file when it was opened, at least one; valid as long as the object lives.
  package let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`; it must be a regular file that is not empty.
  ///
  /// Never waits: what is not a regular file (a pipe, a device, a folder) is refused.
  package init(path: String) throws(WeightFileError) {
    self.path = path
    do throws(WeightFault) {
      bytes = try Self.map(path)
    } catch {
      throw WeightFileError(error, in: path)
    }
  }

  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  private static func map(_ path: String) throws(WeightFault) -> UnsafeRawBufferPointer {
    // A C string would end there, and another file would be opened.
    guard !path.utf8.contains(0) else {
      throw WeightFault(.notFound, "a path cannot contain a zero byte")
    }
    let descriptor = try open(path)
    // The mapping outlives the descriptor.
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else {
      throw WeightFault(.unreadable, "cannot be examined: \(reason(errno))")
    }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      let kind = facts.st_mode & S_IFMT == S_IFDIR ? "a folder" : "not a regular file"
      throw WeightFault(.unreadable, "is \(kind); name the one file itself")
    }
    let size = Int(facts.st_size)
    guard size > 0 else { throw WeightFault(.damaged, "is empty; download it again") }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else {
      throw WeightFault(.unreadable, "cannot be mapped into memory: \(reason(errno))")
    }
    return UnsafeRawBufferPointer(start: start, count: size)
  }

  /// Opens without waiting for the other end of a pipe; only regular files are read afterwards.
  private static func open(_ path: String) throws(WeightFault) -> Int32 {
    while true {
      let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
      if descriptor >= 0 { return descriptor }
      let code = errno
      if code == EINTR { continue }
      let kind: WeightFileError.Kind = code == ENOENT ? .notFound : .unreadable
      throw WeightFault(kind, "cannot be opened: \(reason(code))")
    }
  }
}

/// What the error number `code` means.
private func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
