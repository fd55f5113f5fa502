// Numbers in gzip and zip headers: lowest byte first, at any address.

extension Array where Element == UInt8 {
  /// The number at `index`; two bytes.
  func littleEndian16(at index: Int) -> UInt16 {
    UInt16(self[index]) | UInt16(self[index + 1]) << 8
  }

  /// The number at `index`; four bytes.
  func littleEndian32(at index: Int) -> UInt32 {
    UInt32(littleEndian16(at: index)) | UInt32(littleEndian16(at: index + 2)) << 16
  }

  /// The number at `index`; eight bytes.
  func littleEndian64(at index: Int) -> UInt64 {
    UInt64(littleEndian32(at: index)) | UInt64(littleEndian32(at: index + 4)) << 32
  }
}
