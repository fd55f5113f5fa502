// An open file descriptor with one owner.
internal import CPosix
internal import Glibc

/// Owns one file descriptor and closes it when the last reference goes.
///
/// Not `Sendable`: every process of the host is one thread.
package final class Descriptor {
  /// The number; valid as long as this object lives.
  package let number: Int32

  /// Takes over an open descriptor.
  package init(owning number: Int32) { self.number = number }

  deinit { close(number) }

  /// A second number for what is open under another one; nil when that is not open.
  package convenience init?(duplicating number: Int32) {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 4)
    guard copy >= 0 else { return nil }
    self.init(owning: copy)
  }

  /// Opens a file to read it.
  package static func reading(_ path: String) throws(PosixError) -> Descriptor {
    Descriptor(owning: try check("open", path) { evh_open(path, O_RDONLY, 0) })
  }

  /// Opens a regular file to read it; a pipe or a device, which may never end, is refused.
  package static func readingRegularFile(_ path: String) throws(PosixError) -> Descriptor {
    let file = Descriptor(
      owning: try check("open", path) { evh_open(path, O_RDONLY | O_NONBLOCK, 0) })
    var status = Glibc.stat()
    try check("fstat", path) { fstat(file.number, &status) }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG else {
      throw PosixError(
        call: "not a regular file:", subject: path, code: kind == S_IFDIR ? EISDIR : EINVAL)
    }
    return file
  }

  /// Opens a file to write it, made when missing; `appending` keeps what is there.
  package static func writing(_ path: String, appending: Bool) throws(PosixError) -> Descriptor {
    let flags = O_WRONLY | O_CREAT | (appending ? O_APPEND : O_TRUNC)
    return Descriptor(owning: try check("open", path) { evh_open(path, flags, 0o644) })
  }

  /// Opens a file to read and write it, made when missing.
  package static func readingAndWriting(_ path: String) throws(PosixError) -> Descriptor {
    Descriptor(owning: try check("open", path) { evh_open(path, O_RDWR | O_CREAT, 0o644) })
  }

  /// Reads up to `count` bytes at `offset`; fewer only at the end of the file.
  package func read(count: Int, at offset: Int) throws(PosixError) -> [UInt8] {
    var failure: PosixError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      initialized = 0
      do throws(PosixError) {
        while initialized < count {
          let got = try check("pread") {
            pread(
              number, buffer.baseAddress?.advanced(by: initialized), count - initialized,
              offset + initialized)
          }
          if got == 0 { break }
          initialized += got
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the next up to `count` bytes from where the last such read ended; empty at the end.
  package func readNext(count: Int) throws(PosixError) -> [UInt8] {
    var failure: PosixError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(PosixError) {
        initialized = try check("read") { Glibc.read(number, buffer.baseAddress, count) }
      } catch {
        initialized = 0
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Writes all bytes.
  package func write(_ bytes: borrowing [UInt8]) throws(PosixError) {
    var failure: PosixError?
    bytes.withUnsafeBytes { buffer in
      var done = 0
      do throws(PosixError) {
        while done < buffer.count {
          done += try check("write") {
            Glibc.write(number, buffer.baseAddress?.advanced(by: done), buffer.count - done)
          }
        }
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Ends both directions of a socket; the other side reads the end of the stream.
  package func shutDown() { shutdown(number, Int32(SHUT_RDWR)) }

  /// Waits until the file's bytes are on the disk.
  package func synchronise() throws(PosixError) { try check("fsync") { fsync(number) } }
}

/// Size and identity of a file: equal values mean that nobody wrote it in between.
package struct FileStamp: Equatable, Sendable {
  /// Bytes.
  package var size: Int
  /// Nanoseconds since 1970.
  package var modified: Int64
  package var inode: UInt64
  /// Nanoseconds since 1970 of the last change of any kind; no program can set it.
  package var changed: Int64

  /// Joins the four.
  package init(size: Int, modified: Int64, inode: UInt64, changed: Int64) {
    self.size = size
    self.modified = modified
    self.inode = inode
    self.changed = changed
  }
}

extension Descriptor {
  /// The file's size and identity now.
  package func stamp() throws(PosixError) -> FileStamp {
    var status = Glibc.stat()
    try check("fstat") { fstat(number, &status) }
    return FileStamp(
      size: Int(status.st_size),
      modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec),
      inode: UInt64(status.st_ino),
      changed: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec))
  }
}
