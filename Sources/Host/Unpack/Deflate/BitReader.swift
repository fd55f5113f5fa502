// Bits of a DEFLATE stream, least significant first, across chunks of input that end anywhere.

/// The bits that were read but not used: all that one chunk hands to the next.
struct HeldBits {
  /// The next bit is the lowest; above `count` there are zeros.
  var hold: UInt64 = 0
  /// Valid bits in `hold`.
  var count = 0
}

/// Reads bits from one chunk.
///
/// Must not outlive the pointer it was made with. Between two uses it holds no more bits than the symbol that
/// it could not finish, so that the end of a stream is found to the byte.
struct BitReader {
  var held: HeldBits
  /// The next byte of the chunk.
  var position: Int
  /// The chunk: `end` bytes may be read.
  let base: UnsafePointer<UInt8>
  let end: Int

  init(_ base: UnsafePointer<UInt8>, from position: Int, to end: Int, held: HeldBits) {
    precondition(position >= 0 && position <= end)
    self.held = held
    self.position = position
    self.base = base
    self.end = end
  }

  /// Adds one byte to the held bits; false at the end of the chunk.
  mutating func pull() -> Bool {
    guard position < end else { return false }
    held.hold |= UInt64(base[position]) << UInt64(held.count)
    held.count += 8
    position += 1
    return true
  }

  /// True once `count` bits, at most 48, are held.
  mutating func need(_ count: Int) -> Bool {
    while held.count < count {
      if !pull() { return false }
    }
    return true
  }

  /// The next bits, which must be held.
  func peek(_ count: Int) -> Int { Int(held.hold & (1 << UInt64(count) - 1)) }

  /// Uses up bits, which must be held.
  mutating func drop(_ count: Int) {
    precondition(count <= held.count)
    held.hold >>= UInt64(count)
    held.count -= count
  }

  /// The next bits, used up; they must be held.
  mutating func take(_ count: Int) -> Int {
    defer { drop(count) }
    return peek(count)
  }

  /// Uses up the rest of a byte that was begun.
  mutating func alignToByte() { drop(held.count & 7) }
}
