// A pipe without room, to hold a program at its first write.
internal import CPosix
internal import Glibc
internal import Posix

/// A pipe that is full until it is emptied.
struct FullPipe {
  /// Blocks who writes to it.
  let writing: Descriptor
  private let reading: Descriptor

  /// Makes a pipe and fills it.
  init() throws {
    var ends: [Int32] = [-1, -1]
    guard evh_pipe(&ends) == 0 else { throw BenchFailure("cannot make a pipe") }
    (reading, writing) = (Descriptor(owning: ends[0]), Descriptor(owning: ends[1]))
    let flags = fcntl(writing.number, F_GETFL)
    _ = fcntl(writing.number, F_SETFL, flags | O_NONBLOCK)
    let page = [UInt8](repeating: 0, count: 4096)
    while write(writing.number, page, page.count) > 0 {}
    _ = fcntl(writing.number, F_SETFL, flags)
  }

  /// Throws away what is in it.
  func empty() {
    var page = [UInt8](repeating: 0, count: 4096)
    while read(reading.number, &page, page.count) > 0 {}
  }
}
