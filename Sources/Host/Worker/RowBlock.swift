// The rows of one lease, read from the prepared file in one go.
internal import Glibc
internal import Posix

/// A stretch of a prepared file and where its lines lie.
///
/// The memory stays put while the object lives.
final class RowBlock {
  private let memory: UnsafeMutableRawPointer
  /// Line i is `starts[i] ..< starts[i + 1] - 1`; the last start is one over the end.
  private var starts: [Int] = [0]

  /// Reads `offset ..< end` and splits it into lines.
  init(file: Descriptor, offset: UInt64, end: UInt64) throws {
    let bytes = try file.read(count: Int(end - offset), at: Int(offset))
    memory = .allocate(byteCount: bytes.count + 1, alignment: 16)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress {
        memory.copyMemory(from: base, byteCount: bytes.count)
      }
    }
    var position = 0
    while position < bytes.count {
      let found = memchr(memory + position, 0x0a, bytes.count - position)
      let lineEnd = found.map { UnsafeRawPointer($0) - UnsafeRawPointer(memory) } ?? bytes.count
      position = lineEnd + 1
      starts.append(position)
    }
  }

  deinit { memory.deallocate() }

  /// Lines in the block.
  var count: Int { starts.count - 1 }

  /// One line without its end; a carriage return before it is not part of the row.
  subscript(index: Int) -> UnsafeBufferPointer<UInt8> {
    let start = starts[index]
    var length = starts[index + 1] - 1 - start
    let base = (memory + start).assumingMemoryBound(to: UInt8.self)
    if length > 0, base[length - 1] == 0x0d { length -= 1 }
    return UnsafeBufferPointer(start: base, count: length)
  }
}
