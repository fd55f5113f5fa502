// The members of a zip file, each checked against the directory. See APPNOTE.TXT, 4.3.7-9.
//
//   0 "PK\3\4"   4 needs(2)   6 flags(2)   8 method(2)   10 time(4)   14 crc(4)   18 packed(4)   22 size(4)
//   26 name length(2)   28 extra length(2)   30 name, extra | contents
//   | [descriptor: ["PK\7\8"(4)] crc(4) packed(4 or 8) size(4 or 8)]
internal import Posix

/// Unpacks a zip file.
struct ZipReader {
  private let file: Descriptor
  private let name: String
  private let bytes: ZipBytes
  private let writer: EntryWriter
  private let limits: UnpackLimits
  private let inflater = Inflater()
  /// Up to here everything is part of a member; the next one must not begin before.
  private var covered = 0
  /// All members so far.
  private var packedBytes = 0
  private var unpackedBytes = 0

  /// Unpacks everything.
  static func unpack(
    _ path: String, _ writer: EntryWriter, _ limits: UnpackLimits
  ) throws(UnpackError) {
    let file: Descriptor
    do throws(PosixError) { file = try Descriptor.readingRegularFile(path) } catch {
      throw UnpackError(error, "cannot be opened", archive: path)
    }
    let directory = try ZipDirectory(in: file, name: path)
    var reader = ZipReader(file, path, writer, limits)
    for member in try directory.members(of: file, name: path, limits) {
      do throws(UnpackError) { try reader.unpack(member, before: directory.start) } catch {
        var error = error
        error.entry = Printable.name(member.name)
        error.position = UnpackError.Position(layer: .zip, byte: member.headerOffset)
        throw error
      }
    }
  }

  private init(
    _ file: Descriptor, _ name: String, _ writer: EntryWriter, _ limits: UnpackLimits
  ) {
    self.file = file
    self.name = name
    self.writer = writer
    self.limits = limits
    bytes = ZipBytes(file, name: name)
  }

  private mutating func unpack(
    _ member: ZipMember, before directory: Int
  ) throws(UnpackError) {
    try member.check()
    try writer.countEntry()
    let name = try EntryName(member.name, limits)
    guard member.headerOffset >= covered else {
      throw UnpackError(.hostile, "shares bytes with the member before it, as in a bomb")
    }
    let contents = try checkHeader(member, before: directory)
    let end = contents + member.packedSize
    if name.endsInSlash || name.components.isEmpty {
      guard member.size == 0 else { throw UnpackError(.hostile, "is a folder with contents") }
      try writer.makeFolder(name)
      try unpackContents(member, at: contents) { _ in }
    } else {
      let file = try writer.makeFile(name, size: member.size)
      let writer = writer
      try unpackContents(member, at: contents) { (bytes) throws(UnpackError) in
        try writer.write(bytes, to: file)
      }
    }
    covered = end + (try descriptorSize(member, at: end, before: directory))
  }

  /// Compares the member's own header with the directory; returns where the contents begin.
  private func checkHeader(
    _ member: ZipMember, before directory: Int
  ) throws(UnpackError) -> Int {
    // By subtraction: the numbers come from the file and their sum could overflow.
    guard member.headerOffset <= directory - 30 else { throw ZipReader.outside }
    let head = try bytes.read(30, at: member.headerOffset)
    let nameLength = Int(head.littleEndian16(at: 26))
    let extraLength = Int(head.littleEndian16(at: 28))
    let start = member.headerOffset + 30 + nameLength + extraLength
    guard start <= directory, member.packedSize <= directory - start else {
      throw ZipReader.outside
    }
    let names = try bytes.read(nameLength + extraLength, at: member.headerOffset + 30)
    let flags = head.littleEndian16(at: 6) & ZipMember.Flags.all
    guard head.littleEndian32(at: 0) == 0x0403_4b50,
      names[..<nameLength].elementsEqual(member.name),
      flags == member.flags & ZipMember.Flags.all,
      head.littleEndian16(at: 8) == member.method
    else { throw ZipReader.disagreement }
    var wide = try Zip64Extra(Array(names[nameLength...]))
    let checksum = Int(head.littleEndian32(at: 14))
    let size = try wide.value(for: head.littleEndian32(at: 22))
    let packedSize = try wide.value(for: head.littleEndian32(at: 18))
    for (own, listed) in [
      (checksum, Int(member.checksum)), (size, member.size), (packedSize, member.packedSize),
    ] {
      // With a descriptor the numbers were not known yet.
      guard own == listed || own == 0 && member.hasDescriptor else { throw ZipReader.disagreement }
    }
    return start
  }

  /// Unpacks and checks the contents.
  private mutating func unpackContents(
    _ member: ZipMember, at start: Int, to take: (ArraySlice<UInt8>) throws(UnpackError) -> Void
  ) throws(UnpackError) {
    let cursor = ByteCursor(
      FileStream(file, name: name, from: start, to: start + member.packedSize))
    var checksum = CRC32()
    var size = 0
    inflater.restart()
    while true {
      let piece: [UInt8]
      if member.method == ZipMember.deflated {
        piece = try inflater.next(from: cursor)
      } else {
        guard try cursor.fill() else { break }
        piece = cursor.chunk
        cursor.advance(to: piece.count)
      }
      if piece.isEmpty { break }
      guard piece.count <= member.size - size else {
        throw UnpackError(.damaged, "is larger than the directory says")
      }
      size += piece.count
      checksum.add(piece)
      try limits.inflate.check(
        output: unpackedBytes + size, input: packedBytes + cursor.offset)
      try take(piece[...])
    }
    guard size == member.size && cursor.offset == member.packedSize else {
      throw UnpackError(.damaged, "is smaller than the directory says")
    }
    guard checksum.value == member.checksum else {
      throw UnpackError(.damaged, "does not have the checksum it was packed with")
    }
    packedBytes += member.packedSize
    unpackedBytes += size
  }

  /// Bytes of the descriptor behind the contents, which repeats the numbers of the directory.
  ///
  /// It comes with and without a signature, with 32 and 64 bits, and does not say which.
  private func descriptorSize(
    _ member: ZipMember, at start: Int, before directory: Int
  ) throws(UnpackError) -> Int {
    guard member.hasDescriptor else { return 0 }
    let found = try bytes.read(min(24, directory - start), at: start)
    let signature = ZipReader.littleEndian(0x0807_4b50, 4)
    let checksum = ZipReader.littleEndian(UInt64(member.checksum), 4)
    for width in [4, 8] {
      let numbers =
        checksum + ZipReader.littleEndian(UInt64(member.packedSize), width)
        + ZipReader.littleEndian(UInt64(member.size), width)
      if found.starts(with: numbers) { return numbers.count }
      if found.starts(with: signature + numbers) { return 4 + numbers.count }
    }
    throw UnpackError(.damaged, "does not have the directory's numbers behind it")
  }

  private static func littleEndian(_ number: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
  }

  private static var outside: UnpackError {
    UnpackError(.damaged, "does not lie between the beginning and the directory")
  }

  private static var disagreement: UnpackError {
    UnpackError(.hostile, "is not what the directory says it is")
  }
}
