// The checksum of gzip and zip: CRC-32 with the polynomial of IEEE 802.3, bits reflected.

/// A running CRC-32.
struct CRC32: Equatable {
  /// The checksum of what was added so far.
  private(set) var value: UInt32 = 0

  /// Sixteen tables of 256: table k holds the checksum of each byte followed by k zero bytes, so that
  /// sixteen bytes are looked up independently of each other instead of one after another.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 16 * 256)
    for byte in 0..<256 {
      var remainder = UInt32(byte)
      for _ in 0..<8 { remainder = remainder >> 1 ^ (remainder & 1 == 1 ? 0xedb8_8320 : 0) }
      tables[byte] = remainder
    }
    for index in 256..<tables.count {
      let shorter = tables[index - 256]
      tables[index] = shorter >> 8 ^ tables[Int(shorter & 255)]
    }
    return tables
  }()

  /// Adds bytes.
  mutating func add(_ bytes: [UInt8]) { add(bytes[...]) }

  /// Adds bytes.
  mutating func add(_ bytes: ArraySlice<UInt8>) {
    let start = ~value
    value =
      ~CRC32.tables.withUnsafeBufferPointer { tables in
        bytes.withUnsafeBytes { CRC32.remainder(after: start, of: $0, tables) }
      }
  }

  /// Sound: every index into `tables` is `k * 256 + byte` with k < 16, and of its 4096 entries none lies
  /// beyond; the bytes are read at `position` up to the last whole block, then one by one up to the count.
  private static func remainder(
    after start: UInt32, of bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt32>
  ) -> UInt32 {
    guard let base = bytes.baseAddress, let tables = tables.baseAddress else { return start }
    var remainder = start
    var position = 0
    while position &+ 16 <= bytes.count {
      let low = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let high = UInt64(
        littleEndian: base.loadUnaligned(fromByteOffset: position &+ 8, as: UInt64.self))
      remainder =
        combined(low ^ UInt64(remainder), tables + 8 * 256) ^ combined(high, tables)
      position &+= 16
    }
    while position < bytes.count {
      remainder =
        remainder >> 8 ^ tables[Int(UInt8(truncatingIfNeeded: remainder) ^ bytes[position])]
      position &+= 1
    }
    return remainder
  }

  /// The checksum of eight bytes; the first of them is followed by seven more, so its table is the last.
  @inline(__always)
  private static func combined(_ word: UInt64, _ tables: UnsafePointer<UInt32>) -> UInt32 {
    let first = tables[7 * 256 + Int(word & 255)] ^ tables[6 * 256 + Int(word &>> 8 & 255)]
    let second = tables[5 * 256 + Int(word &>> 16 & 255)] ^ tables[4 * 256 + Int(word &>> 24 & 255)]
    let third = tables[3 * 256 + Int(word &>> 32 & 255)] ^ tables[2 * 256 + Int(word &>> 40 & 255)]
    let fourth = tables[256 + Int(word &>> 48 & 255)] ^ tables[Int(word &>> 56)]
    return first ^ second ^ (third ^ fourth)
  }
}
