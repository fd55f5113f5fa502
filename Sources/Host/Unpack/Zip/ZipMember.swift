// What the directory at the end of a zip file says about one member. See PKWARE's APPNOTE.TXT, 4.3.12.
//
//   0 "PK\1\2"     4 made by(2)   6 needs(2)    8 flags(2)   10 method(2)   12 time(4)   16 crc(4)
//   20 packed(4)   24 size(4)     28 name length(2)   30 extra length(2)   32 comment length(2)   34 disk(2)
//   36 internal(2) 38 external(4) 42 offset(4)  46 name, extra, comment

/// A member of a zip file.
struct ZipMember {
  /// The bits of `flags` that change how a member is read.
  enum Flags {
    static let encrypted: UInt16 = 1
    static let hasDescriptor: UInt16 = 1 << 3
    static let strongEncryption: UInt16 = 1 << 6
    static let maskedHeader: UInt16 = 1 << 13
    static let all = encrypted | hasDescriptor | strongEncryption | maskedHeader
  }

  static let stored: UInt16 = 0
  static let deflated: UInt16 = 8

  let name: [UInt8]
  let flags: UInt16
  let method: UInt16
  let checksum: UInt32
  /// Bytes in the zip file.
  let packedSize: Int
  /// Bytes when unpacked.
  let size: Int
  /// Where its own header begins.
  let headerOffset: Int
  /// The file type of Unix in the upper four bits, zero when the packer knew none.
  private let mode: UInt16
  private let disk: UInt16

  /// Reads one directory entry.
  init(from cursor: ByteCursor, _ limits: UnpackLimits) throws(UnpackError) {
    guard let head = try cursor.read(46) else { throw ZipDirectory.malformed }
    guard head.littleEndian32(at: 0) == 0x0201_4b50 else { throw ZipDirectory.malformed }
    let nameLength = Int(head.littleEndian16(at: 28))
    guard nameLength <= limits.pathBytes else {
      throw UnpackError(.tooLarge, "has a name longer than \(limits.pathBytes) bytes")
    }
    guard let name = try cursor.read(nameLength),
      let extra = try cursor.read(Int(head.littleEndian16(at: 30))),
      try cursor.pass(Int(head.littleEndian16(at: 32)), to: { _ in })
    else { throw ZipDirectory.malformed }
    self.name = name
    flags = head.littleEndian16(at: 8)
    method = head.littleEndian16(at: 10)
    checksum = head.littleEndian32(at: 16)
    mode = head.littleEndian16(at: 40)
    disk = head.littleEndian16(at: 34)
    var wide = try Zip64Extra(extra)
    size = try wide.value(for: head.littleEndian32(at: 24))
    packedSize = try wide.value(for: head.littleEndian32(at: 20))
    headerOffset = try wide.value(for: head.littleEndian32(at: 42))
  }

  var hasDescriptor: Bool { flags & Flags.hasDescriptor != 0 }

  /// Refuses what is not unpacked.
  func check() throws(UnpackError) {
    guard flags & (Flags.encrypted | Flags.strongEncryption | Flags.maskedHeader) == 0 else {
      throw UnpackError(.unsupported, "is encrypted")
    }
    guard method == ZipMember.stored || method == ZipMember.deflated else {
      throw UnpackError(.unsupported, "is compressed with method \(method), not with DEFLATE")
    }
    guard method == ZipMember.deflated || packedSize == size else {
      throw UnpackError(.damaged, "is not compressed and has two sizes")
    }
    guard disk == 0 || disk == 0xffff else {
      throw UnpackError(.unsupported, "is on another part of a split zip file")
    }
    let isNamedAsFolder = name.last == UInt8(ascii: "/")
    switch mode >> 12 {
    case 0, 8: break
    case 4 where isNamedAsFolder: break
    case 4: throw UnpackError(.hostile, "is a folder with the name of a file")
    case 10: throw UnpackError(.unsupported, "is a symbolic link")
    default: throw UnpackError(.unsupported, "is a device or a pipe")
    }
  }
}

/// The extra field with numbers that have no room in a header: each is there only when the header has 0xffffffff
/// in its place, in the order size, packed size, offset.
struct Zip64Extra {
  private var rest: ArraySlice<UInt8> = []

  /// Finds it among all extra fields, which are an identifier, a length and that many bytes each.
  init(_ extra: [UInt8]) throws(UnpackError) {
    var start = 0
    // Up to three bytes at the end are padding, with which some packers align the contents.
    while extra.count - start >= 4 {
      let length = Int(extra.littleEndian16(at: start + 2))
      guard length <= extra.count - start - 4 else { throw ZipDirectory.malformed }
      if extra.littleEndian16(at: start) == 1 {
        rest = extra[(start + 4)..<(start + 4 + length)]
        return
      }
      start += 4 + length
    }
  }

  /// The number in a header, or the next one here when there was no room.
  mutating func value(for field: UInt32) throws(UnpackError) -> Int {
    guard field == UInt32.max else { return Int(field) }
    guard rest.count >= 8, let value = Int(exactly: Array(rest.prefix(8)).littleEndian64(at: 0))
    else { throw ZipDirectory.malformed }
    rest = rest.dropFirst(8)
    return value
  }
}
