// The header of a tar entry: 512 bytes of text fields. See POSIX, pax, "ustar Interchange Format".
//
//   0 name(100)   100 mode(8)  108 uid(8)   116 gid(8)    124 size(12)    136 mtime(12)  148 checksum(8)
//   156 type(1)   157 link(100)   257 magic(6) "ustar\0"   263 version(2) "00"   265 owner(32)   297 group(32)
//   329 device(16)   345 prefix(155)
//
// GNU writes "ustar  \0" at 257 and puts other things where the prefix is.

/// What unpacking needs of a header.
struct TarHeader {
  /// Bytes of a header; what follows it is padded to a multiple.
  static let blockSize = 512

  /// The entry's name, or what it is called here when records before it have another.
  let name: [UInt8]
  /// Bytes that follow.
  let size: Int
  let type: UInt8

  /// Reads a header that is not the zeros at the end.
  init(_ block: [UInt8]) throws(UnpackError) {
    precondition(block.count == TarHeader.blockSize)
    let magic = block[257..<265]
    let isPosix = magic.elementsEqual("ustar\u{0}00".utf8)
    guard isPosix || magic.elementsEqual("ustar  \0".utf8) else {
      throw UnpackError(.damaged, "is no header of a tar file")
    }
    guard TarHeader.number(block[148..<156]) == TarHeader.checksum(block) else {
      throw UnpackError(.damaged, "a header does not have its checksum")
    }
    guard let size = TarHeader.number(block[124..<136]) else {
      throw UnpackError(.damaged, "a header has a size that is no number")
    }
    self.size = size
    type = block[156]
    let prefix = isPosix ? TarHeader.text(block[345..<500]) : []
    let name = TarHeader.text(block[0..<100])
    self.name = prefix.isEmpty ? name : prefix + "/".utf8 + name
  }

  /// Bytes that follow, padding included; nil when no file could have that many.
  static func padded(_ size: Int) -> Int? {
    let (sum, overflows) = size.addingReportingOverflow(blockSize - 1)
    return overflows ? nil : sum / blockSize * blockSize
  }

  /// All bytes added up, with spaces in the place of the sum itself.
  private static func checksum(_ block: [UInt8]) -> Int {
    var sum = 8 * 0x20
    for (index, byte) in block.enumerated() where !(148..<156).contains(index) { sum += Int(byte) }
    return sum
  }

  /// A field up to its first zero byte.
  private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] {
    Array(field.prefix { $0 != 0 })
  }

  /// Octal digits between spaces and zero bytes, or, as GNU writes large numbers, 0x80 and then the number
  /// itself, highest byte first; nil for anything else.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if field.first == 0x80 {
      var number = 0
      for byte in field.dropFirst() {
        guard number <= Int.max >> 8 else { return nil }
        number = number << 8 | Int(byte)
      }
      return number
    }
    let digits = field.drop { $0 == 0x20 }.prefix { $0 != 0x20 && $0 != 0 }
    let rest = field[digits.endIndex...]
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x37).contains($0) }),
      rest.allSatisfy({ $0 == 0x20 || $0 == 0 })
    else { return nil }
    // Twelve octal digits are 36 bits.
    return digits.reduce(0) { $0 << 3 | Int($1 & 7) }
  }
}
