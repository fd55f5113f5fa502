// Memory that the kernels work in.
internal import Glibc
internal import PluginKit

/// A block of bytes at a multiple of 64, or of 2 MiB when it is large; zero at first, owned by one thread.
final class AlignedBytes {
  let start: UnsafeMutableRawPointer
  let count: Int

  private static let hugePage = 2 << 20

  /// Throws when there is no memory for it.
  init(count: Int) throws(PluginFailure) {
    let isLarge = count >= 2 * Self.hugePage
    var memory: UnsafeMutableRawPointer?
    let code = posix_memalign(&memory, isLarge ? Self.hugePage : 64, max(count, 64))
    guard code == 0, let memory else {
      throw PluginFailure(
        .exhausted,
        "no memory for \(count >> 20) MiB of weights or states: lower max_batch or use fewer workers"
      )
    }
    // Weights are read from end to end for each token: with huge pages without a walk of the page table for
    // every 4 KiB. Without them it works as well, hence the ignored result.
    if isLarge { _ = madvise(memory, count, MADV_HUGEPAGE) }
    memset(memory, 0, max(count, 64))
    start = memory
    self.count = count
  }

  deinit { free(start) }
}

/// A block of float32 numbers at a multiple of 64 bytes; zero at first, owned by one thread.
final class AlignedFloats {
  private let bytes: AlignedBytes
  let start: UnsafeMutablePointer<Float>
  let count: Int

  /// Throws when there is no memory for it.
  init(count: Int) throws(PluginFailure) {
    bytes = try AlignedBytes(count: count * MemoryLayout<Float>.stride)
    // Sound: the block is aligned, large enough, initialised with zero bits and not used as anything else.
    start = bytes.start.bindMemory(to: Float.self, capacity: count)
    self.count = count
  }

  /// Throws when there is no memory for it.
  convenience init(_ values: [Float]) throws(PluginFailure) {
    try self.init(count: values.count)
    values.withUnsafeBufferPointer { values in
      if let first = values.baseAddress { start.update(from: first, count: values.count) }
    }
  }

  /// Takes over the numbers of a block of the same size.
  func copy(from other: AlignedFloats) {
    start.update(from: other.start, count: min(count, other.count))
  }

  func clear() { start.update(repeating: 0, count: count) }
}
