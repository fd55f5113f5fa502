// Chance that can be repeated, and streams that give their bytes in pieces of any size.

import Unpack

/// Numbers that look random and are the same every time (SplitMix64).
struct Chance: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// A number from 0 up to but not including `bound`.
  mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}

/// Bytes as a stream.
final class Pieces: ByteStream {
  private var rest: ArraySlice<UInt8>
  private let size: Int
  private var first: Int?

  /// The first piece may have another size than the others.
  init(_ bytes: [UInt8], of size: Int, first: Int? = nil) {
    rest = bytes[...]
    self.size = size
    self.first = first
  }

  func next() -> [UInt8] {
    let size = first ?? size
    first = nil
    defer { rest = rest.dropFirst(size) }
    return Array(rest.prefix(size))
  }
}

/// What a gzip stream becomes; the input comes in pieces.
func gunzip(
  _ bytes: [UInt8], pieces: Int = 1 << 20, first: Int? = nil,
  limits: InflateLimits = InflateLimits()
) throws(UnpackError) -> [UInt8] {
  let stream = GzipStream(Pieces(bytes, of: pieces, first: first), name: "test.gz", limits: limits)
  var output: [UInt8] = []
  while true {
    let piece = try stream.next()
    if piece.isEmpty { break }
    output += piece
  }
  return output
}

/// CRC-32 the slow way.
func crc32(_ bytes: [UInt8]) -> UInt32 {
  let table = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
  }
  return ~bytes.reduce(~0) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
}

/// Numbers with the lowest byte first.
func little(_ number: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
